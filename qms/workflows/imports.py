"""What is done with imports: prepared, run, finished, refused, looked at. Knows no row of any file."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session, selectinload

from qms.db import now
from qms.models.imports import Import, ImportProblem
from qms.models.jobs import Job
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound, Problem
from qms.rules.imports import PERMISSION, STEPS
from qms.rules.steps import step
from qms.workflows import jobs

LONGEST_WORDS = 1000


def prepare(
    session: Session,
    person: Actor,
    *,
    kind: str,
    file_name: str,
    file_sha256: str,
    site_id: int | None = None,
    mapping: str | None = None,
) -> Import:
    """Note that a file is about to be imported. Raises NotAllowed."""
    person.need(PERMISSION, site_id=site_id)
    run = Import(
        kind=kind,
        site_id=site_id,
        file_name=file_name[-200:],
        file_sha256=file_sha256,
        mapping=mapping,
        state=STEPS.first,
        person_id=person.id,
        started_at=now(session),
        rows=0,
        taken=0,
        known=0,
        refused=0,
        summary={},
    )
    session.add(run)
    session.flush()
    return run


def one(session: Session, person: Actor, import_id: int) -> Import:
    """Return an import that the person may see. Raises NotFound."""
    run = session.get(Import, import_id, options=[selectinload(Import.person), selectinload(Import.site)])
    if run is None or not _sees(person, run):
        raise NotFound
    return run


def start(session: Session, person: Actor, import_id: int, *, site_id: int, mapping: str | None = None) -> Import:
    """Let a prepared import run, or run on after its worker was stopped. Raises IllegalStep, NotFound, NotAllowed."""
    run = one(session, person, import_id)
    person.need(PERMISSION, site_id=site_id)
    run.state = step(STEPS, run.state, "run")
    run.site_id, run.mapping = site_id, mapping or run.mapping
    session.flush()
    return run


def choose(
    session: Session,
    person: Actor,
    import_id: int,
    *,
    mapping: str | None = None,
    choices: dict[str, Any] | None = None,
) -> Import:
    """Keep another mapping, or other choices, for a prepared import. Raises IllegalStep, NotFound."""
    run = one(session, person, import_id)
    step(STEPS, run.state, "choose")
    run.mapping = mapping if mapping is not None else run.mapping
    run.summary = {**run.summary, "choices": choices} if choices is not None else run.summary
    session.flush()
    return run


def ask(session: Session, person: Actor, import_id: int, job_kind: str, args: dict[str, Any]) -> Job:
    """Let a prepared import run as a job. Raises IllegalStep when it was asked for before, NotFound, NotAllowed."""
    run = one(session, person, import_id)
    person.need(PERMISSION, site_id=run.site_id)
    run.state = step(STEPS, run.state, "ask")
    job = jobs.ask(session, person, job_kind, {"import_id": import_id, **args})
    run.summary = {**run.summary, "job": job.id}
    session.flush()
    return job


def finish(
    session: Session,
    person: Actor,
    import_id: int,
    *,
    rows: int,
    taken: int,
    known: int,
    refused: int,
    summary: dict[str, Any],
) -> Import:
    """Note that an import ended well, with its totals. Raises IllegalStep, NotFound."""
    run = one(session, person, import_id)
    run.state = step(STEPS, run.state, "finish")
    run.rows, run.taken, run.known, run.refused = rows, taken, known, refused
    run.summary, run.finished_at = {**run.summary, **summary}, now(session)
    session.flush()
    return run


def refuse(session: Session, person: Actor, import_id: int, *, en: str, zh: str) -> Import:
    """Note that a file cannot be imported, and why. Raises IllegalStep, NotFound."""
    run = one(session, person, import_id)
    run.state = step(STEPS, run.state, "refuse")
    run.summary, run.finished_at = {**run.summary, "en": en, "zh": zh}, now(session)
    session.flush()
    return run


def cancel(session: Session, person: Actor, import_id: int) -> Import:
    """Give an import up; what it has stored by then stays. Raises IllegalStep, NotFound."""
    run = one(session, person, import_id)
    run.state = step(STEPS, run.state, "cancel")
    run.finished_at = now(session)
    session.flush()
    return run


def keep_problems(session: Session, import_id: int, problems: Iterable[Problem]) -> None:
    """Keep what is wrong in a file, in the order of the file; kept once, even when the run is begun again."""
    if session.scalar(select(ImportProblem.id).where(ImportProblem.import_id == import_id).limit(1)) is not None:
        return
    rows = [
        {
            "import_id": import_id,
            "line": problem.line,
            "column": (problem.field or "")[:120] or None,
            "kind": problem.kind,
            "en": problem.words.en[:LONGEST_WORDS],
            "zh": problem.words.zh[:LONGEST_WORDS],
        }
        for problem in problems
    ]
    if rows:
        session.execute(insert(ImportProblem), rows)


def identify(session: Session, person: Actor, import_id: int, file_sha256: str) -> None:
    """Keep the digest of a prepared import's file. Raises NotFound."""
    one(session, person, import_id).file_sha256 = file_sha256
    session.flush()


def count_problems(
    session: Session, import_id: int, *, kinds: Iterable[str] | None = None, but: Iterable[str] = ()
) -> int:
    """Count what is wrong in a file: of these kinds, or of all but some."""
    return session.scalar(select(func.count()).select_from(_wrong(import_id, kinds, but).subquery())) or 0


def problems(
    session: Session,
    person: Actor,
    import_id: int,
    *,
    size: int | None = None,
    kinds: Iterable[str] | None = None,
    but: Iterable[str] = (),
) -> list[ImportProblem]:
    """Return what is wrong in a file, in the order in which it was found. Raises NotFound."""
    one(session, person, import_id)
    return list(session.scalars(_wrong(import_id, kinds, but).order_by(ImportProblem.id).limit(size)))


def _wrong(import_id: int, kinds: Iterable[str] | None, but: Iterable[str]) -> Select[ImportProblem]:
    wanted = select(ImportProblem).where(ImportProblem.import_id == import_id, ImportProblem.kind.not_in(list(but)))
    return wanted if kinds is None else wanted.where(ImportProblem.kind.in_(list(kinds)))


def runs(session: Session, person: Actor, *, before: int | None = None, size: int = 50) -> list[Import]:
    """Return imports, latest first; `before` is the last id seen."""
    wanted = select(Import).options(selectinload(Import.person), selectinload(Import.site))
    sites = person.sites(PERMISSION)
    if sites is not None:
        wanted = wanted.where((Import.site_id.in_(sites)) | (Import.person_id == person.id))
    if before is not None:
        wanted = wanted.where(Import.id < before)
    return list(session.scalars(wanted.order_by(Import.id.desc()).limit(size)))


def _sees(person: Actor, run: Import) -> bool:
    sites = person.sites(PERMISSION)
    return sites is None or run.site_id in sites or run.person_id == person.id
