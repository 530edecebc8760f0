"""A plant with shifts by the clock, and cases of corrective action with measures that wait for proof."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from qms.db import Database
from qms.models.actions import Action, ActionStep
from qms.models.actions_causes import Task
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict
from qms.models.chain_rosters import Shift
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.actions import DISCIPLINES
from qms.workflows import actions_effectiveness as effectiveness
from qms.workflows import rejections
from tests.plant import Plant

BEGIN = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
"""Six in the morning of a Monday in Shanghai, when the early shift begins."""


@dataclass
class Cases:
    """A plant that works one shift a day from Monday to Friday, and the instant that it is."""

    db: Database
    plant: Plant
    at: datetime = BEGIN

    def __post_init__(self) -> None:
        with self.db.transaction(SYSTEM, "tests.shift") as session:
            session.add(Shift(site_id=self.plant.site, code="E", name_zh="早班", name_en="Early", starts="06:00",
                              ends="14:00", weekdays="1111100", active=True))

    def later(self, **more: float) -> "Cases":
        """Let time pass."""
        self.at += timedelta(**more)
        return self

    def shifts(self, count: int) -> "Cases":
        """Let so many shifts go by: five a week; a part of a week ends within it."""
        weeks, days = divmod(count, 5)
        return self.later(weeks=weeks, days=days)

    def found(self, **given: Any) -> Rejection:
        """Report a burr that press made, found by weld now."""
        fields = {"kind": "not_accepted", "found_unit_id": self.plant.weld, "quantity": 1, "item_id": self.plant.item,
                  "defect_id": self.plant.burr, "link_id": self.plant.press_weld, "origin_unit_id": self.plant.press}
        with self.db.transaction(self.plant.operator, "rejections.report", clock=lambda: self.at) as session:
            return rejections.report(session, self.plant.operator, **fields | given)

    def opened(self, **given: Any) -> Action:
        """Open a case of burrs from press, led by the quality engineer, with one measure that the process owner has."""
        plant, serial = self.plant, given.pop("serial", 1)
        with self.db.transaction(SYSTEM, "tests.action", clock=lambda: self.at) as session:
            action = Action(**{
                "site_id": plant.site, "year": 2026, "serial": serial, "number": f"CA-SH-2026-{serial:04}",
                "title": "Burrs at the edge", "route": "8d", "route_by_rule": "8d", "state": "open",
                "severity": "MA", "item_id": plant.item, "defect_id": plant.burr, "origin_unit_id": plant.press,
                "detecting_unit_id": plant.weld, "opened_at": self.at, "opened_by_id": plant.quality_engineer.id,
                "clock_from": self.at, "leader_id": plant.quality_engineer.id} | given)
            session.add(action)
            session.flush()
            session.add_all([ActionStep(action_id=action.id, step=name, due_at=self.at + timedelta(days=30))
                             for name in DISCIPLINES])
            session.add(Task(action_id=action.id, kind="corrective", state="chosen", text="New die",
                             owner_id=plant.production_manager.id, due_at=self.at + timedelta(days=10)))
            return action

    def draft(self, action: Action, person: Actor | None = None, rev: int | None = None,
              **given: Any) -> EffectivenessPlan:
        """Plan, with all that was counted from the beginning until now as the time before."""
        fields: dict[str, Any] = {
            "metric": "per_shift", "baseline_from": BEGIN, "baseline_to": self.at, "item_id": action.item_id,
            "defect_id": action.defect_id, "origin_unit_id": action.origin_unit_id} | given
        person = person or self.plant.quality_engineer
        with self.db.transaction(person, "actions.draft_plan", clock=lambda: self.at) as session:
            return effectiveness.draft_plan(session, person, action.id, rev, **fields)

    def start(self, action: Action) -> EffectivenessPlan:
        """Have every discipline up to D6 done now, and watch."""
        with self.db.transaction(SYSTEM, "tests.start", clock=lambda: self.at) as session:
            held = session.get_one(Action, action.id)
            held.state = "watching"
            for done in session.scalars(select(ActionStep).where(
                    ActionStep.action_id == action.id, ActionStep.step < "D7")):
                done.done_at, done.done_by_id = self.at, self.plant.quality_engineer.id
            return effectiveness.start(session, held, self.at)

    def judge(self, plan: EffectivenessPlan) -> EffectivenessVerdict | None:
        """Let the system judge now."""
        with self.db.transaction(SYSTEM, "actions.judge_effectiveness", clock=lambda: self.at) as session:
            return effectiveness.judge(session, plan.id)

    def confirm(self, plan: EffectivenessPlan, person: Actor | None = None) -> EffectivenessPlan:
        """Confirm as the quality manager unless told otherwise."""
        person = person or self.plant.quality_manager
        rev = self.read(plan).rev
        with self.db.transaction(person, "actions.confirm_effectiveness", clock=lambda: self.at) as session:
            return effectiveness.confirm(session, person, plan.id, rev)

    def read(self, record: Any) -> Any:
        """Read a record afresh."""
        with self.db.reading() as session:
            return session.get_one(type(record), record.id)

    def steps(self, action: Action) -> dict[str, tuple[bool, int]]:
        """Return whether each discipline is done and how often it was opened again."""
        with self.db.reading() as session:
            found = session.scalars(select(ActionStep).where(ActionStep.action_id == action.id))
            return {s.step: (s.done_at is not None, s.reopened) for s in found}

    def watched(self, findings: int = 4, before: int = 60) -> tuple[Action, EffectivenessPlan]:
        """Return a case that was found so often in so many shifts, with its measures in place from now on."""
        begun = self.at
        for _ in range(findings):
            self.later(hours=1).found()
        self.at = begun
        self.shifts(before)
        action = self.opened()
        plan = self.draft(action)
        return action, self.start(action) if plan else plan
