"""How disposition lines are found for a person, locked for a step and put to a hold. Knows no page and no form."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.dispositions import BoardReview, Disposition
from qms.models.rejections import Hold, Rejection
from qms.rules import dispositions as rules
from qms.rules.accounts import Actor, Grant
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import IllegalStep, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.rejections_records import check_version, locked, path_of

VIEW = "dispositions.view"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's dispositions."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one(session: Session, person: Actor, line_id: int) -> Disposition:
    """Return a line of a site that the person may see. Raises NotFound."""
    found = session.get(Disposition, line_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def one_review(session: Session, person: Actor, review_id: int) -> BoardReview:
    """Return a board review of a site that the person may see. Raises NotFound."""
    found = session.get(BoardReview, review_id)
    if found is None or not sees(person, session.get_one(Rejection, found.rejection_id).site_id):
        raise NotFound
    return found


def begun(session: Session, person: Actor, line_id: int, rev: int, name: str,
          **given: Any) -> tuple[Disposition, Rejection, str]:
    """Return a line and its rejection that no one else changes meanwhile, and the state to which the step leads.

    Work may be done where it was found and where it was made; all else is for the finding unit.
    Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    rejection = locked(session, person, one(session, person, line_id).rejection_id)
    line = session.get_one(Disposition, line_id, with_for_update=True, populate_existing=True)
    wanted = step_of(rules.STEPS, name)
    origin = rejection.origin_unit_id
    at_origin = wanted.permission == "dispositions.work" and origin is not None and person.may(
        wanted.permission, site_id=rejection.site_id, unit_path=path_of(session, origin))
    if not at_origin:
        person.need(wanted.permission, site_id=rejection.site_id, unit_path=path_of(session, rejection.found_unit_id))
    check_version(line, rev, given | {"state": wanted.to or line.state})
    return line, rejection, step(rules.STEPS, line.state, name)


def undecided(session: Session, rejection: Rejection) -> list[Hold]:
    """Return what a rejection holds and nothing is decided for, oldest first."""
    decided = exists().where(Disposition.hold_id == Hold.id, Disposition.state.in_(rules.OPEN))
    return list(session.scalars(select(Hold).where(Hold.rejection_id == rejection.id, Hold.state == "held", ~decided)
                                .order_by(Hold.id)))


def lines_of(session: Session, rejection_id: int) -> Sequence[Disposition]:
    """Return every line of a rejection in order, withdrawn ones too."""
    return session.scalars(select(Disposition).where(Disposition.rejection_id == rejection_id)
                           .order_by(Disposition.position)).all()


def refuse_decided(session: Session, rejection: Rejection) -> None:
    """Raise IllegalStep when something is decided for a quantity of a rejection that is still to be carried out."""
    if session.scalar(select(Disposition.id).where(Disposition.rejection_id == rejection.id,
                                                   Disposition.state.in_(rules.OPEN)).limit(1)):
        raise IllegalStep("A disposition is decided for it. Withdraw that first.", "已有处置决定, 请先撤回。")


def parents(session: Session, rejection: Rejection) -> dict[int, Disposition | None]:
    """Map each hold of a rejection to the line whose work left its quantity; None: held as it was found."""
    lines = {line.id: line for line in lines_of(session, rejection.id)}
    last: dict[int, Disposition] = {line.hold_id: line for line in lines.values()}
    found: dict[int, Disposition | None] = {}
    for hold in session.scalars(select(Hold).where(Hold.rejection_id == rejection.id).order_by(Hold.id)):
        own = last.get(hold.id)
        if own is None:
            found[hold.id] = found.get(hold.split_from_id) if hold.split_from_id else None
        else:
            found[hold.id] = own if own.state == "completed" else lines.get(own.parent_id or 0)
    return found


def split(session: Session, hold: Hold, quantity: int) -> Hold:
    """Split so many pieces off a hold; they stay held."""
    hold.quantity -= quantity
    part = Hold(rejection_id=hold.rejection_id, lot_id=hold.lot_id, line_id=hold.line_id, split_from_id=hold.id,
                quantity=quantity, location=hold.location, place_id=hold.place_id, state="held", held_at=hold.held_at,
                result=hold.result)
    session.add(part)
    session.flush()
    return part


def free(session: Session, person: Actor, hold: Hold, *, grant_id: int | None, result: str | None,
         gone: bool = False) -> None:
    """End a hold: its quantity is free again, or `gone`."""
    hold.state = "gone" if gone else "released"
    hold.released_at, hold.released_by_id, hold.grant_id, hold.result = now(session), person.id, grant_id, result


def new_line(session: Session, person: Actor, rejection: Rejection, draft: Draft, *, grant: Grant | None,
             parent_id: int | None, **more: Any) -> Disposition:
    """Put a decided line to a hold, with the role and the grant by which it was decided (R-49)."""
    position = session.scalar(select(func.coalesce(func.max(Disposition.position), 0)).where(
        Disposition.rejection_id == rejection.id)) or 0
    brought = {name: value for name, value in asdict(draft).items() if name not in {"hold_id", "code", "quantity"}}
    line = Disposition(
        site_id=rejection.site_id, rejection_id=rejection.id, position=position + 1, hold_id=draft.hold_id,
        parent_id=parent_id, code=draft.code, state=rules.STEPS.first, quantity=draft.quantity,
        decided_at=now(session), decided_by_id=person.id, role=grant.role if grant else None,
        grant_id=grant.id if grant else None, **brought, **more)
    session.add(line)
    session.flush()
    return line
