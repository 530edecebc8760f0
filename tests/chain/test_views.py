"""The chain's pages: what they show, what they ask for when there is nothing, what they refuse."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qms.db import Database
from qms.models.chain import Link, Lot, Routing, Site, Unit
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import chain
from tests.pages import Page
from tests.plant import Plant

Open = Callable[..., Page]

REGISTERS = ("units", "links", "items", "defects", "lots", "routings")


@pytest.fixture
def engineer(sign_in) -> FlaskClient:
    return sign_in("quality_engineer")


def one(db: Database, cls, **where):
    with db.reading() as session:
        return session.scalars(select(cls).filter_by(**where)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("register", [*REGISTERS, "units/sites", "map"])
def test_every_register_opens_in_both_languages(sign_in, page: Open, register: str, language: str):
    shown = page(sign_in("operator", language), f"/chain/{register}")
    assert ("OP10" in shown.text) or register in {"items", "defects", "lots", "units/sites"}
    assert ("冲压" in shown.text) == (language == "zh" and register in {"units", "links", "routings", "map"})


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", [
    "units/{press}", "units/{customer}", "units/{press}/sheet", "links/{press_weld}", "items/{item}", "defects/{burr}",
    "lots/{lot}", "routings/{routing}", "units/sites/{site}", "map/units/{press}/paths", "map/units/{quality}/paths"])
def test_every_record_opens_in_both_languages(sign_in, page: Open, plant: Plant, path: str, language: str):
    page(sign_in("operator", language), "/chain/" + path.format(**vars(plant)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", [
    "units/add", "units/{press}/edit", "units/{press}/retire", "links/add", "links/add?supplier={press}",
    "links/{press_weld}/edit", "links/{press_weld}/retire", "items/add", "items/{item}/edit", "items/{item}/retire",
    "items/{item}/routings/add", "defects/add", "defects/{burr}/edit", "defects/{burr}/retire", "lots/add",
    "lots/{lot}/edit", "units/sites/add", "units/sites/{site}/edit", "units/workbook"])
def test_every_form_opens_in_both_languages_and_only_for_editors(sign_in, page: Open, plant: Plant, path: str,
                                                                   language: str):
    address = "/chain/" + path.format(**vars(plant))
    page(sign_in("quality_engineer", language), address)
    page(sign_in("operator", language), address, status=403)


@pytest.fixture
def empty_site(db: Database, plant: Plant, sign_in) -> FlaskClient:
    """A production manager of a site that has nothing yet."""
    from qms.models.accounts import Grant

    with db.transaction(SYSTEM, "tests.empty") as session:
        site = chain.add_site(session, SYSTEM, code="NEW", name_zh="新厂", name_en="New plant")
        grant = session.get_one(Grant, plant.production_manager.grants[0].id)
        grant.site_id = site.id
    return sign_in("production_manager")


@pytest.mark.parametrize("register", REGISTERS)
def test_an_empty_register_says_what_to_do(empty_site: FlaskClient, page: Open, register: str):
    assert " yet" in page(empty_site, f"/chain/{register}").text
    assert "Clear the filter" in page(empty_site, f"/chain/{register}?q=zzz").text


def test_the_map_of_an_empty_site_says_what_to_do(empty_site: FlaskClient, page: Open):
    assert "Nothing to draw yet" in page(empty_site, "/chain/map").text


def test_what_belongs_to_another_site_is_not_there(empty_site: FlaskClient, page: Open, plant: Plant):
    for path in (f"units/{plant.press}", f"links/{plant.press_weld}", f"items/{plant.item}", f"defects/{plant.burr}",
                 f"lots/{plant.lot}", f"routings/{plant.routing}", f"units/sites/{plant.site}",
                 f"units/{plant.press}/edit",
                 f"map/units/{plant.press}/paths", f"map/units/{plant.press}/about",
                 f"links/add?supplier={plant.press}",
                 f"map/sites/{plant.site}/graph", f"units/workbook/template/{plant.site}"):
        assert empty_site.get(f"/chain/{path}").status_code == 404, path


def test_nothing_of_the_chain_is_shown_to_strangers(client: FlaskClient, plant: Plant):
    for path in (*REGISTERS, "map", f"units/{plant.press}", f"map/sites/{plant.site}/graph"):
        assert client.get(f"/chain/{path}").status_code == 302


@pytest.mark.parametrize("sought", ["冲", "cy", "op10", "pre", "冲压 OP"])
def test_a_unit_is_found_by_chinese_pinyin_code_and_english(engineer, page: Open, db: Database, plant: Plant,
                                                            sought: str):
    with db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        held = session.get_one(Unit, plant.press)
        chain.edit_unit(session, plant.quality_engineer, plant.press, held.rev, name_zh="冲 压")
        chain.edit_unit(session, plant.quality_engineer, plant.press, held.rev, name_zh="冲压")
    found = page(engineer, f"/chain/units?q={sought}").text
    assert "OP10" in found
    assert "OP20" not in found


def test_registers_filter_by_the_address(engineer, page: Open):
    assert "C01" in page(engineer, "/chain/units?kind=customer").text
    assert "OP20" not in page(engineer, "/chain/units?kind=customer").text
    assert "OP20" in page(engineer, "/chain/units?line=A&state=active").text
    assert "No unit matches" in page(engineer, "/chain/units?state=inactive").text
    assert "No link matches" in page(engineer, "/chain/links?state=proposed").text
    assert "OP20" in page(engineer, "/chain/units?kind=nonsense&site=99999999999999999999&line=%00").text


def test_registers_page_by_key_forwards_and_back(engineer, page: Open, db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "chain.add_defect") as session:
        for n in range(120):
            chain.add_defect(session, plant.quality_engineer, site_id=plant.site, code=f"X{n:03d}", name_zh="毛刺",
                             name_en="Burr", severity="MI")
    first = page(engineer, "/chain/defects?q=X&sort=-code")
    second = page(engineer, first.links()["Next"])
    third = page(engineer, second.links()["Next"])
    codes = [[a for a in shown.links() if a.startswith("X")] for shown in (first, second, third)]
    assert [c[0] for c in codes] == ["X119", "X069", "X019"]
    assert [len(c) for c in codes] == [50, 50, 20]
    assert "Next" not in third.links()
    back = page(engineer, third.links()["Previous"])
    assert [a for a in back.links() if a.startswith("X")] == codes[1]
    assert "120 records" in first.text


@pytest.mark.parametrize("cursor", ["abc", "1~", "99999999999999999999~X", "1~\x00", "-1~X", "~"])
def test_a_cursor_that_nobody_gave_out_begins_at_the_first_page(engineer, page: Open, cursor: str):
    shown = page(engineer, "/chain/lots?sort=quantity&after=" + cursor.replace("\x00", "%00"))
    assert "L-0001" in shown.text or "No lot" in shown.text or "No lots" in shown.text


def test_a_unit_is_made_changed_and_taken_out_of_use_on_screen(engineer, page: Open, db: Database, plant: Plant):
    given = {"kind": "department", "code": "LG", "name_zh": "物流部", "name_en": "Logistics", "steps": "一\r\n二"}
    made = page(engineer, "/chain/units/add", post=given)
    assert "it is a broken end of the chain" in made.text
    unit = one(db, Unit, code="LG")
    assert (unit.steps, unit.initials) == ("一\n二", "wlb")
    page(engineer, f"/chain/units/{unit.id}/edit", post={**given, "rev": unit.rev, "parent_id": plant.quality})
    assert one(db, Unit, code="LG").path == f"{plant.quality}.{unit.id}."
    refused = page(engineer, f"/chain/units/{unit.id}/edit", post={**given, "name_en": "Late", "rev": unit.rev},
                   status=409)
    assert "Someone else changed this record" in refused.text
    held = one(db, Unit, code="LG")
    page(engineer, f"/chain/units/{unit.id}/retire", post={"rev": held.rev, "reason": ""}, status=422)
    shown = page(engineer, f"/chain/units/{unit.id}/retire", post={"rev": held.rev, "reason": "merged"})
    assert "Out of use" in shown.text
    assert "merged" in shown.text
    assert "LG" not in page(engineer, "/chain/links/add").text


@pytest.mark.parametrize(("field", "value", "said"), [
    ("code", "OP10", "already there"), ("code", "x" * 41, "longer than 40"), ("name_zh", "", "required"),
    ("kind", "ghost", "Not a valid choice"),
    ("parent_id", "99999999999999999999", "Invalid Choice"), ("purpose", "x" * 40000, "longer than 20000")])
def test_a_wrong_unit_is_refused_beside_its_field(engineer, page: Open, db: Database, field: str, value: str,
                                                  said: str):
    given = {"kind": "department", "code": "LG", "name_zh": "物流部", "name_en": "Logistics", field: value}
    assert said in page(engineer, "/chain/units/add", post=given, status=422).text
    with db.reading() as session:
        assert session.scalar(select(Unit).where(Unit.code == "LG")) is None


def test_control_characters_are_refused(engineer):
    given = {"kind": "department", "code": "LG", "name_zh": "物流部", "name_en": "a\x07b", "csrf": "test-csrf"}
    answer = engineer.post("/chain/units/add", data=given)
    assert answer.status_code == 422
    assert "control characters are not allowed" in answer.text


def test_a_link_is_made_and_retired_on_screen(engineer, page: Open, db: Database, plant: Plant):
    given = {"supplier_id": plant.quality, "customer_id": plant.press, "kind": "function", "output_zh": "检验",
             "output_en": "Inspection"}
    made = page(engineer, f"/chain/links/add?supplier={plant.quality}", post=given)
    assert "No standard" in made.text
    assert "not its own customer" not in made.text
    wrong = page(engineer, "/chain/links/add", post={**given, "customer_id": plant.quality}, status=422)
    assert "A unit is not its own customer" in wrong.text
    link = one(db, Link, output_en="Inspection")
    page(engineer, f"/chain/links/{link.id}/retire", post={"rev": link.rev, "reason": "by mistake"})
    assert one(db, Link, output_en="Inspection").active is False


def test_a_proposed_link_is_confirmed_on_screen_once(engineer, page: Open, db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "chain.add_link") as session:
        link = chain.add_link(session, plant.quality_engineer, supplier_id=plant.press, customer_id=plant.paint,
                              kind="operation", output_zh="件", output_en="Part", source="log", proposed=True,
                              observed=7)
    assert "7 times observed" in page(engineer, "/chain/links?state=proposed").text
    assert "Confirmed" in page(engineer, f"/chain/links/{link.id}/confirm", post={"rev": link.rev}).text
    page(engineer, f"/chain/links/{link.id}/confirm", post={"rev": link.rev}, status=409)


def test_many_proposed_links_are_confirmed_at_once_or_none(engineer, sign_in, page: Open, db: Database, plant: Plant):
    person = plant.quality_engineer
    with db.transaction(person, "chain.add_link") as session:
        made = [chain.add_link(session, person, supplier_id=plant.press, customer_id=unit, kind="operation",
                               output_zh="件", output_en="Part", proposed=True) for unit in (plant.paint, plant.final)]
    shown = page(engineer, "/chain/links?state=proposed")
    marks = [e.get("value") for e in shown.find(".//input") if e.get("name") == "link"]
    assert marks == [f"{link.id}-{link.rev}" for link in made]
    assert "Choose at least one link" in page(engineer, "/chain/links/confirm", post={}).text
    page(engineer, "/chain/links/confirm", post={"link": [marks[0], f"{made[1].id}-9"]}, status=409)
    assert one(db, Link, id=made[0].id).proposed
    page(engineer, "/chain/links/confirm", post={"link": ["0-1"]}, status=404)
    page(engineer, "/chain/links/confirm", post={"link": ["x", "1-y", "9" * 30]})
    assert "2 links are confirmed" in page(engineer, "/chain/links/confirm", post={"link": marks}).text
    assert not one(db, Link, id=made[1].id).proposed
    assert 'name="link"' not in sign_in("operator").get("/chain/links?state=proposed").text


def test_items_and_defect_codes_are_made_changed_and_retired_on_screen(engineer, page: Open, db: Database,
                                                                       plant: Plant):
    item = {"code": "N1", "name_zh": "新件", "name_en": "New part", "unit": "pcs", "special": "CC",
            "customer_id": plant.customer}
    assert "No routing yet" in page(engineer, "/chain/items/add", post=item).text
    page(engineer, f"/chain/items/{plant.item}/edit", post={**item, "code": "BR-100", "rev": 1})
    page(engineer, f"/chain/items/{plant.item}/retire", post={"rev": 2, "reason": "end of series"})
    defect = {"code": "D9", "name_zh": "漏焊", "name_en": "Missing weld", "severity": "CR"}
    assert "lh" in page(engineer, "/chain/defects/add", post=defect).text
    page(engineer, f"/chain/defects/{plant.burr}/edit", post={**defect, "code": "D01", "rev": 1})
    page(engineer, f"/chain/defects/{plant.burr}/retire", post={"rev": 2, "reason": "split"})
    assert "Out of use" in page(engineer, f"/chain/defects/{plant.burr}").text


def test_a_lot_and_its_genealogy_are_kept_on_screen(engineer, page: Open, db: Database, plant: Plant):
    given = {"number": "L-0002", "item_id": plant.item, "quantity": "50", "made_at": "2026-03-01T08:30",
             "sources": "L-0001, 50"}
    made = page(engineer, "/chain/lots/add", post=given)
    assert "2026-03-01 08:30" in made.text
    assert "L-0001" in made.text
    lot = one(db, Lot, number="L-0002")
    assert lot.made_at.hour == 0
    assert "L-0001, 50" in page(engineer, f"/chain/lots/{lot.id}/edit").find(".//textarea")[0].text
    unknown = page(engineer, "/chain/lots/add", post={**given, "number": "L-3", "sources": "L-77\nL-78"}, status=422)
    assert "L-77, L-78" in unknown.text
    page(engineer, "/chain/lots/add", post={**given, "number": "L-3", "sources": "L-0001, many"}, status=422)
    circle = page(engineer, f"/chain/lots/{plant.lot}/edit", status=422, post={
        "number": "L-0001", "item_id": plant.item, "quantity": "200", "sources": "L-0002", "rev": 1})
    assert "was made from it" in circle.text


def test_a_routing_is_revised_confirmed_and_set_aside_on_screen(engineer, page: Open, db: Database, plant: Plant):
    day = utc_now().date() + timedelta(days=5)
    address = f"/chain/items/{plant.item}/routings/add"
    assert "OP90" in (page(engineer, address).find(".//textarea")[0].text or "")
    unknown = page(engineer, address, post={"valid_from": day.isoformat(), "unit_ids": "OP10\nOP77"}, status=422)
    assert "OP77" in unknown.text
    past = page(engineer, address, post={"valid_from": "2026-01-02", "unit_ids": "OP10\nOP90"}, status=409)
    assert "R-50" in past.text
    made = page(engineer, address, post={"valid_from": day.isoformat(), "unit_ids": "OP10\n OP30\nOP90"})
    assert f"From {day}" in made.text
    routing = one(db, Routing, revision=2)
    proposed = page(engineer, f"/chain/routings/{routing.id}/propose-links", post={})
    assert "1 link was proposed" in proposed.text
    with db.transaction(plant.quality_engineer, "chain.add_routing") as session:
        seen = chain.add_routing(session, plant.quality_engineer, item_id=plant.item, unit_ids=[plant.press],
                                 valid_from=day, source="log", proposed=True, observed=3)
    page(engineer, f"/chain/routings/{seen.id}")
    page(engineer, f"/chain/routings/{seen.id}/confirm")
    page(engineer, f"/chain/routings/{seen.id}/set-aside", post={"rev": seen.rev, "reason": "a rework order"})
    page(engineer, f"/chain/routings/{seen.id}/set-aside", post={"rev": 2, "reason": "again"}, status=422)


def test_a_site_is_made_and_changed_on_screen(engineer, page: Open, db: Database, plant: Plant):
    given = {"code": "BJ", "name_zh": "北京", "name_en": "Beijing", "time_zone": "Mars/Base", "profile": "iso"}
    assert "There is no time zone" in page(engineer, "/chain/units/sites/add", post=given, status=422).text
    assert "Beijing" in page(engineer, "/chain/units/sites/add", post={**given, "time_zone": "Asia/Shanghai"}).text
    site = one(db, Site, code="BJ")
    page(engineer, f"/chain/units/sites/{site.id}/edit", post={**given, "time_zone": "Europe/Berlin", "rev": site.rev})
    assert one(db, Site, code="BJ").time_zone == "Europe/Berlin"
    assert "Another site" in page(engineer, "/chain/units/add").text
    assert "北京" not in page(engineer, "/chain/units?site=" + str(site.id)).text


def test_a_unit_page_answers_who_my_customer_is_and_what_i_hand_over(engineer, page: Open, plant: Plant):
    shown = page(engineer, f"/chain/units/{plant.press}")
    assert "OP20 Weld" in shown.text
    assert "Brackets" in shown.text
    assert "OP10 Press → OP20 Weld → OP30 Paint → OP90 Final check → C01 Star Motors" in shown.text


def test_the_graph_of_the_map_places_every_unit_apart(engineer, plant: Plant):
    graph = engineer.get(f"/chain/map/sites/{plant.site}/graph").json
    spots = {(unit["x"], unit["y"]) for unit in graph["units"]}
    assert len(spots) == len(graph["units"]) == 6
    by_code = {unit["code"]: unit for unit in graph["units"]}
    assert [by_code[c]["x"] for c in ("OP10", "OP20", "OP30", "OP90", "C01")] == sorted(
        by_code[c]["x"] for c in ("OP10", "OP20", "OP30", "OP90", "C01"))
    assert by_code["QD"]["y"] > by_code["OP10"]["y"]
    assert len(graph["links"]) == 4
    assert not graph["links"][0]["standard"]


def test_the_map_filters_by_kind_of_link_unit_and_line(engineer, page: Open, plant: Plant):
    def codes(query: str) -> set[str]:
        return {u["code"] for u in engineer.get(f"/chain/map/sites/{plant.site}/graph?{query}").json["units"]}

    assert codes("units=department") == {"QD"}
    assert codes("kind=function") == set()
    assert codes("kind=operation") == {"OP10", "OP20", "OP30", "OP90", "C01"}
    assert codes("line=A") == {"OP10", "OP20", "OP30", "OP90", "C01"}
    assert "No unit matches" in page(engineer, "/chain/map?kind=function").text
    assert "QD" in page(engineer, f"/chain/map?unit={plant.press}").text


def test_the_side_panel_tells_customers_suppliers_and_standards(engineer, plant: Plant):
    told = engineer.get(f"/chain/map/units/{plant.weld}/about").text
    assert "OP10 Press" in told
    assert "OP30 Paint" in told
    assert "No standard" in told


@pytest.fixture
def statements(db: Database) -> list[str]:
    """Every statement that reaches this test's database."""
    from sqlalchemy import event

    seen: list[str] = []
    event.listen(db.connection, "before_cursor_execute", lambda _c, _cursor, text, *_more: seen.append(text))
    return seen


