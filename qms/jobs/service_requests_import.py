"""Runs imports of help-desk logs: reads a file, lets the workflows keep it in batches, holds it against a plain count.

Everything that is wrong with a file is known before anything of it is stored. Each batch is a transaction of its own; a
run that was stopped is begun again and finds what it has stored by then.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qms.db import Database
from qms.imports.service_requests import RequestLog, read_log
from qms.imports.service_requests_count import plain_count
from qms.imports.service_requests_mapping import read_request_mapping
from qms.jobs.imports import Progress, batches, discarding, marked, silent
from qms.jobs.worker import Run
from qms.rules.accounts import Actor
from qms.rules.service_requests_import import RequestMapping, Tally, tally_of
from qms.workflows import imports
from qms.workflows import service_requests_import as keeping

LINES_PER_BATCH = 1000


@dataclass(frozen=True, slots=True)
class RequestsOutcome:
    """What an import of a help-desk log did, or in a dry run would do.

    `kept` is counted from what is stored (in a dry run from the file), `plain` by pandas from the file alone; None
    where pandas does not read it. `made` names new units.
    """

    log: RequestLog
    kept: Tally
    plain: Tally | None
    added: int
    known: int
    made: tuple[str, ...]

    @property
    def is_equal(self) -> bool | None:
        """Tell whether both counts say the same; None where there is only one."""
        return None if self.plain is None else self.kept.figures() == self.plain.figures()


def preview_requests(database: Database, person: Actor, path: Path, mapping: RequestMapping) -> RequestsOutcome:
    """Read a log and say what an import of it would do. Nothing is changed. Raises BadFile."""
    log = read_log(path, mapping)
    with database.reading() as session:
        made = keeping.unknown_units(session, person, mapping, log.lines)
        known = keeping.count_known(session, person, mapping, log.lines)
    kept = tally_of((line.passed, line.reopened, line.kept) for line in log.lines)
    return RequestsOutcome(log, kept, plain_count(path, mapping), len(log.lines) - known, known, tuple(made))


def load_requests(database: Database, person: Actor, run_id: int, path: Path, mapping: RequestMapping,
                  progress: Progress = silent) -> RequestsOutcome:
    """Keep the requests of a log that are not kept yet.

    Raises BadFile when the file cannot be taken; the import is then marked as refused.
    """
    with marked(database, person, run_id):
        log = read_log(path, mapping)
        with database.transaction(person, "imports.begin") as session:
            made = keeping.unknown_units(session, person, mapping, log.lines)
            desk = keeping.desk_of(session, person, mapping, log.lines)
            imports.start(session, person, run_id, site_id=desk.site.id, mapping=mapping.toml)
            imports.keep_problems(session, run_id, log.problems)
        added = done = 0
        for batch in batches(log.lines, LINES_PER_BATCH):
            with database.transaction(person, "imports.load") as session:
                added += keeping.load(session, person, run_id, desk, mapping, batch)
            done += len(batch)
            progress(done, len(log.lines))
        kept = Tally()
        with database.reading() as session:
            keeping.count_kept(session, desk.site.id, mapping, log.lines, kept)
        outcome = RequestsOutcome(log, kept, plain_count(path, mapping), added, len(log.lines) - added, tuple(made))
        with database.transaction(person, "imports.finish") as session:
            keeping.check_totals(session, run_id, added=added, kept=kept.requests, expected=len(log.lines))
            imports.finish(session, person, run_id, rows=log.rows, taken=added, known=outcome.known,
                           refused=log.refused, summary=told(outcome))
    return outcome


def told(outcome: RequestsOutcome) -> dict[str, Any]:
    """Return what an import keeps of a log: both counts side by side, and promises by number of hand-overs."""
    plain = [value for _words, value in outcome.plain.figures()] if outcome.plain else None
    return {
        "requests": [[words.en, words.zh, value, plain[place] if plain else None]
                     for place, (words, value) in enumerate(outcome.kept.figures())],
        "equal": outcome.is_equal, "by_passes": [list(row) for row in outcome.kept.rows()]}


def _run(run: Run) -> dict[str, object]:
    import_id = int(str(run.args["import_id"]))
    with discarding(run, import_id):
        outcome = load_requests(run.database, run.person, import_id, Path(str(run.args["path"])),
                                read_request_mapping(str(run.args["mapping"])), run.progress)
    return {"import_id": import_id, "added": outcome.added}


KINDS = {"imports.requests": _run}
