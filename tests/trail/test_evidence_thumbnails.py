"""Thumbnails in the workbook of evidence: in the rows of photos only, and not too many."""

import io
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image
from sqlalchemy import select

from exports import evidence_workbook_photos
from exports.cells import Marks
from exports.columns import Column
from exports.streamed import Book, Sheet
from exports.streamed_pictures import Picture
from exports.thumbnails import thumbnail
from qms.db import Database
from qms.imports.photos import clean_photo
from qms.jobs.trail_evidence_book import Wanted, write_book
from qms.models.rejections import Rejection
from qms.models.trail import Attachment
from qms.rules.clock import utc_now
from qms.rules.words import Words
from qms.workflows.attachments_store import keep, place
from tests.dispositions.scene import Scene
from tests.review.recalculated import recalculated
from tests.trail.test_evidence_workbook import ABOUT

NASTY = 'p "1" <&>.webp'
GONE, BROKEN, CHANGED = "0" * 64, b"no photo at all", "f" * 64


def photo(colour: str, size: tuple[int, int] = (640, 480)) -> bytes:
    """Return a photo as the store keeps it."""
    sent = io.BytesIO()
    Image.new("RGB", size, colour).save(sent, "PNG")
    return clean_photo(sent.getvalue()).content


WIDE, TALL = photo("red"), photo("blue", (480, 640))


@pytest.fixture
def scene(db: Database, plant, tmp_path: Path) -> Scene:
    """A rejection with photos (row 2 wide, 3 tall, 4 the wide one again) and with what is none: a file that is gone,
    one that is no picture, one that was changed on disk, a PDF.
    """
    scene = Scene(db, plant)
    held = scene.reported()
    for content in (WIDE, TALL, BROKEN):
        keep(tmp_path / "photos", sha256(content).hexdigest(), content)
    keep(tmp_path / "photos", CHANGED, WIDE)
    hashes = [*(sha256(content).hexdigest() for content in (WIDE, TALL, WIDE)), GONE, sha256(BROKEN).hexdigest(),
              CHANGED, sha256(BROKEN).hexdigest()]
    kinds = [*["image/webp"] * 6, "application/pdf"]
    with db.transaction(plant.operator, "attachments.add") as session:
        session.add_all([Attachment(entity="rejections", entity_id=held.id, name=NASTY, content_type=kind, size=5,
                                    sha256=one, sent_sha256=one, added_at=utc_now(), added_by_id=plant.operator.id)
                         for one, kind in zip(hashes, kinds, strict=True)])
    return scene


def book(scene: Scene, folder: Path, language: str = "en") -> Path:
    """Return the workbook of the scene."""
    with scene.db.reading() as session:
        write_book(session, Wanted(
            title="Evidence", by="Ann", kinds=[(model, select(model.id)) for model in (Rejection, Attachment)],
            size=10**9, root=b"root", filters=[], photos=folder / "photos", no_file=frozenset({GONE})),
            folder / "evidence.xlsx", language)
    return folder / "evidence.xlsx"


def pictured(sheet: Worksheet) -> list[tuple[int, str]]:
    """Return row and heading of each picture of a sheet."""
    return [(one.anchor._from.row + 1, sheet.cell(1, one.anchor._from.col + 1).value) for one in sheet._images]


def parts(file: Path, beginning: str) -> dict[str, bytes]:
    """Return the parts of a workbook whose name begins so."""
    with zipfile.ZipFile(file) as opened:
        assert len(set(opened.namelist())) == len(opened.namelist())
        return {name: opened.read(name) for name in opened.namelist() if name.startswith(beginning)}


