"""How the causes of a case are found: candidates on the bones of each track, tested, asked why, verified (R-25)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.db import now
from qms.models.actions import Action
from qms.models.actions_causes import Cause
from qms.models.chain import Unit
from qms.rules import actions_causes as rules
from qms.rules.accounts import Actor
from qms.rules.actions import CATEGORIES, TRACKS
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows.actions_parts import (
    ANALYSED,
    case,
    case_of,
    changing,
    check_version,
    is_finished,
    part,
    said,
)
from qms.workflows.actions_parts import text as plain_text


def causes_of(session: Session, person: Actor, action_id: int) -> Sequence[Cause]:
    """Return the candidates of a case that stand, in the order of their bones, each with its whys. Raises NotFound."""
    case(session, person, action_id)
    return _standing(session, action_id)


def one(session: Session, person: Actor, cause_id: int) -> Cause:
    """Return a candidate that stands. Raises NotFound."""
    found = part(session, person, Cause, cause_id)
    if not found.active:
        raise NotFound
    return found


def add(session: Session, person: Actor, action_id: int, *, track: str, category: str, text: str | None) -> Cause:
    """Put a candidate at the end of a bone. Raises Invalid, IllegalStep, NotAllowed, NotFound."""
    changing(session, person, action_id, ANALYSED)
    rules.check_place(track, category)
    made = Cause(action_id=action_id, track=track, category=category, text=said(text, "text"),
                 position=_on_bone(session, action_id, track, category) + 1)
    session.add(made)
    session.flush()
    return made


def edit(session: Session, person: Actor, cause_id: int, rev: int, *, category: str, text: str | None) -> Cause:
    """Word a candidate anew or put it on another bone; a new wording has to be verified again.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    cause = begun(session, person, cause_id, rev, category=category, text=text)
    rules.check_place(cause.track, category)
    worded = said(text, "text")
    if worded != cause.text:
        cause.text = worded
        unverify(cause)
    if category != cause.category:
        cause.position = _on_bone(session, cause.action_id, cause.track, category) + 1
        cause.category = category
    settle(session, cause)
    return cause


def move(session: Session, person: Actor, cause_id: int, rev: int, *, up: bool) -> Cause:
    """Move a candidate up or down in its track; over the edge of its bone it goes to the next one.

    Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    cause = begun(session, person, cause_id, rev)
    held = {c.id: c for c in _standing(session, cause.action_id) if c.track == cause.track}
    bones: dict[str, list[int]] = {}
    for one_of in held.values():
        bones.setdefault(one_of.category, []).append(one_of.id)
    for category, order in rules.moved_between(bones, cause.id, up=up).items():
        for position, held_id in enumerate(order, start=1):
            held[held_id].category, held[held_id].position = category, position
    session.flush()
    return cause


def take_out(session: Session, person: Actor, cause_id: int, rev: int) -> Cause:
    """Take a candidate out again; one that is verified, or that a task answers, stays.

    Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    cause = begun(session, person, cause_id, rev)
    if cause.verified_at is not None or any(task.state != "dropped" for task in cause.tasks):
        raise IllegalStep("This cause is verified or answered by a task: it stays.",
                          "此原因已验证或已有任务对应, 不能移除。")
    cause.active = False
    settle(session, cause)
    return cause


def test(session: Session, person: Actor, cause_id: int, rev: int, *, holds: bool | None, test: str | None) -> Cause:
    """Say what the test of a candidate showed; None takes the result back.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    cause = begun(session, person, cause_id, rev, holds=holds, test=test)
    if holds is not True:
        unverify(cause)
    cause.holds, cause.test = holds, said(test, "test") if holds is not None else plain_text(test)
    settle(session, cause)
    return cause


def describe(session: Session, person: Actor, cause_id: int, rev: int, *, control_unit_id: int | None = None,
             contribution_percent: int | None = None, pfmea_ref: str | None = None) -> Cause:
    """Say which control should have caught it, what share of the fault it makes, and which PFMEA line it is.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    cause = begun(session, person, cause_id, rev, control_unit_id=control_unit_id,
                  contribution_percent=contribution_percent, pfmea_ref=pfmea_ref)
    _check_control(session, cause, control_unit_id)
    if contribution_percent is not None and not 0 <= contribution_percent <= 100:
        raise Invalid("A contribution is between 0 and 100 %.", "贡献度在 0 到 100% 之间。",
                      field="contribution_percent")
    cause.control_unit_id, cause.contribution_percent = control_unit_id, contribution_percent
    cause.pfmea_ref = plain_text(pfmea_ref)
    if cause.verified_at is not None:
        rules.check_chain(chain_of(cause))
    rules.check_contributions(
        c.contribution_percent for c in _standing(session, cause.action_id)
        if c.track == cause.track and c.holds is not False)
    settle(session, cause)
    return cause


