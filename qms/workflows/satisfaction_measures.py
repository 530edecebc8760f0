"""How imported measures of units are stored: each once, never changed by a second file."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from qms.db.bulk import add_many
from qms.models.imports import Import
from qms.models.satisfaction_measures import UnitMeasure
from qms.rules.errors import Problem
from qms.rules.satisfaction_measures import Measured


class Stored(NamedTuple):
    """What became of a batch: how many were added, how many were there, and those that say otherwise than before."""

    added: int
    known: int
    problems: list[Problem]


def sorted_out(session: Session, site_id: int | None, source: str, lines: Sequence[Measured],
               ) -> tuple[list[Measured], int, list[Problem]]:
    """Return what is new of some values, how many are stored already, and a Problem for each that differs."""
    keys = [(x.unit_code, x.measure, x.period) for x in lines]
    columns = tuple_(UnitMeasure.unit_code, UnitMeasure.measure, UnitMeasure.period)
    held = {(m.unit_code, m.measure, m.period): m.value for m in session.scalars(select(UnitMeasure).where(
        UnitMeasure.site_id == site_id, UnitMeasure.source == source, columns.in_(keys)))} if site_id else {}
    new: dict[tuple[str, str, str], Measured] = {}
    known, problems = 0, []
    for key, line in zip(keys, lines, strict=True):
        before = held.get(key, new[key].value if key in new else None)
        if before is None:
            new[key] = line
        elif before == line.value:
            known += 1
        else:
            what = f"{line.unit_code}, {line.measure}"
            problems.append(Problem(f"{what}: {before} is stored, the file says {line.value}.",
                                    f"{what}: 已存 {before}, 文件为 {line.value}。", line=line.line,
                                    column=line.measure, kind="conflict"))
    return list(new.values()), known, problems


def store(session: Session, run: Import, source: str, lines: Sequence[Measured]) -> Stored:
    """Store the new ones of some values."""
    new, known, problems = sorted_out(session, run.site_id, source, lines)
    add_many(session, UnitMeasure, [
        {"site_id": run.site_id, "import_id": run.id, "source": source, "unit_code": x.unit_code,
         "unit_name": x.unit_name, "measure": x.measure, "kind": x.kind, "period": x.period, "value": x.value,
         "is_percent": x.is_percent, "n": None, "line": x.line} for x in new])
    return Stored(len(new), known, problems)


def stored_count(session: Session, site_id: int, source: str) -> int:
    """Count the values that are stored of a source."""
    return session.scalar(select(func.count()).select_from(UnitMeasure).where(
        UnitMeasure.site_id == site_id, UnitMeasure.source == source)) or 0
