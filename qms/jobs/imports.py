"""Runs imports: reads a file and lets the workflows store it in batches. Knows no page and no command.

Everything that is wrong with a file is known before anything of it is stored. Each batch is a transaction of its own; a
run that was stopped is begun again and finds what it has stored by then.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from qms.db import Database
from qms.imports import uploads
from qms.imports.inspections import Totals, inspections
from qms.imports.mapping_toml import read_mapping
from qms.imports.production import ProductionLog, read
from qms.imports.production_summary import Summary, summary_of
from qms.imports.text import content
from qms.jobs.worker import Cancelled, Run
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile, Problem, RuleError
from qms.rules.inspections import YEAR_FIRST, Inspection, Mapping
from qms.workflows import (
    imports,
    imports_derivation,
    imports_inspections,
    imports_inspections_places,
    imports_production,
)

RECORDS_PER_BATCH = 3000
LINES_PER_BATCH = 300
ORDERS_PER_BATCH = 40
SHOWN = 200
FIRST_LINES = 20
DEFAULT_ZONE = "Asia/Shanghai"

T = TypeVar("T")
Progress = Callable[[int, int | None], None]


def silent(_done: int, _total: int | None) -> None:
    """Tell nobody how far a run is."""


@dataclass(frozen=True, slots=True)
class InspectionsOutcome:
    """What an import of inspection results did, or in a dry run would do. `made` names new chain records."""

    totals: Totals
    problems: tuple[Problem, ...]
    added: int
    known: int
    made: tuple[str, ...]
    first: tuple[Inspection, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductionOutcome:
    """What an import of a production log did, or in a dry run would do."""

    log: ProductionLog
    summary: Summary
    added: int
    known: int


@dataclass(frozen=True, slots=True)
class ProductionChoices:
    """What a person says of a log: its site, the zone of a new site, how it is written, which operations inspect."""

    site: str
    zone: str | None = None
    time_format: str = YEAR_FIRST
    inspections: dict[str, bool] | None = None
    encoding: str = "auto"


def file_sha256(path: Path) -> str:
    """Return the digest by which an imported file is known."""
    return hashlib.sha256(content(path)).hexdigest()


def preview_inspections(
    database: Database, person: Actor, path: Path, mapping: Mapping, names: Path | None = None, most: int | None = None
) -> InspectionsOutcome:
    """Read a file, or its first `most` rows, and say what an import would do. Nothing is changed. Raises BadFile."""
    totals, found = Totals(), inspections(path, mapping, Totals(), names)
    problems: list[Problem] = []
    first: list[Inspection] = []
    known = 0
    with database.reading() as session:
        made = imports_inspections_places.missing(session, person, mapping)
        for batch in batches(islice(found, most), LINES_PER_BATCH):
            lines = [each for each in batch if isinstance(each, Inspection)]
            problems += [each for each in batch if isinstance(each, Problem)]
            known += len(imports_inspections.known_keys(session, lines))
            first += lines[: FIRST_LINES - len(first)]
            for line in lines:
                totals.add(line)
    totals.refused = len({problem.line for problem in problems})
    totals.rows = totals.taken + totals.refused
    totals.refuse_the_useless(problems)
    return InspectionsOutcome(totals, tuple(problems), totals.taken - known, known, tuple(made), tuple(first))


def load_inspections(
    database: Database,
    person: Actor,
    run_id: int,
    path: Path,
    mapping: Mapping,
    names: Path | None = None,
    progress: Progress = silent,
) -> InspectionsOutcome:
    """Store the inspections of a file that are not stored yet.

    Raises BadFile when the file cannot be taken or does not reconcile; the import is then marked as refused.
    """
    with marked(database, person, run_id):
        totals, problems = _scan(path, mapping, names)
        with database.transaction(person, "imports.begin") as session:
            places = imports_inspections_places.places_of(session, person, mapping)
            imports.start(session, person, run_id, site_id=places.site.id, mapping=mapping.toml)
            imports.keep_problems(session, run_id, problems)
        own, known, done = Totals(), 0, 0
        size = max(20, min(LINES_PER_BATCH, RECORDS_PER_BATCH // (5 + len(mapping.readings))))
        for batch in batches(_lines(path, mapping, names), size):
            with database.transaction(person, "imports.load") as session:
                kept = imports_inspections.load(session, person, run_id, places, batch)
            for line in kept:
                own.add(line)
            known += len(batch) - len(kept)
            done += len(batch)
            progress(done, totals.taken)
        with database.transaction(person, "imports.finish") as session:
            imports_inspections.check_totals(
                session,
                run_id,
                taken=own.taken,
                pieces=own.pieces,
                rejected=own.rejected,
                by_defect=dict(own.by_defect),
            )
            imports.finish(
                session,
                person,
                run_id,
                rows=totals.rows,
                taken=own.taken,
                known=known,
                refused=totals.refused,
                summary=totals_told(totals),
            )
    return InspectionsOutcome(totals, problems, own.taken, known, ())


def totals_told(totals: Totals) -> dict[str, Any]:
    """Return the totals of a file of inspections as an import keeps them."""
    return {
        "pieces": totals.pieces,
        "rejected": totals.rejected,
        "further_defects": totals.further_defects,
        "undated": totals.undated,
        "by_defect": dict(totals.by_defect.most_common()),
    }


def _scan(path: Path, mapping: Mapping, names: Path | None) -> tuple[Totals, tuple[Problem, ...]]:
    totals = Totals()
    problems = [each for each in inspections(path, mapping, totals, names) if isinstance(each, Problem)]
    totals.refuse_the_useless(problems)
    return totals, tuple(problems)


def _lines(path: Path, mapping: Mapping, names: Path | None) -> Iterator[Inspection]:
    return (each for each in inspections(path, mapping, Totals(), names) if isinstance(each, Inspection))


def read_log(database: Database, person: Actor, path: Path, choices: ProductionChoices) -> ProductionLog:
    """Read a production log in its site's zone; operations that the site knows inspect as it says. Raises BadFile."""
    with database.reading() as session:
        zone = imports_production.zone_of(session, person, choices.site) or choices.zone or DEFAULT_ZONE
    read_with = partial(read, path, zone, time_format=choices.time_format, encoding=choices.encoding)
    log = read_with(inspections=choices.inspections)
    with database.reading() as session:
        names = [operation.name for operation in log.operations]
        decided = imports_production.decided(session, person, choices.site, names)
    different = {name: word for name, word in decided.items() if (name in log.inspections) != word}
    if not different:
        return log
    return read_with(inspections={**(choices.inspections or {}), **different})


