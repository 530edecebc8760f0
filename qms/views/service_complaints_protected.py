"""The pages of protected reports: made, followed by their receipt, read by the few who may. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.base import EditForm
from forms.service_complaints_protected import ReplyForm, ReportForm
from qms.rules import service_complaints_protected as rules
from qms.rules.steps import step_of
from qms.web import answered, filled, needs, person, reading, saving, writing
from qms.web.filter_rows import wish
from qms.workflows import service_complaints_protected as reports

bp = Blueprint("service_complaints_protected", __name__, url_prefix="/service/protected-reports")


@bp.get("/")
@needs("service.protect")
def register() -> str:
    """List protected reports without what they tell."""
    return render_template("service/protected.html", page=reports.register(reading(), person(), wish()), RULES=rules)


@bp.get("/mine")
@needs("service.complain")
def mine() -> str:
    """Show what became of the reader's own protected reports."""
    return render_template("service/protected_mine.html", receipts=reports.receipts(reading(), person()), RULES=rules)


@bp.route("/report", methods=["GET", "POST"])
@needs("service.complain")
def report() -> ResponseReturnValue:
    """Report under protection."""
    form = filled(ReportForm)
    if form.ready:
        with saving(form, "service.report_protected") as session:
            reports.report(session, person(), **form.values())
        if form.saved:
            return redirect(url_for("service_complaints_protected.mine"))
    return render_template(
        "service/form.html", form=form, title=gettext("Report under protection"), rule="R-35", held=None,
        back=url_for("service_complaints_protected.mine"),
        trail=[(gettext("My protected reports"), url_for("service_complaints_protected.mine"))]), form.status


@bp.get("/<id:report_id>")
@needs("service.protect")
def show(report_id: int) -> str:
    """Show a protected report; that it was read is written down before it is shown (R-35)."""
    with writing("service.read_protected") as session:
        found = reports.read(session, person(), report_id)
        steps: list[dict[str, Any]] = [_button(found.id, found.rev, step) for step in reports.offered(person(), found)]
        return render_template("service/protected_report.html", report=found, RULES=rules, steps=steps)


@bp.post("/<id:report_id>/look-into")
@needs("service.protect")
def look_into(report_id: int) -> ResponseReturnValue:
    """Take a report to look into it."""
    form = filled(EditForm)
    with saving(form, "service.look_into_protected") as session:
        reports.look_into(session, person(), report_id, form.read_at)
    return answered(form, url_for("service_complaints_protected.show", report_id=report_id), gettext("Taken over"))


@bp.route("/<id:report_id>/close", methods=["GET", "POST"])
@needs("service.protect")
def close(report_id: int) -> ResponseReturnValue:
    """Answer whoever reported, and close."""
    with writing("service.read_protected") as session:
        held = reports.read(session, person(), report_id)
        number, rev = held.number, held.rev
    form = filled(ReplyForm, rev=rev)
    back = url_for("service_complaints_protected.show", report_id=report_id)
    if form.ready:
        with saving(form, "service.close_protected") as session:
            reports.close(session, person(), report_id, form.read_at, reply=form.reply.data or "")
        if form.saved:
            return redirect(back)
    return render_template(
        "service/form.html", form=form, title=gettext("Answer and close"), rule="R-35", held=None, back=back,
        trail=[(gettext("Protected reports"), url_for("service_complaints_protected.register")), (number, back)],
    ), form.status


def _button(report_id: int, rev: int, step: str) -> dict[str, Any]:
    button = {"words": step_of(rules.STEPS, step).words, "icon": "eye" if step == "look_into" else "check",
              "url": url_for(f"service_complaints_protected.{step}", report_id=report_id)}
    return button | ({"post": True, "fields": {"rev": rev}} if step == "look_into" else {})
