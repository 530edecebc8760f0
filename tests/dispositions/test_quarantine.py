"""Quarantine: places, what stands where by age, and the weekly count against the system."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.dispositions_quarantine import QuarantineLine, QuarantinePlace
from qms.models.rejections import Hold, Rejection
from qms.rules import dispositions_quarantine as rules
from qms.rules.clock import utc_now
from qms.rules.dispositions_quarantine import Extra, Found
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotAllowed, Stale
from qms.workflows import dispositions_quarantine as workflow
from qms.workflows import today_quarantine
from qms.workflows.dispositions_quarantine_register import NOWHERE, Filter, Wish, stock, stocks
from tests.plant import Plant
from tests.rejections.cases import person_in_unit, reported

HEADERS = {"X-Requested-By": "test"}


def place(db: Database, plant: Plant, code: str = "Q1", **given: Any):
    fields = {"site_id": plant.site, "code": code, "name_zh": "隔离笼", "name_en": "Cage"} | given
    clock = fields.pop("clock", utc_now)
    with db.transaction(plant.team_leader, "dispositions.add_place", clock=clock) as session:
        return workflow.add_place(session, plant.team_leader, **fields)


def hold_of(db: Database, rejection: Rejection) -> Hold:
    with db.reading() as session:
        return session.scalars(select(Hold).where(Hold.rejection_id == rejection.id)).one()


def brought(db: Database, plant: Plant, where, hold: Hold, person=None) -> Hold:
    person = person or plant.team_leader
    with db.transaction(person, "dispositions.bring") as session:
        return workflow.bring(session, person, where.id, hold.id, hold.rev)


def marked(db: Database) -> int:
    with db.reading() as session:
        return session.scalars(select(QuarantinePlace.id)).one()


def counted(db: Database, plant: Plant, where, found: dict[int, Found], *extras: Extra):
    with db.transaction(plant.team_leader, "dispositions.count") as session:
        return workflow.count(session, plant.team_leader, where.id, found=found, extras=extras)


def test_a_difference_says_why_and_blank_is_no_answer():
    assert rules.check_found({1: 5, 2: 0}, {1: Found(4, "Two pieces scrapped"), 2: Found(0)}) == 1
    for found, field in (({1: Found(None)}, "counted-1"), ({1: Found(4)}, "why-1"), ({1: Found(-1)}, "counted-1")):
        with pytest.raises(Invalid) as refused:
            rules.check_found({1: 5}, found)
        assert refused.value.field == field


def test_an_extra_find_has_pieces_and_an_explanation():
    rules.check_extras([Extra("Bracket without tag", 3, "Reported")])
    for extra, field in ((Extra("x", 0, "y"), "extra-counted-0"), (Extra("x", 3), "extra-why-0")):
        with pytest.raises(Invalid) as refused:
            rules.check_extras([extra])
        assert refused.value.field == field


def test_a_critical_defect_goes_under_lock_where_the_plant_has_a_lock():
    rules.check_place(critical=True, locked=True, lockable=True)
    rules.check_place(critical=True, locked=False, lockable=False)
    with pytest.raises(Invalid):
        rules.check_place(critical=True, locked=False, lockable=True)


def test_what_is_held_is_brought_to_a_place_and_listed_by_age(db: Database, plant: Plant):
    where = place(db, plant)
    first, second = hold_of(db, reported(db, plant)), hold_of(db, reported(db, plant, quantity=4))
    brought(db, plant, where, second)
    with db.reading() as session:
        standing = stock(session, plant.auditor, Filter(place=str(where.id)), Wish())
        nowhere = stock(session, plant.auditor, Filter(place=NOWHERE), Wish())
        every = stock(session, plant.auditor, Filter(), Wish())
        found = stocks(session, plant.auditor)
    assert [[h.id for h in page.rows] for page in (standing, nowhere, every)] == [
        [second.id], [first.id], [first.id, second.id]]
    assert (found[where.id].pieces, found[None].holds) == (4, 1)


def test_bringing_is_refused_at_an_old_version_and_for_what_is_not_held(db: Database, plant: Plant):
    where, hold = place(db, plant), hold_of(db, reported(db, plant, severity="CR"))
    place(db, plant, "Q2", locked=True)
    with pytest.raises(Invalid) as refused:
        brought(db, plant, where, hold)
    assert refused.value.field == "place_id"
    with pytest.raises(NotAllowed):
        brought(db, plant, where, hold, plant.operator)
    light = hold_of(db, reported(db, plant))
    brought(db, plant, where, light)
    with pytest.raises(Stale):
        brought(db, plant, where, light)
    with db.transaction(plant.team_leader, "tests.release") as session:
        gone = session.get_one(Hold, light.id)
        gone.state = "released"
    with pytest.raises(IllegalStep):
        brought(db, plant, where, gone)


def test_a_count_keeps_every_line_and_moves_the_clock(db: Database, plant: Plant):
    where = place(db, plant)
    one, two = (brought(db, plant, where, hold_of(db, reported(db, plant))) for _ in range(2))
    made = counted(db, plant, where, {one.id: Found(10), two.id: Found(9, "One piece at the lab")},
                   Extra("Bracket without tag", 2, "Reported"))
    with db.reading() as session:
        lines = session.scalars(select(QuarantineLine).order_by(QuarantineLine.id)).all()
        held = workflow.one_place(session, plant.auditor, where.id)
    assert [(line.expected, line.counted) for line in lines] == [(10, 10), (10, 9), (0, 2)]
    assert (made.differences, held.counted_at) == (2, made.counted_at)


def test_a_count_of_what_no_longer_stands_there_is_stale(db: Database, plant: Plant):
    where, other = place(db, plant), place(db, plant, "Q2")
    hold = brought(db, plant, where, hold_of(db, reported(db, plant)))
    brought(db, plant, other, hold)
    with pytest.raises(Stale):
        counted(db, plant, where, {hold.id: Found(10)})
    assert counted(db, plant, where, {}).differences == 0


def test_a_place_with_product_stays_in_use(db: Database, plant: Plant):
    where = place(db, plant)
    brought(db, plant, where, hold_of(db, reported(db, plant)))
    with pytest.raises(Doubled):
        place(db, plant)
    with pytest.raises(Invalid) as refused, db.transaction(plant.team_leader, "dispositions.edit_place") as session:
        workflow.edit_place(session, plant.team_leader, where.id, where.rev, code="Q1", name_zh="x", name_en="x",
                            unit_id=None, locked=False, active=False)
    assert refused.value.field == "active"


def test_a_place_waits_on_today_after_a_week_for_who_keeps_it(db: Database, plant: Plant):
    def waits(person) -> list[str]:
        with db.reading() as session:
            return [found.code for found in today_quarantine.counts(session, person).records]

    week_ago = utc_now() - timedelta(days=7, minutes=1)
    of_plant = place(db, plant, "Q1", clock=lambda: week_ago)
    place(db, plant, "Q2", unit_id=plant.paint, clock=lambda: week_ago)
    place(db, plant, "Q3")
    welder = person_in_unit(db, "welder", "team_leader", plant.weld)
    assert (waits(plant.team_leader), waits(welder), waits(plant.operator)) == (["Q1", "Q2"], ["Q1"], [])
    counted(db, plant, of_plant, {})
    assert waits(plant.team_leader) == ["Q2"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_quarantine_opens_in_both_languages(db: Database, plant: Plant, sign_in, page, language: str):
    browser = sign_in("team_leader", language)
    assert {"zh": "还没有隔离位置", "en": "No place is marked yet"}[language] in page(
        browser, "/dispositions/quarantine/").text
    assert {"zh": "还没有盘点记录", "en": "Nothing was counted yet"}[language] in page(
        browser, "/dispositions/quarantine/counts/").text
    where = place(db, plant, clock=lambda: utc_now() - timedelta(days=8))
    brought(db, plant, where, hold_of(db, reported(db, plant)))
    reported(db, plant)
    assert {"zh": "待盘点的隔离区", "en": "Quarantine to count"}[language] in page(browser, "/").text
    for address in ("", "?q=nothing", "places/add", f"places/{where.id}", f"places/{where.id}/edit",
                    f"places/{where.id}/bring", f"places/{where.id}/bring?q=NC", f"places/{where.id}/count"):
        page(browser, f"/dispositions/quarantine/{address}")


def test_a_place_is_marked_filled_and_counted_at_the_desk(db: Database, plant: Plant, sign_in, page):
    browser = sign_in("team_leader")
    named = {"code": "Q1", "name_zh": "隔离笼", "name_en": "Cage", "unit_id": plant.weld}
    page(browser, "/dispositions/quarantine/places/add", {"site_id": plant.site} | named)
    page(browser, "/dispositions/quarantine/places/add", {"site_id": plant.site} | named, status=422)
    own = f"/dispositions/quarantine/places/{marked(db)}"
    hold = hold_of(db, reported(db, plant))
    shown = page(browser, f"{own}/bring", {"hold_id": hold.id, "rev": hold.rev})
    assert "stands here now" in shown.text
    page(browser, f"{own}/bring", {"hold_id": hold.id, "rev": hold.rev}, status=409)
    count = f"{own}/count"
    wrong = page(browser, count, {f"counted-{hold.id}": "8"}, status=422)
    assert "say why they differ" in wrong.text
    assert wrong.find(f".//input[@id='why-{hold.id}'][@aria-invalid='true']")
    done = page(browser, count, {f"counted-{hold.id}": "8", f"why-{hold.id}": "Two at the lab", "extra-as-0": "Bolt",
                                 "extra-counted-0": "1", "extra-why-0": "Reported"})
    assert "Differences: 2" in done.text
    page(browser, f"{own}/edit", {"rev": "1"} | named, status=409)
    page(sign_in("auditor"), count, status=403)


def test_quarantine_is_kept_by_json(db: Database, plant: Plant, sign_in):
    browser = sign_in("team_leader")

    def send(path: str, body: dict, method: str = "post"):
        return getattr(browser, method)(f"/api/v1/quarantine{path}", json=body, headers=HEADERS)

    named = {"code": "Q1", "name_zh": "隔离笼", "name_en": "Cage"}
    made = send("/places", named | {"site_id": plant.site})
    assert made.status_code == 201
    place_id = made.get_json()["id"]
    own = f"/places/{place_id}"
    assert send(own, named | {"rev": 1, "locked": True}, "put").get_json()["locked"] is True
    hold = hold_of(db, reported(db, plant))
    assert send(f"{own}/bring", {"hold_id": hold.id, "rev": 1}).get_json()["place_id"] == place_id
    [listed] = browser.get(f"/api/v1/quarantine/stock?place={place_id}").get_json()["holds"]
    assert listed["rejection"].startswith("NC-SH-")
    assert browser.get("/api/v1/quarantine/places").get_json()["places"][0]["pieces"] == 10
    refused = send(f"{own}/counts", {"found": [{"hold_id": hold.id, "counted": 9}]})
    assert (refused.status_code, refused.get_json()["field"]) == (422, f"why-{hold.id}")
    assert send(f"{own}/counts", {"found": []}).status_code == 409
    done = send(f"{own}/counts", {"found": [{"hold_id": hold.id, "counted": 10}]})
    assert done.status_code == 201
    assert browser.get(f"/api/v1/quarantine/counts/{done.get_json()['id']}").get_json()["lines"][0]["counted"] == 10