@pytest.mark.parametrize(("language", "sheet", "head", "unread", "told"), [
    ("en", "Photos and files", "Thumbnail", "The kept file cannot be read as a photo",
     "Photo {file} of: Rejection {no}"),
    ("zh", "照片或文件", "缩略图", "所存文件无法作为照片读取", "不合格 {no} 的照片: {file}"),
])
def test_each_photo_has_its_thumbnail_and_what_is_none_says_so(scene: Scene, tmp_path: Path, language: str, sheet: str,
                                                               head: str, unread: str, told: str):
    file = book(scene, tmp_path, language)
    opened = load_workbook(file)
    shown = opened[sheet]
    assert pictured(shown) == [(2, head), (3, head), (4, head)]
    assert [one._images for one in opened if one is not shown] == [[]] * (len(opened.sheetnames) - 1)
    column = next(cell.column for cell in shown[1] if cell.value == head)
    assert [shown.cell(row, column).value for row in range(2, 9)] == [None, None, None, None, unread, unread, None]
    assert [shown.cell(row, column + 1).hyperlink is None for row in range(2, 9)] == [False] * 3 + [True] + [False] * 3
    pixels = [Image.open(io.BytesIO(one._data())).size for one in shown._images]
    assert pixels == [(96, 72), (72, 96), (96, 72)]
    assert all(shown.row_dimensions[row].height >= high * 0.75 for row, (_wide, high) in enumerate(pixels, start=2))
    assert len(parts(file, "xl/media/")) == 2
    number = opened[{"en": "Rejection", "zh": "不合格"}[language]]["B2"].value
    drawing = parts(file, "xl/drawings/drawing")
    marked = next(iter(drawing.values())).decode().replace("&quot;", '"').replace("&lt;", "<").replace(
        "&gt;", ">").replace("&amp;", "&")
    assert marked.count(f'descr="{told.format(file=NASTY, no=number)}"') == 3


def test_a_workbook_has_so_many_thumbnails_and_tells_how_many_more_are_files(scene: Scene, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(evidence_workbook_photos, "MOST_THUMBNAILS", 2)
    place(tmp_path / "photos", CHANGED).unlink()
    opened = load_workbook(book(scene, tmp_path))
    assert pictured(opened["Photos and files"]) == [(2, "Thumbnail"), (3, "Thumbnail")]
    told = next([cell.value for cell in column] for column in opened["Photos and files"].columns
                if column[0].value == "Thumbnail")
    beyond = "Beyond the first 2: as a file only"
    assert told == ["Thumbnail", None, None, beyond, None, beyond, beyond, None]
    cover = {str(row[0].value): row[1].value for row in opened["Cover"].iter_rows(min_row=2)}
    assert [value for label, value in cover.items() if label.startswith("Photos beyond the first")] == [3]


def test_a_photo_that_is_not_as_it_is_kept_gives_no_thumbnail():
    png, huge = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (640, 480)).save(png, "PNG")
    Image.new("RGB", (1601, 1)).save(huge, "WEBP")
    clear = io.BytesIO()
    Image.new("RGBA", (640, 480)).save(clear, "WEBP", lossless=True)
    assert [thumbnail(one) for one in (b"", png.getvalue(), huge.getvalue(), WIDE[:-20])] == [None] * 4
    assert thumbnail(WIDE) == thumbnail(WIDE)
    on_white = thumbnail(clear.getvalue())
    assert on_white is not None
    assert Image.open(io.BytesIO(on_white.content)).getpixel((48, 36)) == (255, 255, 255)
    assert len(on_white.content) < 4096


def test_the_same_picture_is_one_part_on_all_sheets(tmp_path: Path):
    small = thumbnail(WIDE)
    assert small is not None
    columns = (Column("id", Words("Id", "标识"), "integer"), Column("photo", Words("Photo", "照片")))
    with Marks(None) as marks:
        made = Book(tmp_path / "many.xlsx", "en", ABOUT, marks, most_rows=2)
        written = made.write(Sheet("One", columns, ((n, Picture(*small, f"Photo {n}", "red")) for n in range(5))))
        written += made.write(Sheet("None", columns, [(1, None)]))
        made.close([name for name, _rows in written])
    opened = load_workbook(tmp_path / "many.xlsx")
    assert {sheet.title: pictured(sheet) for sheet in opened} == {
        "One": [(2, "Photo"), (3, "Photo")], "One 2": [(2, "Photo"), (3, "Photo")], "One 3": [(2, "Photo")], "None": []}
    assert list(parts(tmp_path / "many.xlsx", "xl/media/").values()) == [small.content]


@pytest.mark.slow
def test_libreoffice_shows_the_thumbnails_where_they_are(scene: Scene, tmp_path: Path):
    shown = recalculated(book(scene, tmp_path, "zh").read_bytes(), tmp_path)["照片或文件"]
    assert pictured(shown) == [(2, "缩略图"), (3, "缩略图"), (4, "缩略图")]
