"""Ranks the defects that were found in a review's period, wherever they were made. Only reads."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.measures.pareto import Cause, pareto
from qms.models.chain import Defect
from qms.models.rejections import Rejection
from qms.rules.measures import VOID, Period
from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Table
from qms.rules.words import Words
from qms.workflows.measures_defects import MOST_BARS
from qms.workflows.measures_escapes import NONE_COUNTED, Counted
from qms.workflows.review_figures import both, only_site
from qms.workflows.review_scope import Scope

_QUERY = Words("Pieces in rejections found in the period, wherever they were made; void records and pieces that wait "
               "for the review board are left out.",
               "本期发现的不合格件数, 不论责任工序; 不含作废记录及待评审件。")
_OTHER = Words("Other and not coded", "其他及未编码")
OTHER = ""


class Ranked(NamedTuple):
    """A defect and what was found of it. `ids`: its codes at the sites."""

    words: Words
    ids: tuple[int, ...]
    counted: Counted


Found = Mapping[str, Ranked]
"""Defects by code; an empty code gathers what has none."""


def defects(session: Session, site_ids: Sequence[int], period: Period) -> Found:
    """Count what was found of each defect."""
    starts_at, ends_at = period.bounds
    rows = session.execute(
        select(Rejection.defect_id, func.count(), func.coalesce(func.sum(Rejection.quantity), 0))
        .where(Rejection.site_id.in_(site_ids), Rejection.found_at >= starts_at, Rejection.found_at < ends_at,
               Rejection.state != VOID, Rejection.for_review.is_(False)).group_by(Rejection.defect_id)).all()
    known = {one.id: one for one in session.scalars(
        select(Defect).where(Defect.id.in_([row[0] for row in rows if row[0] is not None])))}
    found: dict[str, Ranked] = {}
    for defect_id, records, pieces in sorted(rows, key=lambda row: row[0] or 0):
        defect = known.get(defect_id or 0)
        code = defect.code if defect else OTHER
        words = Words(f"{code} {defect.name_en}", f"{code} {defect.name_zh}") if defect else _OTHER
        held = found.get(code, Ranked(words, (), NONE_COUNTED))
        found[code] = held._replace(ids=(*held.ids, defect_id or 0),
                                    counted=held.counted + Counted(int(records), int(pieces)))
    return found


def found_figure(scope: Scope, found: Found, before: Found) -> Figure:
    """Return how many pieces were found, in how many records."""
    def taken(period: Period) -> Estimate:
        of = (found if period == scope.period else before).values()
        return Estimate(sum(one.counted.pieces for one in of), sum(one.counted.records for one in of))

    return both(scope, "conformity.found", Words("Pieces found defective", "发现的不合格件数"), "count", _QUERY, taken,
                path=scope.path("/rejections/", site_id=only_site(scope)), formula=Formula("sum", "defects", "pieces"))


def defects_table(scope: Scope, found: Found, before: Found) -> Table:
    """Return the ranking by pieces: the heaviest defects, then all others together."""
    bars = pareto([Cause(code, one.counted.records, one.counted.pieces) for code, one in found.items()], other=OTHER,
                  keep=MOST_BARS).bars
    named = {bar.label for bar in bars if bar.label != OTHER}
    earlier = {code: sum(one.counted.pieces for key, one in before.items() if (key if key in named else OTHER) == code)
               for code in (*named, OTHER)}
    rows = tuple(Row((_OTHER if bar.label == OTHER else found[bar.label].words, bar.n, int(bar.weight), bar.share,
                      bar.cumulative, earlier[bar.label]), _path(scope, bar.label, found)) for bar in bars)
    return Table("defects", Words("Defects found", "发现的缺陷"), _QUERY, (
        Column("defect", Words("Defect", "缺陷")), Column("records", Words("Records", "记录"), "count"),
        Column("pieces", Words("Pieces", "件数"), "count"), Column("share", Words("Share", "占比"), "percent"),
        Column("cumulative", Words("Cumulated", "累计"), "percent"),
        Column("before", Words("Pieces before", "对比期件数"), "count")), rows,
        (Chart("pareto", Words("Pareto chart of defects", "缺陷柏拉图"), "defect", ("pieces", "cumulative")),))


def _path(scope: Scope, code: str, found: Found) -> str | None:
    ids = found[code].ids if code != OTHER else ()
    return scope.path("/rejections/", defect_id=ids[0], site_id=only_site(scope)) if len(ids) == 1 else None
