"""The master-data workbook: template, export and upload; all or nothing; every wrong line named."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exports.chain import master_data
from qms.db import Database
from qms.db.ledger import ledger
from qms.imports.chain import Read, read_workbook
from qms.models.chain import Defect, Item, Link, Lot, Routing, Unit
from qms.models.imports import Import
from qms.models.trail import Export
from qms.rules.chain_workbook import DEFECTS, ITEMS, LINKS, LOTS, ROUTINGS, SHEETS, UNITS
from qms.rules.clock import utc_now
from qms.rules.errors import BadFile, Invalid, NotAllowed, Refused, Stale
from qms.workflows import chain, chain_workbook
from qms.workflows.chain_workbook_rows import present_rows
from tests.pages import Page
from tests.plant import Plant

Open = Callable[..., Page]
Build = Callable[..., Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Return a function that makes a workbook of sheets: rows of cells below the header of all columns."""
    def make(site: str = "SH", **sheets: list[dict]) -> Path:
        book = openpyxl.load_workbook(io.BytesIO(master_data(site)))
        for sheet in SHEETS:
            for number, row in enumerate(sheets.get(sheet.key, []), start=3):
                for place, column in enumerate(sheet.columns, start=1):
                    book[sheet.title].cell(number, place).value = row.get(column.key)
        path = tmp_path / "master.xlsx"
        book.save(path)
        return path

    return make


def exported(db: Database, plant: Plant, path: Path) -> Path:
    with db.reading() as session:
        path.write_bytes(master_data("SH", present_rows(session, plant.quality_engineer, plant.site)))
    return path


def planned(db: Database, plant: Plant, read: Read) -> chain_workbook.Plan:
    return chain_workbook.preview(db, plant.quality_engineer, plant.site, read.lines, read.problems)


def applied(db: Database, plant: Plant, read: Read, digest: str | None = None) -> Import:
    with db.transaction(plant.quality_engineer, "chain.apply_workbook") as session:
        return chain_workbook.apply(session, plant.quality_engineer, plant.site, read.lines, digest=digest,
                                    reason="start", file_name="m.xlsx", file_sha256="0" * 64)


def said(plan: chain_workbook.Plan) -> list[tuple]:
    return [(p.sheet, p.line, p.column, p.words.en) for p in plan.problems]


UNIT = {"code": "OP15", "kind": "工序 Operation", "name_zh": "清洗", "name_en": "Wash"}
LINK = {"supplier": "OP10", "customer": "OP15", "kind": "operation", "output_en": "Blanks", "output_zh": "坯件"}
ITEM = {"code": "N1", "name_zh": "新件", "name_en": "New part", "customer": "C01"}
DEFECT = {"code": "D9", "name_zh": "漏焊", "name_en": "Missing weld", "severity": "CR"}
LOT = {"number": "L-9", "item": "N1", "quantity": 20, "made_at": "2026-03-01 08:30", "sources": "L-0001=5"}
ROUTING = {"item": "N1", "valid_from": date(2026, 1, 5), "operations": "OP10 > OP15 → OP90"}


def test_the_template_has_a_sheet_a_kind_with_both_languages_and_a_marked_example(tmp_path: Path):
    book = openpyxl.load_workbook(io.BytesIO(master_data("SH")))
    assert book.sheetnames == ["说明 Instructions", *(sheet.title for sheet in SHEETS)]
    head = [cell.value for cell in book["单元 Units"][1]]
    assert head[:3] == ["代码 Code *", "类别 Kind *", "中文名称 Chinese name *"]
    assert all(book[sheet.title].cell(2, 1).value.startswith("#") for sheet in SHEETS)
    path = tmp_path / "t.xlsx"
    path.write_bytes(master_data("SH"))
    read = read_workbook(path)
    assert (read.lines, read.problems, read.site_code) == ([], [], "SH")