def preview_production(database: Database, person: Actor, path: Path, choices: ProductionChoices) -> ProductionOutcome:
    """Read a log and say what an import of it would do. Nothing is changed. Raises BadFile."""
    log = read_log(database, person, path, choices)
    summary = summary_of(log)
    with database.reading() as session:
        known = imports_production.count_known(session, person, choices.site, log.reports)
    return ProductionOutcome(log, summary, len(log.reports) - known, known)


def load_production(
    database: Database, person: Actor, run_id: int, path: Path, choices: ProductionChoices, progress: Progress = silent
) -> ProductionOutcome:
    """Keep the reports of a log that are not kept yet, and derive hand-overs and rejections from all of them.

    Raises BadFile when the log cannot be taken or does not reconcile; the import is then marked as refused.
    """
    with marked(database, person, run_id):
        log = read_log(database, person, path, choices)
        summary = summary_of(log)
        pairs = [(pair.giver, pair.receiver, pair.hand_overs) for pair in log.links]
        seen = [(routing.item, routing.operations, routing.work_orders) for routing in log.routings]
        with database.transaction(person, "imports.begin") as session:
            shop = imports_production.shop_of(
                session,
                person,
                site_code=choices.site,
                zone=choices.zone or DEFAULT_ZONE,
                operations={each.name: each.inspection for each in log.operations},
                items=dict.fromkeys(order.item for order in log.work_orders),
            )
            imports.start(session, person, run_id, site_id=shop.site.id)
            imports.keep_problems(session, run_id, (*log.problems, *log.anomalies))
            links = imports_production.propose_links(session, person, shop, pairs)
            first = min(report.start for report in log.reports).date()
            imports_production.propose_routings(session, person, shop, first, seen)
        kept, done = [], 0
        for orders in batches(log.work_orders, ORDERS_PER_BATCH):
            with database.transaction(person, "imports.load") as session:
                kept += imports_production.keep(session, person, run_id, shop, orders)
                imports_derivation.derive(session, person, run_id, shop, links, [order.number for order in orders])
            done += len(orders)
            progress(done, len(log.work_orders))
        known = len(log.reports) - len(kept)
        with database.transaction(person, "imports.finish") as session:
            imports_production.check_totals(session, run_id, kept)
            imports.finish(
                session,
                person,
                run_id,
                rows=log.rows_read,
                taken=len(kept),
                known=known,
                refused=log.refused_rows,
                summary=log_told(log, summary),
            )
    return ProductionOutcome(log, summary, len(kept), known)


