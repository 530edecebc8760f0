"""How the list of primary controls is kept: controls, and the alternates approved to stand in for them (R-21)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Unit
from qms.models.controls import Alternate, Control
from qms.rules import controls as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows import chain_calendar
from qms.workflows.chain_records import change, check_free
from qms.workflows.controls_records import need, one, one_alternate, said, sees, today
from qms.workflows.rejections_records import check_version

EDIT = "controls.edit"
TEXTS = ("pfmea_ref", "challenge_part", "reaction_zh", "reaction_en")
NAMED = ("code", "name_zh", "name_en")


def add(session: Session, person: Actor, *, unit_id: int, **fields: Any) -> Control:
    """Put a control on the list of its operation. Raises Invalid, Doubled, NotFound, NotAllowed."""
    unit = session.get(Unit, unit_id)
    if unit is None or not sees(person, unit.site_id):
        raise NotFound("There is no such unit.", "没有这个单元。")
    person.need(EDIT, site_id=unit.site_id, unit_path=unit.path)
    given = _checked(fields)
    check_free(session, Control.code, given["code"], site_id=unit.site_id)
    control = Control(site_id=unit.site_id, unit_id=unit.id, used_since=now(session), active=True, **given)
    control.test_due_at = due_at(session, control)
    session.add(control)
    session.flush()
    return control


def edit(session: Session, person: Actor, control_id: int, rev: int, **fields: Any) -> Control:
    """Change a control, or take it out of use. Raises Stale, Invalid, Doubled, NotFound, NotAllowed."""
    control = one(session, person, control_id, lock=True)
    need(session, person, EDIT, control)
    check_version(control, rev, fields)
    given = _checked(fields)
    check_free(session, Control.code, given["code"], site_id=control.site_id, but=control.id)
    with session.no_autoflush:
        change(control, given)
        change(control, {"test_due_at": due_at(session, control)})
    session.flush()
    return control


def due_at(session: Session, control: Control) -> datetime | None:
    """Return when a control is to be tested next, in plant hours: at once after a bad test; None: never.

    Raises Invalid where the plant does not work that long within a year.
    """
    if control.test_every_hours is None or control.active is False:
        return None
    if control.test_good is False:
        return control.tested_at
    since = control.tested_at or control.used_since
    try:
        return chain_calendar.due(session, control.site_id, since, control.test_every_hours)
    except ValueError:
        raise Invalid("The plant does not work that many hours within a year.", "工厂一年内没有这么多工作小时。",
                      field="test_every_hours") from None


def draft_alternate(session: Session, person: Actor, control_id: int, *, name_zh: str, name_en: str,
                    instruction_ref: str, instruction_rev: str, risk_ref: str, verify_pieces: int,
                    customer_needed: bool = False) -> Alternate:
    """Draft an alternate; nobody may use it before another person has approved it. Raises Invalid, NotAllowed..."""
    control = one(session, person, control_id)
    need(session, person, EDIT, control)
    if not 1 <= verify_pieces <= 1_000_000:
        raise Invalid("At least 1 piece verifies the restart.", "恢复验证至少 1 件。", field="verify_pieces")
    texts = {key: said(value, key) for key, value in {
        "name_zh": name_zh, "name_en": name_en, "instruction_ref": instruction_ref,
        "instruction_rev": instruction_rev, "risk_ref": risk_ref}.items()}
    made = Alternate(control_id=control.id, customer_needed=customer_needed, verify_pieces=verify_pieces,
                     drafted_by_id=person.id, active=True, **texts)
    session.add(made)
    session.flush()
    return made


def approve_alternate(session: Session, person: Actor, alternate_id: int, rev: int) -> Alternate:
    """Put an alternate on the approved list. Raises Refused (R-21), Stale, IllegalStep, NotFound, NotAllowed."""
    alternate, control = one_alternate(session, person, alternate_id)
    grant_id = need(session, person, "controls.approve", control)
    check_version(alternate, rev, {"active": True})
    if alternate.approved_by_id is not None or not alternate.active:
        raise IllegalStep("This alternate has been approved or withdrawn already.", "此替代方法已批准或已撤销。")
    for each in person.selves:
        rules.check_approver(alternate.drafted_by_id, each)
    on = today(session, control.site_id)
    alternate.approved_by_id, alternate.approved_at, alternate.grant_id = person.id, now(session), grant_id
    alternate.reviewed_on = on
    session.flush()
    return alternate


def withdraw_alternate(session: Session, person: Actor, alternate_id: int, rev: int) -> Alternate:
    """Take an alternate off the list; a bypass that uses it runs to its end. Raises Stale, IllegalStep, NotFound..."""
    alternate, control = one_alternate(session, person, alternate_id)
    need(session, person, EDIT, control)
    check_version(alternate, rev, {"active": False})
    if not alternate.active:
        raise IllegalStep("This alternate has been withdrawn already.", "此替代方法已撤销。")
    alternate.active = False
    session.flush()
    return alternate


def look_through(session: Session, person: Actor, alternate_id: int, rev: int) -> Alternate:
    """Say that an approved alternate was looked through again and still holds. Raises Stale, IllegalStep..."""
    alternate, control = one_alternate(session, person, alternate_id)
    need(session, person, EDIT, control)
    on: date = today(session, control.site_id)
    check_version(alternate, rev, {"reviewed_on": on})
    if alternate.approved_by_id is None or not alternate.active:
        raise IllegalStep("Only what is on the approved list is looked through.", "只复核已批准且在用的替代方法。")
    change(alternate, {"reviewed_on": on})
    session.flush()
    return alternate


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    given = dict(fields)
    for key in NAMED:
        given[key] = said(given.get(key), key)
    for key in TEXTS:
        given[key] = (given.get(key) or "").strip() or None
    rules.check_control(given["kind"], given.get("severity"), given.get("test_every_hours"))
    if given.get("challenge_valid_to") is not None and given["challenge_part"] is None:
        raise Invalid("Name the challenge part that is valid until then.", "请填写该有效期对应的挑战件。",
                      field="challenge_part")
    return given
