"""Writes the workbook of an evidence package: out of the database into a file. Knows no page and no question."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from exports.about import About, Written
from exports.evidence_workbook import evidence_book
from exports.evidence_workbook_evidence import Evidence, Kind
from qms.db import Record
from qms.db.upgrade import head
from qms.jobs.exports import SEVERAL_ZONES, silent
from qms.jobs.trail_evidence_steps import Steps
from qms.models.accounts_qualifications import Qualification
from qms.models.chain import Site
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound
from qms.rules.trail_evidence import Clause, Gap
from qms.rules.trail_evidence_sheets import FULL
from qms.rules.words import Words
from qms.settings import VERSION
from qms.workflows import trail_evidence_rows as reading
from qms.workflows.attachments_store import kept
from qms.workflows.trail_evidence_figures import figures
from qms.workflows.trail_evidence_told import noted, seqs_of, series, void_since, voids
from qms.workflows.trail_names import names


@dataclass(frozen=True)
class Wanted:
    """What a workbook is made of: the kinds of record with the queries for their ids, and what is told of them.

    `size` entries of the trail have the root hash `root`. `filters` are pairs of label and wording. `photos`: the photo
    store; `no_file`: hashes of files that are not in it. `names`: how persons are named, one of NAMES.
    """

    title: str
    by: str
    kinds: Sequence[tuple[type[Record], Select[Any]]]
    size: int
    root: bytes
    filters: Sequence[tuple[str, str]]
    photos: Path
    clauses: Sequence[tuple[Clause, Sequence[str]]] = ()
    gaps: Sequence[Gap] = ()
    no_file: frozenset[str] = frozenset()
    address: str = ""
    names: str = FULL


def write_book(session: Session, wanted: Wanted, target: Path, language: str, steps: Steps | None = None) -> Written:
    """Write the workbook to a path, in zh or en; every row of a record or of the trail is a step."""
    sites, steps = _sites(session, wanted.kinds), steps or Steps(silent)
    zones = {site.time_zone for site in sites}
    zone = zones.pop() if len(zones) == 1 else SEVERAL_ZONES
    person = reading.called(wanted.names)
    about = About(title=wanted.title, generated_at=utc_now().astimezone(ZoneInfo(zone)).replace(tzinfo=None), zone=zone,
                  generated_by=person(wanted.by), demo=any(site.demo for site in sites), filters=wanted.filters,
                  checkpoint=(wanted.size, base64.b64encode(wanted.root).decode()))
    units = reading.units_of(session, wanted.kinds)
    held = [(kind, ids) for kind in wanted.kinds if (ids := reading.ids_of(session, kind))]
    kinds = [kind for kind, _ids in held]
    seqs = seqs_of(session, kinds, wanted.size)
    return evidence_book(target, Evidence(
        about=about, sites=[f"{site.code} {Words(site.name_en, site.name_zh).to(language)}" for site in sites],
        versions=(VERSION, head() or ""), clauses=wanted.clauses, gaps=_named(session, wanted.gaps, person, language),
        kinds=[_kind(session, kind, ids, units, person, steps) for kind, ids in held], units=units,
        register=reading.register(session, kinds, person),
        entries=lambda whole: steps.over(noted(session, seqs, person, whole=whole)), entry_count=len(seqs),
        voids=voids(session, kinds, person), series=series(session, kinds),
        figures=list(figures(session, kinds, units)),
        photo=lambda sha256: _photo(wanted.photos, sha256, steps), void_since=void_since(session, kinds),
        no_file=wanted.no_file, address=wanted.address,
        names=wanted.names), language)


def _kind(session: Session, kind: reading.Ids, ids: Sequence[int], units: Sequence[str],
          person: reading.Called, steps: Steps) -> Kind:
    fields = reading.fields(kind[0], units)
    return Kind(kind[0].__tablename__, fields, ids, steps.over(reading.rows(session, kind, fields, person)))


def _photo(photos: Path, sha256: str, steps: Steps) -> bytes | None:
    """Return the bytes of a photo, None for one that is not there as it was kept; making a thumbnail of it takes time,
    so how far the work is, is told before.
    """
    steps.tell()
    try:
        return kept(photos, sha256)
    except NotFound:
        return None


def _named(session: Session, gaps: Sequence[Gap], person: reading.Called, language: str) -> list[Gap]:
    """Return the gaps, those at records without a number under what the record is called; a qualification's stands
    under its person.
    """
    ids: dict[str, set[int]] = {}
    for gap in gaps:
        if gap.number is None:
            ids.setdefault(gap.table, set()).add(gap.id)
    found = {one: name if isinstance(name, str) else name.to(language)
             for one, name in names(session, ids, person).items()}
    return [replace(gap, number=found.get((gap.table, gap.id)) if gap.number is None else
                    person(gap.number) if gap.table == Qualification.__tablename__ else gap.number) for gap in gaps]


def _sites(session: Session, kinds: Sequence[reading.Ids]) -> Sequence[Site]:
    ids = next((ids for model, ids in kinds if model is Site), None)
    return () if ids is None else session.scalars(select(Site).where(Site.id.in_(ids)).order_by(Site.code)).all()