def log_told(log: ProductionLog, summary: Summary) -> dict[str, Any]:
    """Return what a log says, as an import keeps it: figures, anomalies by kind, most frequent links and routings."""
    return {
        "figures": [[figure.label.en, figure.label.zh, figure.value] for figure in summary.figures()],
        "links": [list(pair) for pair in log.links[:SHOWN]],
        "routings": [
            [routing.item, list(routing.operations), routing.work_orders]
            for routing in sorted(log.routings, key=lambda each: -each.work_orders)[:SHOWN]
        ],
        "operations": [[each.name, each.machine, each.inspection, each.rows] for each in log.operations[:SHOWN]],
    }


@contextmanager
def marked(database: Database, person: Actor, run_id: int) -> Iterator[None]:
    """Mark the import as refused or cancelled when its run ends so."""
    try:
        yield
    except Cancelled:
        with database.transaction(person, "imports.cancel") as session:
            imports.cancel(session, person, run_id)
        raise
    except RuleError as error:
        with database.transaction(person, "imports.refuse") as session:
            if isinstance(error, BadFile):
                imports.keep_problems(session, run_id, error.problems)
            imports.refuse(session, person, run_id, en=error.words.en, zh=error.words.zh)
        raise
    except Exception:
        with database.transaction(person, "imports.refuse") as session:
            imports.refuse(session, person, run_id, en="The program made a mistake.", zh="程序出错。")
        raise


def batches(lines: Iterable[T], size: int) -> Iterator[list[T]]:
    batch: list[T] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _run_inspections(run: Run) -> dict[str, object]:
    path, names, import_id = Path(str(run.args["path"])), run.args.get("names"), int(str(run.args["import_id"]))
    with discarding(run, import_id):
        outcome = load_inspections(
            run.database,
            run.person,
            import_id,
            path,
            read_mapping(str(run.args["mapping"])),
            Path(str(names)) if names else None,
            run.progress,
        )
    return {"import_id": import_id, "added": outcome.added}


def _run_production(run: Run) -> dict[str, object]:
    choices, import_id = ProductionChoices(**run.args["choices"]), int(str(run.args["import_id"]))  # type: ignore[arg-type]
    with discarding(run, import_id):
        path = Path(str(run.args["path"]))
        outcome = load_production(run.database, run.person, import_id, path, choices, run.progress)
    return {"import_id": import_id, "added": outcome.added}


@contextmanager
def discarding(run: Run, import_id: int) -> Iterator[None]:
    """Let the uploaded files go when their import has ended, however it did; a killed worker leaves them."""
    try:
        yield
    finally:
        uploads.discard(run.settings.files, import_id)


KINDS = {"imports.inspections": _run_inspections, "imports.production": _run_production}
