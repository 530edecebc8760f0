"""Pages of the trail."""

from qms.models.chain import Unit
from qms.models.rejections import ContainmentLine, Hold
from qms.rules.accounts import SYSTEM
from qms.workflows import rejections


def test_the_trail_is_read_in_words_with_names_for_ids(sign_in, page, db, plant):
    with db.transaction(plant.quality_engineer, "accounts.edit_person", "moved to the paint shop") as session:
        session.get_one(Unit, plant.press).parent_id = plant.quality
    browser = sign_in("auditor")
    shown = page(browser, "/trail/?entity=units")
    assert "moved to the paint shop" in shown.text
    assert "Belongs to" in shown.text
    entry = page(browser, shown.find(".//tbody/tr/td/a")[0].get("href"))
    assert "QD Quality department" in entry.text
    assert '"action":"accounts.edit_person"' in entry.text


def test_the_trail_is_read_in_chinese(sign_in, page, db, plant):
    browser = sign_in("auditor", "zh")
    with db.transaction(SYSTEM, "accounts.edit_person") as session:
        session.get_one(Unit, plant.press).parent_id = plant.quality
    shown = page(browser, "/trail/?entity=units")
    assert "审计追踪" in shown.text
    assert {cell.text for cell in shown.find(".//tbody/tr/td[3]")} == {"系统"}
    entry = page(browser, shown.find(".//tbody/tr/td/a")[0].get("href")).text
    assert "人员 系统" in entry
    assert "登录方式 系统自身" in entry
    assert "没有符合" in page(browser, "/trail/?entity=exports").text


def test_only_who_may_read_the_trail_can(sign_in, page, plant):
    page(sign_in("operator"), "/trail/", status=403)


def test_a_missing_entry_is_not_found(sign_in, page, plant):
    page(sign_in("auditor"), "/trail/999999", status=404)


def test_every_rule_is_listed_with_its_clause(sign_in, page, plant):
    shown = page(sign_in("operator", "zh"), "/trail/rules")
    assert "R-55" in shown.text
    assert "ISO 9001:2015 8.7.1" in shown.text


def test_records_without_a_number_are_called_by_what_they_belong_to(sign_in, page, db, plant):
    with db.transaction(plant.operator, "rejections.report") as session:
        made = rejections.report(session, plant.operator, kind="not_accepted", found_unit_id=plant.weld, quantity=3,
                                 lot_id=plant.lot, link_id=plant.press_weld, defect_id=plant.burr)
    with db.transaction(SYSTEM, "tests.line") as session:
        line = ContainmentLine(rejection_id=made.id, place="wip", unit_id=plant.weld)
        session.add(line)
        session.flush()
        session.add(Hold(rejection_id=made.id, line_id=line.id, quantity=1, held_at=made.found_at))
    browser = sign_in("auditor")
    shown = page(browser, "/trail/?entity=rejections")
    assert "OP10 → OP20" in page(browser, shown.find(".//tbody/tr/td/a")[0].get("href")).text
    browser = sign_in("auditor", "zh")
    shown = page(browser, "/trail/?entity=holds")
    assert f"围堵清单行 {made.number}" in page(browser, shown.find(".//tbody/tr/td/a")[0].get("href")).text


def test_an_instant_is_read_in_the_readers_zone_and_not_as_it_is_stored(sign_in, page, db, plant):
    with db.transaction(plant.operator, "rejections.report") as session:
        rejections.report(session, plant.operator, kind="not_accepted", found_unit_id=plant.weld, quantity=3,
                          lot_id=plant.lot, defect_id=plant.burr)
    browser = sign_in("auditor")
    shown = page(browser, "/trail/?entity=rejections")
    entry = page(browser, shown.find(".//tbody/tr/td/a")[0].get("href"))
    cells = {row.findtext("th"): row.findall("td")[1] for row in entry.find(".//table//tbody/tr")}
    assert cells["Found at"].find("time") is not None
    assert "Z" not in "".join(cells["Found at"].itertext())
