"""The lines of the register of first pieces and patrols, streamed from the database; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from qms.models.acceptance import Standard
from qms.models.acceptance_pieces import PieceCheck
from qms.models.accounts import Person
from qms.models.chain import Item, Lot, Unit
from qms.models.stops import Stop
from qms.rules import acceptance_pieces as rules
from qms.rules.accounts import Actor
from qms.rules.words import Words
from qms.workflows.acceptance_pieces_register import VIEW, Filter, conditions
from qms.workflows.exports import called, coded, spoken, streamed

_VERDICT = {"yes": Words("Good", "合格"), "no": Words("Not good", "不合格")}
_SAID = {"kind": rules.KINDS, "reason": rules.REASONS, "state": rules.STATES,
         **{f"{verdict}_verdict": _VERDICT for verdict in rules.VERDICTS}}
_TIMES = ("due_at", *(f"{verdict}_at" for verdict in rules.VERDICTS))


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per inspection of the register, the first due first, with the keys of the register.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    Raises NotAllowed.
    """
    person.need(VIEW)
    judges = {verdict: aliased(Person) for verdict in rules.VERDICTS}
    query = (
        select(
            PieceCheck.id, PieceCheck.kind, PieceCheck.reason, PieceCheck.due_at, PieceCheck.state,
            coded(Unit, language).label("unit"), Unit.line, Item.code.label("item_code"),
            called(Item, language).label("item_name"), Lot.number.label("lot"),
            Standard.form_number.label("standard_form"), Standard.revision.label("standard_revision"),
            PieceCheck.pieces, PieceCheck.nonconforming, Stop.number.label("stop"), PieceCheck.note,
            *(column for verdict, judge in judges.items() for column in (
                _verdict(verdict), judge.name.label(f"{verdict}_by"), getattr(PieceCheck, f"{verdict}_at"))))
        .join(Unit, Unit.id == PieceCheck.unit_id)
        .outerjoin(Item, Item.id == PieceCheck.item_id)
        .outerjoin(Lot, Lot.id == PieceCheck.lot_id)
        .outerjoin(Standard, Standard.id == PieceCheck.standard_id)
        .outerjoin(Stop, Stop.id == PieceCheck.stop_id))
    for verdict, judge in judges.items():
        query = query.outerjoin(judge, judge.id == getattr(PieceCheck, f"{verdict}_by_id"))
    query = query.where(*conditions(wanted, person)).order_by(PieceCheck.due_at, PieceCheck.id)
    page = f"{address}/acceptance/inspections/" if address else ""
    return spoken(streamed(session, query), _SAID, _TIMES, language, zone, page)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many inspections the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(PieceCheck).where(*conditions(wanted, person))) or 0


def _verdict(verdict: str) -> ColumnElement[str | None]:
    """Return the column of a verdict as a code; None where it was not given."""
    good = getattr(PieceCheck, f"{verdict}_good")
    return case((good.is_(True), literal("yes", String)), (good.is_(False), literal("no", String)),
                else_=None).label(f"{verdict}_verdict")
