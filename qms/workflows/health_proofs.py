"""When the trail was verified and a backup was proved last, and whether that is too long ago. Knows no request.

Source: section 7 of the reliability reference.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.ledger import ledger
from qms.models.health import Proof
from qms.models.jobs import Job

VERIFY, BACKUP = "verify", "backup"
JOB = "trail.verify"
GRACE = timedelta(hours=26)
"""A new installation that was never proved is let be for so long."""
BETWEEN = timedelta(hours=20)
MISSED = timedelta(hours=25)
_LONGEST = 500


class Said(NamedTuple):
    """What is said of a proof; `faulty`: this node is not ready."""

    words: str
    faulty: bool = False


def note(session: Session, kind: str, *, good: bool, told: str) -> None:
    """Keep how a proof went."""
    held = session.get(Proof, kind, with_for_update=True)
    if held is None:
        held = Proof(kind=kind)
        session.add(held)
    held.at, held.good, held.told = now(session), good, told[:_LONGEST]
    if good:
        held.good_at = held.at


def said_of(session: Session, kind: str, within: timedelta, at: datetime) -> Said:
    """Return what is to be said of a kind of proof that is due within some time; zero: nobody asks for it."""
    held = session.get(Proof, kind)
    if not within:
        return Said("ok")
    if held is None:
        return Said("ok" if at - installed_at(session, at) <= GRACE else "warning: never done")
    if not held.good:
        return Said("the last one failed", faulty=True)
    hours, most = int((at - held.at).total_seconds() // 3600), int(within.total_seconds() // 3600)
    return Said("ok") if at - held.at <= within else Said(f"{hours} hours ago, more than {most}", faulty=True)


def seconds_since(session: Session, kind: str, at: datetime) -> float | None:
    """Return how long ago a proof of a kind went well; None when none ever did."""
    held = session.get(Proof, kind)
    return (at - held.good_at).total_seconds() if held is not None and held.good_at is not None else None


def installed_at(session: Session, at: datetime) -> datetime:
    """Return when the trail began; `at` when it has not."""
    return session.scalar(select(ledger.c.at).where(ledger.c.seq == 1)) or at


def is_due(session: Session, at: datetime, hour: int) -> bool:
    """Tell whether the night's verification is to begin: at this hour of the server's clock, or when it was missed."""
    if session.scalar(select(Job.id).where(Job.kind == JOB, Job.state.in_(("waiting", "running"))).limit(1)):
        return False
    held = session.get(Proof, VERIFY)
    since = at - (held.at if held is not None else installed_at(session, at))
    if since >= MISSED:
        return True
    return at.astimezone().hour == hour and (held is None or since >= BETWEEN)
