"""Reads a management review as plain values, for the files that it becomes. Only reads."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.review import ReviewDecision, ReviewInput
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.review_packs import Attendee, Pack, PackDecision, PackInput
from qms.rules.review_snapshots import Row, Snapshot, Table, read
from qms.rules.words import Words
from qms.workflows.review_missed import frozen_misses
from qms.workflows.review_records import attendees, decisions_of, inputs_of, one, sites_of
from qms.workflows.trail_signatures import signatures_of

_AS_THEY_ARE = ("number", "title", "state", "profile", "first_on", "last_on", "before_first_on", "before_last_on",
                "meeting_on", "place", "conclusion", "void_reason", "content_hash")
_TIMES = ("assembled_at", "frozen_at", "compared_at")
_OF_INPUT = ("code", "state", "body", "reason", "imported_name", "imported_sha256", "moved", "note")


def pack_of(session: Session, person: Actor, review_id: int, *, address: str = "") -> Pack:
    """Return a review with all that stands in it; times are naive, local to its site. Raises NotFound.

    `address` is where the pages of this system are; empty: nowhere.
    """
    held = one(session, person, review_id)
    sites = sites_of(session, held)
    zone = ZoneInfo(sites[0].time_zone)
    kept: dict[str, Any] = {name: getattr(held, name) for name in _AS_THEY_ARE}
    kept |= {name: _local(getattr(held, name), zone) for name in _TIMES}
    return Pack(
        review_id=held.id, sites=tuple(map(_called, sites)), zone=sites[0].time_zone, address=address,
        demo=any(site.demo for site in sites), prepared_by=held.prepared_by.name, generated_by=person.name,
        generated_at=utc_now().astimezone(zone).replace(tzinfo=None, microsecond=0),
        inputs=tuple(_input(given, zone) for given in inputs_of(session, held)),
        attendees=tuple(Attendee(who.name, who.role, who.was_there) for who in attendees(session, held)),
        decisions=tuple(map(_decision, decisions_of(session, held))), missed=tuple(frozen_misses(held)),
        signatures=tuple(signatures_of(session, "reviews", [held.id], zone.key)),
        **kept)


def _called(site: Site) -> Words:
    return Words(site.name_en or site.name_zh, site.name_zh or site.name_en)


def _input(given: ReviewInput, zone: ZoneInfo) -> PackInput:
    imported = read(given.imported).tables if given.imported else ()
    snapshot = read(given.snapshot) if given.snapshot else Snapshot()
    return PackInput(
        snapshot=replace(snapshot, tables=tuple(_at_home(table, zone) for table in snapshot.tables)),
        sha256=given.snapshot_sha256,
        counted_at=_local(given.counted_at, zone), imported=imported[0] if imported else None,
        **{name: getattr(given, name) for name in _OF_INPUT})


def _at_home(table: Table, zone: ZoneInfo) -> Table:
    """Return a table whose instants are local ones."""
    return replace(table, rows=tuple(Row(tuple(
        _local(cell, zone) if isinstance(cell, datetime) and cell.tzinfo else cell for cell in row.cells), row.path)
        for row in table.rows))


def _decision(given: ReviewDecision) -> PackDecision:
    names: Any = ("place", "input_code", "output", "missed", "body", "resource", "due_on", "state", "result")
    return PackDecision(owner=given.owner.name, **{name: getattr(given, name) for name in names})


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else at.astimezone(zone).replace(tzinfo=None)
