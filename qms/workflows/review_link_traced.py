"""Tells how many outside complaints of a period are traced, and why the others are not. Only reads."""

from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.rules.review_snapshots import Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_link_reached import TRACED, UNTRACED, reached
from qms.workflows.review_scope import Scope

_COLUMNS = (Column("how", Words("Traced, or why not", "追溯情况")),
            Column("complaints", Words("Complaints", "投诉"), "count"),
            Column("traced", Words("of these traced", "其中已追溯"), "count"))


def traced(session: Session, scope: Scope) -> Snapshot:
    """Return the coverage: n traced of n, with the reasons for the rest."""
    now, before = reached(session, scope, scope.period), reached(session, scope, scope.before)
    figure = Figure(
        "link.traced", Words("Outside complaints traced to origin and way", "已追溯责任工序和流出路径的外部投诉"),
        "percent", _share(now), query(scope), _share(before), complaints_path(scope),
        Formula("share", "tracing", "traced", "complaints"))
    return Snapshot((figure,), (_table(scope, now),), (_said(now),))


def query(scope: Scope) -> Words:
    """Return in words which complaints are counted, and when one is traced."""
    return Words(f"Complaints of outside customers received {scope.days.en}, void ones left out; traced where the "
                 "origin is confirmed and the way to the customer known.",
                 f"{scope.days.zh} 收到的外部顾客投诉, 不含作废; 责任工序已确认且流出路径已知者为已追溯。")


def complaints_path(scope: Scope, **more: object) -> str:
    """Return the register of the complaints."""
    return scope.path("/customers/complaints/", **more)


def _share(counts: dict[str, int]) -> Estimate:
    told = rate(sum(counts.get(how, 0) for how in TRACED), sum(counts.values()))
    return Estimate(told.value, told.n, told.low, told.high)


def _said(counts: dict[str, int]) -> Words:
    named, total = sum(counts.get(how, 0) for how in TRACED), sum(counts.values())
    if not total:
        return Words("No outside complaint was received in the period.", "本期未收到外部顾客投诉。")
    return Words(f"{named} of {total} outside complaints are traced to a confirmed origin and to the hand-overs that "
                 "let them pass.", f"{total} 件外部投诉中, {named} 件已追溯到确认的责任工序和放行的交接。")


def _table(scope: Scope, counts: dict[str, int]) -> Table:
    rows = tuple(Row((words, counts[how], counts[how] if how in TRACED else 0),
                     complaints_path(scope, state="no_origin" if how == "not_named" else None))
                 for how, words in (TRACED | UNTRACED).items() if how in counts)
    return Table("tracing", Words("How far complaints are traced", "投诉追溯情况"), query(scope), _COLUMNS, rows)
