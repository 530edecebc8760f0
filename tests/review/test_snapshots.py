"""What is frozen of an input comes back equal, and tells when anything in it has moved."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from qms.rules.review_snapshots import (
    Chart,
    Column,
    Estimate,
    Figure,
    Formula,
    Row,
    Snapshot,
    Table,
    digest,
    moved,
    read,
    written,
)
from qms.rules.words import Words

ONE = Words("One", "一")
FULL = Snapshot(
    (Figure("fta", ONE, "percent", Estimate(0.84, 50, 0.7149, 0.9166), ONE, Estimate(Decimal("0.80"), 50), "/a?b=1",
            Formula("share", "t", "good", "all")),),
    (Table("t", ONE, ONE, (Column("good", ONE, "count", ONE), Column("all", ONE)),
           (Row((1, 2.5), "/x"), Row((Decimal("1.20"), ONE)), Row((date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC))),
            Row((True, None)), Row(("=1+1", "毛刺"))),
           (Chart("bar", ONE, "all", ("good",)),)),), (ONE,), (ONE,))


def test_a_snapshot_comes_back_equal():
    assert read(written(FULL)) == FULL
    assert written(read(written(FULL))) == written(FULL)


def test_another_figure_is_another_hash():
    other = replace(FULL, figures=(replace(FULL.figures[0], now=Estimate(0.85, 50)),))
    assert digest(written(FULL)) == digest(written(read(written(FULL))))
    assert digest(written(other)) != digest(written(FULL))


def test_what_moved_is_told_with_what_it_is_now():
    other = replace(FULL, figures=(replace(FULL.figures[0], now=Estimate(0.85, 60)),))
    assert moved(FULL, FULL) == []
    assert moved(FULL, other) == [(FULL.figures[0], Estimate(0.85, 60))]
    assert moved(FULL, Snapshot()) == [(FULL.figures[0], Estimate(None))]


def test_nothing_counted_is_missing_and_not_zero():
    assert Snapshot().is_empty
    assert Snapshot((replace(FULL.figures[0], now=Estimate(0, 0)),)).is_empty
    assert not Snapshot((replace(FULL.figures[0], now=Estimate(0, 50)),)).is_empty
    assert not FULL.is_empty
