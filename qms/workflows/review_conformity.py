"""Fills the input on products: rejected parts per million inside and at customers, defects, control chart."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Link, Unit
from qms.models.customers_scores import ScoreReading
from qms.rules.review_measures import MEASURES
from qms.rules.review_snapshots import Chart, Column, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver
from qms.workflows.review_conformity_chart import control_chart
from qms.workflows.review_conformity_defects import defects, defects_table, found_figure
from qms.workflows.review_cubes import handed_over
from qms.workflows.review_customers_counts import pages_of
from qms.workflows.review_estimates import MOST_ROWS, interval_cells, interval_columns, of_ppm, snapshot_of
from qms.workflows.review_figures import both, called, most, plus
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part, value

_PPM = Words("Rejected PPM", "拒收 PPM")
_QUERY = Words("Pieces rejected at hand-overs presented in the period, per million received; every presentation is a "
               "receipt, and pieces held for the review board are not rejected.",
               "本期提交的交接中拒收的件数, 每百万接收件; 每次提交均计为一次接收, 待评审的件数不计为拒收。")
_AT_CUSTOMERS = Words("Mean of the months' PPM on the customer's scorecard, as read off in the period.",
                      "本期各月从顾客计分卡读取的 PPM 的平均值。")


class _Counted(NamedTuple):
    link: Link
    now: HandedOver
    before: HandedOver


def product_conformity(session: Session, scope: Scope) -> Snapshot:
    """Return what was refused inside, what customers counted, which defects it was, and whether it is in control."""
    links = _counted(session, scope)
    found, before = (defects(session, scope.site_ids, period) for period in (scope.period, scope.before))
    chart, warned = control_chart(session, scope)
    ppm = both(scope, "conformity.ppm", _PPM, "ppm", _QUERY,
               lambda period: value(session, scope, "rejected_ppm", Part("site"), period),
               path=scope.path("/acceptance/hand-overs/"),
               formula=Formula("per_million", "links", "rejected", "received") if len(links) <= MOST_ROWS else None)
    return snapshot_of(
        (ppm, found_figure(scope, found, before)),
        (_links(scope, links), _customers(session, scope), defects_table(scope, found, before), chart), (), warned)


def _counted(session: Session, scope: Scope) -> list[_Counted]:
    cube = handed_over(session, scope)
    now, before = cube.within(scope.period), cube.within(scope.before)
    links = session.scalars(select(Link).where(Link.site_id.in_(scope.site_ids)).order_by(Link.id)
                            .options(joinedload(Link.supplier), joinedload(Link.customer)))
    found = [_Counted(link, now[link.id], before.get(link.id, NONE_HANDED_OVER))
             for link in links if link.id in now and now[link.id].received]
    return sorted(found, key=lambda one: -one.now.rejected)


def _links(scope: Scope, counted: list[_Counted]) -> Table:
    rows = [Row((called(one.link), one.now.received, one.now.rejected, *interval_cells(of_ppm(one.now.nonconforming)),
                 of_ppm(one.before.nonconforming).value),
                f"/measures/links/{one.link.id}?first={scope.period.first}&last={scope.period.last}&step=month")
            for one in counted[:MOST_ROWS]]
    return Table("links", Words("Refused, by link", "各链接拒收"), plus(_QUERY, most(counted)),
                 (Column("link", Words("Link", "链接")), Column("received", Words("Received", "接收件数"), "count"),
                  Column("rejected", Words("Rejected", "拒收件数"), "count"), *interval_columns("ppm", _PPM, "ppm"),
                  Column("before", Words("PPM before", "对比期 PPM"), "ppm")), tuple(rows))


def _customers(session: Session, scope: Scope) -> Table:
    customers = session.scalars(
        select(Unit).where(Unit.id.in_(select(ScoreReading.customer_id).where(
            ScoreReading.site_id.in_(scope.site_ids), ScoreReading.metric == "ppm"))).order_by(Unit.code))
    rows, pages = [], pages_of(session, scope, "scorecard")
    for unit in customers:
        now, before = (value(session, scope, "customer_ppm", Part("customer", unit.id), period)
                       for period in (scope.period, scope.before))
        if now.value is not None or before.value is not None:
            rows.append(Row((Words(unit.name_en, unit.name_zh), now.value, now.n, before.value, before.n),
                            pages.get(unit.id)))
    return Table("customers", MEASURES["customer_ppm"].words, plus(_AT_CUSTOMERS, most(rows)),
                 (Column("customer", Words("Customer", "顾客")), Column("ppm", Words("PPM", "PPM"), "ppm"),
                  Column("readings", Words("Readings", "读数"), "count"),
                  Column("before", Words("PPM before", "对比期 PPM"), "ppm"),
                  Column("readings_before", Words("Readings before", "对比期读数"), "count")), tuple(rows[:MOST_ROWS]),
                 (Chart("bar", MEASURES["customer_ppm"].words, "customer", ("ppm", "before")),))


FILLED = {"product_conformity": product_conformity}
