"""Causes, tasks, documents and lessons by JSON."""

import pytest

from tests.actions.bench import CHAIN, Bench

ACTIONS = "/api/v1/actions"
HEADER = {"X-Requested-By": "test"}


class Caller:
    """A program that works as a person."""

    def __init__(self, browser) -> None:
        self.browser = browser

    def send(self, method: str, path: str, status: int = 200, **body) -> dict:
        answer = self.browser.open(ACTIONS + path, method=method, json=body or None, headers=HEADER)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json() if status != 204 else {}

    def get(self, path: str, status: int = 200) -> dict:
        return self.send("GET", path, status)

    def post(self, path: str, status: int = 200, **body) -> dict:
        return self.send("POST", path, status, **body)

    def put(self, path: str, status: int = 200, **body) -> dict:
        return self.send("PUT", path, status, **body)


@pytest.fixture
def engineer(bench: Bench, sign_in) -> Caller:
    """A program that works as the quality engineer."""
    return Caller(sign_in("quality_engineer"))


def test_r25_a_chain_that_ends_with_a_person_is_refused_by_name_and_verified_once_it_goes_on(bench, engineer):
    cause = engineer.post(f"/{bench.case.id}/causes", 201, track="occurrence", category="man", text="Wrong side up")
    at = f"/causes/{cause['id']}"
    for text, evidence in (("Part turned", "Video"), ("Operator error", "Video")):
        cause = engineer.post(f"{at}/whys", 201, rev=cause["rev"], text=text, evidence=evidence)
    assert cause["person_only"]
    cause = engineer.post(f"{at}/test", rev=cause["rev"], holds=True, test="Turned: burr")
    refused = engineer.post(f"{at}/verify", 409, rev=cause["rev"], verification="On and off")
    assert (refused["rule"], refused["clauses"], refused["field"]) == ("R-25", ["IATF 16949:2016 10.2.3"], "whys")
    cause = engineer.post(f"{at}/whys", 201, rev=cause["rev"], text="Both sides fit", evidence="5 parts")
    assert engineer.post(f"{at}/verify", rev=cause["rev"], verification="On and off")["status"] == "verified"


def test_whys_and_causes_are_moved_reworded_and_taken_out(bench: Bench, engineer: Caller):
    cause = bench.ask(bench.cause(), *CHAIN)
    first = cause.whys[0].id
    moved = engineer.post(f"/whys/{first}/move", rev=cause.rev, up=False)
    assert [why["id"] for why in moved["whys"]][1] == first
    worded = engineer.put(f"/whys/{first}", rev=moved["rev"], text="It jams")
    assert worded["whys"][1] == {"id": first, "position": 2, "text": "It jams", "evidence": None}
    left = engineer.post(f"/whys/{first}/take-out", rev=worded["rev"])
    assert len(left["whys"]) == 1
    there = f"/causes/{cause.id}"
    assert engineer.post(f"{there}/move", rev=left["rev"], up=False)["category"] == "material"
    left = engineer.get(there)
    left = engineer.put(there, rev=left["rev"], category="method", text="No stroke given")
    left = engineer.post(f"{there}/describe", rev=left["rev"], contribution_percent=60)
    assert (left["category"], left["contribution_percent"]) == ("method", 60)
    assert engineer.put(there, 409, rev=cause.rev, category="method", text="x")["current"]["text"] == "No stroke given"
    engineer.post(f"{there}/take-out", 204, rev=left["rev"])
    assert engineer.get(f"/{bench.case.id}/causes") == {"causes": []}
    engineer.get(there, 404)


def test_a_task_goes_from_option_to_done_by_the_people_it_is_of(bench: Bench, engineer: Caller, sign_in):
    cause, plant = bench.verified(), bench.plant
    given = {"text": "Fixed stop", "owner_id": plant.operator.id, "due_at": "2027-01-31T16:00:00+08:00",
             "cause_id": cause.id, "risk": "none: no moving part", "trial_pieces": 50, "trial_result": "0 burrs"}
    task = engineer.post(f"/{bench.case.id}/tasks", 201, kind="corrective", **given)
    assert (task["state"], task["due_at"], task["steps"]) == ("option", "2027-01-31T08:00:00.000000Z", ["edit", "drop"])
    at = f"/tasks/{task['id']}"
    task = engineer.put(at, rev=task["rev"], **given | {"level": "prevent"})
    engineer.post(f"{at}/choose", 403, rev=task["rev"])
    task = Caller(sign_in("quality_manager")).post(f"{at}/choose", rev=task["rev"])
    owner = Caller(sign_in("operator"))
    assert owner.get(at)["steps"] == ["report"]
    assert owner.post(f"{at}/report", 422, rev=task["rev"], evidence="Photo")["field"] == "effective_from"
    task = owner.post(f"{at}/report", rev=task["rev"], evidence="Photo", effective_from="L-9", changes_process=False)
    task = engineer.post(f"{at}/send-back", rev=task["rev"], reason="Blurred")
    assert engineer.post(f"{at}/drop", rev=task["rev"], reason="Sensor instead")["state"] == "dropped"
    assert [t["state"] for t in engineer.get(f"/{bench.case.id}/tasks")["tasks"]] == ["dropped"]


def test_r28_a_document_is_answered_by_another_revision_or_a_reason(bench: Bench, engineer: Caller):
    at = f"/{bench.case.id}/documents/pfmea"
    refused = engineer.put(at, 409, rev=0, affected=True, rev_before="C", rev_after="C")
    assert (refused["rule"], refused["field"]) == ("R-28", "rev_after")
    engineer.put(at, rev=0, affected=True, rev_before="C", rev_after="D")
    engineer.put(f"/{bench.case.id}/documents/poem", 404, rev=0, affected=False, reason="x")
    case = engineer.get(f"/{bench.case.id}/prevention")
    assert case["documents"][0]["rev_after"] == "D"
    engineer.put(f"/{bench.case.id}/risk", rev=case["action"]["rev"], risk_register="Line 12 added")
    asked = engineer.post(f"/{bench.case.id}/read-across", 201, unit_id=bench.plant.paint)
    wrong = engineer.post(f"/{bench.case.id}/read-across", 201, note="Wuxi")
    engineer.post(f"/read-across/{wrong['id']}/take-out", 204, rev=wrong["rev"])
    told = engineer.put(f"/read-across/{asked['id']}", rev=asked["rev"], applies=True, task="Fit the stop",
                        owner_id=bench.plant.unit_head.id, due_at="2027-01-31T16:00:00+08:00")
    assert told["task_id"]
    case = engineer.get(f"/{bench.case.id}/prevention")
    assert (len(case["read_across"]), case["action"]["risk_register"]) == (1, "Line 12 added")


def test_a_lesson_is_written_found_and_reworded(bench: Bench, engineer: Caller):
    made = engineer.post(f"/{bench.case.id}/lessons", 201, title="行程须写入换型单", text="Set it")
    engineer.put(f"/lessons/{made['id']}", rev=made["rev"], title="行程写入换型单", text="Set it")
    for sought, found in (("换型", 1), ("行程须", 0), ("毛刺", 1)):
        assert len(engineer.get(f"/lessons?q={sought}")["lessons"]) == found
    assert engineer.get(f"/lessons/{made['id']}")["title"] == "行程写入换型单"


def test_an_operator_reads_the_analysis_and_changes_nothing(bench: Bench, sign_in):
    operator = Caller(sign_in("operator"))
    operator.get(f"/{bench.case.id}/causes")
    operator.post(f"/{bench.case.id}/causes", 403, track="occurrence", category="man", text="x")
    operator.get("/99999/causes", 404)
