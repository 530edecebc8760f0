"""How long work is asked for, taken by a worker, renewed, ended and cancelled. Knows no kind of work."""

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from qms.models.jobs import Job
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound

LEASE = timedelta(seconds=60)
MOST_TRIES = 3


def ask(session: Session, person: Actor, kind: str, args: dict[str, Any]) -> Job:
    """Ask for a piece of long work, in the same transaction as whatever it belongs to."""
    job = Job(kind=kind, args=args, person_id=person.id, created_at=utc_now(), state="waiting", tries=0, done=0)
    session.add(job)
    session.flush()
    return job


def take(session: Session, worker: str) -> Job | None:
    """Take the oldest job that waits, or whose worker has stopped renewing its lease; None when there is none."""
    at = utc_now()
    job = session.scalar(
        select(Job).where(or_(Job.state == "waiting", (Job.state == "running") & (Job.leased_until < at)))
        .order_by(Job.id).limit(1).with_for_update(skip_locked=True))
    if job is None:
        return None
    if job.tries >= MOST_TRIES:
        job.state, job.finished_at = "failed", at
        job.error_en = "Its worker stopped three times."
        job.error_zh = "执行程序已中断三次。"
        return None
    job.state, job.worker, job.leased_until = "running", worker, at + LEASE
    job.started_at = job.started_at or at
    job.tries += 1
    session.flush()
    return job


def renew(session: Session, job_id: int, worker: str, *, done: int, total: int | None) -> bool:
    """Write progress down and renew the lease; False when the job was cancelled or lost to another worker."""
    job = session.get(Job, job_id)
    if job is None or job.worker != worker or job.state != "running" or job.cancel:
        return False
    job.done, job.total, job.leased_until = done, total, utc_now() + LEASE
    return True


def finish(session: Session, job_id: int, worker: str, *, state: str, result: dict[str, Any] | None = None,
           error_en: str | None = None, error_zh: str | None = None) -> None:
    """Write down how a job ended; nothing when another worker has it by now."""
    session.execute(
        update(Job).where(Job.id == job_id, Job.worker == worker, Job.state == "running")
        .values(state=state, result=result, error_en=error_en, error_zh=error_zh, finished_at=utc_now()))


def hand_back(session: Session, job_id: int, worker: str) -> None:
    """Let a job wait again, as if this worker had never taken it; nothing when another one has it by now."""
    session.execute(
        update(Job).where(Job.id == job_id, Job.worker == worker, Job.state == "running")
        .values(state="waiting", worker=None, leased_until=None, tries=Job.tries - 1, done=0))


def cancel(session: Session, person: Actor, job_id: int) -> None:
    """Stop a job: at once when nobody has begun, else at its next progress. Raises NotFound."""
    job = own(session, person, job_id)
    if job.state == "waiting":
        job.state, job.finished_at = "cancelled", utc_now()
    job.cancel = True


def own(session: Session, person: Actor, job_id: int) -> Job:
    """Return a job that this person asked for. Raises NotFound for anyone else's."""
    job = session.get(Job, job_id)
    if job is None or (job.person_id != person.id and not person.everything):
        raise NotFound
    return job


def open_jobs(session: Session, person: Actor) -> list[Job]:
    """Return the jobs that this person asked for and that have not ended."""
    return list(session.scalars(select(Job).where(Job.person_id == person.id, Job.state.in_(("waiting", "running")))
                                .order_by(Job.id)))
