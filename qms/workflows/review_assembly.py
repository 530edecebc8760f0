"""How the figures of a management review are assembled, frozen and compared with live data. Knows no page.

Each module of PROVIDERS fills inputs from the records: its `FILLED` maps the code of an input to a function of session
and scope. Counting only reads; what was counted is kept by a write of its own, all inputs or none.
"""

from collections.abc import Callable, Mapping
from types import ModuleType

from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.review import Review
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep
from qms.rules.review_inputs import INPUTS
from qms.rules.review_snapshots import Snapshot, digest, moved, read, written
from qms.workflows import (
    review_commitments,
    review_complaints,
    review_concessions,
    review_conformity,
    review_copq,
    review_culture,
    review_customers,
    review_earlier,
    review_field,
    review_improvement,
    review_internal,
    review_link,
    review_nonconformities,
    review_performance,
    review_scorecards,
    review_stops,
    review_suppliers,
    review_targets,
    review_warranty,
)
from qms.workflows.review_filling import state_of
from qms.workflows.review_missed import kept, misses
from qms.workflows.review_records import begun, inputs_of
from qms.workflows.review_scope import Scope, scope_of

Provider = Callable[[Session, Scope], Snapshot]
Progress = Callable[[int, int | None], None]

PROVIDERS: tuple[ModuleType, ...] = (
    review_earlier,
    review_customers,
    review_scorecards,
    review_suppliers,
    review_warranty,
    review_field,
    review_improvement,
    review_internal,
    review_commitments,
    review_link,
    review_performance,
    review_conformity,
    review_nonconformities,
    review_stops,
    review_concessions,
    review_copq,
    review_complaints,
    review_culture,
    review_targets,
)


def providers() -> dict[str, Provider]:
    """Map each input that the records can fill to what fills it, in the order of the meeting."""
    found: dict[str, Provider] = {}
    for module in PROVIDERS:
        found |= module.FILLED
    return {code: found[code] for code in INPUTS if code in found}


def counted(session: Session, scope: Scope, progress: Progress) -> dict[str, Snapshot]:
    """Count everything that the records tell of a scope. Only reads."""
    all_of, told = providers(), {}
    for place, (code, provider) in enumerate(all_of.items()):
        progress(place, len(all_of))
        told[code] = provider(session, scope)
    progress(len(all_of), len(all_of))
    return told


def keep(session: Session, person: Actor, review_id: int, found: Mapping[str, Snapshot], *, freeze: bool,
         rev: int | None = None) -> Review:
    """Keep what was counted with a draft; `freeze`: it stays as it is from now on.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    held, state, _grant = begun(session, person, review_id, "freeze" if freeze else "assemble", rev=rev)
    at = now(session)
    for one in inputs_of(session, held):
        if one.code in found:
            one.snapshot = written(found[one.code])
            one.snapshot_sha256, one.counted_at, one.moved, one.live = digest(one.snapshot), at, None, None
            one.state = state_of(one)
    held.assembled_at, held.compared_at = at, None
    if freeze:
        held.state, held.frozen_at = state, at
        held.content_hash = digest("".join(one.snapshot_sha256 or "-" for one in inputs_of(session, held)))
        scope = scope_of(session, held)
        held.missed = kept(misses(session, scope.site_ids, scope.period.first, scope.period.last))
        acted(session, "R-40")
    session.flush()
    return held


def compare(session: Session, person: Actor, review_id: int, found: Mapping[str, Snapshot]) -> Review:
    """Write down which frozen figures live data gives otherwise by now; the frozen ones stay. Raises IllegalStep..."""
    held, _state, _grant = begun(session, person, review_id, "compare")
    if held.frozen_at is None:
        raise IllegalStep("Nothing is frozen yet.", "数据尚未冻结。")
    for one in inputs_of(session, held):
        live = found.get(one.code)
        if one.snapshot is None or live is None:
            continue
        changed = moved(read(one.snapshot), live)
        one.moved, one.live = len(changed), written(live) if changed else None
    held.compared_at = now(session)
    session.flush()
    return held
