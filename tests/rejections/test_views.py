"""The pages of rejections: every one in both languages, every step through its form, and who is refused."""

import re

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.accounts import Grant, Person
from qms.models.chain import Site, Unit
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules.accounts import SYSTEM
from qms.views.rejections_tags import qr_code
from qms.workflows import rejections
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.signing import signed

LANGUAGES = ["en", "zh"]


def stored(db: Database, made: Rejection) -> Rejection:
    with db.reading() as session:
        return session.get_one(Rejection, made.id)


def contained(db: Database, plant: Plant) -> tuple[Rejection, list[ContainmentLine]]:
    made = reported(db, plant)
    with db.transaction(plant.team_leader, "rejections.ask_containment") as session:
        lines = rejections.ask_containment(session, plant.team_leader, made.id, made.rev)
    return made, lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_register_says_what_to_do(page, sign_in, plant, language):
    shown = page(sign_in("operator", language), "/rejections/")
    assert ("No rejections yet" if language == "en" else "还没有不合格记录") in shown.text
    assert "/rejections/report/" in shown.links().values()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_shows_a_line_for_each_rejection(page, sign_in, db, plant, language):
    made = reported(db, plant, note="Batch 7")
    unknown = reported(db, plant, lot_id=None, link_id=None, defect_id=None)
    shown = page(sign_in("auditor", language), "/rejections/")
    assert {made.number, unknown.number} <= set(shown.links())
    for words in (("Held", "Burr", "Weld", "Press", "Assumed") if language == "en" else
                  ("已冻结", "毛刺", "焊接", "冲压", "推定")):
        assert words in shown.text


@pytest.mark.parametrize(("query", "found"), [
    ("", 2), ("sought=毛刺", 1), ("sought=划伤&state=held", 1), ("kind=not_accepted&severity=MI", 1),
    ("state=void", 0), ("by_found=True", 2),
    ("first=2020-01-01&last=2020-01-02", 0), ("first=2020-01-01", 2), ("lot_id=1&item_id=1", None),
    ("import_id=7", 0), ("link_id=1", None), ("before=nonsense", 2), ("zone=Nowhere&sites=5&sought=毛刺", 1),
])
def test_the_address_filters_the_register(page, sign_in, db, plant, query, found):
    made = [reported(db, plant), reported(db, plant, defect_id=plant.scratch)]
    shown = page(sign_in("quality_engineer"), f"/rejections/?{query}")
    listed = [number for number in shown.links() if number.startswith("NC-")]
    assert len(listed) == found or found is None
    assert set(listed) <= {m.number for m in made}


def test_a_filter_that_cannot_be_is_told_beside_the_row(page, sign_in, plant):
    for query in ("first=yesterday", "defect_id=x", "defect_id=" + "9" * 20):
        assert "cannot be asked for" in page(sign_in("auditor"), f"/rejections/?{query}", status=422).text


def test_an_unknown_site_is_not_found(page, sign_in, db, plant):
    with db.transaction(SYSTEM, "tests.site") as session:
        held = session.scalars(select(Grant).where(Grant.person_id == plant.auditor.id)).one()
        held.site_id = plant.site
    page(sign_in("auditor"), "/rejections/?site_id=987", status=404)


def test_more_than_a_page_has_a_next_and_a_previous(page, sign_in, db, plant):
    for _ in range(51):
        reported(db, plant)
    browser = sign_in("auditor")
    first = page(browser, "/rejections/")
    second = page(browser, first.links()["Next"])
    assert (len(first.find(".//tbody/tr")), len(second.find(".//tbody/tr"))) == (50, 1)
    assert page(browser, second.links()["Previous"]).text.count("NC-SH") == 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_shows_everything_known(page, sign_in, db, plant, language):
    made = reported(db, plant, found_unit_id=plant.paint, origin_unit_id=plant.press, link_id=plant.weld_paint,
                    note="See the edge", actual="0.3 mm", requirement="0.1 mm", location="Cage 4", zone="A2")
    shown = page(sign_in("quality_engineer", language), f"/rejections/{made.id}")
    for text in ("See the edge", "0.3 mm", "0.1 mm", "Cage 4", "A2", "L-0001", "k = 2"):
        assert text in shown.text
    assert ("not detectable here" if language == "en" else "此处不可检出") in shown.text
    assert len(shown.find(".//ol[@class='way']/li")) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_without_lot_or_origin_is_shown_as_suspect(page, sign_in, db, plant, language):
    made = reported(db, plant, kind="not_passed_on", found_unit_id=plant.final, lot_id=None, defect_id=None,
                    link_id=None)
    shown = page(sign_in("auditor", language), f"/rejections/{made.id}")
    assert "R-02" in shown.text
    assert "/rejections/1/void" not in shown.links().values()


