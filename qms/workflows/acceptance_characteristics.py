"""What people do with what a draft asks for: add, edit, move, strike out. Knows no approval."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from qms.models.acceptance import Characteristic, Standard
from qms.models.chain import Defect, Site
from qms.rules.acceptance import CharacteristicPlan
from qms.rules.acceptance_plans import check_plan
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.workflows.acceptance_records import asked, check_version, draft_of

PLANNED = tuple(CharacteristicPlan.__dataclass_fields__)


def add_characteristic(
    session: Session, person: Actor, standard_id: int, plan: CharacteristicPlan, *, reason: str | None = None
) -> Characteristic:
    """Ask for one more thing at the end of a draft.

    Raises IllegalStep, Invalid, NotAllowed, Refused and NeedsReason (R-04).
    """
    standard = draft_of(session, person, standard_id, "edit")
    _touch(standard, person)
    return add_characteristics(session, standard, (plan,), reason)[0]


def edit_characteristic(
    session: Session,
    person: Actor,
    characteristic_id: int,
    rev: int,
    plan: CharacteristicPlan,
    *,
    reason: str | None = None,
) -> Characteristic:
    """Plan a draft's characteristic anew. Raises Stale, IllegalStep, Invalid, NotAllowed, Refused, NeedsReason."""
    characteristic, standard = _of_draft(session, person, characteristic_id)
    fields = asdict(plan)
    check_version(characteristic, rev, fields)
    _check(session, standard, plan, reason)
    for key, value in fields.items():
        setattr(characteristic, key, value)
    _touch(standard, person)
    session.flush()
    return characteristic


def move_characteristic(session: Session, person: Actor, characteristic_id: int, rev: int, *, up: bool) -> None:
    """Let a draft's characteristic and its neighbour change places; at the end of the list nothing happens.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    characteristic, standard = _of_draft(session, person, characteristic_id)
    check_version(characteristic, rev, {"position": characteristic.position})
    order = asked(session, standard.id)
    here = order.index(characteristic)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order, start=1):
        if each.position != position:
            each.position = position
    _touch(standard, person)
    session.flush()


def strike_characteristic(session: Session, person: Actor, characteristic_id: int, rev: int) -> None:
    """Take a characteristic out of a draft; its row stays (R-43). Raises Stale, IllegalStep, NotFound, NotAllowed."""
    characteristic, standard = _of_draft(session, person, characteristic_id)
    check_version(characteristic, rev, {"position": 0})
    characteristic.position = 0
    session.flush()
    for position, each in enumerate(asked(session, standard.id), start=1):
        if each.position != position:
            each.position = position
    _touch(standard, person)
    session.flush()


def _of_draft(session: Session, person: Actor, characteristic_id: int) -> tuple[Characteristic, Standard]:
    characteristic = session.get(Characteristic, characteristic_id)
    if characteristic is None or characteristic.position == 0:
        raise NotFound
    return characteristic, draft_of(session, person, characteristic.standard_id, "edit")


def _touch(standard: Standard, person: Actor) -> None:
    """Count an edit of its characteristics, so that whoever read the standard before is stale."""
    standard.edits += 1
    standard.drafted_by_id = person.id


def add_characteristics(
    session: Session, standard: Standard, plans: Sequence[CharacteristicPlan], reason: str | None
) -> list[Characteristic]:
    """Ask for more things at the end of a draft that is known to be open. Raises Invalid, Refused, NeedsReason."""
    position = len(asked(session, standard.id))
    added = []
    for plan in plans:
        _check(session, standard, plan, reason)
        position += 1
        added.append(Characteristic(standard_id=standard.id, position=position, **asdict(plan)))
    session.add_all(added)
    session.flush()
    return added


def _check(session: Session, standard: Standard, plan: CharacteristicPlan, reason: str | None) -> None:
    check_plan(plan, session.get_one(Site, standard.site_id).profile, reason)
    if plan.defect_id is not None:
        defect = session.get(Defect, plan.defect_id)
        if defect is None or defect.site_id != standard.site_id:
            raise Invalid("There is no such defect code at this site.", "本工厂没有此缺陷代码。", field="defect_id")
