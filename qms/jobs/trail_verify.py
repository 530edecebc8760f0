"""Verifies the trail every night, beside the service and not within it, and keeps how it went."""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection

import structlog

from qms.db import Database
from qms.db.notes import PublicKey, Signer, origin_of
from qms.jobs.worker import Run, Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import health_proofs as proofs
from qms.workflows import jobs
from qms.workflows.trail_checkpoints import identity
from qms.workflows.verify import Report, verify

log = structlog.get_logger()


def ask_due(database: Database, settings: Settings | None = None) -> None:
    """Ask for the night's verification, unless the setting wants none."""
    hour = (settings or Settings()).verify_hour
    if hour < 0:
        return
    with database.reading() as session:
        if not proofs.is_due(session, utc_now(), hour):
            return
    with database.transaction(SYSTEM, "jobs.ask") as session:
        jobs.ask(session, SYSTEM, proofs.JOB, {})


def run(job: Run) -> dict[str, object]:
    """Verify the trail in a process of its own, so that whoever writes meanwhile does not wait."""
    try:
        report = _beside(job, own_keys(job.database, job.settings))
    except EOFError:
        _note(job.database, good=False, told="it broke off")
        raise
    note(job.database, report)
    if not report.good:
        log.error("the trail is not as written", findings=len(report.findings), first=str(report.findings[0]))
    return {"entries": report.entries, "rows": report.rows, "findings": len(report.findings)}


def note(database: Database, report: Report) -> None:
    """Keep how a verification went."""
    _note(database, good=report.good,
          told=f"{report.entries} entries, {report.rows} rows" if report.good else str(report.findings[0]))


def own_keys(database: Database, settings: Settings) -> list[PublicKey]:
    """Return the key of this instance; none where none was made: verification makes nothing."""
    if not settings.signing_key_file.exists():
        return []
    with database.reading() as session:
        name = origin_of(identity(session))
    return [Signer(name, settings.signing_seed()).public]


def _note(database: Database, *, good: bool, told: str) -> None:
    with database.transaction(SYSTEM, "health.note") as session:
        proofs.note(session, proofs.VERIFY, good=good, told=told)


def _beside(job: Run, keys: Sequence[PublicKey]) -> Report:
    """Verify in another process, renewing the job's lease, and end that process when the job is to stop."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_verify, args=(theirs, job.database.url, list(keys)), daemon=True)
    process.start()
    theirs.close()
    try:
        while not ours.poll(1.0):
            job.progress(0)
        report: Report = ours.recv()
    finally:
        process.terminate()
        process.join()
        ours.close()
    return report


def _verify(answer: "Connection[Report, Report]", url: str, keys: Sequence[PublicKey]) -> None:
    answer.send(verify(url, together=False, keys=keys))


KINDS = {proofs.JOB: run}
TICKS = (Tick(300.0, ask_due),)
