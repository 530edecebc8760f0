"""How it is decided what becomes of held quantities, and how a decision is taken back. Knows no page and no form."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.acceptance import Handover
from qms.models.chain import Item, Site, Unit
from qms.models.dispositions import BoardReview, Disposition
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import Rejection
from qms.rules import dispositions_checks as checks
from qms.rules import rejections as rejection_rules
from qms.rules.accounts import Actor
from qms.rules.dispositions import CONCEDED, REWORKED
from qms.rules.dispositions_authority import Case, authorising, check_board
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import IllegalStep, Invalid, RuleError
from qms.rules.steps import step
from qms.rules.trail_signatures import Signing
from qms.workflows.acceptance_records import today
from qms.workflows.customers_requirements import asks_for_rework
from qms.workflows.dispositions_conceding import check_covered
from qms.workflows.dispositions_costing import value_of
from qms.workflows.dispositions_records import begun, new_line, parents, split, undecided
from qms.workflows.rejections_records import check_version, locked, path_of, settle
from qms.workflows.trail_signatures import sign

PERMISSION = "dispositions.decide"


def decide(session: Session, person: Actor, rejection_id: int, rev: int, drafts: Sequence[Draft], *,
           signing: Signing | None) -> list[Disposition]:
    """Decide, by signature (R-45), what becomes of every quantity of a rejection that is held and undecided (R-07).

    A hold for which several lines are decided is split, so that each line disposes of a hold of its own. Who decides
    depends on code, severity, value and customer (R-06). A refusal names the line that it is about, as `lines-1-code`.
    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed,
    NotFound.
    """
    rejection = locked(session, person, rejection_id)
    path = path_of(session, rejection.found_unit_id)
    person.need(PERMISSION, site_id=rejection.site_id, unit_path=path)
    check_version(rejection, rev, {"state": "decided"})
    step(rejection_rules.STEPS, rejection.state, "decide")
    holds = {hold.id: hold for hold in undecided(session, rejection)}
    if not holds:
        raise IllegalStep("Nothing is held for which no disposition is decided.", "没有待处置的冻结数量。")
    checks.check_sum(drafts, {hold.id: hold.quantity for hold in holds.values()})
    left_by = parents(session, rejection)
    scrap = _scrapped(session, rejection) + sum(draft.quantity for draft in drafts if draft.code == "scrap")
    lines, kept = [], set()
    for position, draft in enumerate(drafts):
        hold = holds[draft.hold_id]
        own = split(session, hold, draft.quantity) if hold.id in kept else hold
        kept.add(hold.id)
        try:
            lines.append(_decided(session, person, rejection, path, replace(draft, hold_id=own.id),
                                  left_by[hold.id], scrap))
        except RuleError as error:
            error.field = f"lines-{position}-{error.field or 'code'}"
            raise
    acted(session, "R-49")
    settle(session, rejection)
    for line in lines:
        sign(session, person, line, "disposition", signing, grant_id=line.grant_id, number=rejection.number)
    return lines


def cover(session: Session, person: Actor, line_id: int, rev: int, *, concession_id: int) -> Disposition:
    """Name the concession under which a line that waits for the customer is carried out.

    Raises Refused (R-11, R-12, R-13), Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    line, rejection, _ = begun(session, person, line_id, rev, "cover", concession_id=concession_id)
    _check_concession(session, line.code, concession_id)
    line.concession_id = concession_id
    check_covered(session, line, now(session))
    settle(session, rejection)
    return line


def withdraw(session: Session, person: Actor, line_id: int, rev: int, *, reason: str | None) -> Disposition:
    """Take a decision back that nobody has begun to carry out; its quantity stays held and is to be decided again.

    Raises Refused (R-43), Stale, IllegalStep, NotAllowed, NotFound.
    """
    reason = rejection_rules.check_reason(reason)
    line, rejection, state = begun(session, person, line_id, rev, "withdraw", withdrawn_reason=reason)
    line.state, line.withdrawn_reason = state, reason
    settle(session, rejection)
    return line


def case_of(session: Session, person: Actor, rejection: Rejection, code: str, parent: Disposition | None) -> Case:
    """Return what the authority over a line depends on."""
    return Case(code, rejection.severity, outside=is_outside(session, rejection),
                reworks=reworks_before(session, rejection, parent),
                chairs=code in agreed_on(session, rejection.id, chair_id=person.id),
                scrap_limit=session.get_one(Site, rejection.site_id).scrap_limit)


