"""The steps on a disposition, each the button or the page of one. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.dispositions import CoverForm, ReportForm, SaidForm, StartForm, VerifyForm, WithdrawForm, WitnessForm
from qms.models.dispositions import Disposition
from qms.rules import dispositions as rules
from qms.rules.clock import utc_now
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.forms import answered
from qms.web.language import say
from qms.workflows import dispositions
from qms.workflows import dispositions_shown as shown
from qms.workflows.dispositions_conceding import covering

bp = Blueprint("dispositions_steps", __name__, url_prefix="/dispositions")


@bp.route("/<id:line_id>/start", methods=["GET", "POST"])
@needs("dispositions.work")
def start(line_id: int) -> ResponseReturnValue:
    """Begin to carry it out."""
    return _with_form("start", line_id, StartForm, dispositions.start)


@bp.route("/<id:line_id>/report", methods=["GET", "POST"])
@needs("dispositions.work")
def report(line_id: int) -> ResponseReturnValue:
    """Say what was done."""
    return _with_form("report", line_id, ReportForm, dispositions.report)


@bp.route("/<id:line_id>/verify", methods=["GET", "POST"])
@needs("dispositions.verify")
def verify(line_id: int) -> ResponseReturnValue:
    """Verify what was done."""
    return _with_form("verify", line_id, VerifyForm, dispositions.verify)


@bp.route("/<id:line_id>/send-back", methods=["GET", "POST"])
@needs("dispositions.verify")
def send_back(line_id: int) -> ResponseReturnValue:
    """Send it back to work."""
    return _with_form("send_back", line_id, SaidForm, dispositions.send_back)


@bp.route("/<id:line_id>/witness", methods=["GET", "POST"])
@needs("dispositions.verify")
def witness(line_id: int) -> ResponseReturnValue:
    """Witness that scrap is unusable."""
    return _with_form("witness", line_id, WitnessForm, dispositions.witness)


@bp.route("/<id:line_id>/withdraw", methods=["GET", "POST"])
@needs("dispositions.decide")
def withdraw(line_id: int) -> ResponseReturnValue:
    """Take the decision back."""
    return _with_form("withdraw", line_id, WithdrawForm, dispositions.withdraw)


@bp.route("/<id:line_id>/cover", methods=["GET", "POST"])
@needs("dispositions.decide")
def cover(line_id: int) -> ResponseReturnValue:
    """Name the concession under which it is carried out."""
    return _with_form("cover", line_id, CoverForm, dispositions.cover)


@bp.post("/<id:line_id>/dispose")
@needs("dispositions.work")
def dispose(line_id: int) -> ResponseReturnValue:
    """Note that unusable scrap has left."""
    form = filled(EditForm)
    with saving(form, "dispositions.dispose") as session:
        dispositions.dispose(session, person(), line_id, form.read_at)
    return answered(form, url_for("dispositions.show", line_id=line_id), _done("dispose"))


def _with_form(step: str, line_id: int, cls: type[EditForm], take: Callable[..., Disposition]) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    line = shown.whole(reading(), person(), line_id)
    form = filled(cls, rev=line.rev)
    if isinstance(form, CoverForm):
        fitting = covering(reading(), line.rejection, line.hold_id, line.quantity, utc_now())
        form.concession_id.choices = [SelectChoice(str(c.id), f"{c.number} {c.customer_ref or ''} · {c.characteristic}")
                                      for c in fitting]
    if form.ready:
        with saving(form, f"dispositions.{step}", form.data.get("reason")) as session:
            take(session, person(), line_id, form.read_at, **_given(form))
        if form.saved:
            flash(_done(step), "success")
            return redirect(url_for("dispositions.show", line_id=line_id))
    return render_template("dispositions/step.html", form=form, line=line, step=step, DISPOSITION=rules,
                           words=step_of(rules.STEPS, step).words), form.status


def _given(form: EditForm) -> dict[str, Any]:
    """Return what was entered; an empty text is none."""
    return {name: (value.strip() or None) if isinstance(value, str) else value for name, value in form.values().items()}


def _done(step: str) -> str:
    return f"{say(step_of(rules.STEPS, step).words)}: {gettext('recorded')}"
