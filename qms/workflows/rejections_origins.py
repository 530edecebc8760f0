"""How it is settled where a defect was made: assumed, confirmed, contested, decided. Knows no score."""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Person
from qms.models.chain import Site, Unit
from qms.models.rejections import OriginStatement, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid
from qms.rules.steps import step
from qms.rules.trail_signatures import Signing
from qms.workflows.accounts_delegable import homes
from qms.workflows.rejections_escapes import traced_again
from qms.workflows.rejections_records import check_version, locked, path_of
from qms.workflows.trail_signatures import sign


def assume_origin(session: Session, person: Actor, rejection_id: int, rev: int, *, unit_id: int,
                  reason: str | None = None) -> Rejection:
    """Assume that another unit made the defect; for leaders of the finding unit and for who judges origins.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    found = path_of(session, rejection.found_unit_id)
    judges = person.may("rejections.judge", site_id=rejection.site_id, unit_path=found)
    grant_id = person.need("rejections.judge" if judges else "rejections.contain", site_id=rejection.site_id,
                           unit_path=found)
    state = _next(rejection, "assume")
    check_version(rejection, rev, {"origin_unit_id": unit_id})
    _say(session, person, rejection, state, unit_id, reason, grant_id)
    _lay_to(session, rejection, _unit(session, rejection, unit_id))
    return rejection


def confirm_origin(session: Session, person: Actor, rejection_id: int, rev: int, *,
                   reason: str | None = None) -> Rejection:
    """Confirm the assumed origin: its own leader accepts it, or someone judges who belongs to neither side.

    Whoever reported it confirms only what they laid to their own unit (R-52).
    Raises Refused (R-52), Stale, IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    origin = _origin_path(session, rejection)
    leads = person.may("rejections.contest", site_id=rejection.site_id, unit_path=origin)
    grant_id = person.need("rejections.contest" if leads else "rejections.judge", site_id=rejection.site_id,
                           unit_path=origin)
    state = _next(rejection, "confirm")
    home = _home(session, person)
    belongs = rules.is_involved(person, home=home, paths=[origin])
    if not belongs:
        found = path_of(session, rejection.found_unit_id)
        rules.check_uninvolved(reporter=person.is_for(rejection.reported_by_id),
                               involved=_is_involved(session, person, [found]), spoke_before=False)
    check_version(rejection, rev, {"origin_state": state})
    _say(session, person, rejection, state, rejection.origin_unit_id, reason, grant_id)
    return rejection


def contest_origin(session: Session, person: Actor, rejection_id: int, rev: int, *, reason: str | None,
                   unit_id: int | None = None) -> Rejection:
    """Contest the origin for the unit that it is laid to, saying why; `unit_id` names who made it instead.

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    grant_id = person.need("rejections.contest", site_id=rejection.site_id,
                           unit_path=_origin_path(session, rejection))
    state = _next(rejection, "contest")
    check_version(rejection, rev, {"origin_state": state})
    if not (reason or "").strip():
        raise Invalid("Say why this origin is wrong.", "请说明为什么责任工序有误。", field="reason")
    if unit_id is not None:
        _unit(session, rejection, unit_id)
    _say(session, person, rejection, state, unit_id, reason, grant_id)
    return rejection


def decide_origin(session: Session, person: Actor, rejection_id: int, rev: int, *, unit_id: int,
                  reason: str | None, signing: Signing | None) -> Rejection:
    """Decide a contested origin, with reasons, by someone uninvolved (R-52).

    Uninvolved: not the reporter; no one who works in, or whose grants are limited to, the origin or the finding unit;
    no one who confirmed or contested it. The decision is signed.
    Raises Refused (R-45, R-52), Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    origin, found = _origin_path(session, rejection), path_of(session, rejection.found_unit_id)
    grant_id = person.need("rejections.judge", site_id=rejection.site_id, unit_path=origin)
    state = _next(rejection, "decide")
    spoke = session.scalar(select(OriginStatement.id).where(
        OriginStatement.rejection_id == rejection.id, OriginStatement.person_id.in_(person.selves)).limit(1))
    rules.check_uninvolved(reporter=person.is_for(rejection.reported_by_id), spoke_before=spoke is not None,
                           involved=_is_involved(session, person, [origin, found]))
    check_version(rejection, rev, {"origin_unit_id": unit_id, "origin_state": state})
    if not (reason or "").strip():
        raise Invalid("A decision needs its reasons.", "裁定须说明理由。", field="reason")
    decided = _unit(session, rejection, unit_id)
    _say(session, person, rejection, state, unit_id, reason, grant_id)
    _lay_to(session, rejection, decided)
    sign(session, person, rejection, "origin", signing, grant_id=grant_id, number=rejection.number)
    return rejection


def _next(rejection: Rejection, name: str) -> str:
    if rejection.state == "void":
        raise IllegalStep("This rejection is void.", "该不合格记录已作废。")
    return step(rules.ORIGIN_STEPS, rejection.origin_state, name)


def _origin_path(session: Session, rejection: Rejection) -> str:
    """Return the path of the origin; the finding unit's where no origin is known yet."""
    return path_of(session, rejection.origin_unit_id or rejection.found_unit_id)


def _is_involved(session: Session, person: Actor, paths: list[str]) -> bool:
    """Tell whether the person, or somebody on whose behalf they act, belongs to one of these units."""
    return any(rules.is_involved(person, home=home, paths=paths) for home in homes(session, person))


def _home(session: Session, person: Actor) -> str | None:
    """Return the path of the unit where the person works."""
    return session.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person.id))


def _unit(session: Session, rejection: Rejection, unit_id: int) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.site_id != rejection.site_id:
        raise Invalid("There is no such unit at this site.", "该工厂没有这个单元。", field="unit_id")
    if unit.inspects:
        raise Invalid("This unit only inspects, so it cannot be where the defect was made.",
                      "该单元只做检验, 不可能是缺陷的责任工序。", field="unit_id")
    return unit


def _say(session: Session, person: Actor, rejection: Rejection, state: str, unit_id: int | None, reason: str | None,
         grant_id: int | None) -> None:
    said = (reason or "").strip() or None
    session.add(OriginStatement(rejection_id=rejection.id, state=state, unit_id=unit_id, person_id=person.id,
                                at=now(session), reason=said, grant_id=grant_id))
    rejection.origin_state = state
    session.flush()


def _lay_to(session: Session, rejection: Rejection, unit: Unit) -> None:
    """Make a unit the origin and find the way of the defect anew."""
    rejection.origin_unit_id = unit.id
    zone = session.get_one(Site, rejection.site_id).time_zone
    traced_again(session, rejection, rejection.found_at.astimezone(ZoneInfo(zone)).date())
