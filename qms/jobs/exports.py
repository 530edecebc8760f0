"""Writes registers to files: how one gets from the database into a file and into the trail.

The trail entry (R-53) is made before anyone gets the file. Knows no page and no command.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.about import About
from qms.db import Database
from qms.jobs.exports_registers import REGISTERS
from qms.jobs.trail_checkpoints import under
from qms.jobs.worker import Run
from qms.models.chain import Site
from qms.rules.accounts import Actor
from qms.rules.accounts_looks import EXPORTED, is_onlooker
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.workflows import accounts_looks as looks
from qms.workflows.exports import ROWS_AT_ONCE, record
from qms.workflows.exports_filters import filter_of, query_of, told

SUFFIXES = (".xlsx", ".csv")
KEPT_FOR = timedelta(days=7)
SEVERAL_ZONES = "UTC"

Progress = Callable[[int, int | None], None]


class Sent(NamedTuple):
    """A file that was written and put into the trail."""

    name: str
    rows: int
    sha256: str


def silent(_done: int, _total: int | None) -> None:
    """Tell nobody how far an export is."""


def write(database: Database, person: Actor, what: str, wanted: Any, *, target: Path, language: str,
          address: str = "", progress: Progress = silent, seed: bytes | None = None) -> Sent:
    """Write a register under a filter to a .xlsx or .csv path, and the export into the trail.

    `address` is where the records' pages are; `seed`: the key that signs the checkpoint which the file names. Nothing
    is left at the path when the trail refuses. Raises Invalid for another kind of file or more rows than a sheet
    holds, NotAllowed, NotFound.
    """
    if target.suffix.lower() not in SUFFIXES:
        raise Invalid("An export is a .xlsx or a .csv file.", "导出文件须为 .xlsx 或 .csv。", field="format")
    person.need("exports.run")
    register = REGISTERS[what]
    checkpoint = under(database, seed)
    with database.reading() as session:
        person.need(register.permission)
        zone, demo = _place(session, person, register.permission, wanted)
        about = About(
            title=register.name.to(language), zone=zone, generated_by=person.name, demo=demo, checkpoint=checkpoint,
            generated_at=utc_now().astimezone(ZoneInfo(zone)).replace(tzinfo=None),
            filters=told(session, wanted, register.meanings, language))
        total = register.size(session, person, wanted)
        lines = register.lines(session, person, wanted, language, ZoneInfo(zone), address)
        to_file = register.to_workbook if target.suffix.lower() == ".xlsx" else register.to_csv
        written = to_file(_counted(lines, total, progress), language, about, target)
    try:
        with database.transaction(person, "exports.write") as session:
            record(session, person, kind=what, filters=query_of(wanted), rows=written.rows,
                            file_name=target.name, sha256=written.sha256)
            if what in EXPORTED and is_onlooker(person):
                looks.note(session, person, "export", people=written.rows, address=f"{what}?{query_of(wanted)}")
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Sent(target.name, written.rows, written.sha256)


def file_name(what: str, suffix: str) -> str:
    """Return the name under which a person gets a file of today."""
    return f"{what}-{utc_now():%Y-%m-%d-%H%M%S}{suffix}"


def job_file(folder: Path, job_id: int, suffix: str) -> Path:
    """Return where a job's file waits for download."""
    return folder / "exports" / f"{job_id}{suffix}"


def run(job: Run) -> dict[str, object]:
    """Write the file that a job asks for; its result names the file as a person gets it."""
    what, suffix = str(job.args["register"]), str(job.args["suffix"])
    fields = {str(name): str(value) for name, value in dict(job.args["filter"]).items()}  # type: ignore[call-overload]
    target = job_file(job.settings.files, job.id, suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_old(target.parent)
    sent = write(job.database, job.person, what, filter_of(REGISTERS[what].filter, fields), target=target,
                 language=str(job.args["language"]), address=str(job.args["address"]), progress=job.progress,
                 seed=job.settings.signing_seed())
    return {"file": file_name(what, suffix), "suffix": suffix, "rows": sent.rows, "sha256": sent.sha256}


def _place(session: Session, person: Actor, permission: str, wanted: Any) -> tuple[str, bool]:
    """Return the zone of the sites that the filter reaches (UTC when they differ), and whether one is made up."""
    sites = person.sites(permission) if wanted.site_id is None else {wanted.site_id}
    query = select(Site.time_zone, Site.demo)
    found = session.execute(query if sites is None else query.where(Site.id.in_(sites))).all()
    zones = {zone for zone, _ in found}
    return zones.pop() if len(zones) == 1 else SEVERAL_ZONES, any(demo for _, demo in found)


def _counted(lines: Iterable[dict[str, Any]], total: int, progress: Progress) -> Iterator[dict[str, Any]]:
    for done, line in enumerate(lines):
        if done % ROWS_AT_ONCE == 0:
            progress(done, total)
        yield line


def clear_old(folder: Path) -> None:
    """Remove the files that have waited for download for a week."""
    oldest = (utc_now() - KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


KINDS = {"exports.write": run}
