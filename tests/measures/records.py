"""Makes hand-overs and rejections as they stand after everyone decided; knows no figure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from sqlalchemy.orm import Session

from qms.models.acceptance import Handover
from qms.models.chain import Link
from qms.models.rejections import Passage, Rejection
from tests.plant import Plant

_serials = count(1)
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
"""Wednesday of 2026-W10, noon in Shanghai."""


def handed(session: Session, plant: Plant, link_id: int, quantity: int, *, rejected: int = 0, for_review: int = 0,
           presentation: int = 1, state: str | None = None, rework: bool = False, at: datetime = NOON) -> Handover:
    """Hand over pieces; the state follows from what was rejected unless it is given."""
    link = session.get_one(Link, link_id)
    accepted = quantity - rejected - for_review
    reached = state or ("accepted" if accepted == quantity else "partly_accepted" if accepted else "rejected")
    is_decided = reached in {"accepted", "partly_accepted", "rejected"}
    serial = next(_serials)
    handover = Handover(
        site_id=link.site_id, year=at.year, serial=serial, number=f"T-{serial}", link_id=link.id,
        supplier_id=link.supplier_id, customer_id=link.customer_id, item_id=plant.item, lot_id=plant.lot,
        quantity=quantity, presentation=presentation, state=reached, self_check="ok", rework=rework,
        presented_by_id=plant.operator.id, presented_at=at, decided_at=at if is_decided else None,
        accepted=accepted if is_decided else 0, rejected=rejected, for_review=for_review, search_text="",
    )
    session.add(handover)
    session.flush()
    return handover


def found(session: Session, plant: Plant, quantity: int, *, at_unit: int, origin: int | None, steps: int | None = None,
          escape_class: str = "unknown", origin_state: str = "confirmed", passed: Sequence[tuple[int, bool]] = (),
          kind: str = "not_accepted", defect: int | None = None, link: int | None = None, state: str = "held",
          for_review: bool = False, at: datetime = NOON) -> Rejection:
    """Report a rejection; `passed` lists the units between origin and finding with whether a check was planned."""
    serial = next(_serials)
    rejection = Rejection(
        site_id=plant.site, year=at.year, serial=serial, number=f"R-{serial}", kind=kind, state=state,
        item_id=plant.item, lot_id=plant.lot, quantity=quantity, severity="MA", defect_id=defect,
        found_unit_id=at_unit, origin_unit_id=origin, origin_state=origin_state, link_id=link, escape_steps=steps,
        escape_class=escape_class, found_at=at, received_at=at, reported_by_id=plant.operator.id,
        for_review=for_review, void_reason="test" if state == "void" else None, search_text="",
    )
    session.add(rejection)
    session.flush()
    for position, (unit_id, detectable) in enumerate(passed, start=1):
        session.add(Passage(rejection_id=rejection.id, position=position, unit_id=unit_id, detectable=detectable))
    session.flush()
    return rejection
