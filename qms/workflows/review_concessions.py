"""Fills the input on concessions: what is in force with how much of it is used, what was granted. Only reads."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.dispositions_concessions import Concession
from qms.rules.dispositions_concessions import ENDED, STATES
from qms.rules.measures import Period
from qms.rules.review_snapshots import Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_estimates import MOST_ROWS, snapshot_of
from qms.workflows.review_figures import both, most, plus
from qms.workflows.review_scope import Scope

AHEAD = timedelta(days=30)
"""How long after the period a concession that ends is pointed out."""
IN_FORCE = ("approved", "active")
AUTHORISED = (*IN_FORCE, *ENDED, "closed")
_OPEN = Words("Concessions and deviation permits that a customer has authorised and that have not ended, as they stand "
              "when counted.", "顾客已批准且尚未结束的让步接收和偏差许可, 以统计时的状态为准。")
_GRANTED = Words("Concessions and deviation permits that a customer authorised in the period.",
                 "本期内顾客批准的让步接收和偏差许可。")
_PATH = "/dispositions/concessions/"


def concessions(session: Session, scope: Scope) -> Snapshot:
    """Return every concession in force, what was granted in the period, and what waits."""
    open_, granted = _found(session, scope, Concession.state.in_(IN_FORCE)), _granted(session, scope, scope.period)
    before = len(_granted(session, scope, scope.before))
    path = scope.path(_PATH, first=None, last=None)
    return snapshot_of((
        Figure("concessions.open", Words("In force", "生效中"), "count", Estimate(len(open_)), _OPEN, path=path,
               formula=Formula("count", "open", "number")),
        Figure("concessions.ending", Words("of these end within 30 days after the period", "其中评审期后 30 天内到期"),
               "count", Estimate(sum(_ends(one, scope) for one in open_), len(open_)), _OPEN,
               path=scope.path(_PATH, first=None, last=None, state="ending"), formula=Formula("sum", "open", "ending")),
        both(scope, "concessions.granted", Words("Granted in the period", "本期批准"), "count", _GRANTED,
             lambda period: Estimate(len(granted) if period == scope.period else before), path=path),
        _waiting(session, scope, "at_customer", Words("With the customer", "待顾客批准"), ("at_customer",)),
        _waiting(session, scope, "unconfirmed", Words("Ended, return to specification not confirmed",
                                                      "已结束, 未确认恢复规范要求"), ENDED),
    ), (_table("open", Words("In force", "生效中"), _OPEN, open_, scope),
        _table("granted", Words("Granted in the period", "本期批准"), plus(_GRANTED, most(granted)),
               granted[:MOST_ROWS], scope)))


def _found(session: Session, scope: Scope, *asked: ColumnElement[bool]) -> Sequence[Concession]:
    return session.scalars(
        select(Concession).where(Concession.site_id.in_(scope.site_ids), *asked).order_by(Concession.id)
        .options(joinedload(Concession.item), joinedload(Concession.customer))).all()


def _granted(session: Session, scope: Scope, period: Period) -> Sequence[Concession]:
    return _found(session, scope, Concession.state.in_(AUTHORISED), Concession.customer_decided_on >= period.first,
                  Concession.customer_decided_on <= period.last)


def _waiting(session: Session, scope: Scope, key: str, words: Words, states: Sequence[str]) -> Figure:
    count = session.scalar(select(func.count()).select_from(Concession).where(
        Concession.site_id.in_(scope.site_ids), Concession.state.in_(states),
        or_(Concession.state == "at_customer", Concession.customer_decided_on.is_not(None)))) or 0
    query = Words(f"As they stand when counted: {', '.join(STATES[state].en for state in states)}.",
                  f"以统计时的状态为准: {'、'.join(STATES[state].zh for state in states)}。")
    return Figure(f"concessions.{key}", words, "count", Estimate(count), query,
                  path=scope.path(_PATH, first=None, last=None, state=states[0] if len(states) == 1 else None))


def _ends(one: Concession, scope: Scope) -> int:
    return int(one.expires_on is not None and one.expires_on <= scope.period.last + AHEAD)


def _table(key: str, words: Words, query: Words, found: Sequence[Concession], scope: Scope) -> Table:
    rows = tuple(Row((one.number, Words(f"{one.item.code} {one.item.name_en}", f"{one.item.code} {one.item.name_zh}"),
                      Words(one.customer.name_en, one.customer.name_zh), one.deviation, STATES[one.state],
                      one.customer_decided_on, one.quantity_authorised, one.quantity_used, one.expires_on,
                      _ends(one, scope)), f"{_PATH}{one.id}") for one in found)
    return Table(key, words, query, (
        Column("number", Words("Number", "编号")), Column("item", Words("Item", "产品")),
        Column("customer", Words("Customer", "顾客")), Column("deviation", Words("Deviation", "偏差")),
        Column("state", Words("State", "状态"), "state"), Column("granted_on", Words("Granted", "批准日"), "date"),
        Column("authorised", Words("Authorised", "批准数量"), "count"), Column("used", Words("Used", "已用"), "count"),
        Column("expires_on", Words("Last day", "到期日"), "date"),
        Column("ending", Words("Ends within 30 days after the period", "评审期后 30 天内到期"), "count")), rows)


FILLED = {"concessions": concessions}
