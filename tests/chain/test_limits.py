"""Limits of authority and clocks that a site sets for itself: who may, what follows, what is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest

from qms.db import Database
from qms.models.chain import Site
from qms.models.dispositions_concessions import CustomerNotice
from qms.rules.errors import Invalid, NotAllowed, Refused, Stale
from qms.workflows import chain_limits as limits
from tests.dispositions.costs import open_books
from tests.dispositions.scene import NOON, Scene
from tests.plant import Plant


def put(db: Database, plant: Plant, login: str = "quality_manager", rev: int | None = None, **given) -> Site:
    person = plant.people[login]
    with db.transaction(person, "chain.set_limits") as session:
        held = session.get_one(Site, plant.site)
        return limits.set_limits(session, person, plant.site, held.rev if rev is None else rev, **({
            "scrap_limit": held.scrap_limit, "notice_hours": held.notice_hours, "reason": "Delegation 2026"} | given))


def test_r06_the_sites_own_limit_says_which_scrap_is_dear(db: Database, plant: Plant):
    scene = Scene(db, plant)
    books = open_books(db, plant)
    books.at = NOON
    books.rate(rate="10.00")
    assert scene.one(scene.reported(), "scrap").value == Decimal("100.00")
    put(db, plant, scrap_limit=Decimal("99.99"))
    dear = scene.reported()
    with pytest.raises(Refused) as refused:
        scene.one(dear, "scrap")
    assert refused.value.rule == "R-06"
    assert scene.one(dear, "scrap", person=plant.quality_manager).value == Decimal("100.00")


def test_r16_the_sites_own_clock_says_by_when_a_customer_is_told(db: Database, plant: Plant):
    scene = Scene(db, plant)

    def notice_of(**given) -> CustomerNotice:
        made = scene.reported(found_unit_id=plant.customer, link_id=plant.final_customer, **given)
        with db.reading() as session:
            return session.query(CustomerNotice).filter_by(rejection_id=made.id).one()

    before = notice_of()
    put(db, plant, notice_hours=8)
    after = notice_of()
    assert before.due_at - before.known_at == timedelta(hours=24)
    assert after.due_at - after.known_at == timedelta(hours=8)
    assert scene.read(CustomerNotice, before.id).due_at == before.due_at


def test_limits_are_set_by_those_who_may_with_a_reason_and_within_bounds(db: Database, plant: Plant):
    for login in ("quality_engineer", "production_manager", "operator"):
        with pytest.raises(NotAllowed):
            put(db, plant, login, notice_hours=8)
    for wrong in ({"notice_hours": 0}, {"notice_hours": 721}, {"scrap_limit": Decimal(-1)}, {"reason": " "}):
        with pytest.raises(Invalid):
            put(db, plant, **wrong)
    with pytest.raises(Stale):
        put(db, plant, rev=99)
    assert put(db, plant, "admin", notice_hours=8).notice_hours == 8


def test_the_pages_of_limits_show_take_and_tell_them(db: Database, plant: Plant, sign_in, page):
    manager = sign_in("quality_manager")
    assert "10000" in page(manager, "/chain/limits/").text
    own = f"/chain/limits/{plant.site}"
    with db.reading() as session:
        rev = session.get_one(Site, plant.site).rev
    given = {"rev": rev, "scrap_limit": "2500.50", "notice_hours": "12", "reason": "Delegation of authority 7"}
    page(manager, own, given | {"notice_hours": "0"}, status=422)
    page(manager, own, given)
    assert "2500.50" in page(manager, "/chain/limits/").text
    assert "Delegation of authority 7" in page(manager, own).text
    page(manager, own, given, status=409)
    assert sign_in("quality_engineer").get(own).status_code == 403
    page(sign_in("admin", "zh"), "/chain/limits/")
