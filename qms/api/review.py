"""Management reviews by JSON: the register, one, opening, editing, people, counting, every step. Decides nothing.

Each change carries the version at which the review was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.trail_signatures_json import SignedBody
from qms.models.jobs import Job
from qms.models.review import Review
from qms.rules.review import STEPS as REVIEW
from qms.rules.steps import step_of
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.web.signing import signing_sent, told_signatures
from qms.workflows import review, review_counting, review_records, review_register, review_shown
from qms.workflows.chain_paging import Wish
from qms.workflows.exports_filters import filter_of

bp = Blueprint("review_api", __name__, url_prefix="/api/v1/reviews")


class ReviewSent(Body):
    """What a review covers, and when and where its meeting is."""

    title: str = Field(max_length=200)
    first_on: date
    last_on: date
    before_first_on: date
    before_last_on: date
    meeting_on: date | None = None
    place: str | None = Field(default=None, max_length=200)


class NewReview(ReviewSent):
    """A review that is opened: of one site, and of more where they are reviewed together."""

    site_id: int = Field(ge=1, le=LARGEST_ID)
    more_sites: list[int] = Field(default=[], max_length=100)


class ReviewStep(Body):
    """A step and the version at which the review was read."""

    rev: int = Field(ge=1)


class ReviewChanged(ReviewSent):
    """A review that is edited."""

    rev: int = Field(ge=1)


class ReviewReasoned(ReviewStep):
    """A step that needs a reason."""

    reason: str = Field(max_length=500)


class ReviewSettled(ReviewStep):
    """The actions are set, with the conclusion on the system."""

    conclusion: str = Field(max_length=8000)


class ReviewSigned(ReviewStep, SignedBody):
    """The password again, as a signature."""


class NewAttendee(Body):
    """Somebody who takes part: a person of the system, or a guest by name."""

    role: str = Field(max_length=20)
    person_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    name: str | None = Field(default=None, max_length=120)


class AttendeeSaid(Body):
    """Whether somebody was there, or that they are off the list."""

    rev: int = Field(ge=1)
    was_there: bool | None = None
    active: bool = True


STEPS: dict[str, tuple[type[ReviewStep], Callable[..., Review]]] = {
    "thaw": (ReviewReasoned, review.thaw), "meet": (ReviewStep, review.meet), "settle": (ReviewSettled, review.settle),
    "resume": (ReviewStep, review.resume), "void": (ReviewReasoned, review.void),
}


@bp.get("")
@needs("review.view")
def register() -> ResponseReturnValue:
    """Read a page of the register; `next` is what to send as `after` for the older ones, null at the end."""
    wanted = filter_of(review_register.Filter, request.args.to_dict())
    found = review_register.reviews(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"reviews": [told(row) for row in found.rows], "next": found.following or None})


@bp.get("/<id:review_id>")
@needs("review.view")
def show(review_id: int) -> ResponseReturnValue:
    """Read one review with its inputs' states, who takes part, signatures, and the steps that the caller may take.

    Its version is the ETag.
    """
    return _one(review_id)


@bp.post("", endpoint="open")
@needs("review.prepare")
@takes(NewReview)
def open_review() -> ResponseReturnValue:
    """Open a review: 201 with it."""
    sent = read_body(NewReview).model_dump()
    with writing("review.open") as session:
        made = review.open_review(session, person(), **sent)
    return _one(made.id, 201)


@bp.put("/<id:review_id>")
@needs("review.prepare")
@takes(ReviewChanged)
def edit(review_id: int) -> ResponseReturnValue:
    """Change title, periods, meeting and place."""
    sent = read_body(ReviewChanged).model_dump()
    with writing("review.edit") as session:
        review.edit(session, person(), review_id, **sent)
    return _one(review_id)


@bp.post("/<id:review_id>/attendees")
@needs("review.prepare")
@takes(NewAttendee)
def attend(review_id: int) -> ResponseReturnValue:
    """Name somebody who takes part: 201 with the review."""
    sent = read_body(NewAttendee).model_dump()
    with writing("review.attend") as session:
        review.attend(session, person(), review_id, **sent)
    return _one(review_id, 201)


@bp.put("/attendees/<id:attendee_id>")
@needs("review.prepare")
@takes(AttendeeSaid)
def attended(attendee_id: int) -> ResponseReturnValue:
    """Say whether somebody was there, or take them off the list."""
    sent = read_body(AttendeeSaid).model_dump()
    with writing("review.attended") as session:
        held = review.attended(session, person(), attendee_id, **sent)
    return jsonify(told(held))


@bp.post("/<id:review_id>/sign")
@needs("review.sign")
@takes(ReviewSigned)
def sign(review_id: int) -> ResponseReturnValue:
    """Sign a review with the caller's password; a wrong one is counted and answered with 422."""
    sent = read_body(ReviewSigned)
    signing = signing_sent(sent)
    with writing("review.sign") as session:
        review.sign(session, person(), review_id, sent.rev, signing=signing)
    return _one(review_id)


def _count_route(name: str) -> None:
    def view(review_id: int) -> ResponseReturnValue:
        sent = read_body(ReviewStep)
        with writing("jobs.ask") as session:
            job = review_counting.ask(session, person(), review_id, name, sent.rev)
        address = url_for("review_api.job", review_id=review_id, job_id=job.id)
        return jsonify(_job(job)), 202, {"Location": address}

    view.__name__ = name
    view.__doc__ = f"{step_of(REVIEW, name).words.en} as a job: 202 with where to ask how far it is."
    bp.post(f"/<id:review_id>/{name}")(needs("review.prepare")(takes(ReviewStep)(view)))


for _name in review_counting.STEPS:
    _count_route(_name)


@bp.get("/<id:review_id>/jobs/<id:job_id>")
@needs("review.prepare")
def job(review_id: int, job_id: int) -> ResponseReturnValue:
    """Read how far a job is."""
    return jsonify(_job(review_counting.job_of(reading(), person(), review_id, job_id)))


def _route(name: str) -> None:
    model, step = STEPS[name]

    def view(review_id: int) -> ResponseReturnValue:
        sent = read_body(model)
        with writing(f"review.{name}") as session:
            step(session, person(), review_id, **sent.model_dump())
        return _one(review_id)

    view.__name__, view.__doc__ = name, f"{step_of(REVIEW, name).words.en}."
    bp.post(f"/<id:review_id>/{name}")(needs(step_of(REVIEW, name).permission)(takes(model)(view)))


for _name in STEPS:
    _route(_name)


def _one(review_id: int, status: int = 200) -> ResponseReturnValue:
    session = reading()
    held = review_records.one(session, person(), review_id)
    answer = jsonify(told(held) | {
        "sites": [site.code for site in review_records.sites_of(session, held)],
        "inputs": [{"id": one.id, "rev": one.rev, "code": one.what.code, "state": one.state, "moved": one.moved,
                    "is_owed": one.is_owed} for one in review_shown.outlines(session, held)],
        "attendees": [told(one) for one in review_records.attendees(session, held)],
        "unplanned": [one.key for one in review_shown.unplanned(session, held)],
        "signatures": told_signatures("reviews", [held.id]),
        "steps": [step.name for step in review_shown.offered(session, person(), held)]})
    answer.set_etag(f"v{held.rev}")
    return answer, status


def _job(held: Job) -> dict[str, Any]:
    return {"id": held.id, "kind": held.kind, "state": held.state, "done": held.done, "total": held.total,
            "error_en": held.error_en, "error_zh": held.error_zh}
