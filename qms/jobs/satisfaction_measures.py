"""Runs imports of unit measures: reads a file and lets the workflow store it in batches. Knows no page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import Database
from qms.imports.satisfaction import Counts, long_values, shape_of, wide_values
from qms.jobs.imports import Progress, discarding, marked, silent
from qms.jobs.worker import Run
from qms.models.chain import Site
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound, Problem
from qms.rules.satisfaction_measures import Long, Measured, Wide
from qms.workflows import imports
from qms.workflows import satisfaction_measures as measures

PER_BATCH = 2000
FIRST_LINES = 20


@dataclass
class Outcome:
    """What an import of unit measures did, or in a dry run would do; `stored` counts all that is there afterwards."""

    counts: Counts
    added: int = 0
    known: int = 0
    stored: int = 0
    problems: list[Problem] = field(default_factory=list)
    first: list[Measured] = field(default_factory=list)


def preview(database: Database, person: Actor, path: Path, shape: Long | Wide, *, site: str, source: str) -> Outcome:
    """Read a file and say what an import would do. Nothing is changed. Raises BadFile, NotFound, NotAllowed."""
    outcome = Outcome(Counts())
    with database.reading() as session:
        site_id = _site(session, person, site)
        for lines in _batches(path, shape, outcome):
            outcome.first += lines[:FIRST_LINES - len(outcome.first)]
            new, known, problems = measures.sorted_out(session, site_id, source, lines)
            outcome.added, outcome.known = outcome.added + len(new), outcome.known + known
            outcome.problems += problems
        outcome.stored = measures.stored_count(session, site_id, source)
    return outcome


def load(database: Database, person: Actor, run_id: int, path: Path, shape: Long | Wide, *, site: str, source: str,
         progress: Progress = silent) -> Outcome:
    """Import a file in batches, each of which is kept.

    Raises BadFile, NotFound, NotAllowed; the import is then marked as refused.
    """
    outcome = Outcome(Counts())
    with marked(database, person, run_id):
        with database.transaction(person, "imports.begin") as session:
            site_id = _site(session, person, site)
            imports.start(session, person, run_id, site_id=site_id)
        for lines in _batches(path, shape, outcome):
            with database.transaction(person, "imports.load") as session:
                stored = measures.store(session, imports.one(session, person, run_id), source, lines)
            outcome.added, outcome.known = outcome.added + stored.added, outcome.known + stored.known
            outcome.problems += stored.problems
            progress(outcome.added + outcome.known, None)
        with database.transaction(person, "imports.finish") as session:
            imports.keep_problems(session, run_id, outcome.problems)
            outcome.stored = measures.stored_count(session, site_id, source)
            imports.finish(session, person, run_id, rows=outcome.counts.rows, taken=outcome.added, known=outcome.known,
                           refused=len(outcome.problems), summary=_summary(outcome, source))
    return outcome


def _summary(outcome: Outcome, source: str) -> dict[str, Any]:
    return {"source": source, "taken": outcome.counts.taken, "missing": outcome.counts.missing,
            "measures": outcome.counts.measures}


def _batches(path: Path, shape: Long | Wide, outcome: Outcome) -> Iterator[list[Measured]]:
    """Yield the values of a file in batches; what is refused goes to the outcome."""
    found = long_values(path, shape, outcome.counts) if isinstance(shape, Long) else wide_values(
        path, shape, outcome.counts)
    while batch := list(islice(found, PER_BATCH)):
        outcome.problems += [one for one in batch if isinstance(one, Problem)]
        yield [one for one in batch if isinstance(one, Measured)]


def _site(session: Session, person: Actor, code: str) -> int:
    """Return the site of a code. Raises NotFound, NotAllowed."""
    site = session.scalar(select(Site).where(Site.code == code))
    if site is None:
        raise NotFound(f"There is no site {code}.", f"没有工厂 {code}。")
    person.need("imports.run", site_id=site.id)
    return site.id


def _run(run: Run) -> dict[str, object]:
    import_id, path = int(str(run.args["import_id"])), Path(str(run.args["path"]))
    choices: dict[str, Any] = dict(run.args["choices"])  # type: ignore[call-overload]
    names = run.args.get("names")
    with discarding(run, import_id):
        shape = shape_of(choices, path, Path(str(names)) if names else None)
        outcome = load(run.database, run.person, import_id, path, shape, site=choices["site"],
                       source=choices["source"], progress=run.progress)
    return {"import_id": import_id, "added": outcome.added}


KINDS = {"imports.survey": _run, "imports.unit_measures": _run}
