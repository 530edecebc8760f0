"""What waits for a person because of what tablets sent: to look through, to confirm, to compare, to give up."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.accounts_devices import Device
from qms.models.chain import Unit
from qms.models.rejections import Rejection
from qms.models.rejections_intake import TO_CONFIRM, TO_REVIEW, Intake, IntakeConflict
from qms.rules.accounts import Actor
from qms.workflows.rejections_intake_conflicts import SETTLE, at_sites
from qms.workflows.rejections_intake_kept import DISCARD, outboxes
from qms.workflows.rejections_intake_own import claimed_by
from qms.workflows.rejections_intake_steps import REVIEW
from qms.workflows.today_waiting import COUNTED, SHOWN, Waiting, first_of, in_scope

NOTHING = Waiting((), 0)


@dataclass(frozen=True, slots=True)
class FromTablets:
    """What tablets sent that waits for this person. `kept` are outboxes that hold refused records."""

    own: Waiting = NOTHING
    review: Waiting = NOTHING
    countersign: Waiting = NOTHING
    conflicts: Waiting = NOTHING
    kept: Waiting = NOTHING

    @property
    def total(self) -> int:
        """Return how many matters wait in all, counting as far as each was counted."""
        return sum(getattr(self, part.name).total for part in fields(self))


def from_tablets(session: Session, person: Actor) -> FromTablets:
    """Gather what waits for a person. Sections whose permission they lack are empty."""
    own = first_of(session, select(Intake).where(*claimed_by(person)), Intake.id, *_of_intake())
    if not person.may(REVIEW):
        return FromTablets(own=own)
    mine = (Intake.author_id != person.id) | Intake.author_id.is_(None)
    return FromTablets(
        own=own, review=_in_scope(session, person, select(Intake).where(TO_REVIEW)),
        countersign=_in_scope(session, person, select(Intake).where(TO_CONFIRM, mine)),
        conflicts=_conflicts(session, person), kept=_kept(session, person))


def _in_scope(session: Session, person: Actor, query: Select[Any]) -> Waiting:
    """Return the records found where the person looks them through."""
    found = aliased(Unit)
    query = (query.join(Rejection, Rejection.id == Intake.rejection_id).join(found, found.id == Rejection.found_unit_id)
             .where(in_scope(person, REVIEW, Rejection.site_id, found.path)))
    return first_of(session, query, Intake.id, *_of_intake())


def _conflicts(session: Session, person: Actor) -> Waiting:
    if not person.may(SETTLE):
        return NOTHING
    query = (select(IntakeConflict).join(Device, Device.id == IntakeConflict.device_id)
             .where(IntakeConflict.resolved_at.is_(None), *at_sites(person, SETTLE)))
    return first_of(session, query, IntakeConflict.id, joinedload(IntakeConflict.device))


def _kept(session: Session, person: Actor) -> Waiting:
    if not person.may(DISCARD):
        return NOTHING
    holding = [outbox for outbox in outboxes(session, person) if outbox.undecided]
    return Waiting(holding[:SHOWN], min(sum(len(outbox.undecided) for outbox in holding), COUNTED))


def _of_intake() -> tuple[Any, ...]:
    rejection = joinedload(Intake.rejection)
    return (joinedload(Intake.device), joinedload(Intake.author),
            rejection.options(joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect),
                              joinedload(Rejection.found_unit)))
