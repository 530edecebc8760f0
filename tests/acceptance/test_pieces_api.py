"""First pieces and patrols as tablets ask for and judge them."""

import secrets

import pytest
from sqlalchemy import select

from qms.models.acceptance_pieces import PieceCheck
from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.models.chain import Site
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import acceptance
from qms.workflows.accounts_devices import digest
from tests.acceptance.arrange import approved
from tests.acceptance.pieces import asked_for, judged

CHECKS = "/api/v1/piece-checks"
HEADER = {"X-Requested-By": "test"}


@pytest.fixture
def tablet(app, db, plant, sign_in):
    """Return a function that gives a tablet of the press, with a person signed in at it or nobody."""

    def enrolled(login=None, *units):
        token = secrets.token_urlsafe(16)
        with db.transaction(SYSTEM, "tests.enrol") as session:
            device = Device(site_id=plant.site, public_id=secrets.token_hex(8), name=secrets.token_hex(4),
                            enrolled_by_id=0, enrolled_at=utc_now())
            session.add(device)
            session.flush()
            session.add(DeviceKey(device_id=device.id, token_hash=digest(token), made_at=utc_now()))
            session.add_all([DeviceUnit(device_id=device.id, unit_id=u) for u in units or (plant.press,)])
        browser = sign_in(login) if login else app.test_client()
        browser.set_cookie("dev", token)
        return browser

    return enrolled


def send(browser, address, status=200, **body):
    answer = browser.post(f"{CHECKS}{address}", json=body, headers=HEADER)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def listed(browser, unit):
    return browser.get(f"{CHECKS}?unit={unit}").get_json()["checks"]


def good(check, verdict="self", **more):
    return {"rev": check["rev"], "verdict": verdict, "good": True, "pieces": 3, "nonconforming": 0} | more


def test_what_is_due_is_listed_for_the_tablets_operation(db, plant, tablet):
    check = asked_for(db, plant, lot_id=plant.lot)
    asked_for(db, plant, unit_id=plant.weld)
    found = listed(tablet(), plant.press)
    assert [c["id"] for c in found] == [check.id]
    assert {k: found[0][k] for k in ("kind", "reason", "state", "next", "overdue", "item_id", "lot")} == {
        "kind": "first_piece", "reason": "machine", "state": "due", "next": "self", "overdue": False,
        "item_id": plant.item, "lot": {"id": plant.lot, "number": "L-0001"}}
    assert found[0]["reason_words"]["zh"] == "设备维修或调整"
    assert found[0]["due_at"].endswith("Z")


def test_a_tablet_asks_only_for_what_it_serves(db, plant, tablet, app):
    check = asked_for(db, plant, unit_id=plant.weld)
    browser = tablet("operator")
    assert browser.get(f"{CHECKS}?unit={plant.weld}").status_code == 404
    assert browser.get(CHECKS).status_code == 404
    assert browser.get(f"{CHECKS}/{check.id}/form").status_code == 404
    send(browser, f"/{check.id}/judge", 404, **good({"rev": 1}))
    send(browser, "", 404, unit_id=plant.weld, reason="machine")
    assert app.test_client().get(f"{CHECKS}?unit={plant.press}").get_json()["code"] == "device"


def test_a_worker_reports_a_change_once(db, plant, tablet):
    browser = tablet("operator")
    first = send(browser, "", 201, unit_id=plant.press, reason="material", lot_id=plant.lot)
    assert send(browser, "", 201, unit_id=plant.press, reason="material", lot_id=plant.lot)["id"] == first["id"]
    assert (first["kind"], first["reason"], first["item_id"]) == ("first_piece", "material", plant.item)
    refused = send(browser, "", 422, unit_id=plant.press, reason="restart")
    assert refused["field"] == "reason"
    assert send(tablet(), "", 401, unit_id=plant.press, reason="machine")["code"] == "person"


