"""How gaps in evidence are found: what records lack, numbers that no record bears, files that are not in the store.

Gaps are shown, never hidden: an auditor trusts evidence that tells what it lacks. Source: domain.md M.5.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from qms.db import now
from qms.db.listed import listed
from qms.models.acceptance import Handover
from qms.models.accounts import Person
from qms.models.accounts_qualifications import Qualification
from qms.models.actions import Action
from qms.models.actions_causes import Lesson
from qms.models.chain import Site
from qms.models.controls import Bypass
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions import ScrapTicket
from qms.models.dispositions_concessions import Concession, ConcessionUse, CustomerNotice
from qms.models.rejections import Rejection
from qms.models.review import Review
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import InternalComplaint
from qms.models.service_requests import ServiceRequest
from qms.models.stops import Stop
from qms.models.trail import Attachment, NumberSeries
from qms.rules.trail_evidence import Gap
from qms.rules.words import Words
from qms.workflows import numbers
from qms.workflows.attachments_store import place
from qms.workflows.trail_evidence_gathering import Gathered
from qms.workflows.trail_evidence_missing import PRODUCT
from qms.workflows.trail_evidence_missing_improvement import IMPROVEMENT

SERIES: tuple[tuple[Any, str], ...] = (
    (Rejection, numbers.REJECTION), (Handover, numbers.HANDOVER), (Stop, numbers.STOP),
    (Concession, numbers.CONCESSION), (CustomerNotice, numbers.NOTICE), (ScrapTicket, numbers.SCRAP),
    (Action, numbers.ACTION), (Lesson, numbers.LESSON), (CustomerComplaint, numbers.COMPLAINT),
    (InternalComplaint, numbers.INTERNAL_COMPLAINT), (Appeal, numbers.APPEAL), (Bypass, numbers.BYPASS),
    (ServiceRequest, numbers.REQUEST), (Review, numbers.REVIEW),
)
_NO_RECORD = Words("No record bears this number", "编号无对应记录")
_OUTSIDE = Words("Used before the first or after the last day of the concession", "在让步有效期之外使用")
_NO_FILE = Words("File is not in the store", "附件文件缺失")
_RUN_OUT = Words("Ran out, followed by no newer one", "已过期, 无后续资质")


def gaps_of(session: Session, found: Gathered, photos: Path, beat: Callable[[], None] = lambda: None) -> list[Gap]:
    """Return everything that is missing in evidence, clause by clause.

    `photos`: the store of files. `beat` is called every so often.
    """
    gaps = [*_missing(session, found, beat), *_used_outside(session, found), *_run_out(session, found),
            *_unnumbered(session, found), *_unkept(session, found, photos)]
    order = {clause.code: place for place, (clause, _tables) in enumerate(found.clauses)}
    return sorted(gaps, key=lambda gap: order[gap.clause])


def _missing(session: Session, found: Gathered, beat: Callable[[], None]) -> Iterator[Gap]:
    asked = {clause.code for clause, _tables in found.clauses}
    dialect = session.get_bind().dialect
    for one in (*PRODUCT, *IMPROVEMENT):
        model: Any = one.model
        ids = found.kinds.get(one.model)
        if one.clause not in asked or not ids:
            continue
        beat()
        number = literal(None) if one.number is None else one.number
        query = select(model.id, number).where(model.id.in_(listed(dialect, ids)), one.when).order_by(model.id)
        for record_id, shown in session.execute(query):
            yield Gap(one.clause, one.rule, one.what, model.__tablename__, record_id, shown)


def _used_outside(session: Session, found: Gathered) -> Iterator[Gap]:
    """Yield the uses of concessions on a day, at their site, before the first or after the last one (R-13)."""
    ids = found.kinds.get(ConcessionUse)
    if not ids:
        return
    query = (select(ConcessionUse.id, ConcessionUse.at, Concession.starts_on, Concession.expires_on, Site.time_zone,
                    Concession.number)
             .join(Concession, Concession.id == ConcessionUse.concession_id).join(Site, Site.id == Concession.site_id)
             .where(ConcessionUse.id.in_(listed(session.get_bind().dialect, ids)), ConcessionUse.active)
             .order_by(ConcessionUse.id))
    for use_id, at, first, last, zone, number in session.execute(query):
        day = at.astimezone(ZoneInfo(zone)).date()
        if (first and day < first) or (last and day > last):
            yield Gap("8.7", "R-13", _OUTSIDE, ConcessionUse.__tablename__, use_id, number)


def _run_out(session: Session, found: Gathered) -> Iterator[Gap]:
    """Yield the qualifications that are over and that no newer one of the same kind follows (R-51)."""
    ids, later = found.kinds.get(Qualification), aliased(Qualification)
    if not ids:
        return
    follows = exists().where(later.person_id == Qualification.person_id, later.kind == Qualification.kind,
                             later.ended_at.is_(None), later.trained_on > Qualification.trained_on)
    for one_id, name in session.execute(
            select(Qualification.id, Person.name).join(Person, Person.id == Qualification.person_id)
            .where(Qualification.id.in_(listed(session.get_bind().dialect, ids)), Person.active,
                   Qualification.valid_to < now(session).date(), ~follows).order_by(Qualification.id)):
        yield Gap("7.2", "R-51", _RUN_OUT, Qualification.__tablename__, one_id, name)


def _unnumbered(session: Session, found: Gathered) -> Iterator[Gap]:
    """Yield the numbers, of the sites and years of these records, that no record bears (R-47)."""
    for model, kind in SERIES:
        ids, clause = found.kinds.get(model), _clause_of(found, model.__tablename__)
        if not ids or clause is None:
            continue
        series = session.execute(
            select(model.site_id, Site.code, model.year).join(Site, Site.id == model.site_id)
            .where(model.id.in_(listed(session.get_bind().dialect, ids))).distinct()
            .order_by(model.site_id, model.year)).all()
        for site_id, code, year in series:
            for first, last in _runs(session, model, kind, site_id, year):
                until = f" … {last:06d}" if last > first else ""
                yield Gap(clause, "R-47", _NO_RECORD, model.__tablename__, 0,
                          f"{kind}-{code}-{year}-{first:06d}{until}")


def _runs(session: Session, model: Any, kind: str, site_id: int, year: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of each run of numbers that were given, and that no record bears."""
    here = (model.site_id == site_id, model.year == year)
    count, highest = session.execute(select(func.count(), func.max(model.serial)).where(*here)).one()
    given = session.scalar(select(NumberSeries.last).where(
        NumberSeries.kind == kind, NumberSeries.site_id == site_id, NumberSeries.year == year)) or 0
    last = max(highest, given)
    if count == last:
        return
    before = 0
    for serial in session.scalars(select(model.serial).where(*here).order_by(model.serial)):
        if serial > before + 1:
            yield before + 1, serial - 1
        before = serial
    if last > before:
        yield before + 1, last


def _unkept(session: Session, found: Gathered, photos: Path) -> Iterator[Gap]:
    """Yield the attachments whose bytes are not in the store."""
    there: dict[str, bool] = {}
    ids = listed(session.get_bind().dialect, found.kinds.get(Attachment, ()))
    for one_id, entity, name, sha256 in session.execute(
            select(Attachment.id, Attachment.entity, Attachment.name, Attachment.sha256)
            .where(Attachment.id.in_(ids)).order_by(Attachment.id)):
        if sha256 not in there:
            there[sha256] = place(photos, sha256).exists()
        clause = _clause_of(found, entity)
        if not there[sha256] and clause is not None:
            yield Gap(clause, None, _NO_FILE, Attachment.__tablename__, one_id, name)


def _clause_of(found: Gathered, table: str) -> str | None:
    return next((clause.code for clause, tables in found.clauses if table in tables), None)
