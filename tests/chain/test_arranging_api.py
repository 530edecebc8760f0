"""Rosters, shifts and the calendar by JSON: the same workflows as the pages, refused for the same reasons."""

from tests.plant import Plant

HEADERS = {"X-Requested-By": "tests"}
SHIFT = {"code": "E", "name_zh": "早班", "name_en": "Early", "starts": "06:00", "ends": "14:00", "weekdays": "1111100"}


def send(browser, path: str, body: dict, status: int = 200, method: str = "POST") -> dict:
    """Send a body and return the answer's."""
    answer = browser.open(f"/api/v1{path}", method=method, json=body, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.get_json(force=True)


def test_a_shift_and_a_roster_line_are_made_read_and_taken_back(plant: Plant, sign_in):
    chief = sign_in("quality_engineer")
    shift = send(chief, "/rosters/shifts", SHIFT | {"site_id": plant.site}, 201)
    line = {"role": "team_leader", "person_id": plant.team_leader.id, "starts_on": "2026-03-02", "unit_id": plant.weld,
            "shift_id": shift["id"]}
    wrong = send(chief, "/rosters/lines", line | {"site_id": plant.site, "person_id": plant.operator.id}, 422)
    assert wrong["field"] == "person_id"
    made = send(chief, "/rosters/lines", line | {"site_id": plant.site}, 201)
    week = chief.get(f"/api/v1/rosters/units/{plant.weld}?day=2026-03-04").get_json()
    row = next(row for row in week["rows"] if row["role"] == "team_leader")
    assert [cell and [p["id"] for p in cell] for cell in row["days"]] == [[plant.team_leader.id]] * 5 + [None] * 2
    taken_back = {"rev": made["rev"], "active": False}
    assert send(chief, f"/rosters/lines/{made['id']}", line | taken_back, method="PUT")["active"] is False
    assert send(chief, f"/rosters/lines/{made['id']}", line | taken_back, 409, "PUT")
    changed = send(chief, f"/rosters/shifts/{shift['id']}", SHIFT | {"rev": 1, "ends": "15:00"}, method="PUT")
    assert changed["ends"] == "15:00"
    assert send(chief, f"/rosters/shifts/{shift['id']}", SHIFT | {"rev": 1}, 409, "PUT")


def test_the_roster_by_json_is_for_those_who_may(plant: Plant, sign_in):
    line = {"site_id": plant.site, "role": "team_leader", "person_id": plant.team_leader.id, "starts_on": "2026-03-02"}
    operator = sign_in("operator")
    send(operator, "/rosters/lines", line, 403)
    send(operator, "/rosters/shifts", SHIFT | {"site_id": plant.site}, 403)
    assert operator.get("/api/v1/rosters/units/999999").status_code == 404
    assert operator.get(f"/api/v1/rosters/units/{plant.weld}?day=today").status_code == 422


def test_days_of_the_calendar_are_entered_changed_and_given_back(plant: Plant, sign_in):
    chief = sign_in("quality_engineer")
    send(chief, "/rosters/shifts", SHIFT | {"site_id": plant.site}, 201)
    month = f"/api/v1/calendar/sites/{plant.site}?day=2026-10-15"
    before = chief.get(month).get_json()
    holiday = {"site_id": plant.site, "starts_on": "2026-10-01", "ends_on": "2026-10-02", "works": False,
               "name_zh": "国庆节", "name_en": "National Day"}
    first, _second = send(chief, "/calendar/days", holiday, 201)["days"]
    assert send(chief, "/calendar/days", holiday, 409)
    after = chief.get(month).get_json()
    assert (before["worked_days"] - after["worked_days"], before["hours"] - after["hours"]) == (2, 16.0)
    day = {"rev": first["rev"], "works": False, "name_zh": "国庆节", "name_en": "National Day"}
    assert send(chief, f"/calendar/days/{first['id']}", day | {"active": False}, method="PUT")["active"] is False
    assert send(chief, f"/calendar/days/{first['id']}", day, 409, "PUT")
    assert chief.get(month).get_json()["worked_days"] == before["worked_days"] - 1


def test_the_calendar_by_json_is_for_those_who_may(plant: Plant, sign_in):
    day = {"site_id": plant.site, "starts_on": "2026-10-01", "works": False, "name_zh": "假", "name_en": "Off"}
    send(sign_in("operator"), "/calendar/days", day, 403)
    assert sign_in("operator").get("/api/v1/calendar/sites/999999").status_code == 404
