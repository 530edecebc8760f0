"""What an 8D report tells of a corrective action, in plain values for a document. Changes nothing, knows no file."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.actions import Action
from qms.models.actions_causes import Cause, DocumentUpdate, Lesson, ReadAcross, Task
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.rejections import Rejection
from qms.models.trail import Attachment
from qms.rules.accounts import Actor
from qms.rules.actions_effectiveness import WATCHED
from qms.workflows.actions_effectiveness import judged
from qms.workflows.actions_records import one
from qms.workflows.exports_plain import coded, named, person, plain
from qms.workflows.trail_signatures import signatures_of

MOST_PHOTOS = 40
Row = dict[str, Any]


def report(session: Session, reader: Actor, action_id: int) -> Row:
    """Return all that is told of a case: its facts, and its team, stock, causes, tasks and so on as rows.

    Times are naive and local to the site, whose name, `zone` and `demo` stand beside them. `photos` name their bytes by
    `sha256`. Raises NotFound, NotAllowed.
    """
    action = one(session, reader, action_id)
    reader.need("exports.run", site_id=action.site_id)
    zone = ZoneInfo(action.site.time_zone)
    return {"case": _case(action, zone), "number": action.number, "title": action.title, "state": action.state,
            "site": named(action.site), "zone": action.site.time_zone, "demo": action.site.demo,
            "sources": [plain(one, zone) for one in action.sources if one.active],
            "team": [plain(one, zone, person=person(one.person), unit=coded(one.unit))
                     for one in action.members if one.active],
            "steps": {one.step: plain(one, zone, by=person(one.done_by)) for one in action.steps},
            "comparisons": [plain(one, zone) for one in action.comparisons],
            "stock": [plain(one, zone, unit=coded(one.unit), lot=one.lot.number if one.lot else None,
                            by=person(one.answered_by)) for one in action.stock],
            **_analysis(session, action, zone), "plans": _plans(session, action, zone),
            "photos": _photos(session, reader, action, zone),
            "signatures": signatures_of(session, "actions", [action.id], zone.key)}


def _case(action: Action, zone: ZoneInfo) -> Row:
    people = {name: person(getattr(action, name)) for name in ("sponsor", "leader", "opened_by")}
    return plain(action, zone, item=coded(action.item), defect=coded(action.defect),
                 drawing_rev=action.item.drawing_rev if action.item else None,
                 lot=action.lot.number if action.lot else None, origin=coded(action.origin_unit),
                 detecting=coded(action.detecting_unit), customer=coded(action.customer),
                 repeat_of=action.repeat_of.number if action.repeat_of else None, **people)


def _analysis(session: Session, action: Action, zone: ZoneInfo) -> dict[str, list[Row]]:
    """Return causes with their whys, tasks, documents, read-across and lessons, in the order they were made."""
    def of(model: Any, *order: Any) -> Any:
        return session.scalars(select(model).where(model.action_id == action.id).order_by(*order, model.id))

    return {
        "causes": [plain(one, zone, by=person(one.verified_by), control=coded(one.control_unit),
                         whys=[plain(why, zone) for why in one.whys]) for one in of(Cause) if one.active],
        "tasks": [plain(one, zone, owner=person(one.owner), cause=one.cause.text if one.cause else None,
                        by=person(one.done_by), chosen_by=person(one.chosen_by)) for one in of(Task)],
        "documents": [plain(one, zone, by=person(one.answered_by)) for one in of(DocumentUpdate)],
        "across": [plain(one, zone, site=named(one.site), unit=coded(one.unit), item=coded(one.item),
                         task=one.task.text if one.task else None, by=person(one.answered_by))
                   for one in of(ReadAcross) if one.active],
        "lessons": [plain(one, zone, by=person(one.written_by)) for one in of(Lesson)],
    }


def _plans(session: Session, action: Action, zone: ZoneInfo) -> list[Row]:
    """Return each plan with its verdicts, and for a watched one what has been counted until now."""
    plans = []
    for plan in session.scalars(select(EffectivenessPlan).where(EffectivenessPlan.action_id == action.id)
                               .order_by(EffectivenessPlan.id)):
        until_now = None
        if plan.state in WATCHED and plan.starts_at is not None:
            judgement = judged(session, plan, now(session))
            until_now = {"count": judgement.count.found, "exposure": judgement.count.exposure,
                         "p_value": judgement.evidence.p_value}
        plans.append(plain(plan, zone, by=person(plan.confirmed_by), drafted_by=person(plan.drafted_by),
                           verdicts=[plain(verdict, zone) for verdict in plan.verdicts], until_now=until_now))
    return plans


def _photos(session: Session, reader: Actor, action: Action, zone: ZoneInfo) -> list[Row]:
    """Return the photos of the rejections that the case comes from, if the reader may see these."""
    if not reader.may("rejections.view", site_id=action.site_id):
        return []
    ids = [one.record_id for one in action.sources if one.active and one.kind == Rejection.__tablename__]
    found = session.execute(
        select(Attachment, Rejection.number).join(Rejection, Rejection.id == Attachment.entity_id)
        .where(Attachment.entity == Rejection.__tablename__, Attachment.entity_id.in_(ids))
        .order_by(Attachment.id).limit(MOST_PHOTOS))
    return [plain(photo, zone, rejection=number) for photo, number in found]
