"""What the pages of hand-overs show and do, for whom, in both languages."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qms.db import Database
from qms.models.acceptance import Characteristic, Check, Handover, Reading
from qms.models.accounts import Grant
from qms.models.rejections import Rejection
from qms.workflows import acceptance
from qms.workflows.acceptance import Fault
from tests.acceptance.arrange import approved, burr, gap, good_results, presented, read
from tests.plant import Plant

SignIn = Callable[..., FlaskClient]


def characteristics(database: Database, standard_id: int) -> dict[str, int]:
    with database.reading() as session:
        return {c.name_en: c.id for c in acceptance.asked(session, standard_id)}


def filled_in(database: Database, handover: Handover, *, burrs: str = "0", gaps: tuple[str, ...] = ("0.500", "0.51"),
              **more: object) -> dict:
    """Return what a browser sends for the standard of `approved`."""
    ids = characteristics(database, handover.standard_id)
    return {"rev": str(handover.rev), "kind": "mutual", f"c{ids['Burr']}": burrs, f"c{ids['Gap']}": list(gaps), **more}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_empty_register_says_what_to_do(page, sign_in: SignIn, language: str):
    shown = page(sign_in("operator", language), "/acceptance/hand-overs")
    assert ("还没有工序交接" if language == "zh" else "No hand-overs yet") in shown.text
    assert "/acceptance/hand-overs/present" in shown.links().values()
    shown = page(sign_in("auditor", language), "/acceptance/hand-overs")
    assert "/acceptance/hand-overs/present" not in shown.links().values()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_register_lists_filters_and_searches(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    made = presented(db, plant, quantity=50)
    browser = sign_in("operator", language)
    for address in ("", "?state=presented", f"?link_id={plant.press_weld}&lot_id={plant.lot}", "?q=支架",
                    "?sort=oldest", f"?supplier_id={plant.press}&customer_id={plant.weld}&first=2020-01-01",
                    "?last=2199-12-31"):
        assert made.number in page(browser, f"/acceptance/hand-overs{address}").text, address
    for address in ("?state=accepted", f"?link_id={plant.weld_paint}", "?q=nothing", "?again=y", "?last=2020-01-01"):
        shown = page(browser, f"/acceptance/hand-overs{address}")
        assert made.number not in shown.text, address
        assert "/acceptance/hand-overs" in shown.links().values()


@pytest.mark.parametrize("address", ["?state=x", "?link_id=x&lot_id=-1&item_id=99999999999999999999",
                                     "?first=2020-13-45", "?before=zzz&after=~~", "?q=" + "x" * 5000,
                                     "?supplier_id=abc", "?q=%22%27%28*"])
def test_a_strange_filter_is_no_error(page, sign_in: SignIn, db: Database, plant: Plant, address: str):
    presented(db, plant, quantity=1)
    page(sign_in("operator"), f"/acceptance/hand-overs{address}")


def test_a_search_for_control_characters_is_no_error(sign_in: SignIn, plant: Plant):
    assert sign_in("operator").get("/acceptance/hand-overs?q=%00%07").status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_hand_over_is_presented_from_the_page(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    browser = sign_in("operator", language)
    page(browser, f"/acceptance/hand-overs/present?link_id={plant.press_weld}&lot=L-0001")
    sent = {"link_id": plant.press_weld, "lot": "L-0001", "quantity": "80", "self_check": "ok"}
    shown = page(browser, "/acceptance/hand-overs/present", post=sent)
    assert re.search(r"HO-SH-\d{4}-\d{6}", shown.text)
    with db.reading() as session:
        assert session.scalars(select(Handover)).one().quantity == 80


@pytest.mark.parametrize(("changed", "status", "told"), [
    ({"lot": "L-9"}, 422, "There is no lot L-9"), ({"quantity": "0"}, 422, "between 1"),
    ({"quantity": "201"}, 422, "present 1 to 200"), ({"self_check": ""}, 422, "This field is required"),
    ({"link_id": "99"}, 422, "Not a valid choice"), ({"quantity": "9" * 25}, 422, "between 1"),
    ({"remark": "x" * 2000}, 422, "1000")])
def test_what_cannot_be_presented_is_told_beside_the_field(page, sign_in: SignIn, db: Database, plant: Plant,
                                                           changed: dict, status: int, told: str):
    sent = {"link_id": plant.press_weld, "lot": "L-0001", "quantity": "80", "self_check": "ok"}
    shown = page(sign_in("operator"), "/acceptance/hand-overs/present", post=sent | changed, status=status)
    assert told in shown.text
    with db.reading() as session:
        assert session.scalar(select(Handover.id)) is None


def test_a_control_character_in_a_lot_number_is_refused(sign_in: SignIn, plant: Plant):
    sent = {"csrf": "test-csrf", "link_id": plant.press_weld, "lot": "L\x00", "quantity": "8", "self_check": "ok"}
    answer = sign_in("operator").post("/acceptance/hand-overs/present", data=sent)
    assert answer.status_code == 422
    assert "control characters" in answer.text


def test_r01_a_self_check_that_found_faults_offers_to_report_a_rejection(page, sign_in: SignIn, plant: Plant):
    sent = {"link_id": plant.press_weld, "lot": "L-0001", "quantity": "80", "self_check": "ng"}
    shown = page(sign_in("operator"), "/acceptance/hand-overs/present", post=sent, status=409)
    assert "R-01" in shown.text
    assert any("/rejections/report" in address for address in shown.links().values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_form_is_made_from_the_standard(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    standard_id = approved(db, plant)
    handover = presented(db, plant)
    shown = page(sign_in("operator", language), f"/acceptance/hand-overs/{handover.id}/decide")
    ids = characteristics(db, standard_id)
    names = [i.get("name") for i in shown.find(".//input")]
    assert names.count(f"c{ids['Gap']}") == 2
    assert names.count(f"c{ids['Burr']}") == 1
    assert "0.45 – 0.55 mm" in shown.text
    assert ("从 200 件中抽 13 件" if language == "zh" else "13 of 200 pieces") in shown.text


def test_a_hand_over_is_accepted_from_the_page_with_readings_as_typed(page, sign_in: SignIn, db: Database,
                                                                      plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    shown = page(sign_in("inspector"), f"/acceptance/hand-overs/{handover.id}/decide",
                 post=filled_in(db, handover, decision="accept"))
    assert "Accepted" in shown.text
    assert "0.500" in shown.text
    with db.reading() as session:
        values = session.scalars(select(Reading.value).where(Reading.value.is_not(None)).order_by(Reading.piece)).all()
        assert [format(v, "f") for v in values] == ["0.500", "0.51"]


def test_readings_of_many_pieces_are_taken_from_one_box(page, sign_in: SignIn, db: Database, plant: Plant):
    standard_id = approved(db, plant, gap(plant, sampling="all", sampling_value=None))
    handover = presented(db, plant)
    browser = sign_in("inspector")
    assert page(browser, f"/acceptance/hand-overs/{handover.id}/decide").find(".//textarea[@data-readings='200']")
    ids = characteristics(db, standard_id)
    sent = {"rev": "1", "kind": "mutual", f"c{ids['Gap']}": "0.50\n" * 150 + "0.51 " * 50, "decision": "accept"}
    page(browser, f"/acceptance/hand-overs/{handover.id}/decide", post=sent)
    assert read(db, Handover, handover.id).state == "accepted"


@pytest.mark.parametrize(("language", "told"), [("en", "piece 2: 0,51: write a decimal point, no comma"),
                                                ("zh", "第 2 件：0,51：请用小数点，不用逗号")])
def test_a_comma_is_told_by_its_piece_and_what_was_typed_stays(page, sign_in: SignIn, db: Database, plant: Plant,
                                                               language: str, told: str):
    approved(db, plant)
    handover = presented(db, plant)
    sent = filled_in(db, handover, gaps=("0.500", "0,51"), decision="accept")
    shown = page(sign_in("inspector", language), f"/acceptance/hand-overs/{handover.id}/decide", post=sent, status=422)
    assert told in shown.text
    assert [i.get("value") for i in shown.find(".//input[@data-reading]")] == ["0.500", "0,51"]
    assert read(db, Handover, handover.id).state == "presented"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r05_a_fault_refuses_acceptance_and_opens_the_faults(page, sign_in: SignIn, db: Database, plant: Plant,
                                                             language: str):
    approved(db, plant)
    handover = presented(db, plant)
    shown = page(sign_in("inspector", language), f"/acceptance/hand-overs/{handover.id}/decide",
                 post=filled_in(db, handover, burrs="1", decision="accept"), status=409)
    assert "R-05" in shown.text
    assert shown.find(".//details[@data-faults]")[0].get("open") is not None


def test_a_lot_is_rejected_from_the_page_and_held(page, sign_in: SignIn, db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    sent = filled_in(db, handover, burrs="2", decision="reject") | {
        "faults-0-defect_id": plant.burr, "faults-0-quantity": "2", "faults-1-defect_id": "", "faults-1-quantity": ""}
    shown = page(sign_in("operator"), f"/acceptance/hand-overs/{handover.id}/decide", post=sent)
    with db.reading() as session:
        made = session.scalars(select(Rejection)).one()
    assert made.number in shown.text
    assert "the whole lot is suspect" in shown.text
    assert "Present again" in shown.links()


def test_a_sorted_lot_is_accepted_in_part_from_the_page(page, sign_in: SignIn, db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    browser = sign_in("inspector")
    sent = filled_in(db, handover, burrs="1", decision="partly_accept") | {
        "faults-0-defect_id": plant.burr, "faults-0-quantity": "3", "faults-1-defect_id": plant.scratch,
        "faults-1-quantity": "2", "faults-1-for_review": "y"}
    page(browser, f"/acceptance/hand-overs/{handover.id}/decide", post=sent, status=409)
    page(browser, f"/acceptance/hand-overs/{handover.id}/decide", post=sent | {"sorted_all": "y"})
    done = read(db, Handover, handover.id)
    assert (done.accepted, done.rejected, done.for_review) == (195, 3, 2)


def test_no_decision_is_no_acceptance(page, sign_in: SignIn, db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    for sent in (filled_in(db, handover), filled_in(db, handover, decision="bogus")):
        page(sign_in("inspector"), f"/acceptance/hand-overs/{handover.id}/decide", post=sent, status=422)
    assert read(db, Handover, handover.id).state == "presented"


def test_whoever_decides_second_sees_both_versions(page, sign_in: SignIn, db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    browser = sign_in("inspector")
    address = f"/acceptance/hand-overs/{handover.id}"
    page(browser, f"{address}/not-inspected", post={"rev": "1", "reason": "nobody there"})
    shown = page(browser, f"{address}/decide", post=filled_in(db, handover, decision="accept"), status=409)
    assert "Not inspected" in shown.text
    assert "Accepted" in shown.text
    assert read(db, Handover, handover.id).state == "not_inspected"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_standard_only_rejecting_is_offered(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    handover = presented(db, plant)
    browser = sign_in("inspector", language)
    shown = page(browser, f"/acceptance/hand-overs/{handover.id}/decide")
    assert [b.get("value") for b in shown.find(".//button[@name='decision']")] == ["reject"]
    assert "R-03" in shown.text
    page(browser, f"/acceptance/hand-overs/{handover.id}/sheet")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_open_hold_is_shown_before_deciding(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    approved(db, plant)
    first, second = presented(db, plant, quantity=50), presented(db, plant, quantity=60)
    with db.transaction(plant.inspector, "acceptance.reject") as session:
        acceptance.reject(session, plant.inspector, first.id, 1, faults=[Fault(plant.burr, 50)])
    with db.reading() as session:
        number = session.scalars(select(Rejection.number)).one()
    shown = page(sign_in("inspector", language), f"/acceptance/hand-overs/{second.id}/decide")
    assert "R-55" in shown.text
    assert shown.text.count(number) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_hand_over_shows_its_thread_and_history(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    approved(db, plant)
    handover = presented(db, plant)
    with db.transaction(plant.inspector, "acceptance.reject") as session:
        acceptance.reject(session, plant.inspector, handover.id, 1, faults=[Fault(plant.burr, 200)],
                          results=good_results(db, handover, gap_value="0.9"))
    shown = page(sign_in("auditor", language), f"/acceptance/hand-overs/{handover.id}")
    assert ("提交交接" if language == "zh" else "Presented") in shown.text
    assert "0.9" in shown.text
    assert not any("/decide" in address for address in shown.links().values())


def test_what_was_not_accepted_is_presented_again_from_the_page(page, sign_in: SignIn, db: Database, plant: Plant):
    handover = presented(db, plant)
    with db.transaction(plant.inspector, "acceptance.reject") as session:
        acceptance.reject(session, plant.inspector, handover.id, 1, faults=[Fault(plant.burr, 200)])
    browser = sign_in("operator")
    address = f"/acceptance/hand-overs/{handover.id}/present-again"
    assert page(browser, address).find(".//input[@name='quantity']")[0].get("value") == "200"
    sent = {"quantity": "200", "self_check": "ok", "rework": "y"}
    assert "R-01" in page(browser, address, post=sent, status=409).text
    with db.transaction(plant.quality_engineer, "rejections.release") as session:
        for hold in session.scalars(select(Rejection)).one().holds:
            hold.state = "released"
    assert "HO-SH" in page(browser, address, post=sent).text
    with db.reading() as session:
        assert session.scalars(select(Handover.presentation).order_by(Handover.id)).all() == [1, 2]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_check_is_recorded_from_the_page(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    approved(db, plant)
    handover = presented(db, plant)
    browser = sign_in("inspector", language)
    address = f"/acceptance/hand-overs/{handover.id}/check"
    page(browser, address)
    page(browser, address, post={"kind": "patrol", "sample": "5", "nonconforming": "0"})
    ids = characteristics(db, handover.standard_id)
    page(browser, address, post={"kind": "first_piece", f"c{ids['Gap']}": ["0.5", ""]})
    page(browser, address, post={"kind": "first_piece"}, status=422)
    with db.reading() as session:
        assert [(c.kind, c.sample) for c in session.scalars(select(Check).order_by(Check.id))] == [
            ("patrol", 5), ("first_piece", 1)]


def test_what_a_person_may_not_do_here_is_refused(page, sign_in: SignIn, db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    with db.transaction(plant.admin, "tests.arrange") as session:
        grant = session.scalars(select(Grant).where(Grant.role == "operator")).one()
        grant.site_id, grant.unit_id = plant.site, plant.press
    operator, auditor = sign_in("operator"), sign_in("auditor")
    for browser in (operator, auditor):
        assert not any("/decide" in a for a in page(browser, f"/acceptance/hand-overs/{handover.id}").links().values())
    page(auditor, f"/acceptance/hand-overs/{handover.id}/decide", status=403)
    page(auditor, "/acceptance/hand-overs/present", status=403)
    page(operator, f"/acceptance/hand-overs/{handover.id}/decide", post=filled_in(db, handover, decision="accept"),
         status=422)
    assert read(db, Handover, handover.id).state == "presented"
    options = page(operator, "/acceptance/hand-overs/present").find(".//select[@id='link_id']/option")
    assert [o.get("value") for o in options] == ["", str(plant.press_weld)]


def test_what_is_not_there_is_not_found(page, sign_in: SignIn, plant: Plant):
    browser = sign_in("quality_manager")
    for address in ("hand-overs/999", "hand-overs/999/decide", "hand-overs/999/sheet", "hand-overs/999/check",
                    "hand-overs/999/present-again", "hand-overs/999/not-inspected", "standards/999",
                    "standards/999/sheet", "standards/999/approve", "standards/999/compare/998",
                    "characteristics/999/edit"):
        page(browser, f"/acceptance/{address}", status=404)


@pytest.mark.parametrize("words", ["zh", "en", "both"])
def test_the_printed_form_has_its_columns_and_lines_to_write_on(page, sign_in: SignIn, db: Database, plant: Plant,
                                                                words: str):
    standard_id = approved(db, plant, burr(plant), gap(plant, special="CC"))
    handover = presented(db, plant)
    browser = sign_in("operator")
    for address in (f"standards/{standard_id}/sheet", f"hand-overs/{handover.id}/sheet"):
        shown = page(browser, f"/acceptance/{address}?words={words}")
        assert "FM-01" in shown.text
        for said in {"zh": ["项目", "量具", "判定", "自检"], "en": ["Characteristic", "Gauge", "Self-inspection"],
                     "both": ["项目", "Characteristic"]}[words]:
            assert said in shown.text, said
        assert len(shown.find(".//td[@class='write']")) == 10
    assert "n = 13" in shown.text


def test_a_decided_form_is_printed_with_its_readings(page, sign_in: SignIn, db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    with db.transaction(plant.inspector, "acceptance.accept") as session:
        acceptance.accept(session, plant.inspector, handover.id, 1,
                          results=good_results(db, handover, gap_value="0.540"))
    shown = page(sign_in("auditor"), f"/acceptance/hand-overs/{handover.id}/sheet")
    assert shown.text.count("0.540") == 2
    assert "☑ Accept" in shown.text


@pytest.mark.parametrize(("sampling", "value", "quantity", "size"), [
    ("zero_acceptance", 25, 1000, 112), ("zero_acceptance", 200, 200, 13), ("zero_acceptance", 200, 2, 2),
    ("every_kth", 10, 95, 10), ("every_kth", 500, 95, 1), ("all", None, 7, 7)])
def test_the_size_of_a_sample_follows_rule_and_quantity(sampling: str, value: int | None, quantity: int, size: int):
    asked = Characteristic(sampling=sampling, sampling_value=value, confidence_percent=95)
    assert acceptance.sample_size(asked, quantity) == size


def test_a_step_that_is_not_possible_now_has_no_page(page, sign_in: SignIn, db: Database, plant: Plant):
    handover = presented(db, plant)
    browser = sign_in("quality_manager")
    address = f"/acceptance/hand-overs/{handover.id}"
    page(browser, f"{address}/present-again", status=409)
    with db.transaction(plant.inspector, "acceptance.reject") as session:
        acceptance.reject(session, plant.inspector, handover.id, 1, faults=[Fault(plant.burr, 200)])
    page(browser, f"{address}/present-again")
    for step in ("decide", "check", "not-inspected"):
        page(browser, f"{address}/{step}", status=409)
    standard_id = approved(db, plant)
    first = next(iter(characteristics(db, standard_id).values()))
    for step in (f"standards/{standard_id}/edit", f"standards/{standard_id}/approve",
                 f"standards/{standard_id}/withdraw", f"standards/{standard_id}/characteristics/add",
                 f"characteristics/{first}/edit"):
        page(browser, f"/acceptance/{step}", status=409)
