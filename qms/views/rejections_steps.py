"""Steps taken on a rejection: containment, release, correction, void. Decides nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from forms.accounts_qualifications import UnqualifiedForm
from forms.base import EditForm, Form
from forms.rejections import CorrectForm, LineForm, ReleaseForm, VoidForm
from qms.models.rejections import ContainmentLine, Rejection
from qms.rules import rejections as rules
from qms.rules.errors import RuleError
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import rejections, rejections_lookup

bp = Blueprint("rejections_steps", __name__, url_prefix="/rejections")

TEXTS = ("severity", "zone", "requirement", "actual", "note")


@bp.route("/<id:rejection_id>/correct", methods=["GET", "POST"])
@needs("rejections.report")
def correct(rejection_id: int) -> ResponseReturnValue:
    """Correct what was reported, with a reason."""
    rejection = rejections.whole(reading(), person(), rejection_id)
    form = filled(CorrectForm, rev=rejection.rev, **_as_reported(rejection))
    if form.ready:
        with saving(form, "rejections.correct", form.reason.data) as session:
            given = {key: (form[key].data or "").strip() or None for key in TEXTS}
            site_id = rejection.site_id
            lot_id = rejections_lookup.lot_id(session, site_id, form.lot.data)
            item_id = None if lot_id else rejections_lookup.item_id(session, site_id, form.item.data)
            rejections.correct(
                session, person(), rejection_id, form.read_at, reason=form.reason.data, quantity=form.quantity.data,
                lot_id=lot_id, item_id=item_id,
                defect_id=rejections_lookup.defect_id(session, site_id, form.defect.data), **given)
        if form.saved:
            return _done(rejection_id, gettext("Corrected. The reason is in the history."))
    return render_template("rejections/correct.html", form=form, rejection=rejection), form.status


@bp.route("/<id:rejection_id>/void", methods=["GET", "POST"])
@needs("rejections.void")
def void(rejection_id: int) -> ResponseReturnValue:
    """Declare a rejection void."""
    rejection = rejections.whole(reading(), person(), rejection_id)
    form = filled(VoidForm, rev=rejection.rev)
    if form.ready:
        with saving(form, "rejections.void", form.reason.data) as session:
            rejections.void(session, person(), rejection_id, form.read_at, reason=form.reason.data)
        if form.saved:
            return _done(rejection_id, gettext("Void. The number is kept, and nothing is held under it any more."))
    return render_template("rejections/void.html", form=form, rejection=rejection), form.status


@bp.route("/holds/<id:hold_id>/release", methods=["GET", "POST"])
@needs("rejections.release")
def release(hold_id: int) -> ResponseReturnValue:
    """Release what a re-inspection found good."""
    hold = rejections.one_hold(reading(), person(), hold_id)
    rejection = rejections.whole(reading(), person(), hold.rejection_id)
    form = filled(ReleaseForm, rev=hold.rev)
    if form.ready:
        with saving(form, "rejections.release") as session:
            rejections.release(session, person(), hold_id, form.read_at, good=form.good.data or 0,
                               not_good=form.not_good.data or 0, result=form.result.data,
                               criteria_ref=(form.criteria_ref.data or "").strip() or None)
        if form.saved:
            return _done(rejection.id, gettext("Recorded: %(good)s released, %(held)s stay held.",
                                               good=form.good.data, held=form.not_good.data))
    return render_template("rejections/release.html", form=form, hold=hold, rejection=rejection,
                           REJECTION=rules), form.status


@bp.post("/<id:rejection_id>/containment/ask")
@needs("rejections.contain")
def ask(rejection_id: int) -> ResponseReturnValue:
    """Ask every place where suspect product may be."""
    form = filled(EditForm)
    with saving(form, "rejections.ask_containment") as session:
        lines = rejections.ask_containment(session, person(), rejection_id, form.read_at)
    if form.saved:
        flash(ngettext("%(num)s place is asked.", "%(num)s places are asked.", len(lines)), "success")
        return redirect(url_for("rejections_steps.containment", rejection_id=rejection_id))
    return _refused(form, rejection_id)


@bp.route("/<id:rejection_id>/containment", methods=["GET", "POST"])
@needs("rejections.view")
def containment(rejection_id: int) -> ResponseReturnValue:
    """Show every place that is asked and its answer; take the answers."""
    rejection = rejections.whole(reading(), person(), rejection_id)
    head = filled(UnqualifiedForm)
    forms = [(line, filled(LineForm, obj=line, prefix=f"line-{line.id}")) for line in rejection.containment]
    if head.submitted and not [form for _line, form in forms if not form.ready]:
        answered = _answer(head, forms)
        if head.saved:
            flash(ngettext("%(num)s answer recorded.", "%(num)s answers recorded.", answered), "success")
            return redirect(url_for("rejections.show", rejection_id=rejection_id))
    wrong = any(form.errors or form.refusal for _line, form in forms)
    return render_template("rejections/containment.html", head=head, forms=forms, rejection=rejection, wrong=wrong,
                           REJECTION=rules), 422 if wrong and head.refusal is None else head.status


def _answer(head: UnqualifiedForm, forms: list[tuple[ContainmentLine, LineForm]]) -> int:
    """Write every answer that is new or changed, all or none; a refusal is put beside the line it is about."""
    changed = [(line, form, given) for line, form in forms if (given := form.changed) is not None]
    at: LineForm | None = None
    with saving(head, "rejections.answer_containment") as session:
        for line, at, given in changed:
            rejections.answer_containment(session, person(), line.id, at.read_at, reason=head.reason.data, **given)
    if head.refusal is not None and at is not None and head.refusal.field:
        at.refuse(head.refusal, language())
    return len(changed)


def _as_reported(rejection: Rejection) -> dict[str, Any]:
    """Return what the form of a correction begins with; records are named as people type them."""
    def called(record: Any) -> str:
        return "" if record is None else f"{record.code} {name(record)}"

    return {key: getattr(rejection, key) for key in ("quantity", *TEXTS)} | {
        "lot": rejection.lot.number if rejection.lot else "", "item": called(rejection.item),
        "defect": called(rejection.defect)}


def _done(rejection_id: int, told: str) -> ResponseReturnValue:
    flash(told, "success")
    return redirect(url_for("rejections.show", rejection_id=rejection_id))


def _refused(form: Form, rejection_id: int) -> ResponseReturnValue:
    """Lead back to the record and say why nothing was done."""
    refusal: RuleError | None = form.refusal
    flash(refusal.words.to(language()) if refusal else "", "danger")
    return redirect(url_for("rejections.show", rejection_id=rejection_id), 303)
