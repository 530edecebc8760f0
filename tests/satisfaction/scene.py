"""A plant with workshops whose links are surveyed: drafted, opened, answered, closed, published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from qms.db import Database
from qms.jobs import satisfaction_measures as measures
from qms.jobs.imports import file_sha256
from qms.models.chain import Link, Unit
from qms.models.satisfaction import Survey, SurveyTarget
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.satisfaction_measures import Long, Wide
from qms.workflows import imports, satisfaction, satisfaction_answering
from qms.workflows.satisfaction_drafting import Invitation, targets_of
from tests.plant import Plant

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Shanghai."""
CODES = ("QUALITY", "ON_TIME", "IDENTITY", "INFORMATION", "REACTION", "LASTING", "PROMISE", "COMPETENCE", "ATTITUDE",
         "SUPPORT")


@dataclass
class Scene:
    """A plant, the instant that it is, and the units and links that were added."""

    db: Database
    plant: Plant
    at: datetime = NINE
    units: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Return the day that it is at the plant."""
        return (self.at + timedelta(hours=8)).date()

    def do(self, work: Callable[..., Any], *given: Any, person: Actor | None = None, **fields: Any) -> Any:
        """Do something as the quality manager, unless told otherwise."""
        person = person or self.plant.quality_manager
        with self.db.transaction(person, f"satisfaction.{work.__name__.split('_')[0]}",
                                 clock=lambda: self.at) as session:
            return work(session, person, *given, **fields)

    def measured(self, path: Path, shape: Long | Wide, *, site: str = "SH", source: str = "S", kind: str = "survey",
                 person: Actor = SYSTEM) -> measures.Outcome:
        """Import measures of units from a file."""
        with self.db.transaction(person, "imports.prepare") as session:
            run = imports.prepare(session, person, kind=kind, file_name=path.name, file_sha256=file_sha256(path))
        return measures.load(self.db, person, run.id, path, shape, site=site, source=source)

    def link(self, supplier: str, customer: str, workshop: str = "W1") -> int:
        """Make a link between two operations, each below a workshop that is made when it is not there."""
        with self.db.transaction(SYSTEM, "tests.link") as session:
            made = Link(site_id=self.plant.site, supplier_id=self._unit(session, supplier, workshop),
                        customer_id=self._unit(session, customer, workshop), kind="operation", output_zh="件",
                        output_en="Parts")
            session.add(made)
            session.flush()
            return made.id

    def _unit(self, session: Any, code: str, workshop: str | None) -> int:
        if code not in self.units:
            parent = self._unit(session, workshop, None) if workshop else None
            unit = Unit(site_id=self.plant.site, kind="operation" if workshop else "department", code=code,
                        name_zh=f"单元{code}", name_en=f"Unit {code}", parent_id=parent, path="")
            session.add(unit)
            session.flush()
            unit.path = f"{parent}.{unit.id}." if parent else f"{unit.id}."
            session.flush()
            self.units[code] = unit.id
        return self.units[code]

    def draft(self, targets: Mapping[int, int] | None = None, **given: Any) -> Survey:
        """Draft a survey over links of the plant, ten people invited for each."""
        return self.do(satisfaction.draft, **({
            "site_id": self.plant.site, "kind": "internal", "name_zh": "一季度", "name_en": "First quarter",
            "opens_on": self.today, "closes_on": self.today + timedelta(days=14),
            "targets": targets or {self.plant.press_weld: 10, self.plant.weld_paint: 10}} | given))

    def opened(self, targets: Mapping[int, int] | None = None, **given: Any) -> Survey:
        """Draft a survey and open it."""
        made = self.draft(targets, **given)
        return self.do(satisfaction.open_survey, made.id, made.rev)

    def invited(self, survey: Survey) -> list[Invitation]:
        """Make the token links of a survey."""
        return self.do(satisfaction.invite, survey.id)

    def answer(self, token: str, value: int | str = 4, comment: str | None = None, **answers: Any) -> None:
        """Answer everything alike, but for what is given."""
        with self.db.transaction(SYSTEM, "satisfaction.answer", clock=lambda: self.at) as session:
            sheet = satisfaction_answering.by_token(session, token)
            told = {q.code: value for q in sheet.questions if q.kind in {"rating", "overall"}}
            told |= {f"{q.code}.w": 4 for q in sheet.questions if q.kind == "rating"}
            told |= {q.code: 9 for q in sheet.questions if q.kind == "recommend"}
            satisfaction_answering.answer(session, token, told | answers, comment)

    def answered(self, survey: Survey, numbers: Mapping[int, int], value: int = 4, **more: Any) -> None:
        """Let so many people answer about each link or customer."""
        left = dict(numbers)
        for one in self.invited(survey):
            key = one.target.link_id or one.target.unit_id
            if left.get(key, 0):
                left[key] -= 1
                self.answer(one.token, value, **more)

    def closed(self, survey: Survey) -> Survey:
        """Close a survey."""
        return self.do(satisfaction.close, survey.id, self.now(survey).rev)

    def published(self, survey: Survey) -> Survey:
        """Close a survey and publish it."""
        closed = self.closed(survey)
        return self.do(satisfaction.publish, closed.id, closed.rev)

    def now(self, survey: Survey) -> Survey:
        """Return a survey as it is now."""
        with self.db.reading() as session:
            return session.get_one(Survey, survey.id)

    def targets(self, survey: Survey) -> list[SurveyTarget]:
        """Return what a survey asks about."""
        with self.db.reading() as session:
            return list(targets_of(session, survey.id))

    def count(self, cls: Any) -> int:
        """Count the rows of a table."""
        with self.db.reading() as session:
            return session.scalar(select(func.count()).select_from(cls)) or 0
