"""How every place is asked for suspect stock of a case (D3) and its answer kept. Knows no page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.actions import Action, ActionSource, StockLine
from qms.models.rejections import ContainmentLine
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.rejections import check_answer
from qms.workflows.actions_records import begun
from qms.workflows.rejections_containment import Place, places
from qms.workflows.rejections_records import check_version

_ANSWER = ("suspect", "checked", "nonconforming", "good", "method", "answered_by_id", "answered_at")


@dataclass(frozen=True, slots=True)
class _Suspect:
    """What of a case says where its product may be."""

    site_id: int
    item_id: int | None
    lot_id: int | None
    origin_unit_id: int | None
    found_unit_id: int | None
    found_at: datetime


def ask_stock(session: Session, action: Action) -> None:
    """Ask every place where suspect product may be, once (R-22); what containment has answered is taken over."""
    asked = {Place(*row) for row in session.execute(
        select(StockLine.place, StockLine.unit_id, StockLine.lot_id).where(StockLine.action_id == action.id))}
    if asked:
        return
    suspect = _Suspect(action.site_id, action.item_id, action.lot_id, action.origin_unit_id, action.detecting_unit_id,
                       action.clock_from)
    known = _contained(session, action)
    for place in places(session, suspect):
        line = StockLine(action_id=action.id, place=place.place, unit_id=place.unit_id, lot_id=place.lot_id)
        if place in known:
            for name in _ANSWER:
                setattr(line, name, getattr(known[place], name))
        session.add(line)
    acted(session, "R-22")
    session.flush()


def answer_stock(session: Session, person: Actor, line_id: int, rev: int, *, suspect: int | None, checked: int | None,
                 nonconforming: int | None, good: int | None, method: str | None = None) -> StockLine:
    """Answer one place: pieces suspect, checked, nonconforming and good. Zero is an answer, blank is not (R-22).

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    line = session.get(StockLine, line_id)
    if line is None:
        raise NotFound
    begun(session, person, line.action_id, "edit")
    check_version(line, rev, {"suspect": suspect, "checked": checked, "nonconforming": nonconforming, "good": good,
                              "method": method})
    check_answer(suspect=suspect, checked=checked, nonconforming=nonconforming, good=good)
    line.suspect, line.checked, line.nonconforming, line.good = suspect, checked, nonconforming, good
    line.method = (method or "").strip() or None
    line.answered_by_id, line.answered_at = person.id, now(session)
    session.flush()
    return line


def _contained(session: Session, action: Action) -> dict[Place, ContainmentLine]:
    """Map each place that the containment of the first rejection has answered to that answer."""
    rejection_id = session.scalar(
        select(ActionSource.record_id).where(ActionSource.action_id == action.id, ActionSource.active,
                                             ActionSource.kind == "rejections").order_by(ActionSource.id).limit(1))
    lines = session.scalars(select(ContainmentLine).where(
        ContainmentLine.rejection_id == rejection_id, ContainmentLine.answered_at.is_not(None))).all()
    return {Place(line.place, line.unit_id, line.lot_id): line for line in lines}