def test_the_exported_workbook_changes_nothing(db: Database, plant: Plant, tmp_path: Path):
    person = plant.quality_engineer
    with db.transaction(person, "chain.test") as session:
        post = chain.add_unit(session, person, site_id=plant.site, kind="post", code="007", name_zh="=1+1 岗",
                              name_en="+Post", parent_id=plant.press, steps="一\n二\n\n三", purpose="@why")
        chain.retire_unit(session, person, post.id, post.rev, active=False, reason="x")
        part = chain.add_lot(session, person, site_id=plant.site, number="L-2", item_id=plant.item, quantity=3,
                             made_at=datetime(2026, 5, 6, 7, 8, 9, 123456, UTC), sources=[(plant.lot, 2)])
        chain.add_lot(session, person, site_id=plant.site, number="L-3", item_id=plant.item, quantity=3,
                      sources=[(plant.lot, None), (part.id, 1)])
        chain.add_link(session, person, supplier_id=plant.quality, customer_id=plant.press, kind="function",
                       output_zh="检验", output_en="Inspection", proposed=True)
    with db.reading() as session:
        before = session.scalar(select(func.count()).select_from(ledger))
    read = read_workbook(exported(db, plant, tmp_path / "e.xlsx"))
    plan = planned(db, plant, read)
    assert said(plan) == []
    assert plan.work == []
    assert [plan.count(sheet, "same") for sheet in SHEETS] == [7, 1, 5, 2, 3, 1]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ledger)) == before


def test_new_lines_of_every_sheet_are_shown_then_taken_over(db: Database, plant: Plant, build: Build):
    read = read_workbook(build(units=[UNIT], links=[LINK], items=[ITEM], defects=[DEFECT], lots=[LOT],
                               routings=[ROUTING]))
    plan = planned(db, plant, read)
    assert said(plan) == []
    assert [plan.count(sheet, "new") for sheet in SHEETS] == [1] * 6
    with db.reading() as session:
        assert session.scalar(select(Unit).where(Unit.code == "OP15")) is None
    run = applied(db, plant, read, plan.digest)
    assert (run.rows, run.taken, run.known, run.refused) == (6, 6, 0, 0)
    with db.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.number == "L-9")).one()
        assert lot.made_at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
        assert chain.lot_family(session, lot.id) == {lot.id, plant.lot}
        item = session.scalars(select(Item).where(Item.code == "N1")).one()
        wash = session.scalars(select(Unit).where(Unit.code == "OP15")).one()
        assert chain.route(session, item.id, utc_now().date()) == [plant.press, wash.id, plant.final]
        assert session.scalars(select(Link).where(Link.output_en == "Blanks")).one().source == "workbook"
        assert session.scalars(select(Defect).where(Defect.code == "D9")).one().initials == "lh"
    assert applied(db, plant, read).taken == 0


def test_a_changed_field_is_shown_old_and_new(db: Database, plant: Plant, build: Build):
    read = read_workbook(build(units=[{**UNIT, "code": "OP10", "name_zh": "冲压", "name_en": "Stamping", "line": "A"}]))
    plan = planned(db, plant, read)
    assert [(c.what, [tuple(f) for f in c.fields]) for c in plan.changes] == [
        ("changed", [("name_en", "Press", "Stamping")])]
    applied(db, plant, read, plan.digest)
    with db.reading() as session:
        assert session.get_one(Unit, plant.press).name_en == "Stamping"


