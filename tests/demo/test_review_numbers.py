"""Every number of a review is the same in snapshot, workbook worked out again, PDF and page, over the demo plant."""

import html
import io
import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from exports.review_paper import Paper
from qms import create_app
from qms.db import Database
from qms.demo.units import SITE
from qms.jobs.review import assemble
from qms.jobs.review_files import write
from qms.models.accounts import Person
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM
from qms.rules.review_packs import Pack
from qms.rules.review_shown import between, shown, unit_of_kind
from qms.rules.review_snapshots import Estimate, Figure
from qms.settings import Settings
from qms.workflows import accounts, review
from qms.workflows.review_pack import pack_of
from tests.demo.conftest import KEYS
from tests.review.figure_rows import figures_in
from tests.review.recalculated import recalculated

FORTNIGHT = {"title": "Two weeks", "first_on": date(2026, 11, 7), "last_on": date(2026, 11, 20),
             "before_first_on": date(2026, 10, 24), "before_last_on": date(2026, 11, 6)}
MOST_FILLED = 10
"""Inputs that the short demo fills; the rest stay empty in two weeks of it."""
BOTH = pytest.mark.parametrize("language", ["zh", "en"])




class Held(NamedTuple):
    """The database of the short demo with a frozen review, and the review's id."""

    database: Database
    review_id: int

    def pack(self) -> Pack:
        with self.database.reading() as session:
            return pack_of(session, SYSTEM, self.review_id)

    def sent(self, suffix: str, language: str) -> bytes:
        return write(self.database, SYSTEM, self.review_id, suffix=suffix, language=language).content


@pytest.fixture(scope="module")
def held(demo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """The short demo in a file of its own, with a frozen review."""
    file = tmp_path_factory.mktemp("reviewed") / "qms.sqlite"
    demo, copy = sqlite3.connect(demo_url.removeprefix("sqlite:///")), sqlite3.connect(file)
    demo.backup(copy)
    demo.close()
    copy.close()
    database = Database(f"sqlite:///{file}")
    with database.transaction(SYSTEM, "tests.review") as session:
        site = session.scalars(select(Site).where(Site.code == SITE)).one()
        made = review.open_review(session, SYSTEM, site_id=site.id, **FORTNIGHT)
        review_id, rev = made.id, made.rev
    assemble(database, SYSTEM, review_id, lambda _done, _total: None, freeze=True, rev=rev)
    yield Held(database, review_id)
    database.dispose()


def figures(pack: Pack) -> list[Figure]:
    return [figure for one in pack.inputs for figure in one.snapshot.figures]


def test_every_provider_has_counted_something(held: Held):
    filled = [one for one in held.pack().inputs if not one.snapshot.is_empty]
    assert len(filled) >= MOST_FILLED
    assert len([figure for figure in figures(held.pack()) if figure.formula]) > 5


@BOTH
@pytest.mark.slow
def test_the_workbook_worked_out_again_gives_the_snapshot(held: Held, tmp_path: Path, language: str):
    pack = held.pack()
    book = recalculated(held.sent(".xlsx", language), tmp_path)
    wrong = []
    for one in pack.inputs:
        rows = figures_in(book, pack, one, language) if one.snapshot.figures else []
        for figure, row in zip(one.snapshot.figures, rows, strict=True):
            now, before = figure.now, figure.before or Estimate(None)
            pairs = ((now.value, row.now), (now.n, row.n), (now.low, row.low), (now.high, row.high),
                     (before.value, row.before), (before.n, row.before_n))
            wrong += [(figure.key, pair) for pair in pairs if not same(*pair)]
    assert wrong == []
    errors = [(sheet.title, cell.coordinate) for sheet in book for row in sheet.iter_rows() for cell in row
              if isinstance(cell.value, str) and cell.value.startswith(("#DIV", "#N", "#REF", "#VALUE", "Err:"))]
    assert errors == []


@BOTH
def test_the_pdf_says_what_the_snapshot_says(held: Held, language: str):
    pack = held.pack()
    paper = Paper(pack, language)
    reader = PdfReader(io.BytesIO(held.sent(".pdf", language)))
    text = bare("".join(page.extract_text() for page in reader.pages))
    wrong = []
    for figure in figures(pack):
        told = paper.figure(figure)
        row = bare("".join(told[name] for name in ("now", "n", "interval", "before")))
        if bare(told["name"]) not in text or row not in text:
            wrong.append((figure.key, row))
    assert wrong == []


@BOTH
def test_the_page_says_what_the_snapshot_says(held: Held, tmp_path: Path, language: str):
    app = create_app(Settings(instance=tmp_path, workers=0), held.database)
    with held.database.transaction(SYSTEM, "tests.sign_in") as session:
        session.scalars(select(Person).where(Person.login == "manager")).one().language = language
        token = accounts.sign_in(session, login="manager", password=KEYS["manager"].password, address=None, agent=None,
                                 lasts=timedelta(hours=1))
    browser = app.test_client()
    browser.set_cookie("qms", token or "")
    page = browser.get(f"/review/{held.review_id}/paper").get_data(as_text=True)
    rows = [bare(html.unescape(re.sub("<[^>]*>", "", row.partition("</tr>")[0]))) for row in page.split("<tr>")]
    unknown = {"en": "no figure", "zh": "无数据"}[language]
    wrong = []
    for figure in figures(held.pack()):
        now, kind, unit = figure.now, figure.kind, unit_of_kind(figure.kind)
        value = unknown if now.value is None else shown(now.value, kind, language)
        told = bare("".join((figure.words.to(language), figure.query.to(language), value,
                             unit.to(language) if unit else "", shown(now.n, "count", language),
                             between(now, kind, language) or "–",
                             shown(figure.before.value if figure.before else None, kind, language))))
        if told not in rows:
            wrong.append((told, [row for row in rows if row.startswith(bare(figure.words.to(language)))]))
    assert wrong == []


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def same(wanted: object, found: object) -> bool:
    return found == "–" if wanted is None else found == pytest.approx(float(wanted), rel=1e-9, abs=1e-12)  # type: ignore[arg-type]
