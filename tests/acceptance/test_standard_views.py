"""What the pages of standards show and do, for whom, in both languages."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qms.db import Database
from qms.models.acceptance import Characteristic, Standard
from qms.models.chain import Site
from qms.workflows import acceptance
from tests.acceptance.arrange import approved, burr, gap, read
from tests.plant import Plant
from tests.signing import signed

SignIn = Callable[..., FlaskClient]
PLAN = {"name_zh": "间隙", "name_en": "Gap", "kind": "measured", "unit": "mm", "lower": "0.450", "upper": "0.55",
        "target": "", "special": "CC", "method": "Feeler", "gauge": "G-17", "sampling": "every_kth",
        "sampling_value": "100", "confidence_percent": "95", "accept_number": "0", "defect_id": "", "detectable": "y"}


def drafted(database: Database, plant: Plant, *plans: object) -> Standard:
    with database.transaction(plant.quality_engineer, "acceptance.draft") as session:
        return acceptance.draft_standard(
            session, plant.quality_engineer, link_id=plant.press_weld, form_number="FM-01", title_zh="支架交接",
            title_en="Bracket hand-over", characteristics=plans)


def asked(database: Database, standard_id: int) -> list[Characteristic]:
    with database.reading() as session:
        return acceptance.asked(session, standard_id)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_empty_register_says_what_a_standard_is_for(page, sign_in: SignIn, language: str):
    shown = page(sign_in("quality_engineer", language), "/acceptance/standards")
    assert ("还没有验收标准" if language == "zh" else "No standards yet") in shown.text
    assert "/acceptance/standards/draft" in shown.links().values()
    assert "/acceptance/standards/draft" not in page(sign_in("operator"), "/acceptance/standards").links().values()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_register_lists_filters_and_searches(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    approved(db, plant)
    browser = sign_in("auditor", language)
    for address in ("", "?state=approved", f"?link_id={plant.press_weld}", "?q=FM-0 支架", "?sort=-revision",
                    "?q=焊接"):
        assert "FM-01" in page(browser, f"/acceptance/standards{address}").text, address
    for address in ("?state=draft", f"?link_id={plant.weld_paint}", "?q=100%", "?q=_", "?item_id=99", "?link_id=99"):
        assert "FM-01" not in page(browser, f"/acceptance/standards{address}").text, address
    page(browser, "/acceptance/standards?state=zzz&sort=zzz&after=zzz&link_id=zzz")
    assert browser.get("/acceptance/standards?q=%00").status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_standard_goes_from_draft_to_force_through_the_pages(page, sign_in: SignIn, db: Database, plant: Plant,
                                                               language: str):
    engineer = sign_in("quality_engineer", language)
    page(engineer, f"/acceptance/standards/draft?link_id={plant.press_weld}")
    shown = page(engineer, "/acceptance/standards/draft", post={
        "link_id": plant.press_weld, "item_id": "", "form_number": "FM-01", "title_zh": "支架交接", "title_en": ""})
    assert "FM-01" in shown.text
    with db.reading() as session:
        standard = session.scalars(select(Standard)).one()
    address = f"/acceptance/standards/{standard.id}"
    page(engineer, f"{address}/characteristics/add")
    shown = page(engineer, f"{address}/characteristics/add", post=PLAN)
    assert "0.450 – 0.55 mm" in shown.text
    page(engineer, f"{address}/edit")
    page(engineer, f"{address}/edit", post={"rev": str(read(db, Standard, standard.id).rev), "title_zh": "支架",
                                           "title_en": "Brackets", "reaction_zh": "停线", "reaction_en": ""})
    manager = sign_in("quality_manager", language)
    assert f"{address}/approve" in page(manager, address).links().values()
    assert "0.450 – 0.55 mm" in page(manager, f"{address}/approve").text
    page(manager, f"{address}/approve", post={"rev": str(read(db, Standard, standard.id).rev),
                                             "valid_from": "2199-01-01"} | signed("standard"))
    done = read(db, Standard, standard.id)
    assert (done.state, done.title_en, done.reaction_zh) == ("approved", "Brackets", "停线")
    assert asked(db, standard.id)[0].lower == Decimal("0.450")


def test_who_drafted_is_not_offered_to_approve_and_is_refused(page, sign_in: SignIn, db: Database, plant: Plant):
    made = drafted(db, plant, burr(plant))
    with db.transaction(plant.quality_manager, "acceptance.edit_draft") as session:
        made = acceptance.edit_draft(session, plant.quality_manager, made.id, made.rev, title_en="Mine")
    manager = sign_in("quality_manager")
    address = f"/acceptance/standards/{made.id}"
    assert f"{address}/approve" not in page(manager, address).links().values()
    shown = page(manager, f"{address}/approve", status=422,
                 post={"rev": str(made.rev), "valid_from": "2199-01-01"} | signed("standard"))
    assert "ask another person" in shown.text
    page(sign_in("quality_engineer"), f"{address}/approve", status=403)


def test_two_editors_see_both_versions(page, sign_in: SignIn, db: Database, plant: Plant):
    made = drafted(db, plant, gap(plant))
    browser = sign_in("quality_engineer")
    first = asked(db, made.id)[0]
    page(browser, f"/acceptance/characteristics/{first.id}/edit",
         post=PLAN | {"rev": str(first.rev), "upper": "0.60"})
    shown = page(browser, f"/acceptance/characteristics/{first.id}/edit",
                 post=PLAN | {"rev": str(first.rev), "upper": "0.70"}, status=409)
    assert "0.60" in shown.text
    assert "0.70" in shown.text
    assert asked(db, made.id)[0].upper == Decimal("0.60")
    sent = {"rev": str(made.rev), "title_zh": "A", "title_en": "B", "reaction_zh": "", "reaction_en": ""}
    assert "Bracket hand-over" in page(browser, f"/acceptance/standards/{made.id}/edit", post=sent, status=409).text


@pytest.mark.parametrize(("changed", "status", "told"), [
    ({"upper": "0,55"}, 422, "decimal point, no comma"), ({"lower": "9"}, 422, "above the upper"),
    ({"kind": "guess"}, 422, "Not a valid choice"), ({"unit": ""}, 422, "unit of measure"),
    ({"sampling_value": "x"}, 422, "Not a valid integer"), ({"sampling_value": "0"}, 422, "between 1"),
    ({"name_zh": "x" * 300}, 422, "200"), ({"target": "1e5"}, 422, "not a number"),
    ({"kind": "attribute", "accept_number": "1"}, 409, "R-04")])
def test_what_cannot_be_planned_is_told(page, sign_in: SignIn, db: Database, plant: Plant, changed: dict, status: int,
                                        told: str):
    made = drafted(db, plant)
    shown = page(sign_in("quality_engineer"), f"/acceptance/standards/{made.id}/characteristics/add",
                 post=PLAN | changed, status=status)
    assert told in shown.text
    assert asked(db, made.id) == []


def test_r04_under_iso_the_page_takes_a_reason(page, sign_in: SignIn, db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "tests.arrange") as session:
        session.get_one(Site, plant.site).profile = "iso"
    made = drafted(db, plant)
    browser = sign_in("quality_engineer")
    sent = PLAN | {"kind": "attribute", "accept_number": "1"}
    address = f"/acceptance/standards/{made.id}/characteristics/add"
    assert "needs a reason" in page(browser, address, post=sent, status=409).text
    page(browser, address, post=sent | {"reason": "agreed with the customer"})
    assert asked(db, made.id)[0].accept_number == 1


def test_characteristics_are_moved_and_struck_out_from_the_page(page, sign_in: SignIn, db: Database, plant: Plant):
    made = drafted(db, plant, burr(plant), gap(plant))
    browser = sign_in("quality_engineer")
    first = asked(db, made.id)[0]
    page(browser, f"/acceptance/characteristics/{first.id}/move", post={"rev": str(first.rev), "up": "0"})
    assert [c.name_en for c in asked(db, made.id)] == ["Gap", "Burr"]
    page(browser, f"/acceptance/characteristics/{first.id}/strike", post={"rev": str(first.rev)}, status=409)
    page(browser, f"/acceptance/characteristics/{first.id}/strike", post={"rev": str(asked(db, made.id)[1].rev)})
    assert [c.name_en for c in asked(db, made.id)] == ["Gap"]
    page(sign_in("operator"), f"/acceptance/characteristics/{first.id}/move", post={"rev": "1", "up": "1"}, status=403)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_revision_is_begun_compared_and_withdrawn(page, sign_in: SignIn, db: Database, plant: Plant, language: str):
    former = approved(db, plant)
    browser = sign_in("quality_engineer", language)
    page(browser, f"/acceptance/standards/{former}/revise", post={})
    page(browser, f"/acceptance/standards/{former}/revise", post={}, status=409)
    with db.reading() as session:
        latter = session.scalars(select(Standard).where(Standard.state == "draft")).one()
    first, second = asked(db, latter.id)
    page(browser, f"/acceptance/characteristics/{first.id}/strike", post={"rev": str(first.rev)})
    page(browser, f"/acceptance/standards/{latter.id}/characteristics/add", post=PLAN | {"name_en": "Width"})
    second = asked(db, latter.id)[0]
    page(browser, f"/acceptance/characteristics/{second.id}/edit",
         post=PLAN | {"rev": str(second.rev), "upper": "0.61", "name_zh": "间隙", "name_en": "Gap"})
    for address in (f"{former}/compare/{latter.id}", f"{latter.id}/compare/{former}"):
        shown = page(browser, f"/acceptance/standards/{address}")
        assert [d.text for d in shown.find(".//del")].count("0.55") == 1
        assert [i.text for i in shown.find(".//ins")].count("0.61") == 1
        for said in (("新增", "删去", "FM-01：第 1 版与第 2 版") if language == "zh"
                     else ("Added", "Left out", "FM-01: rev. 1 and rev. 2")):
            assert said in shown.text
    page(browser, f"/acceptance/standards/{latter.id}/withdraw")
    page(browser, f"/acceptance/standards/{latter.id}/withdraw",
         post={"rev": str(read(db, Standard, latter.id).rev), "reason": "not needed"})
    assert read(db, Standard, latter.id).state == "withdrawn"


def test_standards_of_different_forms_are_not_compared(page, sign_in: SignIn, db: Database, plant: Plant):
    one = approved(db, plant)
    other = approved(db, plant, link_id=plant.weld_paint, form_number="FM-02")
    page(sign_in("auditor"), f"/acceptance/standards/{one}/compare/{other}", status=422)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_recorded_criteria_are_shown_as_such_and_never_used(page, sign_in: SignIn, db: Database, plant: Plant,
                                                            language: str):
    with db.transaction(plant.quality_engineer, "tests.arrange") as session:
        standard = Standard(site_id=plant.site, link_id=plant.press_weld, form_number="IMP-1", revision=1,
                            state="recorded", title_zh="导入", title_en="Imported",
                            drafted_by_id=plant.quality_engineer.id)
        session.add(standard)
        session.flush()
        session.add(Characteristic(standard_id=standard.id, position=1, name_zh="长", name_en="Length",
                                   kind="measured"))
    shown = page(sign_in("quality_manager", language), f"/acceptance/standards/{standard.id}")
    assert ("外部记录" if language == "zh" else "Recorded elsewhere") in shown.text
    assert not [a for a in shown.links().values() if a.endswith(("/approve", "/edit", "/revise"))]
    with db.reading() as session:
        from datetime import date

        assert acceptance.standard_in_force(session, plant.press_weld, plant.item, date(2199, 1, 1)) is None
