"""From a tap at the station to a closed case, and to one that came back, as people walk it through their pages."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.jobs.actions_effectiveness import Watch
from qms.models.acceptance import Handover
from qms.models.actions_causes import Cause, ReadAcross, Task
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain import Lot
from qms.models.dispositions import Disposition
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import acceptance
from tests.acceptance.arrange import approved, burr, good_results
from tests.actions.cases import Cases
from tests.browser.conftest import Site, served
from tests.browser.hands import Hands
from tests.plant import PASSWORD, Plant
from tests.station.conftest import give_badges, tablet, waiting_lot

__all__ = ["tablet", "waiting_lot"]
pytestmark = pytest.mark.browser
WEEKS_BEFORE, FINDINGS, WEEKS_AFTER = 8, 9, 10
SHANGHAI, WEDNESDAY = ZoneInfo("Asia/Shanghai"), 2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a plant of its own, in which press has sent burrs and scratches for eight weeks."""
    with served(tmp_path_factory.mktemp("nonconformity")) as made:
        cases = Cases(made.database, made.plant, at=utc_now() - timedelta(weeks=WEEKS_BEFORE))
        for _ in range(FINDINGS):
            cases.later(days=6).found()
            cases.found(defect_id=made.plant.scratch)
        yield made


@pytest.fixture(scope="module")
def floor(site: Site) -> Plant:
    """Give the plant badges, a standard that was in force all the while, and a hand-over in each week before."""
    begun = utc_now() - timedelta(weeks=WEEKS_BEFORE + WEEKS_AFTER)
    approved(site.database, site.plant, burr(site.plant), link_id=site.plant.press_weld, clock=lambda: begun)
    hand_over_weekly(site, WEEKS_BEFORE)
    give_badges(site)
    return site.plant


@pytest.fixture
def at_desk(signed_in: Callable[..., object]) -> Callable[[str], Hands]:
    """Return a function that gives the hands of a person of the plant at a desk."""
    opened: dict[str, Hands] = {}

    def sit(login: str) -> Hands:
        if login not in opened:
            opened[login] = Hands(signed_in(login, "en"))  # type: ignore[arg-type]
        return opened[login]

    return sit


def newest(database: Database, cls: type) -> int:
    with database.reading() as session:
        found = session.scalars(select(cls.id).order_by(cls.id.desc()).limit(1)).first()  # type: ignore[attr-defined]
        assert found is not None
        return int(found)


def rejected_at_the_station(station, lot: str) -> int:
    """Refuse three pieces of a lot with four taps; return the rejection."""
    station.sign_in()
    station.page.locator(".home .btn.reject").tap()
    station.scan(lot)
    station.page.wait_for_selector(f".lot span:text-is('{lot}')")
    for target in (".tile >> nth=0", ".how-many .key >> text='3'", ".how-many > .btn.reject"):
        station.page.locator(target).tap()
    station.page.wait_for_selector(".toast.good")
    station.page.wait_for_selector(".bar .chip:has-text('All sent')")
    return newest(station.site.database, Rejection)


def reworked(site: Site, at_desk: Callable[[str], Hands], rejection: int) -> None:
    """See it on the review board, decide rework, refused without a risk analysis, do it, inspect it again."""
    with site.database.reading() as session:
        number = session.get_one(Rejection, rejection).number
    day = (utc_now() - timedelta(days=2)).date()
    engineer, leader, inspector = at_desk("quality_engineer"), at_desk("team_leader"), at_desk("inspector")
    engineer.at("/dispositions/").says(number)
    decide = f"/dispositions/rejections/{rejection}/decide"
    engineer.at(decide).send({"lines-0-code": "rework", "lines-0-quantity": 3, "password": PASSWORD})
    engineer.says("R-08", "IATF 16949:2016 8.7.1.4")
    engineer.enter(decide, {"lines-0-code": "rework", "lines-0-quantity": 3, "lines-0-risk_ref": "PFMEA 30.4",
                            "lines-0-risk_rev": "C", "lines-0-risk_on": day, "password": PASSWORD})
    line = newest(site.database, Disposition)
    leader.at(f"/dispositions/{line}/start").send(place="Bench 3").says("R-08")
    leader.enter(f"/dispositions/{line}/start", place="Bench 3", instruction_ref="WI-30-R", instruction_rev="2",
                 instruction_on=day)
    leader.enter(f"/dispositions/{line}/report", result="Deburred by hand")
    inspector.enter(f"/dispositions/{line}/verify", good=3, scrapped=0, verification="No burr over 0.1 mm")
    inspector.at(f"/rejections/{rejection}").says("Closed")


