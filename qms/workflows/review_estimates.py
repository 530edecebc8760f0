"""How measures become figures and cells of a management review: value, n and interval together. Counts nothing."""

from collections.abc import Iterable
from dataclasses import replace

from qms.measures.intervals import EventRate, Mean, Rate, rate
from qms.measures.satisfaction import Rating
from qms.rules.review_snapshots import Cell, Column, Estimate, Figure, Snapshot, Table
from qms.rules.words import Words

MILLION = 1_000_000
MOST_ROWS, MOST_MONTHS = 50, 24


def of_rate(found: Rate) -> Estimate:
    """Return a share from 0 to 1; no value where nothing was counted."""
    return Estimate(found.value, found.n, found.low, found.high)


def of_ppm(found: Rate) -> Estimate:
    """Return a share in parts per million."""
    value, low, high = (None if end is None else end * MILLION for end in (found.value, found.low, found.high))
    return Estimate(value, found.n, low, high)


def of_mean(found: Mean) -> Estimate:
    """Return a mean with its t interval."""
    return Estimate(found.mean, found.n, found.low, found.high)


def of_index(found: Rating | None) -> Estimate:
    """Return an index from 0 to 100 as it was published; None: hidden, or nobody was asked."""
    return Estimate(None, 0) if found is None else Estimate(found.index, found.n, found.index_low, found.index_high)


def of_events(found: EventRate, per: int = 1) -> Estimate:
    """Return events per so many units of exposure; n is the exposure."""
    value, low, high = (None if end is None else end * per for end in (found.value, found.low, found.high))
    return Estimate(value, found.exposure, low, high)


def share(part: int, whole: int) -> Rate:
    """Return a share; without a value where the part was not counted out of the whole and is larger."""
    return rate(part, whole) if part <= whole else Rate(part, whole, None, None, None)


def interval_columns(key: str, words: Words, kind: str = "percent") -> tuple[Column, Column, Column]:
    """Return the columns of a figure and the two ends of its interval."""
    return (Column(key, words, kind),
            Column(f"{key}_low", Words(f"{words.en}, 95 % from", f"{words.zh}, 95 % 下限"), kind),
            Column(f"{key}_high", Words(f"{words.en}, 95 % to", f"{words.zh}, 95 % 上限"), kind))


def interval_cells(found: Estimate) -> tuple[Cell, Cell, Cell]:
    """Return the cells for these columns."""
    return found.value, found.low, found.high


def snapshot_of(figures: Iterable[Figure], tables: Iterable[Table], said: Iterable[Words] = (),
                warned: Iterable[Words] = ()) -> Snapshot:
    """Put a snapshot together: tables without rows are left out, with the formulas that would work on them."""
    kept = tuple(table for table in tables if table.rows)
    keys = {table.key for table in kept}
    return Snapshot(tuple(figure if figure.formula is None or figure.formula.table in keys
                          else replace(figure, formula=None) for figure in figures), kept, tuple(said), tuple(warned))