def test_the_page_offers_only_what_this_person_may_do(page, sign_in, db, plant):
    made = reported(db, plant)
    offered = {login: set(page(sign_in(login), f"/rejections/{made.id}").links()) for login in
               ("operator", "team_leader", "quality_engineer", "auditor")}
    assert {"Correct", "Print tag"} <= offered["operator"]
    assert not {"Void", "Release after re-inspection", "Confirm the origin"} & offered["operator"]
    assert {"Confirm the origin", "Contest the origin"} <= offered["team_leader"]
    assert {"Void", "Release after re-inspection"} <= offered["quality_engineer"]
    assert not {"Correct", "Void", "Release after re-inspection", "Confirm the origin"} & offered["auditor"]


def test_a_rejection_of_another_site_is_not_found(page, sign_in, db, plant):
    with db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="WX", name_zh="无锡", name_en="Wuxi", time_zone="Asia/Shanghai", profile="iso", demo=False)
        session.add(other)
        session.flush()
        unit = Unit(site_id=other.id, kind="operation", code="X", name_zh="x", name_en="x", path="999.")
        session.add(unit)
        held = session.scalars(select(Grant).where(Grant.person_id == plant.quality_engineer.id)).one()
        held.site_id = plant.site
    far = reported(db, plant, SYSTEM, kind="not_made", found_unit_id=unit.id, lot_id=None, defect_id=None, link_id=None)
    browser = sign_in("quality_engineer")
    with db.reading() as session:
        hold = session.scalars(select(Hold.id)).one()
    for path in (f"{far.id}", f"{far.id}/label", f"{far.id}/void", f"{far.id}/correct", f"{far.id}/containment",
                 f"{far.id}/origin/decide", f"holds/{hold}/release"):
        page(browser, f"/rejections/{path}", status=404)
    assert far.number not in page(browser, f"/rejections/tags?id={far.id}").text
    page(browser, f"/rejections/{far.id}/void", post={"rev": far.rev, "reason": "x"}, status=404)
    assert stored(db, far).state == "held"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_says_what_where_and_how_many(page, sign_in, db, plant, language):
    browser = sign_in("operator", language)
    form = page(browser, "/rejections/report/?lot=L-0001")
    sent = {f.get("name"): f.get("value", "") for f in form.find(".//main//input") if f.get("type") == "hidden"}
    sent |= {"kind": "not_accepted", "found_unit_id": plant.weld, "lot": "L-0001", "defect": "mc", "quantity": "12",
             "severity": "", "origin_unit_id": ""}
    shown = page(browser, "/rejections/report/", post=sent)
    assert ("reported and held" if language == "en" else "已报告并冻结") in shown.text
    with db.reading() as session:
        made = session.scalars(select(Rejection)).one()
    assert (made.defect_id, made.lot_id, made.quantity, made.origin_unit_id) == (plant.burr, plant.lot, 12, plant.press)
    again = page(browser, "/rejections/report/", post=sent)
    assert made.number in again.text
    with db.reading() as session:
        assert len(session.scalars(select(Rejection)).all()) == 1