@pytest.mark.parametrize("register", [*REGISTERS, "map"])
def test_a_register_asks_the_database_as_often_for_many_rows_as_for_few(engineer, page: Open, db: Database,
                                                                         plant: Plant, statements: list[str],
                                                                         register: str):
    def asked() -> int:
        statements.clear()
        page(engineer, f"/chain/{register}")
        return len([text for text in statements if text.startswith("SELECT")])

    few = asked()
    person = plant.quality_engineer
    with db.transaction(person, "chain.test") as session:
        for n in range(30):
            unit = chain.add_unit(session, person, site_id=plant.site, kind="operation", code=f"X{n}", name_zh="工序",
                                  name_en="Step", parent_id=plant.press)
            chain.add_link(session, person, supplier_id=plant.press, customer_id=unit.id, kind="operation",
                           output_zh="件", output_en="Part")
            chain.add_defect(session, person, site_id=plant.site, code=f"X{n}", name_zh="毛刺", name_en="Burr",
                             severity="MI")
            item = chain.add_item(session, person, site_id=plant.site, code=f"X{n}", name_zh="件", name_en="Part",
                                  customer_id=plant.customer)
            chain.add_lot(session, person, site_id=plant.site, number=f"X{n}", item_id=item.id, quantity=1)
            chain.add_routing(session, person, item_id=item.id, unit_ids=[unit.id, plant.weld],
                              valid_from=utc_now().date())
    assert asked() <= few + 1