def opened(engineer: Hands, rejection: int) -> int:
    """Open the case from the page of the rejection, as critical, so that it takes the whole 8D."""
    engineer.at(f"/rejections/{rejection}").press("Open corrective action")
    return engineer.send(severity="CR", symptom="Burr at the edge").says("is open, its clocks run.").last_id


def contained(site: Site, engineer: Hands, case: int) -> None:
    """Take a case from D0 to D3."""
    plant, base = site.plant, f"/actions/{case}"
    people = {login: actor.id for login, actor in plant.people.items()}
    engineer.at(base).press("Finish D0").says("Say what was done at once")
    engineer.enter(f"{base}/edit/case", emergency="Line A sorted", emergency_verified=True).finish("D0")
    engineer.enter(f"{base}/edit/heads", sponsor_id=people["quality_manager"], leader_id=people["quality_engineer"])
    for who, unit in (("team_leader", plant.press), ("operator", plant.weld)):
        engineer.enter(f"{base}/team", person_id=people[who], unit_id=unit, function="Shift A")
    engineer.at(base).finish("D1")
    engineer.enter(f"{base}/edit/problem", requirement="No burr over 0.1 mm", actual="Burr of 0.4 mm",
                   problem_quantity=3, reproduced="yes", origin_unit_id=plant.press).finish("D2")
    engineer.at(base).press("Finish D3").says("R-22")
    engineer.at(f"{base}/stock")
    boxes = engineer.page.locator("main td input[inputmode=numeric]")
    for n in range(boxes.count()):
        boxes.nth(n).fill("0")
    engineer.press("Save the answers")
    engineer.enter(f"{base}/edit/containment", containment="Sorting at weld", containment_effective="yes",
                   containment_evidence="200 checked, none found").finish("D3")


def analysed(site: Site, engineer: Hands, case: int) -> dict[str, int]:
    """Find and verify the cause of occurrence and the one of escape (D4); return them by track."""
    found: dict[str, int] = {}
    for track, text, whys in (
            ("occurrence", "Feeder stroke", ("The feeder jams", "No value in the sheet")),
            ("escape", "Edge is not looked at", ("The edge is not on the sheet", "The sheet has no owner"))):
        engineer.enter(f"/actions/{case}/causes/", {f"new-{track}-category": "method", f"new-{track}-text": text})
        cause = found[track] = newest(site.database, Cause)
        address = f"/actions/causes/{cause}"
        for why in whys:
            engineer.enter(address, {"why-new-text": why, "why-new-evidence": "Log of 12 cases"})
        engineer.enter(address, {"test-holds": "yes", "test-test": "Set: none in 200 strokes"})
        if track == "escape":
            engineer.enter(address, {"describe-control_unit_id": site.plant.final})
        engineer.enter(address, {"verify-verification": "On: 9 burrs, off: 0 of 200"})
    engineer.at(f"/actions/{case}").finish("D4")
    return found


def measured(site: Site, at_desk: Callable[[str], Hands], case: int, defect: int) -> None:
    """Choose a measure for each cause, plan the proof, put the measures in place (D5, D6)."""
    engineer, sponsor, owner, base = (at_desk("quality_engineer"), at_desk("quality_manager"), at_desk("team_leader"),
                                      f"/actions/{case}")
    tasks = []
    for cause in causes_of(site, case):
        engineer.enter(f"{base}/tasks/add?kind=corrective&cause={cause}", text="Stop in the feeder",
                       owner_id=site.plant.team_leader.id, level="prevent", due_hours=40, risk="None: checked",
                       trial_pieces=200, trial_result="0 burrs")
        tasks.append(newest(site.database, Task))
        sponsor.at(base).press("Choose")
    engineer.at(base).press("Finish D5").says("R-26")
    first = (utc_now() - timedelta(weeks=WEEKS_BEFORE)).date()
    engineer.enter(f"{base}/effectiveness", metric="per_shift", item_id=site.plant.item, defect_id=defect,
                   origin_unit_id=site.plant.press, link_id="", first=first, last=utc_now().date(), most=0)
    engineer.at(base).finish("D5")
    for task in tasks:
        owner.enter(f"/actions/tasks/{task}/report", evidence="Photo of the stop", effective_from="L-0007",
                    changes_process="no")
    engineer.at(base).finish("D6")


def causes_of(site: Site, case: int) -> list[int]:
    with site.database.reading() as session:
        return list(session.scalars(select(Cause.id).where(Cause.action_id == case).order_by(Cause.id)))


