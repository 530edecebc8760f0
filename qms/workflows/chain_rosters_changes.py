"""What is done with shifts and rosters: made, changed, taken back. Knows no call and no stop."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.models.accounts import Grant, Person
from qms.models.chain import Unit
from qms.models.chain_rosters import RosterLine, Shift
from qms.rules.accounts import ROLES, Actor
from qms.rules.chain_rosters import check_days, check_role, check_shift
from qms.rules.errors import Invalid, NotFound
from qms.workflows.chain_records import (
    EDIT,
    change,
    check_free,
    check_version,
    one,
    required,
    sees,
    site_of,
)

ARRANGE = "chain.roster"


def add_shift(session: Session, person: Actor, *, site_id: int, code: str, name_zh: str, name_en: str, starts: str,
              ends: str, weekdays: str = "1111100") -> Shift:
    """Make a shift of a site. Raises Invalid, Doubled, NotFound, NotAllowed."""
    site_of(session, person, site_id)
    given = _checked_shift({"code": code, "name_zh": name_zh, "name_en": name_en, "starts": starts, "ends": ends,
                            "weekdays": weekdays})
    check_free(session, Shift.code, given["code"], site_id=site_id)
    shift = Shift(site_id=site_id, active=True, **given)
    session.add(shift)
    session.flush()
    return shift


def edit_shift(session: Session, person: Actor, shift_id: int, rev: int, **fields: Any) -> Shift:
    """Change a shift; `active` False takes it out of use. Raises Stale, Invalid, Doubled, NotFound, NotAllowed."""
    shift = session.get(Shift, shift_id, with_for_update=True)
    if shift is None or not sees(person, shift.site_id):
        raise NotFound
    person.need(EDIT, site_id=shift.site_id, unit_path="")
    check_version(shift, rev, fields)
    held = {key: getattr(shift, key) for key in ("code", "name_zh", "name_en", "starts", "ends", "weekdays")}
    given = _checked_shift(held | {key: value for key, value in fields.items() if key != "active"})
    check_free(session, Shift.code, given["code"], site_id=shift.site_id, but=shift.id)
    change(shift, given | {"active": fields.get("active", shift.active)})
    session.flush()
    return shift


def add_roster_line(session: Session, person: Actor, *, site_id: int, role: str, person_id: int, starts_on: date,
                    unit_id: int | None = None, shift_id: int | None = None, deputy_id: int | None = None,
                    ends_on: date | None = None) -> RosterLine:
    """Put someone on the roster of a unit and all below it (None: of the site).

    Whoever stands for a role holds it there by grant. Raises Invalid, NotFound, NotAllowed.
    """
    line = RosterLine(site_id=site_id, role=role, person_id=person_id, starts_on=starts_on, unit_id=unit_id,
                      shift_id=shift_id, deputy_id=deputy_id, ends_on=ends_on, active=True)
    _check_line(session, person, line)
    session.add(line)
    session.flush()
    return line


def edit_roster_line(session: Session, person: Actor, line_id: int, rev: int, **fields: Any) -> RosterLine:
    """Change a roster line; `active` False says that it was entered by mistake.

    Raises Stale, Invalid, NotFound, NotAllowed.
    """
    line = session.get(RosterLine, line_id, with_for_update=True)
    if line is None or not sees(person, line.site_id):
        raise NotFound
    person.need(ARRANGE, site_id=line.site_id, unit_path=_path(session, person, line))
    check_version(line, rev, fields)
    change(line, fields)
    with session.no_autoflush:
        _check_line(session, person, line)
    session.flush()
    return line


def _check_line(session: Session, person: Actor, line: RosterLine) -> None:
    """Raise Invalid, NotFound or NotAllowed for a line that may not be there."""
    if not sees(person, line.site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    path = _path(session, person, line)
    person.need(ARRANGE, site_id=line.site_id, unit_path=path)
    check_role(line.role)
    check_days(line.starts_on, line.ends_on)
    shift = session.get(Shift, line.shift_id) if line.shift_id is not None else None
    if line.shift_id is not None and (shift is None or shift.site_id != line.site_id):
        raise Invalid("There is no such shift at this site.", "该工厂没有这个班次。", field="shift_id")
    if line.deputy_id == line.person_id:
        raise Invalid("The deputy is another person.", "代理人须为另一人。", field="deputy_id")
    for field, of in (("person_id", line.person_id), ("deputy_id", line.deputy_id)):
        if of is not None:
            _check_holds(session, line, of, path, field)


def _check_holds(session: Session, line: RosterLine, person_id: int, path: str, field: str) -> None:
    """Raise Invalid for someone who does not hold the role there: they would be told and could do nothing."""
    who = session.get(Person, person_id)
    if who is None:
        raise Invalid("There is no such person.", "没有这个人员。", field=field)
    above = [int(part) for part in path.split(".") if part]
    held = session.scalar(select(Grant.id).where(
        Grant.person_id == person_id, Grant.role == line.role,
        or_(Grant.site_id.is_(None), Grant.site_id == line.site_id),
        or_(Grant.unit_id.is_(None), Grant.unit_id.in_(above)),
        or_(Grant.ends_on.is_(None), Grant.ends_on >= line.starts_on)).limit(1))
    if held is None:
        role = ROLES[line.role]
        raise Invalid(f"{who.name} does not hold the role {role.en} there. Grant it first.",
                      f"{who.name}在此处未被授予角色“{role.zh}”。请先授权。", field=field)


def _path(session: Session, person: Actor, line: RosterLine) -> str:
    """Return the path of a line's unit, empty for the whole site. Raises Invalid, NotFound."""
    if line.unit_id is None:
        return ""
    unit = one(session, person, Unit, line.unit_id)
    if unit.site_id != line.site_id:
        raise Invalid("There is no such record at this site.", "该工厂没有这条记录。", field="unit_id")
    return unit.path


def _checked_shift(fields: dict[str, Any]) -> dict[str, Any]:
    given = {key: required(value, key) for key, value in fields.items()}
    check_shift(given["starts"], given["ends"], given["weekdays"])
    return given
