"""A rejection of ten pieces and short ways to decide, carry out and verify what becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from qms.db import Database
from qms.models.chain import Item
from qms.models.dispositions import BoardReview, Disposition
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.dispositions_checks import Draft
from qms.workflows import dispositions, dispositions_board
from tests.plant import Plant
from tests.rejections.cases import person_in_unit, reported
from tests.signing import signing

TODAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
RISK = {"risk_ref": "PFMEA 30.4", "risk_rev": "C", "risk_on": date(2026, 11, 1)}
INSTRUCTION = {"instruction_ref": "WI-30-R", "instruction_rev": "2", "instruction_on": date(2026, 10, 1)}
APPROVED = {"customer_ref": "SM-88", "customer_approver": "Li", "customer_approved_on": date(2026, 11, 1)}


@dataclass
class Scene:
    """A plant with a quality engineer who decides, a team leader who works, an inspector who verifies."""

    db: Database
    plant: Plant
    others: dict[str, Actor] = field(default_factory=dict)

    def other(self, role: str) -> Actor:
        """Return a person of a role that the plant lacks."""
        if role not in self.others:
            self.others[role] = person_in_unit(self.db, f"the_{role}", role, None)
        return self.others[role]

    def reported(self, **given: Any) -> Rejection:
        """Report ten pieces that weld found burred."""
        return reported(self.db, self.plant, **given)

    def decide(self, rejection: Rejection, *drafts: Draft, person: Actor | None = None,
               rev: int | None = None) -> list[Disposition]:
        """Decide, as the quality engineer at the version that it has now, unless told otherwise."""
        person = person or self.plant.quality_engineer
        rev = rev or self.read(Rejection, rejection.id).rev
        with self.db.transaction(person, "dispositions.decide", clock=lambda: NOON) as session:
            return dispositions.decide(session, person, rejection.id, rev, drafts,
                                       signing=signing(person, "disposition"))

    def whole(self, rejection: Rejection, code: str, quantity: int = 10, **given: Any) -> Draft:
        """Return a line for the first hold of a rejection that is held."""
        return Draft(self.holds(rejection, "held")[0].id, code, quantity, **given)

    def one(self, rejection: Rejection, code: str, *, person: Actor | None = None, **given: Any) -> Disposition:
        """Decide one line for all that is held."""
        hold = self.holds(rejection, "held")[0]
        return self.decide(rejection, Draft(hold.id, code, hold.quantity, **given), person=person)[0]

    def do(self, step: Callable[..., Any], record: Any, person: Actor | None = None, **given: Any) -> Any:
        """Take a step as whoever usually does, at the version that the record has now."""
        usual = {"start": "team_leader", "report": "team_leader", "dispose": "team_leader", "verify": "inspector",
                 "witness": "inspector", "send_back": "inspector"}
        person = person or self.plant.people[usual.get(step.__name__, "quality_engineer")]
        rev = given.pop("rev", None) or self.read(type(record), record.id).rev
        with self.db.transaction(person, f"dispositions.{step.__name__}", clock=lambda: NOON) as session:
            return step(session, person, record.id, rev, **given)

    def worked(self, line: Disposition, **given: Any) -> Disposition:
        """Start and report a line of work."""
        self.do(dispositions.start, line, **(INSTRUCTION | given))
        return self.do(dispositions.report, line, result="Deburred by hand")

    def agreed(self, rejection: Rejection, code: str, chair: Actor | None = None) -> BoardReview:
        """Let the board agree on a code under a chair."""
        chair = chair or self.other("mrb_member")
        by = self.plant.quality_engineer
        with self.db.transaction(by, "dispositions.ask_board", clock=lambda: NOON) as session:
            review = dispositions_board.ask(session, by, rejection.id, session.get_one(Rejection, rejection.id).rev,
                                            chair_id=chair.id, proposal="What becomes of it?")
        for person, function in ((chair, "quality"), (self.plant.production_manager, "production")):
            with self.db.transaction(person, "dispositions.vote", clock=lambda: NOON) as session:
                dispositions_board.vote(session, person, review.id, function=function, vote="agree", code=code)
        with self.db.transaction(chair, "dispositions.close_board", clock=lambda: NOON) as session:
            return dispositions_board.close(session, chair, review.id, review.rev, code=code, outcome="As proposed")

    def special(self) -> None:
        """Let the item carry a special characteristic."""
        with self.db.transaction(SYSTEM, "tests.special") as session:
            session.get_one(Item, self.plant.item).special = "SC"

    def read(self, cls: Any, record_id: int) -> Any:
        """Read a record afresh."""
        with self.db.reading() as session:
            return session.get_one(cls, record_id)

    def holds(self, rejection: Rejection, *states: str) -> list[Hold]:
        """Return the holds of a rejection, those in some states only where named."""
        with self.db.reading() as session:
            return [h for h in session.scalars(select(Hold).where(Hold.rejection_id == rejection.id).order_by(Hold.id))
                    if not states or h.state in states]

    def told(self, rejection: Rejection) -> list[tuple[int, str]]:
        """Return quantity and state of each hold."""
        return [(h.quantity, h.state) for h in self.holds(rejection)]

    def state(self, rejection: Rejection) -> str:
        """Return the state of a rejection."""
        return str(self.read(Rejection, rejection.id).state)