def hand_over_weekly(site: Site, weeks: int) -> None:
    """Let press hand a lot over, and weld accept it, in each week before today: on a Wednesday at ten."""
    plant, now = site.plant, utc_now().astimezone(SHANGHAI)
    last = (now - timedelta(days=(now.weekday() - WEDNESDAY) % 7 or 7)).replace(hour=10, minute=0)
    for back in reversed(range(weeks)):
        at = last - timedelta(weeks=back)
        with site.database.transaction(plant.operator, "acceptance.present", clock=lambda at=at: at) as session:
            lot = Lot(site_id=plant.site, number=f"L-{at:%Y%m%d}-{utc_now().timestamp()}", item_id=plant.item,
                      quantity=20, made_at=at)
            session.add(lot)
            session.flush()
            made = acceptance.present(session, plant.operator, link_id=plant.press_weld, lot_id=lot.id, quantity=20)
        with site.database.transaction(plant.team_leader, "acceptance.accept", clock=lambda at=at: at) as session:
            acceptance.accept(session, plant.team_leader, made.id, made.rev,
                              results=good_results(site.database, session.get_one(Handover, made.id)))


def weeks_pass(site: Site, weeks: int, defect: int) -> None:
    """Let weeks go by: what was found of a defect and put in place lies so much further back."""
    back = timedelta(weeks=weeks)
    with site.database.transaction(SYSTEM, "tests.weeks_pass") as session:
        for found in session.scalars(select(Rejection).where(Rejection.defect_id == defect)):
            found.found_at -= back
        for plan in session.scalars(select(EffectivenessPlan).where(EffectivenessPlan.state == "running")):
            plan.starts_at -= back
    hand_over_weekly(site, weeks)


def closed(site: Site, at_desk: Callable[[str], Hands], case: int) -> None:
    """Prevent recurrence, thank the team, close (D7, D8)."""
    engineer, base = at_desk("quality_engineer"), f"/actions/{case}"
    engineer.at(base).press("Finish D7").says("R-28")
    prevention = f"{base}/prevention/"
    engineer.enter(prevention, {"pfmea-affected": "yes", "pfmea-reference": "PFMEA 30", "pfmea-rev_before": "C",
                                "pfmea-rev_after": "D"})
    for document in ("control_plan", "instruction"):
        engineer.enter(prevention, {f"{document}-affected": "no", f"{document}-reason": "The check is the same"})
    engineer.enter(prevention, {"place-unit_id": site.plant.paint})
    across = f"across-{newest(site.database, ReadAcross)}-"
    engineer.enter(prevention, {f"{across}applies": "no", f"{across}reason": "It has no feeder"})
    engineer.enter(prevention, {"risk-risk_register": "Feeder added as risk 12"})
    engineer.at(base).finish("D7")
    engineer.enter(f"{base}/edit/closing", thanks="Thank you all")
    at_desk("quality_manager").at(base).press("Close").send(password=PASSWORD).says("Closed.")


def watched(site: Site, at_desk: Callable[[str], Hands], rejection: int, defect: int) -> int:
    """Open a case of a rejection and take it through D0 to D6; return it."""
    case = opened(at_desk("quality_engineer"), rejection)
    contained(site, at_desk("quality_engineer"), case)
    analysed(site, at_desk("quality_engineer"), case)
    measured(site, at_desk, case, defect)
    return case


def test_a_rejection_is_reworked_its_cause_removed_and_the_proof_confirmed(site: Site, at_desk, tablet, waiting_lot):
    rejection = rejected_at_the_station(tablet(), waiting_lot)
    reworked(site, at_desk, rejection)
    case = watched(site, at_desk, rejection, site.plant.burr)
    manager, base = at_desk("quality_manager"), f"/actions/{case}"
    assert manager.at(base).page.get_by_role("button", name="Confirm effectiveness").count() == 0
    weeks_pass(site, WEEKS_AFTER, site.plant.burr)
    Watch().judge(site.database)
    assert at_desk("quality_engineer").at(base).page.get_by_role("button", name="Confirm effectiveness").count() == 0
    at_desk("quality_engineer").says("R-27")
    manager.at(base).press("Confirm effectiveness")
    closed(site, at_desk, case)


@pytest.mark.usefixtures("floor")
def test_r27_and_r29_what_comes_back_reopens_the_search_for_causes_by_itself(site: Site, at_desk):
    cases = Cases.__new__(Cases)
    cases.db, cases.plant, cases.at = site.database, site.plant, utc_now()
    case = watched(site, at_desk, cases.found(defect_id=site.plant.scratch).id, site.plant.scratch)
    weeks_pass(site, 3, site.plant.scratch)
    watch = Watch()
    watch.judge(site.database)
    engineer = at_desk("quality_engineer").at(f"/actions/{case}")
    assert "opened again" not in engineer.page.inner_text("#D4")
    cases.at = utc_now()
    back = cases.found(defect_id=site.plant.scratch)
    watch.judge(site.database)
    engineer.at(f"/actions/{case}").says(back.number, "Finish D4")
    assert "opened again 1 time" in engineer.page.inner_text("#D4")
    engineer.at("/").says(back.number)