@pytest.mark.parametrize(("wrong", "said"), [
    ({"quantity": "0"}, "between 1"), ({"quantity": "many"}, "integer"), ({"lot": "L-9"}, "There is no lot L-9"),
    ({"defect": "crack"}, "fits nothing"), ({"defect": "D0"}, "fits several"), ({"kind": "x"}, "choice"),
    ({"found_unit_id": ""}, "required"), ({"item": "BR-200"}, "fits nothing"),
    ({"found_unit_id": "9" * 25}, ""), ({"note": "x" * 4001}, "4000"),
    ({"origin_unit_id": "x"}, ""),
])
def test_what_is_wrong_in_a_report_is_told_and_what_was_typed_is_kept(page, sign_in, db, plant, wrong, said):
    sent = {"kind": "not_made", "found_unit_id": plant.press, "quantity": "3", "actual": "0.3 mm", "lot": "L-0001",
            "severity": "", "origin_unit_id": "", "client_id": "0b5cadf0-0000-4000-8000-000000000001"}
    shown = page(sign_in("operator"), "/rejections/report/", post=sent | wrong, status=422)
    assert said in shown.text
    assert "0.3 mm" in shown.text
    with db.reading() as session:
        assert session.scalars(select(Rejection)).all() == []


def test_control_characters_in_a_report_are_refused(sign_in, db, plant):
    sent = {"csrf": "test-csrf", "kind": "not_made", "found_unit_id": plant.press, "quantity": "3", "zone": "bell\x07",
            "severity": "", "origin_unit_id": "", "client_id": "0b5cadf0-0000-4000-8000-000000000001"}
    answer = sign_in("operator").post("/rejections/report/", data=sent)
    assert (answer.status_code, "control characters" in answer.text) == (422, True)
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", answer.text)


def test_who_may_not_report_has_no_form(page, sign_in, plant):
    page(sign_in("auditor"), "/rejections/report/", status=403)


@pytest.mark.parametrize(("address", "offered"), [
    ("lots?lot=L-0", "L-0001"), ("lots?lot=X", ""), ("lots?lot=", ""), ("items?item=zz", ""),
    ("items?item=左支", "BR-100"), ("items?item=BR", "BR-100"), ("defects?defect=mc", "D01"),
    ("defects?defect=毛", "D01"), ("defects?defect=scr", "D02"), ("defects", "D01"), ("defects?defect=%25", ""),
])
def test_inputs_offer_what_they_may_mean(sign_in, plant, address, offered):
    answer = sign_in("operator").get(f"/rejections/report/{address}")
    assert answer.status_code == 200
    assert (offered in answer.text) if offered else not answer.text.strip()