def test_columns_and_lines_that_are_left_out_stay_as_they_are(db: Database, plant: Plant, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "units"
    book.active.append(["Code", "Kind", "中文名称", "english name"])
    book.active.append(["OP10", "operation", "冲压", "Stamping"])
    book.save(tmp_path / "u.xlsx")
    plan = planned(db, plant, read_workbook(tmp_path / "u.xlsx"))
    assert [c.fields for c in plan.changes] == [(("name_en", "Press", "Stamping"),)]


def test_an_empty_cell_takes_a_text_away_but_not_a_choice(db: Database, plant: Plant, build: Build):
    read = read_workbook(build(units=[{**UNIT, "code": "OP90", "name_zh": "终检", "name_en": "Final check"}]))
    plan = planned(db, plant, read)
    assert [tuple(f) for f in plan.changes[0].fields] == [("line", "A", "")]


def test_lines_may_refer_to_later_lines(db: Database, plant: Plant, build: Build):
    cell = {"code": "CE1", "kind": "岗位", "name_zh": "单元格", "name_en": "Cell", "parent": "WS1"}
    shop = {"code": "WS1", "kind": "部门", "name_zh": "车间", "name_en": "Workshop"}
    read = read_workbook(build(units=[cell, shop], items=[ITEM], lots=[
        {**LOT, "number": "B", "sources": "A=5"}, {**LOT, "number": "A", "sources": None}]))
    plan = planned(db, plant, read)
    assert said(plan) == []
    applied(db, plant, read, plan.digest)
    with db.reading() as session:
        made = session.scalars(select(Unit).where(Unit.code == "CE1")).one()
        assert made.path == f"{made.parent_id}.{made.id}."


def test_every_wrong_line_is_named_with_sheet_line_column_and_reason(db: Database, plant: Plant, build: Build):
    read = read_workbook(build(
        units=[{**UNIT, "kind": "ghost"}, {**UNIT, "code": ""}, {**UNIT, "code": "A", "parent": "B"},
               {**UNIT, "code": "B", "parent": "A"}, {**UNIT, "code": "C", "name_zh": "x" * 121}],
        links=[LINK, {**LINK, "supplier": "C01", "customer": "OP10"}, {**LINK, "supplier": "OP10", "customer": "OP10"}],
        items=[{**ITEM, "customer": "OP10"}], defects=[DEFECT, DEFECT], lots=[
            {**LOT, "item": "ZZ"}, {**LOT, "quantity": "many"},
            {"number": "L-0001", "item": "BR-100", "quantity": 200, "sources": "L-0001"}],
        routings=[{**ROUTING, "item": "BR-100"}, {**ROUTING, "operations": "OP10 > > OP20"},
                  {"item": "BR-100", "valid_from": date(2026, 1, 1), "operations": "OP10"}]))
    plan = planned(db, plant, read)
    found = [(p.sheet, p.line, p.column) for p in plan.problems]
    assert found == [
        (UNITS.title, 3, "类别 Kind *"), (UNITS.title, 4, "代码 Code *"), (UNITS.title, 5, "上级单元 Unit above"),
        (UNITS.title, 7, "中文名称 Chinese name *"),
        (ITEMS.title, 3, "外部顾客 Outside customer"),
        (LINKS.title, 4, "供方 Supplier *"), (LINKS.title, 5, "客户 Customer *"),
        (DEFECTS.title, 4, "代码 Code *"),
        (LOTS.title, 3, "产品 Item *"), (LOTS.title, 4, "数量 Quantity *"), (LOTS.title, 4, "批次号 Lot number *"),
        (LOTS.title, 5, "来源批次 Made from"),
        (ROUTINGS.title, 4, "按顺序的工序 Operations in order *"),
        (ROUTINGS.title, 5, "按顺序的工序 Operations in order *")]
    assert all(p.words.zh != p.words.en for p in plan.problems)
    with db.reading() as session:
        before = session.scalar(select(func.count()).select_from(ledger))
    with pytest.raises(BadFile) as refused:
        applied(db, plant, read)
    assert len(refused.value.problems) >= 8
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ledger)) == before
        assert session.scalar(select(Unit).where(Unit.code == "C")) is None


def test_a_line_with_a_wrong_cell_is_also_told_what_it_names_in_vain(db: Database, plant: Plant, build: Build):
    read = read_workbook(build(units=[{**UNIT, "kind": "ghost", "parent": "ZZ"}],
                               lots=[{**LOT, "item": "N9", "quantity": "many", "sources": "L-0001; L-77; L-78=3"}]))
    assert [(p.line, p.column) for p in planned(db, plant, read).problems] == [
        (3, "类别 Kind *"), (3, "上级单元 Unit above"), (3, "数量 Quantity *"), (3, "产品 Item *"),
        (3, "来源批次 Made from"), (3, "来源批次 Made from")]


