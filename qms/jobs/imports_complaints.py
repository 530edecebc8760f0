"""Runs imports of outside complaints: reads the whole file, then stores it in batches. Knows no page and no command."""

from dataclasses import dataclass
from pathlib import Path

from qms.db import Database
from qms.imports.complaint_headers import ComplaintMapping, read_complaint_mapping
from qms.imports.complaints import ComplaintFile, read_complaints
from qms.jobs.imports import Progress, batches, discarding, marked, silent
from qms.jobs.worker import Run
from qms.rules.accounts import Actor
from qms.workflows import imports, imports_complaints
from qms.workflows.imports_places import known_site

LINES_PER_BATCH = 200


@dataclass(frozen=True, slots=True)
class ComplaintsOutcome:
    """What an import of complaints did, or in a dry run would do. `made` names new chain records."""

    file: ComplaintFile
    added: int
    known: int
    made: tuple[str, ...]


def preview_complaints(database: Database, person: Actor, path: Path, mapping: ComplaintMapping) -> ComplaintsOutcome:
    """Read a file and say what an import would do. Nothing is changed. Raises BadFile, NotAllowed."""
    file = read_complaints(path, mapping)
    with database.reading() as session:
        site, customer, _zone = imports_complaints.named(session, mapping.site, mapping.customer)
        made = imports_complaints.missing(session, person, site, customer)
        there = known_site(session, person, site.code)
        known = sum(len(imports_complaints.known_keys(session, there.id if there else None, batch))
                    for batch in batches(file.complaints, LINES_PER_BATCH))
    return ComplaintsOutcome(file, len(file.complaints) - known, known, tuple(made))


def load_complaints(database: Database, person: Actor, run_id: int, path: Path, mapping: ComplaintMapping,
                    progress: Progress = silent) -> ComplaintsOutcome:
    """Store the complaints of a file that are not stored yet.

    Raises BadFile when the file cannot be taken or does not reconcile; the import is then marked as refused.
    """
    with marked(database, person, run_id):
        file = read_complaints(path, mapping)
        with database.transaction(person, "imports.begin") as session:
            site, customer, zone = imports_complaints.named(session, mapping.site, mapping.customer)
            made = imports_complaints.missing(session, person, site, customer)
            items = sorted({one.item for one in file.complaints if one.item})
            places = imports_complaints.places_of(session, person, site, customer, zone, items)
            imports.start(session, person, run_id, site_id=places.site.id, mapping=mapping.toml or None)
            imports.keep_problems(session, run_id, file.problems)
        added, done = 0, 0
        for batch in batches(file.complaints, LINES_PER_BATCH):
            with database.transaction(person, "imports.load") as session:
                added += imports_complaints.load(session, person, run_id, places, batch, kind=mapping.kind,
                                                 severity=mapping.severity)
            done += len(batch)
            progress(done, len(file.complaints))
        known = len(file.complaints) - added
        with database.transaction(person, "imports.finish") as session:
            if not known:
                imports_complaints.check_totals(session, run_id, taken=added, disputed=file.disputed, late=file.late)
            imports.finish(session, person, run_id, rows=file.rows, taken=added, known=known, refused=file.refused,
                           summary=told(file))
    return ComplaintsOutcome(file, added, known, tuple(made))


def told(file: ComplaintFile) -> dict[str, object]:
    """Return what a file holds, as an import keeps it."""
    return {"complaints": len(file.complaints), "disputed": file.disputed, "late": file.late, "style": file.style,
            "columns": file.columns}


def _run(run: Run) -> dict[str, object]:
    import_id = int(str(run.args["import_id"]))
    with discarding(run, import_id):
        outcome = load_complaints(run.database, run.person, import_id, Path(str(run.args["path"])),
                                  read_complaint_mapping(str(run.args.get("mapping") or "")), run.progress)
    return {"import_id": import_id, "added": outcome.added}


KINDS = {"imports.complaints": _run}
