"""Counts the figures of management reviews: assembles a draft, freezes it, compares it with live data."""

from typing import Any, cast

from qms.db import Database
from qms.jobs.worker import Run
from qms.models.review import Review
from qms.rules.accounts import Actor
from qms.rules.review import STEPS
from qms.rules.steps import step
from qms.workflows import review_assembly as assembly
from qms.workflows.review_records import one
from qms.workflows.review_scope import scope_of

ASSEMBLE, FREEZE, COMPARE = "review.assemble", "review.freeze", "review.compare"


def assemble(database: Database, person: Actor, review_id: int, progress: assembly.Progress, *,
             freeze: bool = False, rev: int | None = None) -> Review:
    """Count the figures of a draft and keep them with it; `freeze`: they stay so.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    found = _counted(database, person, review_id, FREEZE if freeze else ASSEMBLE, progress)
    with database.transaction(person, FREEZE if freeze else ASSEMBLE) as session:
        return assembly.keep(session, person, review_id, found, freeze=freeze, rev=rev)


def compare(database: Database, person: Actor, review_id: int, progress: assembly.Progress) -> Review:
    """Compare the frozen figures with live data. Raises IllegalStep, NotFound, NotAllowed."""
    found = _counted(database, person, review_id, COMPARE, progress)
    with database.transaction(person, COMPARE) as session:
        return assembly.compare(session, person, review_id, found)


def _counted(database: Database, person: Actor, review_id: int, action: str, progress: assembly.Progress) -> Any:
    with database.reading() as session:
        review = one(session, person, review_id)
        step(STEPS, review.state, action.partition(".")[2])
        return assembly.counted(session, scope_of(session, review), progress)


def _run_assemble(run: Run) -> dict[str, object]:
    review = assemble(run.database, run.person, cast("int", run.args["review_id"]), run.progress)
    return {"review_id": review.id}


def _run_freeze(run: Run) -> dict[str, object]:
    review = assemble(run.database, run.person, cast("int", run.args["review_id"]), run.progress, freeze=True,
                      rev=cast("int", run.args["rev"]))
    return {"review_id": review.id}


def _run_compare(run: Run) -> dict[str, object]:
    return {"review_id": compare(run.database, run.person, cast("int", run.args["review_id"]), run.progress).id}


KINDS = {ASSEMBLE: _run_assemble, FREEZE: _run_freeze, COMPARE: _run_compare}
