"""Protected reports (R-35): read by the few who may, every look written down, nowhere else to be seen."""

import pytest
from sqlalchemy import select

from qms.models.service_complaints_protected import ProtectedLook, ProtectedReport
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused
from qms.workflows import service_complaints_protected as reports
from qms.workflows import trail
from qms.workflows.trail_search import Filter
from tests.service.scene_complaints import Scene

HEADERS = {"X-Requested-By": "test"}
SECRET = "Moved to nights after my report"


def reported(scene: Scene, who: str = "weld_worker") -> ProtectedReport:
    return scene.do(reports.report, who, kind="retaliation", account=SECRET, about_ref="NC-SH-2026-000001")


def test_r35_only_who_protects_reads_a_report_and_each_look_is_written_down(complaints: Scene):
    made = reported(complaints)
    assert made.number == "PR-SH-2026-000001"
    for who in ("weld_worker", "weld_head", "quality_manager", "auditor", "admin"):
        with pytest.raises(NotAllowed):
            complaints.do(reports.read, who, made.id)
    for _ in range(2):
        assert complaints.do(reports.read, "protector", made.id).account == SECRET
    with complaints.db.reading() as session:
        assert session.scalars(select(ProtectedLook.by_id)).all() == [complaints.people["protector"].id] * 2


def test_r35_the_reporter_follows_the_own_report_by_its_receipt(complaints: Scene):
    made = reported(complaints)
    [receipt] = complaints.reading(reports.receipts, complaints.people["weld_worker"])
    assert (receipt.number, receipt.state, receipt.reply) == (made.number, "received", None)
    assert complaints.reading(reports.receipts, complaints.people["press_worker"]) == []
    complaints.do(reports.look_into, "protector", made.id, 1)
    complaints.do(reports.close, "protector", made.id, 2, reply="Back on days from Monday")
    [receipt] = complaints.reading(reports.receipts, complaints.people["weld_worker"])
    assert (receipt.state, receipt.reply) == ("closed", "Back on days from Monday")
    with pytest.raises(IllegalStep):
        complaints.do(reports.close, "protector", made.id, 3, reply="x")


def test_r35_nobody_handles_their_own_report(complaints: Scene):
    worker, protector = complaints.people["weld_worker"], complaints.people["protector"]
    complaints.people["both"] = Actor(worker.id, worker.name, worker.grants + protector.grants, method="test")
    made = reported(complaints, "both")
    with pytest.raises(Refused) as refused:
        complaints.do(reports.look_into, "both", made.id, made.rev)
    assert refused.value.rule == "R-35"
    with complaints.db.reading() as session:
        found = session.get_one(ProtectedReport, made.id)
        assert reports.offered(complaints.people["both"], found) == []
        assert reports.offered(protector, found) == ["look_into", "close"]
    assert complaints.do(reports.look_into, "protector", made.id, made.rev).handled_by_id == protector.id


def test_a_protected_report_says_what_happened_and_of_which_kind(complaints: Scene):
    with pytest.raises(Invalid):
        complaints.do(reports.report, "weld_worker", kind="retaliation", account=" ")
    with pytest.raises(Invalid):
        complaints.do(reports.report, "weld_worker", kind="gossip", account="x")
    with pytest.raises(NotAllowed):
        reported(complaints, "auditor")


def test_r35_the_trail_shows_a_protected_report_only_to_who_protects(complaints: Scene):
    made = reported(complaints)
    complaints.do(reports.read, "protector", made.id)
    wanted = Filter(entity="protected_reports")
    for who in ("auditor", "quality_manager", "admin"):
        assert complaints.reading(trail.entries, complaints.people[who], wanted) == []
    [entry] = complaints.reading(trail.entries, complaints.people["protector"], wanted)
    assert complaints.reading(trail.entry, complaints.people["protector"], entry.seq)[0].seq == entry.seq
    with pytest.raises(NotFound):
        complaints.reading(trail.entry, complaints.people["auditor"], entry.seq)


def test_r35_the_trail_shows_who_protects_at_one_site_the_reports_of_that_site_alone(complaints: Scene):
    made = reported(complaints)
    complaints.do(reports.read, "protector", made.id)
    here, site = complaints.people["protector"], complaints.plant.site
    own, other = (Actor(here.id, here.name, (Grant(1, "management_representative", at),), method="test")
                  for at in (site, site + 1))
    for entity in ("protected_reports", "protected_looks"):
        wanted = Filter(entity=entity)
        [entry] = complaints.reading(trail.entries, own, wanted)
        assert complaints.reading(trail.entries, other, wanted) == []
        assert complaints.reading(trail.entry, own, entry.seq)[0].seq == entry.seq
        with pytest.raises(NotFound):
            complaints.reading(trail.entry, other, entry.seq)
    assert complaints.reading(trail.entries, other, Filter()), "everything else stays to be read"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r35_a_protected_report_is_made_and_handled_at_the_desk(complaints: Scene, sign_in, page, language: str):
    worker, outsider = sign_in("operator", language), sign_in("quality_manager", language)
    own = "/service/protected-reports"
    page(worker, f"{own}/mine")
    page(worker, f"{own}/report", {"kind": "retaliation", "account": ""}, status=422)
    page(worker, f"{own}/report", {"kind": "retaliation", "account": SECRET})
    assert SECRET in page(worker, f"{own}/mine").text
    with complaints.db.reading() as session:
        made = session.scalars(select(ProtectedReport.id)).one()
    for address in (f"{own}/", f"{own}/{made}", f"{own}/{made}/close"):
        page(outsider, address, status=403)
    for address in ("/", "/trail/", "/service/complaints/?q=nights", f"{own}/mine"):
        assert SECRET not in page(outsider, address).text
    protector = sign_in("protector", language)
    assert SECRET not in page(protector, f"{own}/").text
    shown = page(protector, f"{own}/{made}").text
    assert SECRET in shown
    assert "Operator" in shown
    page(protector, f"{own}/{made}/look-into", {"rev": 1})
    page(protector, f"{own}/{made}/close")
    page(protector, f"{own}/{made}/close", {"rev": 2, "reply": "Back on days"})
    assert "Back on days" in page(worker, f"{own}/mine").text


def test_r35_a_protected_report_goes_by_json(complaints: Scene, sign_in):
    worker, protector, outsider = sign_in("operator"), sign_in("protector"), sign_in("auditor")
    own = "/api/v1/service/protected-reports"
    sent = worker.post(own, json={"kind": "pressure", "account": SECRET}, headers=HEADERS)
    assert sent.status_code == 201
    made = sent.get_json()["id"]
    assert worker.get(f"{own}/mine").get_json()["receipts"][0]["number"].startswith("PR-SH-")
    assert (outsider.get(own).status_code, outsider.get(f"{own}/{made}").status_code) == (403, 403)
    assert "account" not in protector.get(own).get_json()["protected_reports"][0]
    whole = protector.get(f"{own}/{made}").get_json()
    assert (whole["account"], len(whole["looks"])) == (SECRET, 1)
    assert protector.post(f"{own}/{made}/look-into", json={"rev": 1}, headers=HEADERS).status_code == 200
    closed = protector.post(f"{own}/{made}/close", json={"rev": 2, "reply": "Seen to"}, headers=HEADERS)
    assert closed.get_json()["state"] == "closed"