def is_outside(session: Session, rejection: Rejection) -> bool:
    """Tell whether the outside customer found it."""
    return session.get_one(Unit, rejection.found_unit_id).kind == "customer"


def asks_customer(session: Session, rejection: Rejection, code: str) -> bool:
    """Tell whether the customer of the rejected item has to approve this first (R-10)."""
    item = session.get(Item, rejection.item_id) if rejection.item_id is not None else None
    return item is not None and checks.customer_is_asked(
        code, outside_customer=item.customer_id is not None, special=item.special,
        required=code == "rework" and asks_for_rework(session, item, today(session, rejection.site_id)))


def reworks_before(session: Session, rejection: Rejection, parent: Disposition | None) -> int:
    """Return how often a quantity was reworked before: here, and before it was handed over and refused again."""
    times = 0
    while parent is not None:
        times += parent.code in REWORKED
        parent = session.get(Disposition, parent.parent_id) if parent.parent_id is not None else None
    handover = session.get(Handover, rejection.handover_id) if rejection.handover_id is not None else None
    while handover is not None:
        times += handover.rework
        handover = session.get(Handover, handover.previous_id) if handover.previous_id is not None else None
    return times


def agreed_on(session: Session, rejection_id: int, *, chair_id: int | None = None) -> dict[str, int]:
    """Map each code on which a closed board review of a rejection agreed to that review, the newest of them."""
    query = select(BoardReview.code, BoardReview.id).where(
        BoardReview.rejection_id == rejection_id, BoardReview.state == "closed", BoardReview.code.is_not(None))
    if chair_id is not None:
        query = query.where(BoardReview.chair_id == chair_id)
    return {code: review_id for code, review_id in session.execute(query.order_by(BoardReview.id)) if code}


def _decided(session: Session, person: Actor, rejection: Rejection, path: str, draft: Draft,
             parent: Disposition | None, scrap: int) -> Disposition:
    """Hold one line against the rules and write it down; all `scrap` of a rejection counts against the value limit."""
    case = case_of(session, person, rejection, draft.code, parent)
    if draft.code == "scrap":
        case = replace(case, value=_worth(session, rejection, scrap)[0])
    checks.check_brings(draft, decided_on=today(session, rejection.site_id), outside=case.outside,
                        asks_customer=asks_customer(session, rejection, draft.code))
    if draft.code == "return_upstream":
        checks.check_origin_known(settled=rejection.origin_state in rejection_rules.SETTLED)
    agreed = agreed_on(session, rejection.id)
    check_board(draft.code, set(agreed))
    grant = authorising(person, case, permission=PERMISSION, site_id=rejection.site_id, path=path)
    _check_concession(session, draft.code, draft.concession_id)
    value, currency = _worth(session, rejection, draft.quantity)
    line = new_line(session, person, rejection, draft, grant=grant, parent_id=parent.id if parent else None,
                    review_id=agreed.get(draft.code), value=value, currency=currency)
    if line.concession_id is not None:
        check_covered(session, line, now(session))
    return line


def _worth(session: Session, rejection: Rejection, quantity: int) -> tuple[Decimal, str] | tuple[None, None]:
    """Return what so many pieces are worth where they were found, and the currency; None: no rate is known."""
    return value_of(session, rejection.site_id, rejection.item_id, rejection.found_unit_id, quantity,
                    today(session, rejection.site_id)) or (None, None)


def _scrapped(session: Session, rejection: Rejection) -> int:
    """Return how many pieces of a rejection were decided to be scrapped before."""
    return int(session.scalar(select(func.coalesce(func.sum(Disposition.quantity), 0)).where(
        Disposition.rejection_id == rejection.id, Disposition.code == "scrap", Disposition.state != "withdrawn")) or 0)


def _check_concession(session: Session, code: str, concession_id: int | None) -> None:
    """Raise Invalid for a concession that is not there, or for a code that rests on none."""
    if concession_id is None:
        return
    if code not in CONCEDED:
        raise Invalid("Only repair and use as is rest on a concession.", "仅返修和让步接收须有让步。",
                      field="concession_id")
    if session.get(Concession, concession_id) is None:
        raise Invalid("There is no such concession.", "没有这份让步。", field="concession_id")
