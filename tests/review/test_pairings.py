"""Pairings of measures: a lag is said beforehand and never changed, every lag tried stays known (R-39, R-43)."""

from typing import Any

import pytest
from sqlalchemy import select

from qms.models.chain import Site
from qms.models.review import ReviewPairing
from qms.rules import review_pairings as rules
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotAllowed, NotFound, Stale
from qms.workflows import accounts, review_pairings
from tests.review.scene import JULY, Scene

PAIR: dict[str, Any] = {"inner": "fta", "outer": "customer_ppm", "lag": 1, "also": "0, 2",
                        "why": "Four weeks from press to the customer's line"}


def paired(scene: Scene, **given: Any) -> ReviewPairing:
    return scene.do(review_pairings.pair, **({"customer_id": scene.plant.customer} | PAIR | given))


def test_a_pairing_keeps_its_lags_why_and_when(scene: Scene):
    held = paired(scene)
    assert (held.lag, held.also, held.active, held.site_id) == (1, "0,2", True, scene.plant.site)
    assert (held.set_at, held.set_by_id, held.why) == (JULY, scene.head.id, PAIR["why"])


@pytest.mark.parametrize("wrong", [
    {"inner": "customer_ppm"}, {"inner": "kept"}, {"inner": "none"}, {"outer": "fta"}, {"outer": ""}, {"lag": 13},
    {"lag": None}, {"lag": -1}, {"also": "1"}, {"also": "2,2"}, {"also": "13"}, {"also": "x"}, {"also": "0,2,3,4"},
    {"why": " "}])
def test_r39_what_cannot_be_held_beside_each_other_is_refused(scene: Scene, wrong):
    with pytest.raises(Invalid):
        paired(scene, **wrong)
    assert paired(scene).id


def test_r43_a_pairing_is_not_changed_but_ended_and_set_anew(scene: Scene):
    held = paired(scene)
    with pytest.raises(Doubled):
        paired(scene, lag=2, also="")
    ended = scene.do(review_pairings.end_pairing, held.id, held.rev, reason="Stock was halved")
    assert (ended.active, ended.ended_at, ended.ended_by_id) == (False, JULY, scene.head.id)
    assert paired(scene, lag=2, also="").id != held.id
    with pytest.raises(IllegalStep):
        scene.do(review_pairings.end_pairing, held.id, ended.rev, reason="Again")
    with scene.db.reading() as session:
        shown = review_pairings.pairings(session, scene.head)
    assert [(one.lag, one.active) for one in shown] == [(2, True), (1, False)]


def test_an_older_version_and_no_reason_end_nothing(scene: Scene):
    held = paired(scene)
    with pytest.raises(Stale):
        scene.do(review_pairings.end_pairing, held.id, held.rev - 1, reason="Stock was halved")
    with pytest.raises(Invalid):
        scene.do(review_pairings.end_pairing, held.id, held.rev, reason=" ")


def test_only_who_prepares_reviews_pairs_measures(scene: Scene):
    held = paired(scene)
    for login in ("quality_engineer", "auditor", "operator"):
        with pytest.raises((NotAllowed, NotFound)):
            paired(scene, person=scene.plant.people[login], inner="fpy")
        with pytest.raises((NotAllowed, NotFound)):
            scene.do(review_pairings.end_pairing, held.id, held.rev, reason="x", person=scene.plant.people[login])


def test_only_outside_customers_are_paired(scene: Scene):
    with pytest.raises(Invalid):
        paired(scene, customer_id=scene.plant.weld)
    with pytest.raises(NotFound):
        paired(scene, customer_id=10**9)


def test_another_site_sees_no_pairing_and_sets_none(scene: Scene):
    held = paired(scene)
    stranger = _elsewhere(scene)
    with scene.db.reading() as session:
        assert not review_pairings.pairings(session, stranger)
        assert not review_pairings.customers(session, stranger)
        assert [unit.id for unit in review_pairings.customers(session, scene.head)] == [scene.plant.customer]
        with pytest.raises(NotFound):
            review_pairings.one(session, stranger, held.id)
    with pytest.raises(NotFound):
        paired(scene, person=stranger)
    with pytest.raises(NotFound):
        scene.do(review_pairings.end_pairing, held.id, held.rev, reason="x", person=stranger)


def _elsewhere(scene: Scene) -> Actor:
    from datetime import date

    with scene.db.transaction(SYSTEM, "tests.site") as session:
        site = Site(code="BJ", name_zh="北京工厂", name_en="Beijing plant", time_zone="Asia/Shanghai", profile="iso",
                    demo=False)
        session.add(site)
        session.flush()
        made = accounts.add_person(session, SYSTEM, login="elsewhere", name="Li", language="en", password=None)
        given = accounts.grant(session, SYSTEM, made.id, role="management_representative",
                               starts_on=date(2020, 1, 1), site_id=site.id)
        return Actor(id=made.id, name=made.name, method="test",
                     grants=(Grant(given.id, "management_representative", site_id=site.id),))


def test_the_measures_that_can_be_paired_are_kept_for_customers(scene: Scene):
    assert set(rules.INNER) == {"fta", "fpy", "rejected_ppm", "escapes_ppm", "reports"}
    assert {"customer_ppm", "otd", "complaints", "customer_index"} <= set(rules.OUTER)
    assert rules.read_lags("0、2\uff0c3") == [0, 2, 3]
    assert rules.read_lags("") == []
    with scene.db.reading() as session:
        assert session.scalar(select(ReviewPairing.id)) is None
