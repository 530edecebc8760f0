"""The workbook of evidence: every link leads to its record, every figure is counted again, what is missing is red."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import event, select, update

from exports import streamed
from exports.about import About
from exports.cells import LONGEST, Marks
from exports.columns import Column
from exports.streamed import Book, Sheet
from exports.streamed_cells import Goto, Live
from qms.db import Database
from qms.jobs.trail_evidence_book import Wanted, write_book
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.models.dispositions import Disposition, Rework, ScrapTicket
from qms.models.rejections import Hold, Rejection
from qms.models.trail import Attachment, NumberSeries, Signature
from qms.rules.clock import utc_now
from qms.rules.trail_evidence import CLAUSES, Gap
from qms.rules.trail_evidence_sheets import PAGES
from qms.rules.words import Words
from qms.workflows import dispositions, rejections
from qms.workflows.trail_evidence_rows import called, fields, rows
from tests.dispositions.scene import RISK, Scene
from tests.review.recalculated import recalculated

KINDS = (Rejection, Hold, Disposition, Rework, ScrapTicket, Attachment, Signature, Site, Unit, Item, Lot, Defect)
INSIDE = re.compile(r"'(.+)'!A(\d+)")
RED = "FFB42318"
FORMULA, LONG = "=1+1", "长" * (LONGEST + 5000)
PHOTO = sha256(b"there").hexdigest()
ABOUT = About("Evidence", dt.datetime(2026, 11, 28, 21), "Asia/Shanghai", "Ann")  # noqa: DTZ001


@pytest.fixture
def scene(db: Database, plant) -> Scene:
    """Three rejections: one reworked with a photo, one void, one held with a text like a formula."""
    scene = Scene(db, plant)
    first = scene.reported(note=FORMULA)
    scene.worked(scene.one(first, "rework", **RISK))
    scene.do(rejections.void, scene.reported(), reason="Counted twice")
    held = scene.reported(quantity=7)
    with db.transaction(plant.operator, "attachments.add") as session:
        session.add_all([Attachment(entity="rejections", entity_id=held.id, name="p.webp", content_type="image/webp",
                                    size=5, sha256=one, sent_sha256=one, added_at=utc_now(),
                                    added_by_id=plant.operator.id) for one in (PHOTO, "0" * 64)])
    return scene


def book(scene: Scene, folder: Path, language: str = "en", **given) -> bytes:
    """Return the workbook of everything in the scene."""
    with scene.db.reading() as session:
        gaps = [Gap("8.7", "R-09", Words("No inspection after rework", "返工后未复检"), "reworks", one, None)
                for one in session.scalars(select(Rework.id))]
        write_book(session, Wanted(
            title="Evidence", by="Ann", kinds=[(model, select(model.id)) for model in KINDS], size=10**9, root=b"root",
            filters=[("Clause", "8.7")], photos=folder / "photos", gaps=gaps,
            clauses=[(CLAUSES["8.7"], [model.__tablename__ for model in KINDS])],
            no_file=frozenset({"0" * 64}), **given), folder / "evidence.xlsx", language)
    return (folder / "evidence.xlsx").read_bytes()


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def column(sheet: Worksheet, head: str) -> list[Cell]:
    """Return the cells below a heading."""
    heads = [str(cell.value).partition(" [")[0] for cell in sheet[1]]
    return [row[heads.index(head)] for row in sheet.iter_rows(min_row=2)]


def links(file: Workbook) -> Iterator[tuple[Cell, Worksheet, int]]:
    """Yield each cell that leads inside the workbook, with the sheet and row that it leads to."""
    for sheet in file:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if cell.hyperlink is not None and cell.hyperlink.location:
                    name, line = INSIDE.fullmatch(cell.hyperlink.location).groups()
                    yield cell, file[name.replace("''", "'")], int(line)


@pytest.mark.parametrize(("language", "sheets"), [
    ("en", ["Cover", "Clause index", "Gaps", "Key figures", "Register", "Rejection", "Hold", "Disposition",
            "Rework run", "Site", "Unit", "Item", "Lot", "Defect code", "Timeline", "Audit trail", "Photos and files",
            "Signatures", "Voids", "Number gaps", "Glossary"]),
    ("zh", ["封面", "条款索引", "缺失清单", "关键数据", "台账", "不合格", "冻结", "处置", "返工作业", "工厂", "单元",
            "产品", "批次", "缺陷代码", "时间线", "审计追踪", "照片或文件", "签名", "作废记录", "编号缺口", "术语"]),
])
def test_every_sheet_can_be_read_filtered_and_printed(scene: Scene, tmp_path: Path, language: str, sheets: list[str]):
    file = opened(book(scene, tmp_path, language))
    assert file.sheetnames == sheets
    for sheet in file:
        heads = [cell.value for cell in sheet[1]]
        assert all(heads), sheet.title
        assert len(set(heads)) == len(heads), heads
        assert sheet.freeze_panes in {"B2", "C2"}
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
        assert sheet.oddFooter.right.text == "&P / &N"
        assert not sheet.merged_cells.ranges
    assert not re.search("[一-鿿]" if language == "en" else "Record|State", "".join(
        str(cell.value) for sheet in file for cell in sheet[1]))


def test_every_link_leads_to_the_record_that_it_names(scene: Scene, tmp_path: Path):
    file = opened(book(scene, tmp_path))
    numbered = {"Rejection", "Lot", "Item", "Unit", "Site", "Defect code"}
    followed = 0
    for cell, sheet, line in links(file):
        assert line <= max(sheet.max_row, 2), cell.hyperlink.location
        if sheet.title in numbered and cell.parent.title not in {"Cover", "Clause index", "Key figures"}:
            assert str(cell.value).startswith(str(sheet.cell(line, 2).value)), (cell.parent.title, cell.coordinate)
            followed += 1
    assert followed > 30
    rejection, hold = file["Rejection"], file["Hold"]
    assert [cell.value for cell in column(hold, "Rejection")] == [cell.value for cell in column(rejection, "Number")]


def test_days_numbers_and_codes_are_what_they_are(scene: Scene, tmp_path: Path):
    sheet = opened(book(scene, tmp_path))["Rejection"]
    with scene.db.reading() as session:
        found_at = session.scalar(select(Rejection.found_at).order_by(Rejection.id).limit(1))
    assert [cell.value for cell in column(sheet, "Quantity")] == [10, 10, 7]
    assert "Quantity [pcs]" in [cell.value for cell in sheet[1]]
    assert column(sheet, "Found at")[0].value == found_at.astimezone(ZoneInfo("Asia/Shanghai")).replace(
        tzinfo=None, microsecond=0)
    assert column(sheet, "Found at")[0].is_date
    assert "Found at [Asia/Shanghai]" in [cell.value for cell in sheet[1]]
    assert [cell.value for cell in column(sheet, "State")][1] == "Void"
    note = column(sheet, "Note")[0]
    assert (note.value, note.data_type, note.quotePrefix) == (FORMULA, "s", True)


def test_what_is_missing_is_red_and_leads_to_its_record(scene: Scene, tmp_path: Path):
    file = opened(book(scene, tmp_path))
    gap = file["Gaps"]["A2"]
    assert (gap.value, gap.font.color.rgb) == ("No inspection after rework", RED)
    record = file["Gaps"]["B2"]
    number = column(file["Rejection"], "Number")[0].value
    assert (record.value, record.hyperlink.location) == (f"Rework run Disposition {number}", "'Rework run'!A2")
    assert column(file["Rework run"], "Missing")[0].font.color.rgb == RED
    index = {row[2].value: row[5].value for row in file["Clause index"].iter_rows(min_row=2)}
    assert (index["Rework run"], index["Rejection"]) == (1, 0)
    files = column(file["Photos and files"], "File in the package")
    assert files[0].hyperlink.target == f"attachments/{PHOTO}"
    assert (files[1].hyperlink, files[1].font.color.rgb) == (None, RED)


def test_r47_a_void_keeps_its_number_and_a_lost_number_shows(scene: Scene, tmp_path: Path):
    file = opened(book(scene, tmp_path))
    void = [cell.value for cell in file["Voids"][2]]
    assert void[0] == column(file["Rejection"], "Number")[1].value
    assert void[3] == "Counted twice"
    assert isinstance(void[4], dt.datetime)
    assert [cell.value for cell in column(file["Number gaps"], "Missing numbers")] == [0]
    with scene.db.transaction(scene.plant.operator, "tests.lose") as session:
        session.connection().execute(update(NumberSeries).where(NumberSeries.kind == "NC").values(last=4))
    series = opened(book(scene, tmp_path))["Number gaps"]
    assert (series["H2"].value, series["I2"].value, series["H2"].font.color.rgb) == (1, "4", RED)


def test_the_trail_tells_old_and_new_and_the_timeline_all_by_time(scene: Scene, tmp_path: Path):
    file = opened(book(scene, tmp_path))
    changes = [(row[7].value, row[8].value, row[9].value) for row in file["Audit trail"].iter_rows(min_row=2)
               if row[4].value == "Rejection"]
    assert ("State", "Held", "Void") in changes
    assert changes[0][:2] == ("(new record)", None)
    assert "Quantity: 10" in changes[0][2]
    entries = [cell.value for cell in column(file["Timeline"], "Entry")]
    assert entries == sorted(entries)
    assert set(entries) == {cell.value for cell in column(file["Audit trail"], "Entry")}
    cover = {row[0].value: row[1].value for row in file["Cover"].iter_rows(min_row=2)}
    assert cover["Entries of the audit trail"] == len(entries)
    assert cover["Names of persons"] == "in full"
    assert cover["Asked for: Clause"] == "8.7"


@pytest.mark.slow
def test_libreoffice_counts_what_the_system_counted(scene: Scene, tmp_path: Path):
    content = book(scene, tmp_path)
    figures = recalculated(content, tmp_path)["Key figures"]
    rows_here = [[cell.value for cell in row] for row in figures.iter_rows(min_row=2)]
    assert {row[0] for row in rows_here} >= {"Rejection", "Disposition", "Timeline"}
    for row in rows_here:
        assert row[4] == row[5], row
        assert row[6] == "equal", row
    assert ["Rejection", "Sum of: Quantity", None, "pcs", 27, 27, "equal"] in rows_here
    assert opened(content)["Key figures"]["E2"].value.startswith("=COUNT(")


def test_names_are_initials_where_a_workbook_leaves_the_house(scene: Scene, tmp_path: Path):
    short = called("initials")
    assert [short(name) for name in ("Li Wei", "周敏 Zhou Min", "operator")] == ["L.W.", "Z.M.Z.M.", "O."]
    file = opened(book(scene, tmp_path, names="initials"))
    whole = opened(book(scene, tmp_path))
    named = {"Timeline": "Who", "Rejection": "Reported by", "Disposition": "Decided by", "Voids": "By"}
    for sheet, head in named.items():
        full = {cell.value for cell in column(whole[sheet], head)}
        assert {cell.value for cell in column(file[sheet], head)} == {
            name if name == "System" else short(name) for name in full}
    assert "Reported by: O." in "".join(str(cell.value) for cell in column(file["Audit trail"], "New"))


def test_names_are_looked_up_in_bulk(scene: Scene):
    def asked(most: int) -> int:
        seen: list[str] = []
        with scene.db.reading() as session:
            event.listen(session.connection(), "before_cursor_execute", lambda *given: seen.append(given[2]))
            kind = Rejection, select(Rejection.id).where(Rejection.id <= most)
            assert list(rows(session, kind, fields(Rejection), str))
        return len(seen)

    with scene.db.reading() as session:
        first, *_, last = sorted(session.scalars(select(Rejection.id)))
    assert asked(first) == asked(last)


def test_numbered_records_lead_to_their_pages(app, scene: Scene, tmp_path: Path):
    for path in PAGES.values():
        assert app.url_map.bind("").match(f"{path}1")
    register = opened(book(scene, tmp_path, address="https://qms.example"))["Register"]
    assert column(register, "Page in the system")[0].hyperlink.target.startswith("https://qms.example/rejections/")


COLUMNS = (Column("id", Words("Id", "标识"), "integer"), Column("text", Words("Text", "文本")))


def test_a_long_text_goes_on_and_nothing_is_lost(tmp_path: Path):
    with Marks("Long texts") as marks:
        made = Book(tmp_path / "long.xlsx", "en", ABOUT, marks)
        made.write(Sheet("One", COLUMNS, [(1, LONG), (2, "a\x00b _x0041_ <&>\n c")]))
        rest = "".join(part.text for part in marks.rests())
        assert [part.head for part in marks.rests()] == ["One / Text"]
        made.close(["One"])
    sheet = load_workbook(tmp_path / "long.xlsx")["One"]
    kept, pointer = sheet["B2"].value.split(" …[→ ")
    assert kept + rest == LONG
    assert pointer == "Long texts: 2 One / Text]"
    assert sheet["B3"].value.replace("_x005F_", "_") == "a�b _x0041_ <&>\n c"


def test_a_sheet_too_long_goes_on_in_the_next_and_a_link_too_many_is_a_formula(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(streamed, "MOST_LINKS", 2)
    with Marks(None) as marks:
        made = Book(tmp_path / "many.xlsx", "en", ABOUT, marks, most_rows=3)
        written = made.write(Sheet("It's", COLUMNS, ((n, Goto(f'"{n}"', "It's", n + 1)) for n in range(1, 8))))
        empty = made.write(Sheet("None", COLUMNS, []))
        made.write(Sheet("Sum", COLUMNS, [(Live("COUNT('It''s'!A2:A4)", 3), None)]))
        made.close(["Sum", *(name for name, _rows in (*written, *empty))])
    assert written == [("It's", 3), ("It's 2", 3), ("It's 3", 1)]
    assert empty == [("None", 0)]
    file = load_workbook(tmp_path / "many.xlsx")
    assert file.sheetnames == ["Sum", "It's", "It's 2", "It's 3", "None"]
    assert file["It's"]["B3"].hyperlink.location == "'It''s'!A3"
    assert file["It's"]["B4"].value == "=HYPERLINK(\"#'It''s'!A4\",\"\"\"3\"\"\")"
    assert load_workbook(tmp_path / "many.xlsx", data_only=True)["It's"]["B4"].value == '"3"'
    assert [cell.value for cell in file["None"][1]] == ["Id", "Text"]


def test_a_withdrawn_disposition_is_told_with_its_reason(scene: Scene, tmp_path: Path):
    scene.do(dispositions.withdraw, scene.one(scene.reported(), "scrap"), reason="wrong lot")
    told = {row[3].value for row in opened(book(scene, tmp_path))["Voids"].iter_rows(min_row=2)}
    assert {"Counted twice", "wrong lot"} <= told
