"""Who is on duty: by shift, unit, weekday and deputy; and how shifts and rosters are arranged."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from qms.db import Database
from qms.models.accounts import Person
from qms.models.chain_rosters import Shift
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.chain_rosters import EVERY_DAY, ON_CALL, began_on
from qms.rules.errors import Doubled, Invalid, NotAllowed, NotFound, Stale
from qms.rules.stops import LADDER
from qms.workflows import accounts, chain
from qms.workflows.chain_rosters import on_duty
from qms.workflows.chain_rosters_changes import add_roster_line, add_shift, edit_roster_line, edit_shift
from tests.plant import Plant

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 2)
LEADER = ("team_leader",)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of March 2026 by the plant's clock."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


class Arranged:
    """A plant with an early and a night shift, and more team leaders."""

    def __init__(self, session: Session, plant: Plant) -> None:
        self.session, self.plant, self.chief = session, plant, plant.quality_engineer
        self.early = self.shift("E", "06:00", "14:00")
        self.night = self.shift("N", "22:00", "06:00")
        self.leaders = [self.person(f"leader-{n}") for n in range(3)]

    def shift(self, code: str, starts: str, ends: str, weekdays: str = "1111100") -> Shift:
        return add_shift(self.session, self.chief, site_id=self.plant.site, code=code, name_zh=code, name_en=code,
                         starts=starts, ends=ends, weekdays=weekdays)

    def person(self, login: str, role: str = "team_leader") -> Person:
        made = accounts.add_person(self.session, SYSTEM, login=login, name=login, language="zh", password=None)
        accounts.grant(self.session, SYSTEM, made.id, role=role, starts_on=date(2020, 1, 1), site_id=self.plant.site)
        return made

    def line(self, person: Person, **more):
        given = {"site_id": self.plant.site, "role": "team_leader", "starts_on": MONDAY, "unit_id": self.plant.weld}
        return add_roster_line(self.session, self.chief, **{**given, "person_id": person.id, **more})

    def told(self, when: datetime, unit_id: int | None = None, roles=LEADER) -> list[str]:
        return [p.login for p in on_duty(self.session, unit_id or self.plant.weld, roles, when)]


@pytest.fixture
def arranged(db: Database, plant: Plant) -> Callable[..., Arranged]:
    with db.transaction(plant.quality_engineer, "chain.add_shift") as session:
        yield Arranged(session, plant)


def test_the_shift_that_runs_says_who_is_on_duty(arranged: Arranged):
    a, b, _ = arranged.leaders
    arranged.line(a, shift_id=arranged.early.id)
    arranged.line(b, shift_id=arranged.night.id)
    assert arranged.told(at(2, 6)) == ["leader-0"]
    assert arranged.told(at(2, 13, 59)) == ["leader-0"]
    assert arranged.told(at(2, 22)) == ["leader-1"]


def test_a_shift_past_midnight_belongs_to_the_day_on_which_it_began(arranged: Arranged):
    a, b, _ = arranged.leaders
    arranged.line(a, shift_id=arranged.night.id, ends_on=MONDAY)
    arranged.line(b, shift_id=arranged.night.id, starts_on=MONDAY + timedelta(days=1))
    assert arranged.told(at(3, 5, 59)) == ["leader-0"]
    assert arranged.told(at(3, 23)) == ["leader-1"]
    friday_night, saturday_night = at(7, 2), at(8, 2)
    assert arranged.told(friday_night) == ["leader-1"]
    assert arranged.told(saturday_night) != ["leader-1"]


def test_a_shift_that_does_not_run_names_nobody_and_those_with_the_role_are_told(arranged: Arranged):
    arranged.line(arranged.leaders[0], shift_id=arranged.early.id)
    everybody = ["team_leader", "leader-0", "leader-1", "leader-2"]
    assert arranged.told(at(2, 15)) == everybody
    assert arranged.told(at(7, 10)) == everybody


def test_a_line_without_a_shift_holds_at_any_time(arranged: Arranged):
    arranged.line(arranged.leaders[0])
    assert arranged.told(at(8, 3)) == ["leader-0"]
    assert arranged.told(at(1, 12)) != ["leader-0"]


def test_the_deputy_stands_in_for_someone_out_of_use(arranged: Arranged):
    a, b, _ = arranged.leaders
    arranged.line(a, deputy_id=b.id)
    assert arranged.told(at(2, 9)) == ["leader-0"]
    a.active = False
    assert arranged.told(at(2, 9)) == ["leader-1"]
    b.active = False
    assert arranged.told(at(2, 9)) == ["team_leader", "leader-2"]


def test_the_nearest_unit_counts(arranged: Arranged):
    plant, (a, b, c) = arranged.plant, arranged.leaders
    shop = chain.add_unit(arranged.session, arranged.chief, site_id=plant.site, kind="department", code="WS",
                          name_zh="车间", name_en="Shop")
    cell = chain.add_unit(arranged.session, arranged.chief, site_id=plant.site, kind="operation", code="OP25",
                          name_zh="打磨", name_en="Grind", parent_id=shop.id)
    arranged.line(c, unit_id=None)
    arranged.line(a, unit_id=shop.id)
    assert arranged.told(at(2, 9), cell.id) == ["leader-0"]
    assert arranged.told(at(2, 9)) == ["leader-2"]
    arranged.line(b, unit_id=cell.id)
    assert arranged.told(at(2, 9), cell.id) == ["leader-1"]


def test_several_roles_are_told_in_their_order_and_each_person_once(arranged: Arranged):
    arranged.line(arranged.leaders[0])
    roles = ("team_leader", "quality_manager", "team_leader", "inspector")
    assert arranged.told(at(2, 9), roles=roles) == ["leader-0", "quality_manager", "inspector"]


def test_a_grant_that_ended_tells_nobody(arranged: Arranged):
    held = accounts.grant(arranged.session, SYSTEM, arranged.leaders[0].id, role="customer_quality",
                          starts_on=MONDAY, ends_on=MONDAY)
    assert arranged.told(at(2, 9), roles=("customer_quality",)) == ["leader-0"]
    assert arranged.told(at(3, 9), roles=("customer_quality",)) == []
    assert held.ends_on == MONDAY


def test_a_roster_names_only_who_holds_the_role_there(arranged: Arranged):
    inspector = arranged.person("ina", "inspector")
    with pytest.raises(Invalid) as refused:
        arranged.line(inspector)
    assert refused.value.field == "person_id"
    with pytest.raises(Invalid) as refused:
        arranged.line(arranged.leaders[0], deputy_id=inspector.id)
    assert refused.value.field == "deputy_id"
    assert arranged.line(arranged.leaders[0]).rev == 1


@pytest.mark.parametrize(("more", "field"), [
    ({"role": "operator"}, "role"), ({"shift_id": 99_999}, "shift_id"), ({"ends_on": date(2026, 3, 1)}, "ends_on"),
    ({"person_id": 99_999}, "person_id")])
def test_a_roster_line_with_a_wrong_field_is_refused_beside_it(arranged: Arranged, more: dict, field: str):
    with pytest.raises(Invalid) as refused:
        arranged.line(arranged.leaders[0], **more)
    assert refused.value.field == field


def test_a_deputy_is_someone_else(arranged: Arranged):
    with pytest.raises(Invalid):
        arranged.line(arranged.leaders[0], deputy_id=arranged.leaders[0].id)


def test_a_roster_line_is_changed_at_its_version_and_taken_back(arranged: Arranged):
    a, b, _ = arranged.leaders
    line = arranged.line(a)
    edit_roster_line(arranged.session, arranged.chief, line.id, 1, person_id=b.id)
    assert arranged.told(at(2, 9)) == ["leader-1"]
    with pytest.raises(Stale) as stale:
        edit_roster_line(arranged.session, arranged.chief, line.id, 1, person_id=a.id)
    assert stale.value.current == {"person_id": b.id}
    edit_roster_line(arranged.session, arranged.chief, line.id, 2, active=False)
    assert len(arranged.told(at(2, 9))) > 1


@pytest.mark.parametrize(("field", "value"), [("starts", "6:00"), ("ends", "24:00"), ("weekdays", "0000000"),
                                              ("weekdays", "11111"), ("name_zh", " ")])
def test_a_shift_with_a_wrong_field_is_refused_beside_it(arranged: Arranged, field: str, value: str):
    given = {"code": "L", "name_zh": "晚", "name_en": "Late", "starts": "14:00", "ends": "22:00"}
    with pytest.raises(Invalid) as refused:
        add_shift(arranged.session, arranged.chief, site_id=arranged.plant.site, **{**given, field: value})
    assert refused.value.field == field
    assert add_shift(arranged.session, arranged.chief, site_id=arranged.plant.site, **given).weekdays == "1111100"


def test_a_shift_is_changed_at_its_version(arranged: Arranged):
    arranged.line(arranged.leaders[0], shift_id=arranged.early.id)
    edit_shift(arranged.session, arranged.chief, arranged.early.id, 1, starts="07:00")
    assert arranged.told(at(2, 6, 30)) != ["leader-0"]
    with pytest.raises(Stale):
        edit_shift(arranged.session, arranged.chief, arranged.early.id, 1, starts="05:00")
    with pytest.raises(Doubled):
        edit_shift(arranged.session, arranged.chief, arranged.early.id, 2, code="N")
    edit_shift(arranged.session, arranged.chief, arranged.early.id, 2, active=False)
    assert arranged.told(at(2, 9)) != ["leader-0"]


def test_rosters_are_arranged_by_leaders_and_shifts_by_who_edits_the_chain(db: Database, plant: Plant):
    leader, operator = plant.team_leader, plant.operator
    given = {"site_id": plant.site, "role": "team_leader", "person_id": leader.id, "starts_on": MONDAY}
    shift = {"site_id": plant.site, "code": "E", "name_zh": "早", "name_en": "E", "starts": "06:00", "ends": "14:00"}
    with db.transaction(leader, "chain.add_roster_line") as session:
        line = add_roster_line(session, leader, **given)
    with pytest.raises(NotAllowed), db.transaction(operator, "chain.add_roster_line") as session:
        add_roster_line(session, operator, **given)
    with pytest.raises(NotAllowed), db.transaction(operator, "chain.edit_roster_line") as session:
        edit_roster_line(session, operator, line.id, 1, active=False)
    with pytest.raises(NotAllowed), db.transaction(leader, "chain.add_shift") as session:
        add_shift(session, leader, **shift)


def test_a_leader_of_one_unit_arranges_that_unit_only(db: Database, plant: Plant):
    held = plant.team_leader
    weld: Actor = replace(held, grants=(Grant(held.grants[0].id, "team_leader", plant.site, f"{plant.weld}."),))
    given = {"site_id": plant.site, "role": "team_leader", "person_id": held.id, "starts_on": MONDAY}
    with db.transaction(weld, "chain.add_roster_line") as session:
        add_roster_line(session, weld, **given, unit_id=plant.weld)
    for unit_id in (plant.paint, None):
        with pytest.raises(NotAllowed), db.transaction(weld, "chain.add_roster_line") as session:
            add_roster_line(session, weld, **given, unit_id=unit_id)


def test_a_stranger_knows_no_roster(db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "chain.add_shift") as session:
        line = Arranged(session, plant).line(session.get(Person, plant.team_leader.id))
        other = chain.add_site(session, SYSTEM, code="GZ", name_zh="广州", name_en="Guangzhou")
    held = plant.quality_engineer
    stranger = replace(held, grants=(Grant(held.grants[0].id, "quality_engineer", other.id),))
    with pytest.raises(NotFound), db.transaction(stranger, "chain.edit_roster_line") as session:
        edit_roster_line(session, stranger, line.id, 1, active=False)


def test_a_shift_begins_and_ends_by_the_clock_on_the_wall_when_summer_time_begins():
    berlin = ZoneInfo("Europe/Berlin")
    sunday = date(2026, 3, 29)
    for hour, day in ((5, sunday - timedelta(days=1)), (6, None)):
        when = datetime(2026, 3, 29, hour, tzinfo=berlin).astimezone(UTC)
        assert began_on("22:00", "06:00", EVERY_DAY, when, "Europe/Berlin") == day


def test_every_role_of_the_ladder_can_stand_on_a_roster():
    assert set(ON_CALL) == {role for rung in LADDER for role in rung.roles}