def test_a_line_that_needs_a_wrong_line_is_not_blamed_for_it(db: Database, plant: Plant, build: Build):
    read = read_workbook(build(units=[{**UNIT, "kind": "ghost"}], links=[LINK], routings=[
        {**ROUTING, "item": "BR-100", "valid_from": date(2030, 1, 1)}]))
    assert [p.line for p in planned(db, plant, read).problems] == [3]


def test_r50_a_routing_that_is_there_does_not_change_by_workbook(db: Database, plant: Plant, build: Build):
    later = utc_now().date() + timedelta(days=9)
    wrong = planned(db, plant, read_workbook(build(routings=[
        {"item": "BR-100", "valid_from": date(2026, 1, 1), "operations": "OP10"}])))
    assert "stays" in wrong.problems[0].words.en
    read = read_workbook(build(routings=[{"item": "BR-100", "valid_from": later, "operations": "OP10 > OP90"}]))
    applied(db, plant, read, planned(db, plant, read).digest)
    with db.reading() as session:
        assert session.get_one(Routing, plant.routing).valid_to == later - timedelta(days=1)


def test_what_changed_since_the_preview_is_not_overwritten(db: Database, plant: Plant, build: Build):
    read = read_workbook(build(units=[{**UNIT, "code": "OP10", "name_zh": "冲压", "name_en": "Stamping", "line": "A"}]))
    shown = planned(db, plant, read)
    with db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        held = session.get_one(Unit, plant.press)
        chain.edit_unit(session, plant.quality_engineer, plant.press, held.rev, name_en="Blanking")
    with pytest.raises(Stale):
        applied(db, plant, read, shown.digest)
    with db.reading() as session:
        assert session.get_one(Unit, plant.press).name_en == "Blanking"


def test_r43_units_and_their_links_go_out_of_use_together_with_a_reason(db: Database, plant: Plant, tmp_path: Path):
    person = plant.quality_engineer
    with db.transaction(person, "chain.test") as session:
        chain.add_link(session, person, supplier_id=plant.quality, customer_id=plant.press, kind="function",
                       output_zh="检验", output_en="Inspection")
    path = exported(db, plant, tmp_path / "e.xlsx")
    book = openpyxl.load_workbook(path)
    for title, code, place in (("单元 Units", "QD", 9), ("链接 Links", "QD", 7)):
        row = next(row for row in book[title].iter_rows(min_row=2) if row[0].value == code)
        row[place - 1].value = "否"
    book.save(path)
    read = read_workbook(path)
    plan = planned(db, plant, read)
    assert said(plan) == []
    with pytest.raises(Refused), db.transaction(person, "chain.apply_workbook") as session:
        chain_workbook.apply(session, person, plant.site, read.lines, digest=plan.digest, reason=" ", file_name="m",
                             file_sha256="0")
    applied(db, plant, read, plan.digest)
    with db.reading() as session:
        assert session.get_one(Unit, plant.quality).active is False


def test_a_workbook_is_taken_over_only_by_an_editor(db: Database, plant: Plant, build: Build):
    with pytest.raises(NotAllowed):
        chain_workbook.preview(db, plant.operator, plant.site, read_workbook(build(units=[UNIT])).lines)


def test_a_workbook_of_another_site_is_refused(db: Database, plant: Plant, build: Build):
    with db.reading() as session, pytest.raises(Invalid) as refused:
        chain_workbook.check_site(session, plant.site, read_workbook(build("GZ")).site_code)
    assert refused.value.field == "site_id"


