"""Fills the input on actual field failures: the complaints with their relevance to safety. Only reads."""

from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.measures.intervals import rate
from qms.models.actions import Action, ActionSource
from qms.models.chain import Item
from qms.models.customers_complaints import CustomerComplaint
from qms.rules import review_field as words
from qms.rules.customers_complaints import STATES
from qms.rules.measures import AT_CUSTOMER, VOID, Period
from qms.rules.rejections import SEVERITIES
from qms.rules.review_snapshots import Estimate, Figure, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_counts import named
from qms.workflows.review_cubes import rejected
from qms.workflows.review_customers_counts import FIELD, many, received_in
from qms.workflows.review_estimates import MOST_ROWS, of_rate, snapshot_of
from qms.workflows.review_scope import Scope

IN_FIELD = AT_CUSTOMER[-1]
CRITICAL_CHARACTERISTIC = "CC"


def field_failures(session: Session, scope: Scope) -> Snapshot:
    """Return how many failures there were in the field, how many touch safety, and the newest of them."""
    return snapshot_of(_figures(session, scope), [_listed(session, scope)])


def _of_case(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a complaint has a corrective action, not void, that meets the conditions."""
    return exists().where(ActionSource.kind == "customer_complaints", ActionSource.record_id == CustomerComplaint.id,
                          ActionSource.active, Action.id == ActionSource.action_id, Action.state != VOID, *conditions)


def _figures(session: Session, scope: Scope) -> list[Figure]:
    found = [_counted(session, scope, period) for period in (scope.period, scope.before)]
    outside = [sum(counted.records for key, counted in rejected(session, scope).within(period).items()
                   if key.escape_class == IN_FIELD) for period in (scope.period, scope.before)]
    path = scope.path("/customers/complaints/", kind="field")
    return [
        words.FAILURES.both(scope.where, [Estimate(count) for count, *_ in found], path),
        words.PIECES.both(scope.where, [Estimate(pieces if told else None, told)
                                        for _, pieces, told, *_ in found], path),
        words.SAFETY.both(scope.where, [Estimate(safety if told else None, told)
                                        for *_, safety, told, _critical in found], path),
        words.CRITICAL.both(scope.where, [of_rate(rate(critical, count)) for count, *_, critical in found], path),
        words.FOUND.both(scope.where, [Estimate(count) for count in outside])]


def _counted(session: Session, scope: Scope, period: Period) -> tuple[int, int, int, int, int, int]:
    """Return complaints, pieces confirmed, of how many, with effect on safety, of how many told, critical ones."""
    safety = or_(_of_case(Action.safety.is_(True)), Item.special == CRITICAL_CHARACTERISTIC)
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(CustomerComplaint.quantity_confirmed), 0),
               func.count(CustomerComplaint.quantity_confirmed), many(safety), many(or_(_of_case(), safety)),
               many(CustomerComplaint.severity == "CR"))
        .select_from(CustomerComplaint).outerjoin(Item, Item.id == CustomerComplaint.item_id)
        .where(received_in(scope, period), FIELD)).one()
    count, pieces, told, touched, recorded, critical = (int(value or 0) for value in row)
    return count, pieces, told, touched, recorded, critical


def _listed(session: Session, scope: Scope) -> Table:
    effect = case((_of_case(Action.safety.is_(True)), "yes"), (Item.special == CRITICAL_CHARACTERISTIC, "yes"),
                  (_of_case(), "no"), else_="")
    found = session.execute(
        select(CustomerComplaint, effect).outerjoin(Item, Item.id == CustomerComplaint.item_id)
        .where(and_(received_in(scope, scope.period), FIELD))
        .options(joinedload(CustomerComplaint.customer), joinedload(CustomerComplaint.item),
                 joinedload(CustomerComplaint.defect))
        .order_by(CustomerComplaint.received_at.desc(), CustomerComplaint.id.desc()).limit(MOST_ROWS))
    return words.LIST.table(scope.where, words.LIST_COLUMNS,
                            (_row(scope, one, str(safety)) for one, safety in found))


def _row(scope: Scope, one: CustomerComplaint, safety: str) -> Row:
    effects: dict[str, Words] = {"yes": words.YES, "no": words.NO}
    return Row((
        one.number, one.received_at.astimezone(ZoneInfo(scope.period.zone)).date(), named(one.customer),
        named(one.item) if one.item else one.item_text, named(one.defect) if one.defect else None,
        SEVERITIES[one.severity], one.quantity_claimed, one.quantity_confirmed,
        effects.get(safety, words.NOT_RECORDED), STATES[one.state]), f"/customers/complaints/{one.id}")


FILLED = {"field_failures": field_failures}
