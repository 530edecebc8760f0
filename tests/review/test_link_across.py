"""What goes together over units and over links at one time; and that no sentence ever speaks of causes (R-39)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from qms.measures.association import across
from qms.models.imports import Import
from qms.models.satisfaction_measures import UnitMeasure
from qms.rules import review_association as words
from qms.rules.accounts import SYSTEM
from qms.rules.review_association import Finding
from qms.rules.review_snapshots import Snapshot
from qms.rules.words import Words
from qms.workflows import review_link_across
from qms.workflows.review_link_across import Pair
from tests.review.linking import cells, complained, lived, rejected, scoped, table
from tests.review.scene import Scene
from tests.review.test_link_pairs import SWING, fixed, follows
from tests.review.test_pairings import paired

CAUSES = {
    "en": ("caus", "because", "due to", "leads to", "led to", "drive", "effect of", "results in", "thanks to",
           "influenc", "impact", "explain", "owing", "therefore", "brings about", "makes the"),
    "zh": ("导致", "造成", "引起", "因为", "由于", "影响", "因此", "致使", "促使", "带来", "所以", "决定了", "驱动"),
}
"""Words that say that one thing brings another about."""
DRAW = np.random.default_rng(11)
X = [float(value) for value in DRAW.normal(60, 5, 30)]
Y = [x + float(more) for x, more in zip(X, DRAW.normal(0, 2, 30), strict=True)]


def link(scene: Scene) -> Snapshot:
    return scene.counted(scene.opened())["link"]


def imported(scene: Scene, measure: str, kind: str, values: Sequence[float], *, source: str = "Survey 2024",
             period: str = "2024") -> None:
    with scene.db.transaction(SYSTEM, "tests.measures") as session:
        run = Import(site_id=scene.plant.site, kind="unit_measures", file_name="x.csv", file_sha256="0" * 64,
                     person_id=scene.plant.quality_engineer.id, started_at=scene.at)
        session.add(run)
        session.flush()
        session.add_all(UnitMeasure(
            site_id=scene.plant.site, import_id=run.id, source=source, unit_code=f"{place:06d}", measure=measure,
            kind=kind, period=period, value=Decimal(str(round(one, 4))), line=place + 2)
            for place, one in enumerate(values))


def test_an_internal_measure_is_held_beside_an_external_one_of_the_same_units(scene: Scene):
    imported(scene, "Care transition", "internal", X)
    imported(scene, "Overall rating", "external", Y)
    imported(scene, "Overall rating", "external", [0.0] * 30, period="2023", source="Older")
    told = link(scene)
    found = across(X, Y)
    row, flat = cells(table(told, "across"), "pair", "n", "r", "low", "method")
    assert flat == ("Care transition / Overall rating (Survey 2024, Older)", 30, None, None, "no")
    assert "One of the two does not vary over all 30" in told.said[-1].en
    assert row == ("Care transition / Overall rating (Survey 2024)", 30, pytest.approx(found.r, abs=1e-4),
                   pytest.approx(found.low, abs=1e-4), "yes, same source")
    assert "Over 30 units the two measures are associated" in told.said[-2].en
    assert "Both were asked of the same people" in told.said[-2].en


def test_two_sources_carry_no_warning_of_the_method(scene: Scene):
    imported(scene, "Internal survey", "internal", X, source="Inside")
    imported(scene, "Rating", "external", Y, source="Outside")
    told = link(scene)
    assert cells(table(told, "across"), "method") == [("no",)]
    assert "same people" not in told.said[-1].en


def test_r39_below_24_units_nothing_is_told(scene: Scene):
    imported(scene, "Care transition", "internal", X[:23])
    imported(scene, "Overall rating", "external", Y[:23])
    assert not [one for one in link(scene).tables if one.key == "across"]


def test_only_the_newest_period_of_a_source_counts(scene: Scene):
    imported(scene, "Care transition", "internal", X, period="2023")
    imported(scene, "Overall rating", "external", Y, period="2023")
    imported(scene, "Care transition", "internal", X[:25])
    imported(scene, "Overall rating", "external", Y[:25])
    assert cells(table(link(scene), "across"), "n") == [(25,)]


def test_more_pairs_tried_are_paid_for(scene: Scene):
    weak = [x + 9 * float(more) for x, more in zip(X, np.random.default_rng(12).normal(0, 1, 30), strict=True)]
    alone = across(X, weak).p
    assert 0.001 < alone < 0.2
    imported(scene, "Care transition", "internal", X)
    imported(scene, "Overall rating", "external", weak)
    assert cells(table(link(scene), "across"), "p") == [(f"{alone:.3f}",)]
    for place in range(4):
        imported(scene, f"Other {place}", "external", [x * (-1) ** n for n, x in enumerate(X)])
    told = link(scene)
    shown = dict(cells(table(told, "across"), "pair", "p"))
    assert shown["Care transition / Overall rating (Survey 2024)"] == f"{5 * alone:.3f}"
    assert all("pairs tried: 5" in one.en for one in told.said if "Survey 2024" in one.en)


def test_links_are_held_beside_their_first_time_acceptance_only_where_there_are_enough(scene: Scene, monkeypatch):
    for count, said in ((23, "Too few to judge: 23 of at least 24"), (30, "Over 30 units the two measures")):
        pairs = [Pair(review_link_across._LINKS, X[:count], Y[:count], False)]
        monkeypatch.setattr(review_link_across, "_of_links", lambda *_given, held=pairs: held)
        with scene.db.reading() as session:
            told = review_link_across.beside(session, scoped(scene, session))
        assert said in told.said[0].en


def _everything(scene: Scene) -> list[Words]:
    """Return every sentence of a link in which something was found, and of the rules that make them."""
    fixed(scene, lag=1, also="0")
    fixed(scene, inner="fpy", outer="complaints", lag=0, also="")
    fixed(scene, inner="rejected_ppm", outer="otd", lag=0, also="")
    lived(scene, SWING, follows(SWING, 1))
    lived(scene, [None] * 30, [float(one) for one in Y], metric="otd")
    complained(scene, at=datetime(2025, 1, 1, tzinfo=UTC))
    rejected(scene, 3, origin=None, at_unit=scene.plant.weld, far="unknown", state="unknown")
    imported(scene, "Care transition", "internal", X)
    imported(scene, "Overall rating", "external", Y)
    scene.at = datetime(2026, 7, 10, tzinfo=UTC)
    paired(scene, inner="reports", lag=0, also="")
    told = link(scene)
    findings = [Finding(lag, n, 20, r, low, high, 0.01, 3, called=called)
                for lag in (0, 1, 2) for n in (24, 36) for r, low, high in ((0.6, 0.2, 0.8), (-0.6, -0.8, -0.2))
                for called in (True, False)]
    return [*told.said, *told.warned, *(words.told(one) for one in findings), words.too_few(3), words.unchanging(30),
            words.too_few_units(3), words.many_pairs(4), words.exploratory(words.with_gaps(words.too_few(3), 2)),
            *(words.told_across(30, r, low, high, shared_method=shared, tried=3, p_adjusted=p)
              for r, low, high in ((0.6, 0.2, 0.8), (0.1, -0.2, 0.4), (0.1, None, None)) for shared in (True, False)
              for p in (0.01, 0.5, None))]


def test_r39_no_sentence_says_that_one_brings_the_other_about(scene: Scene):
    said = _everything(scene)
    assert len(said) > 50
    assert any("associated" in one.en for one in said)
    assert any("相关联" in one.zh for one in said)
    for one in said:
        assert not [word for word in CAUSES["en"] if word in one.en.lower()], one.en
        assert not [word for word in CAUSES["zh"] if word in one.zh], one.zh
