"""Puts what was counted from origin to detection into tables and figures. Only reads."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.models.chain import Unit
from qms.rules.measures import AT_CUSTOMER, FOUND_BY_MAKER, UNPLACED
from qms.rules.rejections import ESCAPE_CLASSES
from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.measures_escapes import NONE_COUNTED, Counted
from qms.workflows.review_link_flow import Flow, Stream, flow
from qms.workflows.review_scope import Scope
from qms.workflows.satisfaction_names import unit_words

MOST = 50
_FOUND = Column("found", Words("Found", "发现处"), "state")
_RECORDS = Column("records", Words("Records", "记录数"), "count")
_PIECES = Column("pieces", Words("Found", "发现"), "count", Words("pieces", "件"))
_ORIGIN = Column("origin", Words("Origin", "责任工序"))
_OUTSIDE = Column("outside", Words("of these at a customer", "其中在顾客处"), "count", Words("pieces", "件"))


def streams(session: Session, scope: Scope) -> Snapshot:
    """Return from where to where defects went, by place of detection and by origin, now and before."""
    now, before = flow(session, scope, scope.period), flow(session, scope, scope.before)
    return Snapshot(_figures(scope, now, before), (_by_origin(session, scope, now), _by_stage(scope, now)), (),
                    _warned(now))


def _query(scope: Scope) -> Words:
    return Words(f"Rejections found {scope.days.en} with a confirmed or decided origin, void ones and those waiting "
                 "for the review board left out; and traced complaints about product received then, where no rejection "
                 "found at the customer stands for them. Cost: everything posted for these records so far.",
                 f"{scope.days.zh} 发现且责任工序已确认或裁定的不合格, 不含作废和待评审; "
                 "以及同期收到并已追溯的产品投诉 (没有对应的顾客处不合格记录)。成本为这些记录迄今过账的全部金额。")


def _rejections(scope: Scope, **more: object) -> str:
    only = scope.sites[0].id if len(scope.sites) == 1 else None
    return scope.path("/rejections/", site=None, site_id=only, **more)


def _figures(scope: Scope, now: Flow, before: Flow) -> tuple[Figure, ...]:
    query = _query(scope)
    return (
        Figure("link.outside", Words("Found at a customer, of all pieces found", "在顾客处发现的件数占比"), "percent",
               _outside(now), query, _outside(before), _rejections(scope),
               Formula("share", "stages", "outside", "pieces")),
        Figure("link.contained", Words("Found where they were made, of all whose way is known",
                                       "在责任工序自行发现的件数占比 (流向已知者)"), "percent",
               _contained(now), query, _contained(before), _rejections(scope)),
        Figure("link.unsettled", Words("Rejections without a confirmed origin, left out",
                                        "责任工序未确认、未计入的不合格"),
               "count", _unsettled(now), query, _unsettled(before), _rejections(scope)),
    )


def _outside(held: Flow) -> Estimate:
    stages = held.stages
    return _share(sum(stages[stage].pieces for stage in AT_CUSTOMER if stage in stages), stages)


def _contained(held: Flow) -> Estimate:
    placed = {stage: counted for stage, counted in held.stages.items() if stage != UNPLACED}
    return _share(placed.get(FOUND_BY_MAKER, NONE_COUNTED).pieces, placed)


def _share(pieces: int, stages: dict[str, Counted]) -> Estimate:
    told = rate(pieces, sum(counted.pieces for counted in stages.values()))
    return Estimate(told.value, told.n, told.low, told.high)


def _unsettled(held: Flow) -> Estimate:
    total = held.unsettled.records + sum(counted.records for counted in held.counts.values())
    return Estimate(held.unsettled.records if total else None, total)


def _warned(held: Flow) -> tuple[Words, ...]:
    if not held.unsettled.records:
        return ()
    return (Words("Rejections without a confirmed origin, in none of these flows (R-34): "
                  f"{held.unsettled.records} ({held.unsettled.pieces} pieces).",
                  f"责任工序尚未确认、未计入流向的不合格 (R-34): {held.unsettled.records} 条 "
                  f"({held.unsettled.pieces} 件)。"),)


def _cost_columns(held: Flow) -> tuple[Column, ...]:
    return tuple(Column(f"cost_{currency}", Words("Cost", "成本"), "money", Words(currency, currency))
                 for currency in held.currencies)


def _costs(held: Flow, of: Sequence[Stream]) -> tuple[Decimal | None, ...]:
    """Return what some streams cost in each currency; None where nothing was posted."""
    posted = [held.costs[stream] for stream in of if stream in held.costs]
    return tuple(sum((costs[currency] for costs in posted if currency in costs), Decimal(0))
                 if any(currency in costs for costs in posted) else None for currency in held.currencies)


def _by_origin(session: Session, scope: Scope, held: Flow) -> Table:
    order = sorted(held.counts, key=lambda stream: (-held.counts[stream].pieces, stream))[:MOST]
    units = {unit.id: unit_words(unit) for unit in session.scalars(
        select(Unit).where(Unit.id.in_({stream.origin_id for stream in order})))}
    rows = tuple(Row((units[stream.origin_id], ESCAPE_CLASSES[stream.stage], held.counts[stream].records,
                      held.counts[stream].pieces, *_costs(held, [stream])),
                     _rejections(scope, origin_unit_id=stream.origin_id)) for stream in order)
    query = _query(scope)
    charts = (Chart("flow", Words("From origin to detection, pieces", "从责任工序到发现处 (件)"), "origin",
                    ("found", "pieces")),) if rows else ()
    return Table("flow", Words("From origin to detection", "从责任工序到发现处"),
                 Words(f"{query.en} The {MOST} flows with most pieces.", f"{query.zh}件数最多的 {MOST} 条流向。"),
                 (_ORIGIN, _FOUND, _RECORDS, _PIECES, *_cost_columns(held)), rows, charts)


def _by_stage(scope: Scope, held: Flow) -> Table:
    stages = held.stages
    rows = tuple(Row((words, stages[stage].records, stages[stage].pieces,
                      stages[stage].pieces if stage in AT_CUSTOMER else 0,
                      *_costs(held, [stream for stream in held.counts if stream.stage == stage])), _rejections(scope))
                 for stage, words in ESCAPE_CLASSES.items() if stage in stages)
    return Table("stages", Words("By where they were found", "按发现处"), _query(scope),
                 (_FOUND, _RECORDS, _PIECES, _OUTSIDE, *_cost_columns(held)), rows)
