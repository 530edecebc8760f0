"""Today gathers what waits for a person: by permission, by unit, oldest first, counted no further than a hundred."""

from datetime import timedelta

import pytest

from qms.models.acceptance import Handover, Standard
from qms.models.chain import Unit
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.clock import utc_now
from qms.workflows import today


def actor(plant, role, *, unit=None, db=None):
    """A person of the plant with one role, in one unit where it is given."""
    path = None
    if unit is not None:
        with db.reading() as session:
            path = session.get_one(Unit, unit).path
    return Actor(id=plant.people["operator"].id, name="Someone", grants=(Grant(1, role, plant.site, path),))


def handover(plant, serial, *, state="presented", customer=None, link=None):
    return Handover(
        site_id=plant.site, year=2026, serial=serial, number=f"HO-{serial}", link_id=link or plant.press_weld,
        supplier_id=plant.press, customer_id=customer or plant.weld, item_id=plant.item, lot_id=plant.lot, quantity=20,
        state=state, self_check="ok", presented_by_id=plant.operator.id, presented_at=utc_now(),
        decided_at=utc_now() if state == "accepted" else None, search_text="")


def rejection(plant, serial, **changed):
    fields = {"kind": "not_accepted", "state": "held", "item_id": plant.item, "lot_id": plant.lot, "quantity": 5,
              "defect_id": plant.burr, "severity": "MA", "found_unit_id": plant.paint, "origin_unit_id": plant.weld,
              "origin_state": "assumed", "found_at": utc_now(), "received_at": utc_now(), "search_text": "",
              "reported_by_id": plant.inspector.id}
    return Rejection(site_id=plant.site, year=2026, serial=serial, number=f"NC-{serial}", **{**fields, **changed})


def add(db, *records):
    with db.transaction(SYSTEM, "tests.add") as session:
        session.add_all(records)


def numbers(waiting):
    return [record.number for record in waiting.records]


def test_only_undecided_handovers_wait_oldest_first(db, plant):
    add(db, handover(plant, 1), handover(plant, 2, state="accepted"), handover(plant, 3, state="not_inspected"))
    with db.reading() as session:
        assert numbers(today.presented(session, actor(plant, "operator"))) == ["HO-1", "HO-3"]


def test_a_grant_for_a_unit_shows_that_unit_only(db, plant):
    add(db, handover(plant, 1), handover(plant, 2, customer=plant.paint, link=plant.weld_paint))
    with db.reading() as session:
        assert numbers(today.presented(session, actor(plant, "operator", unit=plant.paint, db=db))) == ["HO-2"]


def test_who_may_not_decide_has_no_handovers_waiting(db, plant):
    add(db, handover(plant, 1))
    with db.reading() as session:
        assert today.presented(session, actor(plant, "auditor")).total == 0
        assert today.presented(session, Actor(id=1, name="Nobody")).total == 0


def test_holds_wait_until_they_are_closed_or_void(db, plant):
    add(db, rejection(plant, 1), rejection(plant, 2, state="closed"), rejection(plant, 3, state="contained"),
        rejection(plant, 4, state="void", void_reason="twice"))
    with db.reading() as session:
        assert numbers(today.holds(session, actor(plant, "team_leader"))) == ["NC-1", "NC-3"]
        assert today.holds(session, actor(plant, "operator")).total == 0


def test_what_is_laid_to_a_unit_waits_only_for_those_who_answer_for_it(db, plant):
    add(db, rejection(plant, 1), rejection(plant, 2, origin_state="confirmed"))
    with db.reading() as session:
        assert numbers(today.laid_to_us(session, actor(plant, "team_leader", unit=plant.weld, db=db))) == ["NC-1"]
        assert today.laid_to_us(session, actor(plant, "team_leader", unit=plant.press, db=db)).total == 0
        assert today.laid_to_us(session, actor(plant, "team_leader")).total == 0


def test_contested_origins_wait_for_those_who_decide(db, plant):
    add(db, rejection(plant, 1), rejection(plant, 2, origin_state="contested"))
    with db.reading() as session:
        assert numbers(today.contested(session, actor(plant, "quality_engineer"))) == ["NC-2"]
        assert today.contested(session, actor(plant, "team_leader")).total == 0


@pytest.mark.parametrize(("role", "waiting"), [("quality_manager", 1), ("quality_engineer", 0)])
def test_drafts_of_others_wait_for_those_who_approve(db, plant, role, waiting):
    def draft(number, drafter):
        return Standard(site_id=plant.site, link_id=plant.press_weld, form_number=number, revision=1, state="draft",
                        title_zh="标准", title_en="Standard", drafted_by_id=drafter)

    add(db, draft("FM-1", plant.inspector.id), draft("FM-2", plant.operator.id))
    with db.reading() as session:
        assert today.drafts(session, actor(plant, role)).total == waiting


def test_my_reports_are_the_latest_of_two_weeks(db, plant):
    mine = plant.operator.id
    add(db, rejection(plant, 1, reported_by_id=mine), rejection(plant, 2),
        rejection(plant, 3, reported_by_id=mine, found_at=utc_now() - timedelta(days=15)))
    with db.reading() as session:
        assert [r.number for r in today.reports(session, plant.operator)] == ["NC-1"]


def test_counting_stops_at_a_hundred(db, plant):
    add(db, *(handover(plant, serial) for serial in range(1, 121)))
    with db.reading() as session:
        waiting = today.presented(session, actor(plant, "operator"))
    assert (waiting.total, waiting.is_capped, len(waiting.records)) == (100, True, today.SHOWN)
