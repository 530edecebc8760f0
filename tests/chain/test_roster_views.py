"""The pages of rosters and shifts."""

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.accounts import Person
from qms.models.chain_rosters import RosterLine, Shift
from tests.plant import Plant

SHIFT = {"code": "E", "name_zh": "早班", "name_en": "Early", "starts": "06:00", "ends": "14:00",
         "weekdays": ["0", "1", "2", "3", "4"]}


@pytest.fixture
def shift(sign_in, page, db: Database) -> Shift:
    page(sign_in("quality_engineer"), "/chain/rosters/shifts/add", SHIFT)
    with db.reading() as session:
        return session.scalars(select(Shift)).one()


def line_of(db: Database) -> RosterLine:
    with db.reading() as session:
        return session.scalars(select(RosterLine)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_roster_says_who_hears_a_call_instead(sign_in, page, language: str):
    text = page(sign_in("team_leader", language), "/chain/rosters/").text
    assert {"zh": "此值班表上没有人", "en": "Nobody is on this roster"}[language] in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_week_shows_role_by_shift_who_stands_where(sign_in, page, plant: Plant, shift: Shift, language: str):
    leader = plant.team_leader
    given = {"unit_id": plant.weld, "role": "team_leader", "shift_id": shift.id, "person_id": leader.id,
             "starts_on": "2026-03-04"}
    page(sign_in("production_manager", language), "/chain/rosters/add", given)
    shown = page(sign_in("operator", language), f"/chain/rosters/?unit={plant.weld}&day=2026-03-05")
    assert [(c.get("class"), c.get("colspan")) for c in shown.find(".//td")[1:4]] == [
        ("roster-gap", "2"), ("roster-stands", "3"), ("roster-off", "2")]
    later = page(sign_in("operator", language), f"/chain/rosters/?unit={plant.weld}&day=2026-03-12")
    assert [c.get("colspan") for c in later.find(".//td")[1:3]] == ["5", "2"]


def test_a_shift_is_read_back_as_it_was_made(sign_in, page, db: Database, shift: Shift):
    assert (shift.starts, shift.ends, shift.weekdays) == ("06:00", "14:00", "1111100")
    chief = sign_in("quality_engineer")
    form = page(chief, f"/chain/rosters/shifts/{shift.id}/edit")
    ticked = [i.get("value") for i in form.find(".//input") if i.get("name") == "weekdays" and "checked" in i.attrib]
    assert ticked == list("01234")
    page(chief, f"/chain/rosters/shifts/{shift.id}/edit", {**SHIFT, "rev": shift.rev, "starts": "05:30", "active": "y",
                                                          "weekdays": ["6"]})
    with db.reading() as session:
        assert session.scalars(select(Shift.weekdays)).one() == "0000001"
    page(chief, f"/chain/rosters/shifts/{shift.id}/edit", {**SHIFT, "rev": 1}, status=409)
    page(chief, f"/chain/rosters/shifts/{shift.id}/edit", {**SHIFT, "rev": 2, "weekdays": []}, status=422)


def test_a_roster_line_is_changed_and_taken_back(sign_in, page, db: Database, plant: Plant):
    chief = sign_in("team_leader")
    given = {"unit_id": "", "role": "team_leader", "person_id": plant.team_leader.id, "starts_on": "2026-03-02"}
    page(chief, "/chain/rosters/add", given)
    line = line_of(db)
    assert (line.unit_id, line.shift_id, line.active) == (None, None, True)
    page(chief, f"/chain/rosters/{line.id}/edit", {**given, "rev": 1, "ends_on": "2026-04-01", "active": "y"})
    assert str(line_of(db).ends_on) == "2026-04-01"
    page(chief, f"/chain/rosters/{line.id}/edit", {**given, "rev": 2})
    assert line_of(db).active is False


def test_someone_without_the_role_is_refused_beside_the_field(sign_in, page, plant: Plant, db: Database):
    given = {"unit_id": plant.weld, "role": "team_leader", "person_id": plant.unit_head.id, "starts_on": "2026-03-02"}
    shown = page(sign_in("team_leader"), "/chain/rosters/add", given, status=422)
    assert "does not hold the role Team leader there" in shown.text


def test_a_deputy_who_stands_in_is_named(sign_in, page, plant: Plant, db: Database):
    from qms.rules.accounts import SYSTEM
    from tests.rejections.cases import person_in_unit

    deputy = person_in_unit(db, "vice", "team_leader", None)
    page(sign_in("team_leader"), "/chain/rosters/add", {
        "unit_id": plant.weld, "role": "team_leader", "person_id": plant.team_leader.id, "deputy_id": deputy.id,
        "starts_on": "2026-03-02"})
    with db.transaction(SYSTEM, "tests.person") as session:
        session.get_one(Person, plant.team_leader.id).active = False
    text = page(sign_in("operator"), f"/chain/rosters/?unit={plant.weld}&day=2026-03-05").text
    assert "out of use: vice stands in" in text


def test_who_may_not_arrange_sees_no_button_and_is_refused(sign_in, page, plant: Plant):
    operator = sign_in("operator")
    assert "Add to the roster" not in page(operator, "/chain/rosters/").links()
    for address in ("/chain/rosters/add", "/chain/rosters/shifts/add"):
        page(operator, address, status=403)
    page(sign_in("team_leader"), "/chain/rosters/shifts/add", status=403)
