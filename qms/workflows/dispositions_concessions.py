"""What is done with concessions and permits: asked for, approved inside, put to the customer, ended. Knows no page."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import Rejection
from qms.rules import dispositions_concessions as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.rules.trail_signatures import Signing
from qms.workflows.dispositions_concessions_records import begun, day_of, move_on, said, sees
from qms.workflows.numbers import CONCESSION, next_number
from qms.workflows.trail_signatures import sign

ASK = "dispositions.concede"
TEXTS = ("drawing_rev", "characteristic", "deviation", "operations", "label_text")


@dataclass(frozen=True)
class Request:
    """What is asked for. `drawing_rev` empty: the item's present one; `lot_id` None: any lot."""

    item_id: int
    customer_id: int
    characteristic: str
    deviation: str
    kind: str = "concession"
    originator: str = "own"
    drawing_rev: str = ""
    defect_id: int | None = None
    lot_id: int | None = None
    operations: str | None = None
    quantity_authorised: int | None = None
    starts_on: date | None = None
    expires_on: date | None = None
    sub_components: bool = False
    label_text: str | None = None


def draft(session: Session, person: Actor, *, site_id: int, request: Request,
          rejection_id: int | None = None) -> Concession:
    """Draft a request, free or for the fault of a rejection. Raises Refused (R-12), Invalid, NotAllowed, NotFound."""
    site = session.get(Site, site_id)
    if site is None or not sees(person, site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    person.need(ASK, site_id=site_id)
    if rejection_id is not None:
        _same_site(session, Rejection, rejection_id, site_id, "rejection_id")
    values = _checked(session, site_id, request, rejection_id)
    number = next_number(session, CONCESSION, site)
    made = Concession(
        site_id=site_id, year=number.year, serial=number.serial, number=number.text, state=rules.STEPS.first,
        rejection_id=rejection_id, drafted_by_id=person.id, drafted_at=now(session), **values)
    session.add(made)
    session.flush()
    return made


def edit(session: Session, person: Actor, concession_id: int, rev: int, request: Request) -> Concession:
    """Change a draft; whoever changes it is its drafter from then on. Raises as `draft`, and Stale, IllegalStep."""
    held, _, _ = begun(session, person, concession_id, rev, "edit", **asdict(request))
    for name, value in _checked(session, held.site_id, request, held.rejection_id).items():
        setattr(held, name, value)
    held.drafted_by_id, held.drafted_at = person.id, now(session)
    session.flush()
    return held


def approve_internally(session: Session, person: Actor, concession_id: int, rev: int, *,
                       signing: Signing | None) -> Concession:
    """Approve a draft inside by signature, as another person than its drafter.

    Raises Refused (R-12, R-45), Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, state, grant_id = begun(session, person, concession_id, rev, "approve")
    for each in person.selves:
        rules.check_approver(each, held.drafted_by_id)
    held.state, held.grant_id = state, grant_id
    held.approved_by_id, held.approved_at = person.id, now(session)
    sign(session, person, held, "concession", signing, grant_id=grant_id, number=held.number)
    return held


def send(session: Session, person: Actor, concession_id: int, rev: int, *, customer_told: bool = False) -> Concession:
    """Put a request to the customer. `customer_told`: the request says that sub-components are used again.

    Raises Refused (R-12), Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, state, _ = begun(session, person, concession_id, rev, "send", customer_told=customer_told)
    rules.check_told(sub_components=held.sub_components, customer_told=customer_told)
    held.state, held.customer_told = state, customer_told
    session.flush()
    return held


def record_approval(session: Session, person: Actor, concession_id: int, rev: int, *, customer_ref: str | None,
                    customer_approver: str | None, customer_approver_role: str | None, customer_decided_on: date,
                    quantity_authorised: int | None, starts_on: date | None, expires_on: date | None,
                    signing: Signing | None) -> Concession:
    """Record what the customer authorised, which may be less than was asked for; it is in force from its first day on.

    Whoever records it signs for it. Raises Refused (R-12, R-45), Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, state, grant_id = begun(session, person, concession_id, rev, "record_approval", customer_ref=customer_ref,
                                  quantity_authorised=quantity_authorised, expires_on=expires_on)
    at = now(session)
    today = day_of(session, held.site_id, at)
    rules.check_limits(quantity_authorised, starts_on or customer_decided_on, expires_on)
    if customer_decided_on > today:
        raise Invalid("This day is still to come.", "该日期尚未到来。", field="customer_decided_on")
    held.customer_ref, held.customer_approver = (said(customer_ref, "customer_ref"),
                                                 said(customer_approver, "customer_approver"))
    held.customer_approver_role = (customer_approver_role or "").strip() or None
    held.customer_decided_on, held.quantity_authorised = customer_decided_on, quantity_authorised
    held.starts_on, held.expires_on = starts_on or customer_decided_on, expires_on
    held.state = state
    move_on(held, at, today)
    sign(session, person, held, "authorisation", signing, grant_id=grant_id, number=held.number)
    return held


def record_refusal(session: Session, person: Actor, concession_id: int, rev: int, *, reason: str | None) -> Concession:
    """Record that the customer refused, and why. Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound."""
    held, state, _ = begun(session, person, concession_id, rev, "record_refusal", refused_reason=reason)
    held.state, held.refused_reason = state, said(reason, "reason")
    held.customer_decided_on = day_of(session, held.site_id, now(session))
    session.flush()
    return held


def withdraw(session: Session, person: Actor, concession_id: int, rev: int, *, reason: str | None) -> Concession:
    """Withdraw a request or a concession; nothing more is accepted under it. Raises Invalid, Stale, IllegalStep..."""
    held, state, _ = begun(session, person, concession_id, rev, "withdraw", withdrawn_reason=reason)
    held.state, held.withdrawn_reason, held.ended_at = state, said(reason, "reason"), now(session)
    session.flush()
    return held


def confirm_back_to_spec(session: Session, person: Actor, concession_id: int, rev: int) -> Concession:
    """Confirm that product is made to specification again. Raises IllegalStep, Stale, NotAllowed, NotFound."""
    held, state, _ = begun(session, person, concession_id, rev, "confirm_back")
    if held.customer_decided_on is None:
        raise IllegalStep("It was withdrawn before the customer authorised it: nothing was made under it.",
                          "顾客授权前已撤回, 未按其生产。")
    held.state, held.back_to_spec_at, held.back_to_spec_by_id = state, now(session), person.id
    session.flush()
    return held


def _checked(session: Session, site_id: int, request: Request, rejection_id: int | None) -> dict[str, Any]:
    """Return the columns of a request. Raises Refused (R-12), Invalid."""
    if request.kind not in rules.KINDS:
        raise Invalid(f"There is no kind {request.kind}.", f"没有种类 {request.kind}。", field="kind")
    if request.originator not in rules.ORIGINATORS:
        raise Invalid(f"There is no originator {request.originator}.", f"没有提出方 {request.originator}。",
                      field="originator")
    rules.check_limits(request.quantity_authorised, request.starts_on, request.expires_on)
    rules.check_scope(request.defect_id, rejection_id)
    item = _same_site(session, Item, request.item_id, site_id, "item_id")
    lot = _same_site(session, Lot, request.lot_id, site_id, "lot_id")
    _same_site(session, Defect, request.defect_id, site_id, "defect_id")
    customer = _same_site(session, Unit, request.customer_id, site_id, "customer_id")
    if customer is None or customer.kind != "customer":
        raise Invalid("An outside customer authorises it.", "须由外部顾客授权。", field="customer_id")
    if lot is not None and lot.item_id != request.item_id:
        raise Invalid("This lot is of another item.", "该批次属于其他产品。", field="lot_id")
    values = asdict(request) | {name: (getattr(request, name) or "").strip() or None for name in TEXTS}
    values |= {name: said(values[name], name) for name in ("characteristic", "deviation")}
    return values | {"drawing_rev": values["drawing_rev"] or (item.drawing_rev if item else None) or ""}


def _same_site(session: Session, cls: Any, record_id: int | None, site_id: int, field: str) -> Any:
    """Return a record of the site; None for no id. Raises Invalid."""
    found = session.get(cls, record_id) if record_id is not None else None
    if record_id is not None and (found is None or found.site_id != site_id):
        raise Invalid("This site has no such record.", "该工厂没有这条记录。", field=field)
    return found
