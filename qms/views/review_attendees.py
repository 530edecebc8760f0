"""Who takes part in a management review: named, marked as there, taken off. Decides nothing."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.review import AttendeeForm
from qms.rules import review as rules
from qms.rules.errors import NotFound
from qms.web import answered, filled, needs, person, reading, saving
from qms.workflows import review, review_records, review_shown
from qms.workflows.actions_team import people

bp = Blueprint("review_attendees", __name__, url_prefix="/review")

SAID: dict[str, dict[str, Any]] = {
    "there": {"was_there": True}, "away": {"was_there": False}, "off": {"active": False},
}
"""What the buttons beside a name say of somebody."""


@bp.route("/<id:review_id>/attendees", methods=["GET", "POST"])
@needs("review.prepare")
def attend(review_id: int) -> ResponseReturnValue:
    """Show who takes part, and name somebody more."""
    form = filled(AttendeeForm)
    _offer_people(form.person_id)
    if form.ready:
        with saving(form, "review.attend") as session:
            review.attend(session, person(), review_id, **form.values())
        if form.saved:
            return answered(form, url_for("review_attendees.attend", review_id=review_id), gettext("Saved."))
    held = review_records.one(reading(), person(), review_id)
    attendees = review_records.attendees(reading(), held)
    if not form.submitted and any(one.role == "chair" for one in attendees):
        form.role.data = "other"
    return render_template(
        "review/attendees.html", review=held, form=form, attendees=attendees, REVIEW=rules,
        may_attend="attend" in {step.name for step in review_shown.offered(reading(), person(), held)}), form.status


@bp.post("/<id:review_id>/attendees/<id:attendee_id>")
@needs("review.prepare")
def attended(review_id: int, attendee_id: int) -> ResponseReturnValue:
    """Say whether somebody was there, or take them off the list."""
    said = SAID.get(request.form.get("as", ""))
    if said is None:
        raise NotFound
    form = filled(EditForm)
    with saving(form, "review.attended") as session:
        review.attended(session, person(), attendee_id, form.read_at, **said)
    return answered(form, url_for("review_attendees.attend", review_id=review_id), gettext("Saved."))


def _offer_people(field: Any) -> None:
    field.choices = [SelectChoice("", gettext("Choose a person")),
                     *(SelectChoice(str(who.id), who.name) for who in people(reading()))]