@pytest.mark.parametrize("content", [b"", b"code,kind\n1,2", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04 not a zip"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadFile):
        read_workbook(path)


def test_a_workbook_without_any_known_sheet_is_refused(tmp_path: Path):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(BadFile, match="none of the sheets"):
        read_workbook(tmp_path / "other.xlsx")


def test_unknown_doubled_and_missing_columns_are_named(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "Units"
    book.active.append(["Code", "Code", "Colour", "Kind"])
    book.active.append(["A", "A", "red", "post"])
    book.save(tmp_path / "u.xlsx")
    problems = read_workbook(tmp_path / "u.xlsx").problems
    assert [(p.column, p.words.en) for p in problems] == [
        ("Code", "This column is there twice."), ("Code", "This column is there twice."),
        ("Colour", "This column is not known."), ("中文名称 Chinese name *", "This column is missing."),
        ("英文名称 English name *", "This column is missing.")]


def upload(browser: FlaskClient, plant: Plant, path: Path, status: int = 302) -> str:
    answer = browser.post("/chain/units/workbook", data={
        "csrf": "test-csrf", "site_id": plant.site, "file": (io.BytesIO(path.read_bytes()), path.name)})
    assert answer.status_code == status, answer.text[-3000:]
    return answer.headers.get("Location", answer.text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_upload_is_previewed_and_taken_over_on_screen(sign_in, page: Open, db: Database, plant: Plant, build: Build,
                                                          language: str):
    browser = sign_in("quality_engineer", language)
    where = upload(browser, plant, build(units=[UNIT], links=[LINK]))
    shown = page(browser, where)
    digest = next(e.get("value") for e in shown.find(".//input") if e.get("name") == "digest")
    page(browser, where, post={"digest": digest, "reason": ""}, status=422)
    page(browser, where, post={"digest": "0" * 64, "reason": "start"}, status=409)
    page(browser, where, post={"digest": digest, "reason": "start"})
    with db.reading() as session:
        assert session.scalars(select(Unit).where(Unit.code == "OP15")).one()
        assert session.scalars(select(Import)).one().file_name == "master.xlsx"
    page(browser, where, status=404)


def test_a_wrong_upload_shows_every_wrong_line_and_offers_no_saving(sign_in, page: Open, plant: Plant, build: Build):
    browser = sign_in("quality_engineer")
    shown = page(browser, upload(browser, plant, build(units=[{**UNIT, "kind": "ghost"}], defects=[DEFECT, DEFECT])),
                 status=422)
    assert "2 things are wrong" in shown.text
    assert "Take over" not in shown.text


def test_an_unchanged_upload_says_so(sign_in, page: Open, db: Database, plant: Plant, tmp_path: Path):
    browser = sign_in("quality_engineer")
    assert "Nothing would change" in page(
        browser, upload(browser, plant, exported(db, plant, tmp_path / "e.xlsx"))).text


def test_a_bad_file_is_refused_on_the_page(sign_in, plant: Plant, tmp_path: Path, build: Build):
    browser = sign_in("quality_engineer", "zh")
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    assert "不是 Excel 工作簿" in upload(browser, plant, tmp_path / "bad.xlsx", status=422)
    assert "此工作簿属于工厂 GZ" in upload(browser, plant, build("GZ"), status=422)


def test_an_upload_belongs_to_whoever_made_it(sign_in, page: Open, plant: Plant, build: Build):
    where = upload(sign_in("quality_engineer"), plant, build(units=[UNIT]))
    page(sign_in("quality_manager"), where, status=404)
    page(sign_in("operator"), where, status=403)


def test_r53_an_export_of_the_master_data_is_written_down(sign_in, db: Database, plant: Plant, tmp_path: Path):
    browser = sign_in("quality_engineer")
    answer = browser.post(f"/chain/units/workbook/export/{plant.site}", data={"csrf": "test-csrf"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="SH-master-data-')
    (tmp_path / "e.xlsx").write_bytes(answer.data)
    assert planned(db, plant, read_workbook(tmp_path / "e.xlsx")).work == []
    with db.reading() as session:
        assert session.scalars(select(Export)).one().rows == 15
    assert browser.get(f"/chain/units/workbook/template/{plant.site}").status_code == 200