def test_the_form_begins_with_the_unit_where_the_person_works(page, sign_in, db, plant):
    with db.transaction(SYSTEM, "tests.home") as session:
        session.get_one(Person, plant.operator.id).unit_id = plant.paint
    form = page(sign_in("operator"), "/rejections/report/")
    chosen = [o for o in form.find(".//select[@id='found_unit_id']/option") if o.get("selected") is not None]
    assert [o.get("value") for o in chosen] == [str(plant.paint)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_is_saved_with_its_reason(page, sign_in, db, plant, language):
    made = reported(db, plant)
    browser = sign_in("team_leader", language)
    begun = page(browser, f"/rejections/{made.id}/correct")
    values = {i.get("name"): i.get("value") for i in begun.find(".//main//input")}
    assert (values["lot"], values["quantity"], values["defect"][:3]) == ("L-0001", "10", "D01")
    sent = {"rev": made.rev, "quantity": "8", "severity": "MI", "lot": "L-0001", "item": "", "defect": "D02 划伤"}
    page(browser, f"/rejections/{made.id}/correct", post=sent, status=422)
    shown = page(browser, f"/rejections/{made.id}/correct", post=sent | {"reason": "Counted again"})
    assert "Counted again" in shown.text
    assert (stored(db, made).quantity, stored(db, made).defect_id) == (8, plant.scratch)
    stale = page(browser, f"/rejections/{made.id}/correct", post=sent | {"reason": "x", "quantity": "7"}, status=409)
    assert "8" in stale.text
    assert stored(db, made).quantity == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_r43_a_void_needs_a_reason_and_keeps_the_number(page, sign_in, db, plant, language):
    made = reported(db, plant)
    browser = sign_in("quality_engineer", language)
    page(browser, f"/rejections/{made.id}/void")
    page(browser, f"/rejections/{made.id}/void", post={"rev": made.rev, "reason": " "}, status=422)
    shown = page(browser, f"/rejections/{made.id}/void", post={"rev": made.rev, "reason": "Entered twice"})
    assert made.number in shown.text
    assert "Entered twice" in shown.text
    again = page(browser, f"/rejections/{made.id}/void", post={"rev": made.rev, "reason": "x"}, status=422)
    assert again.status == 422
    page(sign_in("team_leader"), f"/rejections/{made.id}/void", status=403)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_adds_up_and_is_not_the_reporters(page, sign_in, db, plant, language):
    made, own = reported(db, plant), reported(db, plant, plant.quality_engineer)
    with db.reading() as session:
        hold, own_hold = session.scalars(select(Hold).order_by(Hold.id)).all()
    browser = sign_in("quality_engineer", language)
    address = f"/rejections/holds/{hold.id}/release"
    page(browser, address)
    page(browser, address, post={"rev": hold.rev, "good": "7", "not_good": "2", "result": "x"}, status=422)
    shown = page(browser, address, post={"rev": hold.rev, "good": "7", "not_good": "3", "result": "All measured"})
    assert "All measured" in shown.text
    refused = page(browser, f"/rejections/holds/{own_hold.id}/release",
                   post={"rev": own_hold.rev, "good": "10", "not_good": "0", "result": "x"}, status=409)
    assert "R-09" in refused.text
    assert (stored(db, made).state, stored(db, own).state) == ("held", "held")


@pytest.mark.parametrize("language", LANGUAGES)
def test_r22_places_are_asked_and_answered_on_one_page(page, sign_in, db, plant, language):
    made = reported(db, plant)
    browser = sign_in("team_leader", language)
    assert page(browser, f"/rejections/{made.id}/containment").find(".//main//input") == []
    shown = page(browser, f"/rejections/{made.id}/containment/ask", post={"rev": made.rev})
    with db.reading() as session:
        lines = session.scalars(select(ContainmentLine).order_by(ContainmentLine.id)).all()
    assert len(shown.find(".//main//tbody/tr")) == len(lines) == 11
    quantities = ("suspect", "checked", "nonconforming", "good")
    sent = {f"line-{line.id}-{name}": "0" for line in lines for name in quantities}
    sent |= {f"line-{line.id}-rev": line.rev for line in lines}
    last = lines[-1].id
    wrong = page(browser, f"/rejections/{made.id}/containment", post=sent | {f"line-{last}-good": ""}, status=422)
    assert stored(db, made).state == "held"
    assert any(i.get("aria-invalid") == "true" and i.get("name") == f"line-{last}-good" for i in wrong.find(".//input"))
    page(browser, f"/rejections/{made.id}/containment", post=sent | {f"line-{last}-good": "x"}, status=422)
    page(browser, f"/rejections/{made.id}/containment", post=sent | {f"line-{last}-{q}": "" for q in quantities})
    assert stored(db, made).state == "held"
    one = {f"line-{lines[0].id}-{name}": "1" for name in ("suspect", "checked", "good")}
    stale = page(browser, f"/rejections/{made.id}/containment", post=sent | one, status=409)
    assert stale.find(".//*[@id='problems']")
    sent |= {f"line-{line.id}-rev": line.rev + 1 for line in lines[:-1]}
    page(browser, f"/rejections/{made.id}/containment", post=sent)
    assert stored(db, made).state == "contained"


def test_asking_twice_is_refused_on_the_record(page, sign_in, db, plant):
    made, _lines = contained(db, plant)
    shown = page(sign_in("team_leader"), f"/rejections/{made.id}/containment/ask", post={"rev": stored(db, made).rev})
    assert "Every place has been asked already" in shown.text
    page(sign_in("operator"), f"/rejections/{made.id}/containment/ask", post={"rev": 1}, status=403)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_origin_is_contested_and_decided(page, sign_in, db, plant, language):
    made = reported(db, plant)
    leader, judge = sign_in("team_leader", language), sign_in("quality_engineer", language)
    address = f"/rejections/{made.id}/origin"
    for step in ("assume", "confirm", "contest", "decide"):
        page(judge, f"{address}/{step}")
    page(leader, f"{address}/contest", post={"rev": made.rev, "reason": ""}, status=422)
    shown = page(leader, f"{address}/contest", post={"rev": made.rev, "reason": "Came in like this", "unit_id": ""})
    assert "Came in like this" in shown.text
    assert "Came in like this" in page(judge, f"{address}/decide").text
    sent = {"rev": stored(db, made).rev, "unit_id": plant.weld, "reason": "Tool marks"} | signed("origin")
    page(sign_in("operator"), f"{address}/decide", post=sent, status=403)
    assert "Tool marks" in page(judge, f"{address}/decide", post=sent).text
    assert (stored(db, made).origin_state, stored(db, made).origin_unit_id) == ("decided", plant.weld)
    page(judge, f"{address}/confirm", post={"rev": stored(db, made).rev, "reason": ""}, status=422)


def test_r52_the_reporter_is_told_why_they_do_not_confirm(page, sign_in, db, plant):
    made = reported(db, plant, plant.quality_engineer)
    refused = page(sign_in("quality_engineer"), f"/rejections/{made.id}/origin/confirm",
                   post={"rev": made.rev, "reason": ""}, status=409)
    assert "R-52" in refused.text
    other = reported(db, plant, found_unit_id=plant.paint, link_id=plant.weld_paint)
    assumed = page(sign_in("team_leader"), f"/rejections/{other.id}/origin/assume",
                   post={"rev": other.rev, "unit_id": plant.press, "reason": "Stamping"})
    assert "k = 2" in assumed.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_carry_the_fields_in_both_languages_and_the_address(page, sign_in, db, plant, language):
    held, unknown = reported(db, plant), reported(db, plant, lot_id=None, defect_id=None, link_id=None)
    with db.transaction(plant.quality_engineer, "rejections.void", "x") as session:
        rejections.void(session, plant.quality_engineer, unknown.id, unknown.rev, reason="x")
    browser = sign_in("auditor", language)
    sheet = page(browser, f"/rejections/tags?id={held.id}&id={unknown.id}&id=987")
    for text in ("不合格品标识卡", "HOLD, DO NOT USE", "VOID", "毛刺", "Burr", "冲压", "推定", "Lot", held.number,
                 unknown.number):
        assert text in sheet.text
    assert sheet.response.text.count('class="qr"') == 2
    label = page(browser, f"/rejections/{held.id}/label")
    assert label.text.count("Nonconforming product tag") == 1
    assert page(browser, "/rejections/tags").response.text.count('class="qr"') == 0
    page(browser, "/rejections/tags?id=x", status=422)


def test_the_code_of_a_tag_holds_the_address_of_its_record(sign_in, db, plant):
    made, other = reported(db, plant), reported(db, plant)
    label = sign_in("auditor").get(f"/rejections/{made.id}/label").text
    assert qr_code(f"http://localhost/rejections/{made.id}") in label
    assert qr_code(f"http://localhost/rejections/{other.id}") not in label


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_shows_the_last_24_hours_by_way(page, sign_in, db, plant, language):
    browser = sign_in("operator", language)
    empty = page(browser, "/rejections/board")
    assert ("Nothing was found" if language == "en" else "没有发现不合格") in empty.text
    reported(db, plant)
    reported(db, plant, quantity=5)
    reported(db, plant, kind="not_made", link_id=None)
    old = reported(db, plant, found_at=stored(db, reported(db, plant)).found_at.replace(year=2025), quantity=77)
    shown = page(browser, "/rejections/board")
    ways, single = shown.find(".//tbody")
    assert [len(ways), len(single)] == [2, 4]
    assert old.number not in shown.text
    assert "25" in shown.text


def test_r52_the_page_refuses_the_reporter_who_decides_and_takes_somebody_uninvolved(db: Database, plant: Plant,
                                                                                    sign_in, page):
    made = reported(db, plant, plant.quality_engineer)
    address = f"/rejections/{made.id}/origin"

    def rev() -> int:
        with db.reading() as session:
            return session.get_one(Rejection, made.id).rev

    page(sign_in("team_leader"), f"{address}/contest", {"rev": rev(), "reason": "Came in like this", "unit_id": ""})
    decision = {"rev": rev(), "unit_id": plant.press, "reason": "Tool marks"} | signed("origin")
    assert "R-52" in page(sign_in("quality_engineer"), f"{address}/decide", decision, status=409).text
    page(sign_in("quality_manager"), f"{address}/decide", decision)
    with db.reading() as session:
        assert session.get_one(Rejection, made.id).origin_state == "decided"
