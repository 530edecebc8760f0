"""How counting the figures of a management review is asked for as a job, and how far it is. Knows no kind of job."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.jobs import Job
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.workflows import jobs
from qms.workflows.review_records import begun, one

STEPS = ("assemble", "freeze", "compare")


def ask(session: Session, person: Actor, review_id: int, step: str, rev: int) -> Job:
    """Ask for a job that assembles, freezes or compares; one that runs already for the same step is returned.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    begun(session, person, review_id, step, rev=rev)
    running = [job for job in open_jobs(session, review_id) if job.kind == f"review.{step}"]
    return running[0] if running else jobs.ask(session, person, f"review.{step}", {"review_id": review_id, "rev": rev})


def open_jobs(session: Session, review_id: int) -> list[Job]:
    """Return the jobs that count for a review and have not ended, oldest first."""
    found = session.scalars(select(Job).where(Job.kind.in_([f"review.{step}" for step in STEPS]),
                                              Job.state.in_(("waiting", "running"))).order_by(Job.id))
    return [job for job in found if job.args.get("review_id") == review_id]


def job_of(session: Session, person: Actor, review_id: int, job_id: int) -> Job:
    """Return a job that counts or counted for a review that the person may see. Raises NotFound."""
    one(session, person, review_id)
    job = session.get(Job, job_id)
    if job is None or job.kind not in {f"review.{step}" for step in STEPS} or job.args.get("review_id") != review_id:
        raise NotFound
    return job