def verify(session: Session, person: Actor, cause_id: int, rev: int, *, verification: str | None) -> Cause:
    """Say how a cause was proven: the fault was switched on and off with it, or data show it (R-25).

    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    cause = begun(session, person, cause_id, rev, verification=verification)
    if cause.holds is not True:
        raise IllegalStep("Test this candidate first: only what holds can be verified.",
                          "请先测试: 只有成立的原因才能验证。")
    rules.check_chain(chain_of(cause))
    cause.verification = said(verification, "verification")
    cause.verified_at, cause.verified_by_id = now(session), person.id
    session.flush()
    return cause


def check_track(session: Session, action: Action, track: str) -> None:
    """Raise Refused (R-25) unless a track of a case has a verified cause."""
    rules.check_track([chain_of(cause) for cause in _standing(session, action.id)], track)


def check_causes(session: Session, action: Action) -> None:
    """Raise Refused (R-25) unless D4 of a case holds."""
    rules.check_causes([chain_of(cause) for cause in _standing(session, action.id)])


def settle(session: Session, cause: Cause) -> None:
    """Write a change of a cause down. Raises Refused (R-25) for one that undoes what D4 was finished with."""
    session.flush()
    if is_finished(session, cause.action_id, "D4"):
        check_causes(session, cause.action)


def begun(session: Session, person: Actor, cause_id: int, rev: int, **given: Any) -> Cause:
    """Return a candidate that the person may change now, at the version that they read, its case locked.

    Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    changing(session, person, case_of(session, Cause, cause_id), ANALYSED)
    cause = one(session, person, cause_id)
    check_version(cause, rev, given)
    return cause


def chain_of(cause: Cause) -> rules.Chain:
    """Return a cause as the rules see it."""
    return rules.Chain(cause.track, cause.verified_at is not None, [(w.text, w.evidence) for w in cause.whys],
                       cause.control_unit_id is not None)


def unverify(cause: Cause) -> None:
    """Take a verification back: what it proved is worded otherwise by now."""
    cause.verified_at = cause.verified_by_id = None


def _standing(session: Session, action_id: int) -> Sequence[Cause]:
    order = {code: n for n, code in enumerate(CATEGORIES)}
    found = session.scalars(select(Cause).where(Cause.action_id == action_id, Cause.active).options(
        selectinload(Cause.whys), joinedload(Cause.control_unit), joinedload(Cause.verified_by)))
    return sorted(found, key=lambda c: (list(TRACKS).index(c.track), order[c.category], c.position, c.id))


def _on_bone(session: Session, action_id: int, track: str, category: str) -> int:
    """Return the last position that is taken on a bone; 0 on an empty one."""
    return max((c.position for c in _standing(session, action_id) if (c.track, c.category) == (track, category)),
               default=0)


def _check_control(session: Session, cause: Cause, unit_id: int | None) -> None:
    if unit_id is None:
        return
    if cause.track != "escape":
        raise Invalid("Only a cause of escape names the control that should have caught it.",
                      "只有流出原因才填写应发现的控制点。", field="control_unit_id")
    unit = session.get(Unit, unit_id)
    if unit is None or unit.site_id != cause.action.site_id:
        raise Invalid("There is no such unit at this site.", "该工厂没有这个单元。", field="control_unit_id")
