"""Which proof each closed case has for what an auditor looks for. Changes nothing, knows no page and no file."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.models.actions import Action
from qms.models.actions_causes import Cause, DocumentUpdate, Lesson, ReadAcross, Task
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain_pictures import Picture
from qms.models.rejections import Hold, Rejection
from qms.rules import actions as cases
from qms.rules.accounts import Actor
from qms.rules.actions_closure import MOST, PROOFING, SAMPLE, TICKS
from qms.rules.rejections import PLACES
from qms.rules.words import Words
from qms.workflows.actions_records import VIEW


class Proof(NamedTuple):
    """What proves a tick: in words, the table and id of the record that holds it, and the part of the case's page."""

    words: Words
    kind: str
    record_id: int
    part: str = ""


class Closed(NamedTuple):
    """One case and its proofs by tick; None: a plain no."""

    action: Action
    proofs: dict[str, Proof | None]


def matrix(session: Session, person: Actor, ids: Collection[int] = ()) -> list[Closed]:
    """Return chosen closed cases that the person may see, newest first; without ids the last. Raises NotAllowed."""
    person.need(VIEW)
    sites = person.sites(VIEW)
    query = select(Action).where(Action.state == "closed").order_by(Action.closed_at.desc(), Action.id.desc())
    if sites is not None:
        query = query.where(Action.site_id.in_(sites))
    query = query.where(Action.id.in_(ids)).limit(MOST) if ids else query.limit(SAMPLE)
    return [Closed(action, _proofs(session, action)) for action in session.scalars(query)]


def _proofs(session: Session, action: Action) -> dict[str, Proof | None]:
    found: dict[str, Proof | None] = dict.fromkeys(TICKS)
    for part in (_at_once, _solving, _measures, _documents, _effect):
        for tick, proof in part(session, action):
            found[tick] = found[tick] or proof
    return found


Found = Iterator[tuple[str, Proof]]


def _of(session: Session, model: Any, action: Action, *conditions: Any) -> Sequence[Any]:
    return session.scalars(select(model).where(model.action_id == action.id, *conditions).order_by(model.id)).all()


def _on(action: Action, part: str, en: str, zh: str | None = None) -> Proof:
    return Proof(Words(en, zh or en), "actions", action.id, part)


def _at_once(session: Session, action: Action) -> Found:
    """Yield what was done on the day: the stop or emergency, stock, holds, the picture at the stations."""
    for source in action.sources:
        if source.active and source.kind == "stops":
            yield "responded", Proof(Words(source.number, source.number), "stops", source.record_id)
    if action.emergency_verified_at is not None:
        yield "responded", _on(action, "D0", action.emergency or "")
    if action.stock and all(line.answered_at for line in action.stock):
        places = {line.place for line in action.stock}
        yield "contained", _on(action, "D3", f"{len(places)} of {len(PLACES)} kinds of place",
                               f"{len(PLACES)} 类位置中的 {len(places)} 类")
    ids = [one.record_id for one in action.sources if one.active and one.kind == "rejections"]
    for rejection in session.scalars(select(Rejection).join(Hold, Hold.rejection_id == Rejection.id).where(
            Rejection.id.in_(ids), or_(Hold.place_id.is_not(None), Hold.location.is_not(None))).order_by(Rejection.id)):
        yield "segregated", Proof(Words(rejection.number, rejection.number), "rejections", rejection.id)
    if action.defect_id is not None:
        picture = session.scalars(select(Picture).where(
            Picture.defect_id == action.defect_id, Picture.added_at >= action.opened_at).order_by(Picture.id)).first()
        if picture is not None:
            day = f"{picture.added_at:%Y-%m-%d}"
            yield "alerted", Proof(Words(day, day), "pictures", picture.id)


def _solving(session: Session, action: Action) -> Found:
    """Yield that every step is finished, and the verified causes."""
    done = {one.step: one.done_at for one in action.steps if one.done_at is not None}
    if all(name in done for name in cases.disciplines(action.route)):
        yield "solved", _on(action, "", f"{max(done.values()):%Y-%m-%d}")
    verified = _of(session, Cause, action, Cause.verified_at.is_not(None), Cause.active)
    if {"occurrence", "escape"} <= {cause.track for cause in verified}:
        yield "caused", _on(action, "D4", "; ".join(cause.text for cause in verified))


def _measures(session: Session, action: Action) -> Found:
    """Yield what the tasks that are done prove."""
    for task in _of(session, Task, action, Task.state == "done"):
        if task.kind == "containment":
            yield "watched_gate", _on(action, "D6", task.text)
        if task.kind == "training":
            yield "trained", _on(action, "D6", task.text)
        if task.level in PROOFING:
            yield "error_proofed", _on(action, "D5", task.text)
            if task.trial_pieces and task.trial_result:
                yield "error_proof_tried", _tried(action, task)
        if task.trial_pieces and task.trial_result:
            yield "tried", _tried(action, task)
        if task.change_ref:
            yield "change_agreed", _on(action, "D6", task.change_ref)


def _tried(action: Action, task: Task) -> Proof:
    return _on(action, "D5", f"n = {task.trial_pieces}: {task.trial_result}")


def _documents(session: Session, action: Action) -> Found:
    """Yield the documents that were revised, the similar places that answered, and the lessons."""
    ticks = {"pfmea": "pfmea", "control_plan": "control_plan", "instruction": "instruction", "training": "trained",
             "layered_audit": "audited"}
    for one in _of(session, DocumentUpdate, action, DocumentUpdate.affected):
        if one.document in ticks:
            changed = f"{one.reference or ''} {one.rev_before} → {one.rev_after}".strip()
            yield ticks[one.document], _on(action, "D7", changed)
    asked = _of(session, ReadAcross, action, ReadAcross.active)
    if asked and all(one.applies is not None for one in asked):
        applies = sum(bool(one.applies) for one in asked)
        yield "read_across", _on(action, "D7", f"{len(asked)} asked, applies to {applies}",
                                 f"询问 {len(asked)} 处, 适用 {applies} 处")
    for lesson in _of(session, Lesson, action):
        yield "learnt", _on(action, "D8", f"{lesson.number} {lesson.title}")


def _effect(session: Session, action: Action) -> Found:
    """Yield the confirmed plan with its figures, and that nothing has come back since."""
    for plan in _of(session, EffectivenessPlan, action, EffectivenessPlan.state == "confirmed"):
        last = plan.verdicts[-1] if plan.verdicts else None
        if last is not None:
            told = f"{last.count} / {last.exposure} < {plan.baseline_count} / {plan.baseline_exposure}"
            yield "effective", _on(action, "effectiveness", told)
        repeats = session.scalar(select(Action.id).where(Action.repeat_of_id == action.id, Action.state != "void"))
        if repeats is None and action.closed_at is not None:
            yield "stayed_away", _on(action, "effectiveness", f"since {action.closed_at:%Y-%m-%d}",
                                     f"自 {action.closed_at:%Y-%m-%d} 起")
