"""How a complaint is found for a person, locked for a step, and read whole. Knows no page."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.customers import CustomerPlant
from qms.models.customers_complaints import CustomerComplaint, CustomerComplaintPassage
from qms.rules import customers_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import allowed, step, step_of
from qms.workflows.actions_sources import dealt_with
from qms.workflows.customers_records import need, of_customer, sees
from qms.workflows.rejections_records import check_version

KIND = CustomerComplaint.__tablename__


def one(session: Session, person: Actor, complaint_id: int) -> CustomerComplaint:
    """Return a complaint of a site that the person may see. Raises NotFound."""
    found = session.get(CustomerComplaint, complaint_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def begun(session: Session, person: Actor, complaint_id: int, rev: int, name: str,
          **given: Any) -> tuple[CustomerComplaint, str]:
    """Return a complaint that no one else changes meanwhile, and the state to which a step leads.

    Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    one(session, person, complaint_id)
    held = session.get_one(CustomerComplaint, complaint_id, with_for_update=True)
    wanted = step_of(rules.STEPS, name)
    need(session, person, wanted.permission, held.customer_id)
    check_version(held, rev, given | {"state": wanted.to or held.state})
    return held, step(rules.STEPS, held.state, name)


def whole(session: Session, person: Actor, complaint_id: int) -> CustomerComplaint:
    """Return a complaint with everything that its page shows. Raises NotFound."""
    parts = ("site", "customer", "plant", "item", "lot", "defect", "origin_unit", "rejection", "recorded_by",
             "closed_by")
    found = session.scalar(select(CustomerComplaint).where(CustomerComplaint.id == complaint_id).options(
        *(joinedload(getattr(CustomerComplaint, part)) for part in parts),
        selectinload(CustomerComplaint.passages).joinedload(CustomerComplaintPassage.unit))
        .execution_options(populate_existing=True))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def offered(session: Session, person: Actor, held: CustomerComplaint) -> tuple[str, ...]:
    """Name the steps that a page offers: what the table allows and the person's grants cover."""
    path = session.get_one(Unit, held.customer_id).path
    return tuple(step.name for step in allowed(rules.STEPS, held.state)
                 if person.may(step.permission, site_id=held.site_id, unit_path=path)
                 and (step.name != "justify" or dealt_with(session, KIND, held.id) is None))


def check_parts(session: Session, site_id: int, customer_id: int, given: dict[str, Any]) -> None:
    """Raise Invalid for a plant of another customer, or a record of another site."""
    of_customer(session, CustomerPlant, given.get("plant_id"), customer_id, "plant_id")
    for name, model, field in (("item_id", Item, "item"), ("lot_id", Lot, "lot"), ("defect_id", Defect, "defect")):
        record: Any = session.get(model, given[name]) if given.get(name) is not None else None
        if given.get(name) is not None and (record is None or record.site_id != site_id):
            raise Invalid("This record belongs to another site.", "该记录属于其他工厂。", field=field)
