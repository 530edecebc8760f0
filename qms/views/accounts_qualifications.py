"""Qualifications: the register, one of them, recorded, corrected, ended. Decides nothing."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.accounts_qualifications import (
    CorrectQualificationForm,
    EndQualificationForm,
    QualificationFilter,
    QualificationForm,
)
from forms.chain import id_or_none
from qms.models.accounts_qualifications import Qualification
from qms.rules import accounts_qualifications as rules
from qms.rules.clock import utc_now
from qms.web import filled, needs, person, reading, saving, seen, shows_people
from qms.web.language import language, time_zone
from qms.web.page import name
from qms.workflows import accounts_qualifications as qualifications
from qms.workflows import accounts_qualifications_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.trail import history

bp = Blueprint("accounts_qualifications", __name__, url_prefix="/accounts/qualifications")


@bp.app_context_processor
def words() -> dict[str, Any]:
    """Lend every page the words and states of qualifications."""
    return {"QUALIFIED": rules}


@bp.app_template_global("qualified_on")
def day_here() -> date:
    """Return the day that it is where the reader is."""
    return utc_now().astimezone(ZoneInfo(time_zone())).date()


@bp.get("")
@needs()
@shows_people("qualifications")
def register() -> str:
    """Show the register: one's own, those of one's people, or everybody's, as far as the reader may see."""
    form: Any = QualificationFilter(request.args, translate=gettext, language=language())
    form.unit.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                       for u in registers.units(reading(), person()))]
    form.validate()
    wanted = registers.Filter(sought=(form.chosen("q") or "").strip(), kind=form.chosen("kind") or "",
                              state=form.chosen("state") or "", unit_id=form.chosen("unit"))
    wish = Wish(after=request.args.get("after", "")[:300], before=request.args.get("before", "")[:300])
    page = registers.qualifications(reading(), person(), wanted, wish, day_here())
    seen(len({row.person_id for row in page.rows}))
    return render_template(
        "accounts/qualifications.html", form=form, is_filtered=wanted != registers.Filter(), page=page,
        may_add=person().may(qualifications.GIVE))


@bp.get("/<id:qualification_id>")
@needs()
@shows_people("qualification")
def show(qualification_id: int) -> str:
    """Show a qualification with its history."""
    shown = registers.one(reading(), person(), qualification_id)
    seen(1, shown.person_id)
    return render_template(
        "accounts/qualification.html", shown=shown,
        may_change=shown.ended_at is None and registers.may_change(reading(), person(), shown.person_id),
        history=history(reading(), [("qualifications", qualification_id)])[::-1])


@bp.route("/add", methods=["GET", "POST"])
@needs(qualifications.GIVE)
def add() -> ResponseReturnValue:
    """Record what somebody was trained for."""
    form = filled(QualificationForm, person_id=request.args.get("person", type=id_or_none), trained_on=day_here())
    form.person_id.choices = [SelectChoice("", gettext("Choose a person")),
                              *(SelectChoice(str(p.id), p.name) for p in registers.trainees(reading(), person()))]
    if form.ready:
        with saving(form, "accounts.qualify") as session:
            made_id = qualifications.give(session, person(), **form.values()).id
        if form.saved:
            return _back(made_id, gettext("The qualification is recorded."))
    return _draw(form, gettext("Record a qualification"), url_for("accounts_qualifications.register"))


@bp.route("/<id:qualification_id>/correct", methods=["GET", "POST"])
@needs(qualifications.GIVE)
def correct(qualification_id: int) -> ResponseReturnValue:
    """Correct a qualification, with a reason."""
    shown = _to_change(qualification_id)
    form = filled(CorrectQualificationForm, rev=shown.rev, reason=None, **{
        key: getattr(shown, key) for key in ("kind", "trained_on", "valid_to", "trainer", "evidence_ref")})
    if form.ready:
        with saving(form, "accounts.correct_qualification", form.reason.data) as session:
            qualifications.correct(session, person(), qualification_id, form.read_at, **form.values())
        if form.saved:
            return _back(qualification_id, gettext("Corrected. The reason is in the history."))
    return _draw(form, gettext("Correct the qualification"), _address(qualification_id), shown.person.name)


@bp.route("/<id:qualification_id>/end", methods=["GET", "POST"])
@needs(qualifications.GIVE)
def end(qualification_id: int) -> ResponseReturnValue:
    """Take a qualification back."""
    shown = _to_change(qualification_id)
    form = filled(EndQualificationForm, rev=shown.rev)
    if form.ready:
        with saving(form, "accounts.end_qualification", form.reason.data) as session:
            qualifications.end(session, person(), qualification_id, form.read_at, reason=form.reason.data)
        if form.saved:
            return _back(qualification_id, gettext("The qualification has ended."))
    return _draw(form, gettext("End the qualification"), _address(qualification_id), shown.person.name)



def _to_change(qualification_id: int) -> Qualification:
    """Return a qualification that the reader may change. Raises NotFound, NotAllowed, Invalid."""
    shown = registers.one(reading(), person(), qualification_id)
    qualifications.may_qualify(reading(), person(), shown.person_id)
    return shown


def _address(qualification_id: int) -> str:
    return url_for("accounts_qualifications.show", qualification_id=qualification_id)


def _back(qualification_id: int, told: str) -> ResponseReturnValue:
    flash(told, "success")
    return redirect(_address(qualification_id))


def _draw(form: Any, title: str, back: str, whose: str = "") -> tuple[str, int]:
    return render_template("accounts/qualification_form.html", form=form, title=title, back=back,
                           whose=whose), form.status
