"""A plant with one error-proofing device at weld: tested, bypassed, and lots that pass it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from qms.db import Database
from qms.models.acceptance import Handover
from qms.models.chain import Lot
from qms.models.controls import Alternate, Bypass, Control
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows import controls
from qms.workflows.acceptance_presenting import present
from tests.plant import Plant

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Shanghai."""

CONTROL = {"code": "EP-01", "name_zh": "螺柱有无检测", "name_en": "Stud presence", "kind": "detects",
           "pfmea_ref": "PF-20-3", "severity": 8, "test_every_hours": 8, "challenge_part": "CP-7",
           "reaction_zh": "停线, 追溯", "reaction_en": "Stop, trace back"}
ALTERNATE = {"name_zh": "人工全检", "name_en": "Look at every piece", "instruction_ref": "WI-31",
             "instruction_rev": "B", "risk_ref": "PF-20-3a", "verify_pieces": 20}


@dataclass
class Scene:
    """A plant, its control at weld, and the instant that it is."""

    db: Database
    plant: Plant
    at: datetime = NINE

    def later(self, **more: float) -> "Scene":
        """Let time pass."""
        self.at += timedelta(**more)
        return self

    def do(self, work: Callable[..., Any], person: Actor | None = None, *given: Any, **fields: Any) -> Any:
        """Do something as the quality engineer, unless told otherwise."""
        person = person or self.plant.quality_engineer
        with self.db.transaction(person, f"controls.{work.__name__}", clock=lambda: self.at) as session:
            return work(session, person, *given, **fields)

    def control(self, **given: Any) -> Control:
        """Put a control on weld's list."""
        return self.do(controls.add, None, **({"unit_id": self.plant.weld} | CONTROL | given))

    def alternate(self, control: Control, *, approved: bool = True, **given: Any) -> Alternate:
        """Draft an alternate and have the quality manager approve it."""
        made = self.do(controls.draft_alternate, None, control.id, **(ALTERNATE | given))
        if approved:
            made = self.do(controls.approve_alternate, self.plant.quality_manager, made.id, made.rev)
        return made

    def bypass(self, control: Control | None = None, alternate: Alternate | None = None, **given: Any) -> Bypass:
        """Start a bypass that is to end tomorrow."""
        control = control or self.control()
        alternate = alternate or self.alternate(control)
        return self.do(controls.start, None, control.id, **({
            "alternate_id": alternate.id, "reason": "Sensor broken",
            "planned_end_at": self.at + timedelta(days=1)} | given))

    def lot(self, number: str, quantity: int = 50) -> Lot:
        """Make a lot."""
        with self.db.transaction(SYSTEM, "tests.lot") as session:
            made = Lot(site_id=self.plant.site, number=number, item_id=self.plant.item, quantity=quantity)
            session.add(made)
            return made

    def handed(self, lot: Lot, link_id: int | None = None) -> Handover:
        """Let weld hand a lot to paint, unless told another link."""
        return self.do(present, self.plant.operator, link_id=link_id or self.plant.weld_paint, lot_id=lot.id,
                       quantity=lot.quantity)

    def notice(self) -> int:
        """Let the clock look for missed reviews."""
        with self.db.transaction(SYSTEM, "controls.notice_missed", clock=lambda: self.at) as session:
            return controls.notice_missed(session)

    def last(self, cls: type) -> int:
        """Return the id of the newest record of a kind: ids do not begin at 1 on every database."""
        with self.db.reading() as session:
            return session.scalars(select(cls.id).order_by(cls.id.desc()).limit(1)).one()

    def read(self, record: Any) -> Any:
        """Read a record afresh."""
        with self.db.reading() as session:
            return session.get_one(type(record), record.id)
