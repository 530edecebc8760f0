"""What is said of paired measures over time: R-39 refusal and success side by side, lags, gaps, words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event

from qms.rules.review_snapshots import Snapshot
from qms.workflows import review_pairings
from qms.workflows.review_link import FILLED
from tests.review.linking import cells, complained, figure, lived, scoped, table
from tests.review.scene import Scene
from tests.review.test_pairings import PAIR, paired

BEFORE = datetime(2025, 12, 1, tzinfo=UTC)
SWING = [int(value) for value in np.random.default_rng(7).integers(3, 10, 36)]
"""Lots accepted of ten, month by month."""


def link(scene: Scene) -> Snapshot:
    return scene.counted(scene.opened())["link"]


def follows(lots: Sequence[int | None], lag: int) -> list[float | None]:
    """Return a PPM that falls when so many more lots were accepted that many months earlier."""
    noise = np.random.default_rng(8).normal(0, 3, len(lots))
    led: list[int | None] = [None] * lag + list(lots[:len(lots) - lag])
    return [None if good is None else 500 - 40 * good + float(more) for good, more in zip(led, noise, strict=True)]


def fixed(scene: Scene, **given: Any) -> Scene:
    """Pair first-time acceptance with the customer's PPM before the period."""
    scene.at, july = BEFORE, scene.at
    paired(scene, **given)
    scene.at = july
    return scene


def test_r39_below_24_periods_no_coefficient_is_told(scene: Scene):
    fixed(scene, lag=0, also="")
    lived(scene, SWING[:23], follows(SWING[:23], 0))
    told = link(scene)
    assert "Too few periods to judge: 23 of at least 24" in told.said[-1].en
    assert cells(table(told, "lags"), "n", "r", "low", "p", "said") == [(23, None, None, None, "too few periods")]
    shown, = (one for one in told.figures if one.key.startswith("link.pair_"))
    assert (shown.now.value, shown.now.n) == (None, 23)


def test_r39_from_24_periods_on_it_is_told_with_all_that_it_is_worth(scene: Scene):
    fixed(scene, lag=0, also="")
    lived(scene, SWING[:24], follows(SWING[:24], 0))
    told = link(scene)
    assert "An indication: the two are associated: they move in opposite directions, in the same period" in (
        told.said[-1].en)
    assert "lags tried: 1" in told.said[-1].en
    assert "24 periods worth" in told.said[-1].en
    shown, = (one for one in told.figures if one.key.startswith("link.pair_"))
    assert shown.now.n == 24
    assert shown.now.low < shown.now.value < shown.now.high < 0


def test_the_lag_said_beforehand_leads_and_every_lag_tried_is_shown(scene: Scene):
    fixed(scene, lag=1, also="0, 2")
    lived(scene, SWING, follows(SWING, 1))
    told = link(scene)
    assert cells(table(told, "lags"), "lag", "fixed", "n", "said") == [
        (1, "fixed beforehand", 35, "associated"), (0, "also shown", 35, "cannot be told"),
        (2, "also shown", 34, "cannot be told")]
    assert "with the first 1 period ahead" in told.said[-1].en
    assert "lags tried: 3" in told.said[-1].en


def test_lags_of_a_pairing_that_ended_are_paid_for_too(scene: Scene):
    fixed(scene, lag=3, also="")
    with scene.db.reading() as session:
        first = review_pairings.pairings(session, scene.head)[0]
    scene.do(review_pairings.end_pairing, first.id, first.rev, reason="Looked better at one")
    fixed(scene, lag=1, also="")
    lived(scene, SWING, follows(SWING, 1))
    told = link(scene)
    assert cells(table(told, "lags"), "lag", "fixed") == [(1, "fixed beforehand"), (3, "also shown")]
    assert "lags tried: 2" in told.said[-1].en


@pytest.mark.parametrize(("set_at", "is_exploratory"), [
    (datetime(2026, 6, 30, 15, 59, tzinfo=UTC), False), (datetime(2026, 6, 30, 16, 0, tzinfo=UTC), True)])
def test_r39_a_pairing_set_after_the_period_is_told_as_exploratory(scene: Scene, set_at, is_exploratory):
    scene.at, july = set_at, scene.at
    paired(scene, lag=0, also="")
    scene.at = july
    lived(scene, SWING[:24], follows(SWING[:24], 0))
    said = link(scene).said[-1]
    assert ("Exploratory, for the pair and its lag were set after the period had ended" in said.en) is is_exploratory
    assert ("探索性结果" in said.zh) is is_exploratory


def test_a_month_without_a_value_is_left_out_and_is_no_zero(scene: Scene):
    fixed(scene, lag=0, also="")
    readings = follows(SWING[:30], 0)
    gone = [None if place in {4, 11, 12} else one for place, one in enumerate(readings)]
    lived(scene, SWING[:30], gone)
    told = link(scene)
    assert cells(table(told, "lags"), "n", "left_out") == [(27, 3)]
    assert "Months left out for want of a value on one side or both: 3." in told.said[-1].en
    assert "associated" in told.said[-1].en


def test_complaints_count_as_none_only_from_the_first_on_record(scene: Scene):
    fixed(scene, outer="complaints", lag=0, also="")
    lived(scene, SWING, [None] * 36)
    for back in range(0, 26, 3):
        complained(scene, at=datetime(2026, 6, 11, 4, tzinfo=UTC) - timedelta(days=30.4 * back))
    assert cells(table(link(scene), "lags"), "n", "left_out") == [(25, 11)]


def test_a_series_that_does_not_vary_is_said_so(scene: Scene):
    fixed(scene, lag=0, also="")
    lived(scene, SWING[:30], [50.0] * 30)
    told = link(scene)
    assert "One of the two does not vary over all 30" in told.said[-1].en
    assert cells(table(told, "lags"), "said") == [("does not vary",)]


def test_several_pairs_carry_the_warning_and_an_ended_one_is_not_told(scene: Scene):
    lived(scene, SWING, follows(SWING, 0))
    fixed(scene, lag=0, also="")
    assert not link(scene).warned
    fixed(scene, inner="fpy", lag=0, also="")
    told = link(scene)
    assert told.warned[-1].en.startswith("2 pairs were judged.")
    with scene.db.reading() as session:
        held = [(one.id, one.rev) for one in review_pairings.pairings(session, scene.head)]
    for pairing_id, rev in held:
        assert figure(told, f"link.pair_{pairing_id}").path == f"/review/pairings/#pairing-{pairing_id}"
        scene.do(review_pairings.end_pairing, pairing_id, rev, reason="Not wanted")
    assert not [one for one in link(scene).figures if one.key.startswith("link.pair_")]


def test_the_whole_link_is_counted_in_few_queries(scene: Scene):
    fixed(scene, **PAIR)
    lived(scene, SWING, follows(SWING, 1))
    asked: list[str] = []
    with scene.db.reading() as session:
        scope = scoped(scene, session)
        event.listen(session.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert FILLED["link"](session, scope).figures
    assert len(asked) < 160
