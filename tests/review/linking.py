"""What a review's link from inside to outside is counted from: complaints, cases, readings, months of hand-overs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.actions import Action, ActionSource
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.customers_complaints import CustomerComplaint, CustomerComplaintPassage
from qms.models.customers_scores import ScoreReading
from qms.models.rejections import Passage, Rejection
from qms.models.review import Review
from qms.rules.accounts import SYSTEM
from qms.rules.review_snapshots import Figure, Snapshot, Table
from qms.workflows.review_scope import Scope, scope_of
from tests.measures.records import handed
from tests.review.scene import Scene

MARCH = datetime(2026, 3, 11, 4, tzinfo=UTC)


def complained(scene: Scene, *, origin: int | None = None, passed: Sequence[tuple[int, bool]] | None = None,
               at: datetime = MARCH, **given: Any) -> CustomerComplaint:
    """Complain; `passed` lists the units between origin and customer with whether a check was planned."""
    with scene.db.transaction(SYSTEM, "tests.complaint") as session:
        serial = (session.scalar(select(func.max(CustomerComplaint.serial))) or 0) + 1
        fields = {"customer_id": scene.plant.customer, "kind": "quality", "severity": "MA", "place": "zero_km",
                  "state": "analysed", "defect_id": scene.plant.burr, "quantity_confirmed": 3}
        held = CustomerComplaint(
            site_id=scene.plant.site, year=2026, serial=serial, number=f"CC-{serial}", received_at=at, recorded_at=at,
            recorded_by_id=scene.plant.quality_engineer.id, description="Burrs", d3_due_at=at, d5_due_at=at,
            d8_due_at=at, origin_unit_id=origin, escape_steps=None if passed is None else len(passed) + 1,
            **(fields | given))
        session.add(held)
        session.flush()
        for position, (unit_id, detectable) in enumerate(passed or (), start=1):
            session.add(CustomerComplaintPassage(complaint_id=held.id, position=position, unit_id=unit_id,
                                                 detectable=detectable))
        return held


def rejected(scene: Scene, pieces: int, *, origin: int | None, at_unit: int, far: str, steps: int | None = None,
             state: str = "confirmed", passed: Sequence[tuple[int, bool]] = (), at: datetime = MARCH) -> Rejection:
    """Report a rejection as it stands after everyone decided."""
    with scene.db.transaction(SYSTEM, "tests.rejection") as session:
        serial = (session.scalar(select(func.max(Rejection.serial))) or 0) + 1
        held = Rejection(
            site_id=scene.plant.site, year=2026, serial=serial, number=f"NC-{serial}", kind="not_accepted",
            quantity=pieces, severity="MA", found_unit_id=at_unit, origin_unit_id=origin, origin_state=state,
            escape_steps=steps, escape_class=far, found_at=at, received_at=at,
            reported_by_id=scene.plant.operator.id)
        session.add(held)
        session.flush()
        for position, (unit_id, detectable) in enumerate(passed, start=1):
            session.add(Passage(rejection_id=held.id, position=position, unit_id=unit_id, detectable=detectable))
        return held


def acted_on(scene: Scene, kind: str, record_id: int, *, plan: str | None = None) -> Action:
    """Open an 8D on a record; `plan`: the state of its effectiveness plan."""
    with scene.db.transaction(SYSTEM, "tests.action") as session:
        serial = (session.scalar(select(func.max(Action.serial))) or 0) + 1
        held = Action(site_id=scene.plant.site, year=2026, serial=serial, number=f"8D-{serial}", title="Burrs",
                      route="8d", route_by_rule="8d", state="watching", severity="MA", opened_at=MARCH,
                      opened_by_id=scene.plant.quality_engineer.id, clock_from=MARCH)
        session.add(held)
        session.flush()
        session.add(ActionSource(action_id=held.id, kind=kind, record_id=record_id, number="x", added_at=MARCH,
                                 added_by_id=scene.plant.quality_engineer.id))
        if plan:
            session.add(EffectivenessPlan(
                action_id=held.id, state=plan, metric="per_shift", baseline_from=MARCH,
                baseline_to=MARCH + timedelta(days=1), baseline_count=4, baseline_exposure=30, needed=30,
                drafted_at=MARCH, drafted_by_id=scene.plant.quality_engineer.id))
        return held


def month(back: int) -> date:
    """Return the first day of the month that is so many before June 2026."""
    months = 2026 * 12 + 5 - back
    return date(months // 12, months % 12 + 1, 1)


def lived(scene: Scene, accepted: Sequence[int | None], readings: Sequence[float | None], metric: str = "ppm") -> None:
    """Let months pass up to June 2026: of ten lots pressed so many are accepted; the scorecard reads so much."""
    with scene.db.transaction(SYSTEM, "tests.months") as session:
        for back, (good, read) in enumerate(zip(reversed(accepted), reversed(readings), strict=True)):
            on = month(back)
            if good is not None:
                _lots(session, scene, on, good)
            if read is not None:
                session.add(ScoreReading(
                    site_id=scene.plant.site, customer_id=scene.plant.customer, month=on, metric=metric,
                    value=Decimal(str(round(read, 6))), colour="green", read_on=on,
                    read_by_id=scene.plant.quality_engineer.id, entered_at=scene.at))


def _lots(session: Session, scene: Scene, on: date, good: int) -> None:
    """Press ten lots of which so many are accepted."""
    for place in range(10):
        handed(session, scene.plant, scene.plant.press_weld, 10, rejected=0 if place < good else 1,
               at=datetime(on.year, on.month, 10, 4, tzinfo=UTC))


def scoped(scene: Scene, session: Session, **given: Any) -> Scope:
    """Return the scope of a review of the first half of 2026."""
    held = scene.opened(**given)
    return scope_of(session, session.get_one(Review, held.id))


def table(snapshot: Snapshot, key: str) -> Table:
    """Return one table."""
    return next(one for one in snapshot.tables if one.key == key)


def figure(snapshot: Snapshot, key: str) -> Figure:
    """Return one figure."""
    return next(one for one in snapshot.figures if one.key == key)


def cells(held: Table, *keys: str) -> list[tuple[Any, ...]]:
    """Return some cells of each row, words in English."""
    places = [held.place(key) for key in keys]
    return [tuple(getattr(row.cells[place], "en", row.cells[place]) for place in places) for row in held.rows]
