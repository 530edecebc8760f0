"""Writes registers to files: which there are, and how one gets from the database into a file and into the trail.

The trail entry (R-53) is made before anyone gets the file. Knows no page and no command.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports import acceptance, acceptance_pieces, dispositions_concessions, dispositions_costs, rejections
from exports.about import About, Written
from qms.db import Database
from qms.jobs.worker import Run
from qms.models.chain import Site, Unit
from qms.models.stops import Stop
from qms.rules.acceptance import HANDOVER_STATES
from qms.rules.acceptance_pieces import KINDS as PIECE_KINDS
from qms.rules.acceptance_pieces import REASONS as PIECE_REASONS
from qms.rules.acceptance_pieces import STATES as PIECE_STATES
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.dispositions_concessions import ENDING as CONCESSION_ENDING
from qms.rules.dispositions_concessions import KINDS as CONCESSION_KINDS
from qms.rules.dispositions_concessions import STATES as CONCESSION_STATES
from qms.rules.dispositions_costs import CATEGORIES, ELEMENT_WORDS
from qms.rules.errors import Invalid
from qms.rules.rejections import KINDS as REJECTION_KINDS
from qms.rules.rejections import ORIGIN_STATES, SEVERITIES, STATES
from qms.rules.words import Words
from qms.workflows import (
    acceptance_ledger,
    acceptance_pieces_ledger,
    acceptance_pieces_register,
    acceptance_register,
    dispositions_concessions_ledger,
    dispositions_concessions_register,
    dispositions_costs_ledger,
    dispositions_costs_register,
    rejections_ledger,
    rejections_register,
)
from qms.workflows.exports import ROWS_AT_ONCE, record
from qms.workflows.exports_filters import COMMON, Meaning, filter_of, query_of, told

SUFFIXES = (".xlsx", ".csv")
KEPT_FOR = timedelta(days=7)
SEVERAL_ZONES = "UTC"

Progress = Callable[[int, int | None], None]
_Write = Callable[..., Written]


@dataclass(frozen=True)
class Register:
    """One register that can be written to a file."""

    name: Words
    filter: type[Any]
    permission: str
    lines: Callable[..., Iterator[dict[str, Any]]]
    size: Callable[[Session, Actor, Any], int]
    meanings: Mapping[str, Meaning]
    to_workbook: _Write
    to_csv: _Write


REGISTERS: dict[str, Register] = {
    "ledger": Register(
        rejections.NAME, rejections_register.Filter, "rejections.view", rejections_ledger.lines,
        rejections_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), STATES),
                  "kind": Meaning(Words("Kind", "类别"), REJECTION_KINDS),
                  "severity": Meaning(Words("Severity", "严重度"), SEVERITIES),
                  "origin_state": Meaning(Words("State of origin", "责任工序状态"), ORIGIN_STATES),
                  "found_unit_id": Meaning(Words("Detecting operation", "发现工序"), model=Unit),
                  "origin_unit_id": Meaning(Words("Origin operation", "责任工序"), model=Unit)},
        rejections.ledger, rejections.ledger_csv),
    "handovers": Register(
        acceptance.NAME, acceptance_register.Filter, "acceptance.view", acceptance_ledger.lines,
        acceptance_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), HANDOVER_STATES),
                  "supplier_id": Meaning(Words("From", "上工序"), model=Unit),
                  "customer_id": Meaning(Words("To", "下工序"), model=Unit),
                  "again": Meaning(Words("Only presented again", "仅重新提交"))},
        acceptance.handover_register, acceptance.handover_register_csv),
    "inspections": Register(
        acceptance_pieces.NAME, acceptance_pieces_register.Filter, "acceptance.view", acceptance_pieces_ledger.lines,
        acceptance_pieces_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), PIECE_STATES),
                  "kind": Meaning(Words("Kind", "种类"), PIECE_KINDS),
                  "reason": Meaning(Words("Reason", "检验原因"), PIECE_REASONS),
                  "unit_id": Meaning(Words("Operation", "工序"), model=Unit),
                  "stop_id": Meaning(Words("Stop", "停线"), model=Stop),
                  "waiting": Meaning(Words("Only what waits", "仅待判定"))},
        acceptance_pieces.pieces_register, acceptance_pieces.pieces_register_csv),
    "concessions": Register(
        dispositions_concessions.NAME, dispositions_concessions_register.Filter, "dispositions.view",
        dispositions_concessions_ledger.lines, dispositions_concessions_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), CONCESSION_STATES | CONCESSION_ENDING),
                  "kind": Meaning(Words("Kind", "种类"), CONCESSION_KINDS),
                  "customer_id": Meaning(Words("Customer", "客户"), model=Unit)},
        dispositions_concessions.register, dispositions_concessions.register_csv),
    "costs": Register(
        dispositions_costs.NAME, dispositions_costs_register.Filter, "dispositions.costs",
        dispositions_costs_ledger.lines, dispositions_costs_ledger.count,
        COMMON | {"period": Meaning(Words("Month", "月份")),
                  "category": Meaning(Words("Class", "成本类别"), CATEGORIES),
                  "element": Meaning(Words("Element", "成本要素"), ELEMENT_WORDS),
                  "state": Meaning(Words("State", "状态"), dispositions_costs_ledger.STATES)},
        dispositions_costs.costs, dispositions_costs.costs_csv),
}


class Sent(NamedTuple):
    """A file that was written and put into the trail."""

    name: str
    rows: int
    sha256: str


def silent(_done: int, _total: int | None) -> None:
    """Tell nobody how far an export is."""


def write(database: Database, person: Actor, what: str, wanted: Any, *, target: Path, language: str,
          address: str = "", progress: Progress = silent) -> Sent:
    """Write a register under a filter to a .xlsx or .csv path, and the export into the trail.

    `address` is where the records' pages are. Nothing is left at the path when the trail refuses. Raises Invalid
    for another kind of file or more rows than a sheet holds, NotAllowed, NotFound.
    """
    if target.suffix.lower() not in SUFFIXES:
        raise Invalid("An export is a .xlsx or a .csv file.", "导出文件须为 .xlsx 或 .csv。", field="format")
    person.need("exports.run")
    register = REGISTERS[what]
    with database.reading() as session:
        person.need(register.permission)
        zone, demo = _place(session, person, register.permission, wanted)
        about = About(
            title=register.name.to(language), zone=zone, generated_by=person.name, demo=demo,
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
    _clear(target.parent)
    sent = write(job.database, job.person, what, filter_of(REGISTERS[what].filter, fields), target=target,
                 language=str(job.args["language"]), address=str(job.args["address"]), progress=job.progress)
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


def _clear(folder: Path) -> None:
    """Remove the files that have waited for download for a week."""
    oldest = (utc_now() - KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


KINDS = {"exports.write": run}
