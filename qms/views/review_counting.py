"""Counting the figures of a management review as a job: asked for, followed, stopped; and what has moved since."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.base import EditForm
from qms.rules import review as rules
from qms.rules.errors import NotFound
from qms.rules.steps import step_of
from qms.web import answered, filled, needs, person, reading, saving, writing
from qms.workflows import jobs, review_counting, review_records, review_shown

bp = Blueprint("review_counting", __name__, url_prefix="/review")


@bp.post("/<id:review_id>/count/<string:step>")
@needs("review.prepare")
def ask(review_id: int, step: str) -> ResponseReturnValue:
    """Ask for the figures to be assembled, frozen or compared, and show how far that is."""
    if step not in review_counting.STEPS:
        raise NotFound
    form = filled(EditForm)
    with saving(form, "jobs.ask") as session:
        job_id = review_counting.ask(session, person(), review_id, step, form.read_at).id
    if not form.saved:
        return answered(form, url_for("review.show", review_id=review_id), "")
    return redirect(url_for("review_counting.progress", review_id=review_id, job_id=job_id), 303)


@bp.get("/<id:review_id>/jobs/<id:job_id>")
@needs("review.prepare")
def progress(review_id: int, job_id: int) -> str:
    """Show how far a job is."""
    job = review_counting.job_of(reading(), person(), review_id, job_id)
    held = review_records.one(reading(), person(), review_id)
    step = job.kind.partition(".")[2]
    return render_template("review/progress.html", job=job, review=held, step=step,
                           words=step_of(rules.STEPS, step).words)


@bp.post("/<id:review_id>/jobs/<id:job_id>/cancel")
@needs("review.prepare")
def cancel(review_id: int, job_id: int) -> ResponseReturnValue:
    """Stop a job."""
    review_counting.job_of(reading(), person(), review_id, job_id)
    with writing("jobs.cancel") as session:
        jobs.cancel(session, person(), job_id)
    return redirect(url_for("review_counting.progress", review_id=review_id, job_id=job_id), 303)


@bp.get("/<id:review_id>/comparison")
@needs("review.view")
def comparison(review_id: int) -> str:
    """Show frozen figures beside live ones, as they were at the last comparison."""
    held = review_records.one(reading(), person(), review_id)
    if held.compared_at is None:
        raise NotFound("Nothing was compared yet.", "尚未比对。")
    return render_template("review/comparison.html", review=held, REVIEW=rules,
                           moved=review_shown.comparison(reading(), held))
