"""Short ways to a concession at each of its steps, and to a disposition line that rests on one."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.db import Database
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession, ConcessionUse
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.workflows import dispositions_conceding as conceding
from qms.workflows import dispositions_concessions as concessions
from qms.workflows.dispositions_concessions import Request
from tests.databases import fixed
from tests.plant import Plant
from tests.signing import signing


def today(at: datetime | None = None) -> date:
    """Return the day at the plant."""
    return (at or utc_now()).astimezone(ZoneInfo("Asia/Shanghai")).date()


def request(plant: Plant, **given: Any) -> Request:
    """Ask for 100 burred brackets of any lot."""
    return Request(**{"item_id": plant.item, "customer_id": plant.customer, "characteristic": "Edge",
                      "deviation": "Burr up to 0.3 mm", "defect_id": plant.burr, "quantity_authorised": 100} | given)


def drafted(db: Database, plant: Plant, rejection_id: int | None = None, **given: Any) -> Concession:
    """Let the quality engineer draft it."""
    with db.transaction(plant.quality_engineer, "dispositions.draft_concession") as session:
        return concessions.draft(session, plant.quality_engineer, site_id=plant.site, rejection_id=rejection_id,
                                 request=request(plant, **given))


def at_customer(db: Database, plant: Plant, rejection_id: int | None = None, **given: Any) -> Concession:
    """Let the quality manager approve it inside, and the engineer put it to the customer."""
    held = drafted(db, plant, rejection_id, **given)
    with db.transaction(plant.quality_manager, "dispositions.approve_concession") as session:
        held = concessions.approve_internally(session, plant.quality_manager, held.id, held.rev,
                                              signing=signing(plant.quality_manager, "concession"))
    with db.transaction(plant.quality_engineer, "dispositions.send_concession") as session:
        return concessions.send(session, plant.quality_engineer, held.id, held.rev, customer_told=True)


def active(db: Database, plant: Plant, *, at: datetime | None = None, rejection_id: int | None = None,
           starts_on: date | None = None, **given: Any) -> Concession:
    """Let the customer authorise exactly what was asked for."""
    held = at_customer(db, plant, rejection_id, **given)
    at = at or utc_now()
    with db.transaction(plant.quality_engineer, "dispositions.record_approval", clock=fixed(at)) as session:
        return concessions.record_approval(
            session, plant.quality_engineer, held.id, held.rev, customer_ref="SM-4711", customer_approver="Li Na",
            customer_approver_role="SQE", customer_decided_on=today(at), starts_on=starts_on,
            quantity_authorised=held.quantity_authorised, expires_on=held.expires_on,
            signing=signing(plant.quality_engineer, "authorisation"))


def line(session: Session, plant: Plant, rejection: Rejection, concession: Concession | None, quantity: int = 10,
         code: str = "use_as_is", position: int = 1) -> Disposition:
    """Decide a line of a rejection, each on a hold of its own, as the decision of a disposition leaves it."""
    hold = session.query(Hold).filter_by(rejection_id=rejection.id).first()
    if position > 1:
        hold = Hold(rejection_id=rejection.id, lot_id=hold.lot_id, split_from_id=hold.id, quantity=quantity,
                    state="held", held_at=hold.held_at)
        session.add(hold)
        session.flush()
    made = Disposition(
        site_id=plant.site, rejection_id=rejection.id, position=position, hold_id=hold.id, code=code,
        state="executing", quantity=quantity, decided_at=utc_now(), decided_by_id=plant.quality_engineer.id,
        concession_id=None if concession is None else concession.id)
    session.add(made)
    session.flush()
    return made


def used(db: Database, plant: Plant, held: Disposition, person: Actor | None = None, **given: Any) -> ConcessionUse:
    """Use a line's concession for two containers."""
    person = person or plant.quality_engineer
    with db.transaction(person, "dispositions.report") as session:
        return conceding.use(session, person, session.get_one(Disposition, held.id),
                             **({"containers": "C-1, C-2"} | given))


def read(db: Database, record: Any) -> Any:
    """Read a record as it stands now."""
    with db.reading() as session:
        return session.get_one(type(record), record.id)
