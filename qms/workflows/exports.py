"""How lines leave the database in a reader's words, and how that is written into the trail (R-53). Knows no file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.trail import Export
from qms.rules.accounts import Actor
from qms.rules.words import Words

ROWS_AT_ONCE = 1000


def record(session: Session, person: Actor, *, kind: str, filters: str, rows: int, file_name: str,
           sha256: str) -> Export:
    """Write down who took which rows out, when, by which filter, and the hash of the file. Raises NotAllowed.

    `filters` is the query string of the register. Source: R-53.
    """
    person.need("exports.run")
    export = Export(kind=kind, person_id=person.id, at=now(session), filters=filters[:1000], rows=rows,
                    file_name=file_name[:200], sha256=sha256)
    session.add(export)
    acted(session, "R-53")
    session.flush()
    return export


def streamed(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield rows of columns, each by key, as the database finds them, never all at once."""
    with session.connection().execute(query, execution_options={"yield_per": ROWS_AT_ONCE}) as result:
        keys = tuple(result.keys())
        for rows in result.partitions():
            for row in rows:
                yield dict(zip(keys, row, strict=True))


def called(record: Any, language: str) -> ColumnElement[str]:
    """Return the column of a record's name in this language, or of the other name where this one is empty."""
    names = (record.name_zh, record.name_en) if language == "zh" else (record.name_en, record.name_zh)
    return func.coalesce(func.nullif(names[0], ""), names[1])


def coded(unit: Any, language: str) -> ColumnElement[str]:
    """Return the column of a unit's code and name; None where there is no unit."""
    column: ColumnElement[str] = unit.code + " " + called(unit, language)
    return column


def spoken(rows: Iterable[dict[str, Any]], said: Mapping[str, Mapping[str, Words]], times: Iterable[str], language: str,
           zone: ZoneInfo, page: str) -> Iterator[dict[str, Any]]:
    """Yield each row with its codes in words, its times local to the zone and naive, and the address of its page.

    `said` maps a key to the words of its codes; a code without words stays as it is.
    """
    wordings = [(key, {code: words.to(language) for code, words in codes.items()}) for key, codes in said.items()]
    times = tuple(times)
    for line in rows:
        for key, words in wordings:
            line[key] = words.get(line[key], line[key])
        for key in times:
            if line[key] is not None:
                line[key] = line[key].astimezone(zone).replace(tzinfo=None)
        line["link"] = f"{page}{line['id']}" if page else None
        yield line
