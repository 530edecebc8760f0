"""What became of a person's reports, step by step, as the reporter may read it. Changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakePhoto, Thanks
from qms.rules.accounts import Actor
from qms.rules.words import Words

SHOWN = 50

STEPS: dict[str, Words] = {
    "received": Words("Received", "已收到"),
    "held": Words("Held", "已冻结"),
    "contained": Words("Contained everywhere", "已全面围堵"),
    "closed": Words("Closed", "已关闭"),
    "thanked": Words("Thanked", "已致谢"),
}
"""What happens to a report, in the order in which it does."""


class Outcome(NamedTuple):
    """A report and what became of it: when each of STEPS happened (None: not yet), and who said thank you."""

    rejection: Rejection
    steps: dict[str, datetime | None]
    thanks: Sequence[Thanks]
    missing_photos: int


def outcomes_of(session: Session, person: Actor) -> list[Outcome]:
    """Return what became of a person's latest reports, newest first."""
    reports = session.scalars(
        select(Rejection).where(Rejection.reported_by_id == person.id).order_by(Rejection.id.desc()).limit(SHOWN)
        .options(joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect),
                 selectinload(Rejection.holds), selectinload(Rejection.containment))).all()
    ids = [report.id for report in reports]
    thanks: dict[int, list[Thanks]] = {}
    for one in session.scalars(select(Thanks).where(Thanks.rejection_id.in_(ids)).order_by(Thanks.id)):
        thanks.setdefault(one.rejection_id, []).append(one)
    missing = _missing(session, ids)
    return [Outcome(report, _steps(report, thanks.get(report.id, [])), thanks.get(report.id, []),
                    missing.get(report.id, 0)) for report in reports]


def _steps(report: Rejection, thanks: Sequence[Thanks]) -> dict[str, datetime | None]:
    answered = [line.answered_at for line in report.containment]
    contained = [at for at in answered if at is not None]
    at = {"received": report.received_at,
          "held": min((hold.held_at for hold in report.holds), default=None),
          "contained": max(contained) if contained and len(contained) == len(answered) else None,
          "closed": report.closed_at,
          "thanked": thanks[0].at if thanks else None}
    return {code: at[code] for code in STEPS}


def _missing(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return how many photos have not come of each report that lists more than came."""
    rows = session.execute(
        select(Intake.rejection_id, Intake.photos, func.count(IntakePhoto.id))
        .outerjoin(IntakePhoto, IntakePhoto.client_id == Intake.client_id)
        .where(Intake.rejection_id.in_(ids), Intake.photos > 0).group_by(Intake.rejection_id, Intake.photos))
    return {rejection_id: listed - came for rejection_id, listed, came in rows if listed > came}
