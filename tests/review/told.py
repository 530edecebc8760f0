"""What every snapshot owes its reader, and how the records of a small plant are made."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from qms.models.customers import Customer
from qms.rules.accounts import SYSTEM
from qms.rules.review_snapshots import Estimate, Figure, Formula, Snapshot, Table, read, written
from tests.review.scene import HALF, Scene


def snapshot(scene: Scene, code: str, **given: Any) -> Snapshot:
    """Open a review of the half year and return what one input is filled with, checked for what all owe."""
    made = scene.counted(scene.opened(**(HALF | given)))[code]
    assert read(written(made)) == made
    for figure in made.figures:
        assert figure.query.en
        assert figure.query.zh
        assert figure.formula is None or recalculated(made, figure.formula) == figure.now.value
    for table in made.tables:
        assert table.query.en
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        for chart in table.charts:
            assert {chart.x, *chart.series} <= {column.key for column in table.columns}
    return made


def recalculated(made: Snapshot, formula: Formula) -> float | int | None:
    """Return what a workbook would work out."""
    of = column(table(made, formula.table), formula.of)
    if formula.kind == "count":
        return sum(1 for value in of if value is not None)
    summed = sum(value for value in of if value is not None)
    if formula.kind == "sum":
        return summed
    out_of = sum(value for value in column(table(made, formula.table), formula.out_of or "") if value is not None)
    return summed / out_of * (1_000_000 if formula.kind == "per_million" else 1) if out_of else None


def figure(made: Snapshot, key: str) -> Figure:
    """Return a figure by its key."""
    return next(one for one in made.figures if one.key == key)


def value(made: Snapshot, key: str) -> Any:
    """Return value and n of a figure now."""
    now: Estimate = figure(made, key).now
    return now.value, now.n


def table(made: Snapshot, key: str) -> Table:
    """Return a table by its key."""
    return next(one for one in made.tables if one.key == key)


def column(of: Table, key: str) -> list[Any]:
    """Return the cells of a column."""
    place = of.place(key)
    return [row.cells[place] for row in of.rows]


def line(of: Table, place: int = 0) -> dict[str, Any]:
    """Return a row as cells by column, words in English."""
    cells = (getattr(cell, "en", cell) for cell in of.rows[place].cells)
    return dict(zip((one.key for one in of.columns), cells, strict=True))


def opens(made: Snapshot, sign_in: Callable[..., FlaskClient]) -> set[str]:
    """Open every page that a snapshot leads to, and return their paths; fails for one that does not open."""
    browser = sign_in("quality_manager")
    paths = {one.path for one in made.figures if one.path} | {
        row.path for one in made.tables for row in one.rows if row.path}
    answers = {path: browser.get(path).status_code for path in paths}
    wrong = [f"{code} {path}" for path, code in answers.items() if code != 200]
    assert not wrong, wrong
    return paths


def on(month: int, day: int = 10, year: int = 2026) -> datetime:
    """Return noon in Shanghai of a day."""
    return datetime(year, month, day, 4, tzinfo=UTC)


def register_customer(scene: Scene) -> None:
    """Register Star Motors, so that it has a page."""
    put(scene, lambda session: session.add(Customer(site_id=scene.plant.site, unit_id=scene.plant.customer)))


def put(scene: Scene, work: Callable[[Any], Any]) -> Any:
    """Write records as they stand after everybody decided."""
    with scene.db.transaction(SYSTEM, "tests.put", clock=lambda: scene.at) as session:
        return work(session)
