"""What a signature covers: for each meaning the rows and columns that were signed, and their one byte form (R-45).

A column that only later steps write is left out, so that carrying a signed decision out does not undo the signature.
Everything else counts, a column that is added later too once it is filled: what is empty is not part of the bytes.
Knows neither who signed nor why.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from qms.db import Record
from qms.db.ledger import canonical, plain
from qms.models.acceptance import Characteristic, Standard
from qms.models.actions import Action, ActionMember, ActionSource, Comparison, StockLine
from qms.models.actions_causes import Cause, DocumentUpdate, ReadAcross, Task, Why
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import OriginStatement, Rejection
from qms.models.review import Review, ReviewAttendee, ReviewDecision, ReviewInput, ReviewSite
from qms.models.service_appeals import Appeal
from qms.models.trail_retention import Disposal, DisposalLine

_CHUNK = 500
_CARRIED_ON = ("state", "quantity_used", "ended_at", "refused_reason", "withdrawn_reason", "back_to_spec_at",
               "back_to_spec_by_id")
_BY_CUSTOMER = ("customer_ref", "customer_approver", "customer_approver_role", "customer_decided_on", "customer_told",
                "quantity_authorised", "starts_on", "expires_on")


class Part(NamedTuple):
    """Rows that belong to what was signed. `owner`: the column that names what they are part of; `of`: its table."""

    model: type[Record]
    owner: str
    of: type[Record]
    columns: tuple[str, ...]


class Content(NamedTuple):
    """What one kind of signature covers of a record and of its parts, each after what it is part of."""

    model: type[Record]
    columns: tuple[str, ...]
    parts: tuple[Part, ...] = ()


class Row(NamedTuple):
    """One signed row: its table, its id, and its signed columns as the trail writes them."""

    table: str
    id: int
    values: dict[str, Any]


def _but(model: type[Record], *left_out: str) -> tuple[str, ...]:
    """Return the columns of a table but its version and those that only later steps write."""
    return tuple(column.name for column in model.__table__.columns if column.name not in {"rev", *left_out})


def _part(model: type[Record], owner: str, of: type[Record], *left_out: str) -> Part:
    return Part(model, owner, of, _but(model, *left_out))


@cache
def contents() -> Mapping[str, Content]:
    """Map each meaning of a signature to what it covers."""
    return {
        "review": Content(Review, _but(Review, "state", "compared_at", "signed_at", "grant_id", "void_reason"), (
            _part(ReviewSite, "review_id", Review), _part(ReviewAttendee, "review_id", Review),
            _part(ReviewInput, "review_id", Review, "moved", "live"),
            _part(ReviewDecision, "review_id", Review, "state", "result", "ended_at", "ended_by_id"))),
        "standard": Content(Standard, _but(Standard, "state", "valid_to", "edits"), (
            _part(Characteristic, "standard_id", Standard),)),
        "disposition": Content(Disposition, _but(
            Disposition, "state", "concession_id", "started_at", "started_by_id", "done_at", "done_by_id", "result",
            "verified_at", "verified_by_id", "verification", "withdrawn_reason")),
        "concession": Content(Concession, _but(Concession, *_CARRIED_ON, *_BY_CUSTOMER)),
        "authorisation": Content(Concession, _but(Concession, *_CARRIED_ON)),
        "closure": Content(Action, _but(Action, "state", "search_text"), (
            _part(ActionSource, "action_id", Action), _part(ActionMember, "action_id", Action),
            _part(Comparison, "action_id", Action), _part(StockLine, "action_id", Action),
            _part(Cause, "action_id", Action, "edits"), _part(Why, "cause_id", Cause),
            _part(Task, "action_id", Action, "state", "rungs", "escalated_at"),
            _part(DocumentUpdate, "action_id", Action), _part(ReadAcross, "action_id", Action),
            _part(EffectivenessPlan, "action_id", Action, "state"))),
        "disposal": Content(Disposal, _but(Disposal, "state", "done_at", "disposed", "held_back"), (
            _part(DisposalLine, "disposal_id", Disposal),)),
        "appeal": Content(Appeal, _but(Appeal)),
        "origin": Content(Rejection, ("id", "number", "item_id", "defect_id", "found_unit_id", "origin_unit_id",
                                      "origin_state"), (
            _part(OriginStatement, "rejection_id", Rejection),)),
    }


def signed_rows(session: Session, meaning: str, ids: Collection[int]) -> dict[int, list[Row]]:
    """Return the rows that a meaning covers of each record, as the database holds them now, in an order of their own.

    A record that is not there has no entry.
    """
    content = contents()[meaning]
    found: dict[int, list[Row]] = {}
    whose: dict[tuple[str, int], int] = {}
    for chunk in in_chunks(ids):
        for values in _read(session, content.model, content.columns, "id", chunk):
            found[values["id"]] = [_row(content.model, content.columns, values)]
            whose[content.model.__tablename__, values["id"]] = values["id"]
    for part in content.parts:
        owners = [row_id for table, row_id in whose if table == part.of.__tablename__]
        for chunk in in_chunks(owners):
            for values in _read(session, part.model, part.columns, part.owner, chunk):
                record_id = whose[part.of.__tablename__, values[part.owner]]
                found[record_id].append(_row(part.model, part.columns, values))
                whose[part.model.__tablename__, values["id"]] = record_id
    return found


def bytes_of(meaning: str, rows: Iterable[Row]) -> bytes:
    """Return signed rows as the bytes whose hash is signed: canonical JSON without what is empty."""
    told: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row.table, row.id)):
        told.setdefault(row.table, []).append(row.values)
    return canonical({"meaning": meaning, "rows": told})


def signed_columns(meaning: str) -> dict[str, frozenset[str]]:
    """Map each table that a meaning covers to its signed columns."""
    content = contents()[meaning]
    return {content.model.__tablename__: frozenset(content.columns)} | {
        part.model.__tablename__: frozenset(part.columns) for part in content.parts}


def in_chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Yield ids, the lowest first, in numbers that one statement takes."""
    given = sorted(ids)
    for start in range(0, len(given), _CHUNK):
        yield given[start:start + _CHUNK]


def _read(session: Session, model: type[Record], columns: tuple[str, ...], by: str,
          ids: Collection[int]) -> Iterable[RowMapping]:
    """Read columns past the session's objects: what is hashed is what the database holds."""
    table = model.__table__
    return session.execute(select(*(table.c[name] for name in columns)).where(table.c[by].in_(ids))
                           .order_by(table.c.id)).mappings().all()


def _row(model: type[Record], columns: tuple[str, ...], values: RowMapping) -> Row:
    return Row(model.__tablename__, values["id"],
               {name: plain(values[name]) for name in columns if values[name] is not None})