def test_the_form_is_generated_from_the_standard(db, plant, tablet):
    standard = approved(db, plant)
    check = asked_for(db, plant, item_id=None)
    browser = tablet()
    open_form = browser.get(f"{CHECKS}/{check.id}/form").get_json()
    assert (open_form["standard"], open_form["characteristics"], [i["code"] for i in open_form["items"]]) == (
        None, [], ["BR-100"])
    for query in (f"item={plant.item}", f"lot={plant.lot}"):
        form = browser.get(f"{CHECKS}/{check.id}/form?{query}").get_json()
        assert (form["standard"]["id"], form["pieces"], form["needs_readings"]) == (standard, 3, True)
        assert [c["name_en"] for c in form["characteristics"]] == ["Burr", "Gap"]
        gap = form["characteristics"][1]
        assert (gap["lower"], gap["upper"], gap["target"], gap["unit"]) == ("0.45", "0.55", None, "mm")
        assert gap["requirement_en"] == "0.45 – 0.55 mm"
    assert browser.get(f"{CHECKS}/{check.id}/form?lot=999999").status_code == 422


def test_three_people_release_a_first_piece_at_the_tablet(db, plant, tablet):
    standard = approved(db, plant)
    with db.reading() as session:
        burr, gap = acceptance.asked(session, standard)
    found = [{"characteristic_id": burr.id, "piece": n, "value": None, "good": True} for n in (1, 2, 3)]
    found += [{"characteristic_id": gap.id, "piece": n, "value": "0.50", "good": True} for n in (1, 2, 3)]
    check = asked_for(db, plant)
    shown = listed(tablet(), plant.press)[0]
    shown = send(tablet("operator"), f"/{check.id}/judge", **good(shown, readings=found, lot_id=plant.lot))
    assert (shown["state"], shown["next"], shown["lot"]["number"], shown["judged_by_me"]) == (
        "self_done", "mutual", "L-0001", True)
    shown = send(tablet("team_leader"), f"/{check.id}/judge", **good(shown, "mutual"))
    shown = send(tablet("inspector"), f"/{check.id}/judge", **good(shown, "dedicated", note="Released"))
    assert (shown["state"], shown["next"], shown["rejection"]) == ("passed", None, None)
    assert listed(tablet(), plant.press) == []


def test_refusals_name_field_rule_and_code(db, plant, tablet):
    check = judged(db, plant.team_leader, asked_for(db, plant), "self")
    leader = tablet("team_leader")
    again = send(leader, f"/{check.id}/judge", 409, **good({"rev": check.rev}, "mutual"))
    assert (again["rule"], again["status"]) == ("R-09", 409)
    stale = send(leader, f"/{check.id}/judge", 409, **good({"rev": 1}, "mutual"))
    assert "current" in stale
    other = tablet("production_manager")
    assert send(other, f"/{check.id}/judge", 422, **good({"rev": check.rev}, "mutual", pieces=2))["field"] == "pieces"
    assert send(tablet(), f"/{check.id}/judge", 401, **good({"rev": check.rev}))["code"] == "person"
    bad = [{"characteristic_id": 1, "piece": 1, "value": "0,5"}]
    assert send(leader, f"/{check.id}/judge", 422, **good({"rev": 1}, readings=bad))["field"].startswith("readings")
    assert send(leader, f"/{check.id}/judge", 422, rev=1)["field"] == "verdict"


def test_a_rejection_is_opened_only_when_it_is_sent(db, plant, tablet):
    browser = tablet("operator")
    for wanted in (None, {"defect_id": plant.burr}):
        check = asked_for(db, plant, lot_id=plant.lot, reason="man")
        body = {"rev": check.rev, "verdict": "self", "good": False, "pieces": 3, "nonconforming": 2}
        answer = send(browser, f"/{check.id}/judge", **(body | ({"rejection": wanted} if wanted else {})))
        assert answer["state"] == "failed"
        with db.reading() as session:
            made = session.scalars(select(Rejection)).all()
        assert [(r.number, r.quantity, r.source) for r in made] == (
            [(answer["rejection"]["number"], 2, "station")] if wanted else [])
    check = asked_for(db, plant)
    refused = send(browser, f"/{check.id}/judge", 422, **good({"rev": check.rev}, rejection={}))
    assert refused["field"] == "rejection"


def test_a_refused_rejection_takes_the_verdict_with_it(db, plant, tablet):
    check = asked_for(db, plant)
    with db.transaction(SYSTEM, "tests.site") as session:
        session.add(Site(code="BJ", name_zh="北京", name_en="Beijing", demo=False))
    send(tablet("operator"), f"/{check.id}/judge", 422, rev=check.rev, verdict="self", good=False, pieces=3,
         nonconforming=2, rejection={"defect_id": 999_999})
    with db.reading() as session:
        assert session.get_one(PieceCheck, check.id).state == "due"
