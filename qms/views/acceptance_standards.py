"""Drafting, editing, approving, withdrawing and revising standards. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.acceptance import ApproveForm, CharacteristicForm, DraftForm, NewStandardForm, ReasonForm
from forms.chain import id_or_none
from qms.models.acceptance import Characteristic, Standard
from qms.rules import acceptance as rules
from qms.rules.errors import NotFound
from qms.web import filled, needs, person, reading, saving, writing
from qms.web.page import name
from qms.web.signing import signing_of, to_sign
from qms.workflows import acceptance, acceptance_shown
from qms.workflows.acceptance_records import today

bp = Blueprint("acceptance_standards", __name__, url_prefix="/acceptance")


def shown(template: str, **values: Any) -> str:
    """Draw a page with the words of standards."""
    return render_template(template, CHARACTERISTIC_KINDS=rules.CHARACTERISTIC_KINDS, SAMPLINGS=rules.SAMPLINGS,
                           requirement=rules.requirement, **values)


@bp.route("/standards/draft", methods=["GET", "POST"])
@needs("acceptance.draft")
def draft() -> ResponseReturnValue:
    """Begin a standard; `link_id` and `item_id` in the address are proposed."""
    links = acceptance_shown.links_for(reading(), person(), "acceptance.draft", supplier=False)
    form = filled(NewStandardForm, **{key: request.args.get(key, type=id_or_none) for key in ("link_id", "item_id")})
    form.link_id.choices = [SelectChoice("", gettext("Choose from where to where")), *(
        SelectChoice(str(x.id), f"{x.supplier.code} {name(x.supplier)} → {x.customer.code} {name(x.customer)}: "
                                f"{name(x, 'output')}") for x in links)]
    form.item_id.choices = [SelectChoice("", gettext("Every item of the link")), *(
        SelectChoice(str(i.id), f"{i.code} {name(i)}")
        for i in acceptance_shown.items_of(reading(), sorted({x.site_id for x in links})))]
    if form.ready:
        with saving(form, "acceptance.draft_standard") as session:
            made = acceptance.draft_standard(
                session, person(), link_id=form.link_id.data, item_id=form.item_id.data,
                form_number=form.form_number.data or "", title_zh=form.title_zh.data or "",
                title_en=form.title_en.data or "")
        if form.saved:
            flash(gettext("The draft is there. Now add what is to be checked."), "success")
            return redirect(url_for("acceptance.show_standard", standard_id=made.id))
    return shown("acceptance/draft.html", form=form, links=links), form.status


@bp.route("/standards/<id:standard_id>/edit", methods=["GET", "POST"])
@needs("acceptance.draft")
def edit(standard_id: int) -> ResponseReturnValue:
    """Change the head of a draft."""
    standard = _opened(standard_id, "edit")
    form = filled(DraftForm, obj=standard)
    if form.ready:
        with saving(form, "acceptance.edit_draft") as session:
            acceptance.edit_draft(session, person(), standard_id, form.read_at,
                                  **{key: value or "" if key.startswith("title") else value or None
                                     for key, value in form.values().items()})
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("acceptance.show_standard", standard_id=standard_id))
    return shown("acceptance/edit.html", form=form, standard=standard), form.status


@bp.route("/standards/<id:standard_id>/characteristics/add", methods=["GET", "POST"])
@needs("acceptance.draft")
def add_characteristic(standard_id: int) -> ResponseReturnValue:
    """Ask for one more thing."""
    standard = _opened(standard_id, "edit")
    form = _characteristic_form(standard, rev=standard.rev, detectable=True)

    def add(session: Any) -> None:
        acceptance.add_characteristic(session, person(), standard_id, form.plan(), reason=form.reason.data)

    return _characteristic(standard, form, "acceptance.add_characteristic", add, gettext("Add a characteristic"))


@bp.route("/characteristics/<id:characteristic_id>/edit", methods=["GET", "POST"])
@needs("acceptance.draft")
def edit_characteristic(characteristic_id: int) -> ResponseReturnValue:
    """Plan a characteristic anew."""
    held = _held(characteristic_id)
    standard = _opened(held.standard_id, "edit")
    form = _characteristic_form(standard, obj=held)

    def change(session: Any) -> None:
        acceptance.edit_characteristic(session, person(), characteristic_id, form.read_at, form.plan(),
                                       reason=form.reason.data)

    return _characteristic(standard, form, "acceptance.edit_characteristic", change, gettext("Edit the characteristic"))


@bp.post("/characteristics/<id:characteristic_id>/move")
@needs("acceptance.draft")
def move_characteristic(characteristic_id: int) -> ResponseReturnValue:
    """Let a characteristic and its neighbour change places."""
    held = _held(characteristic_id)
    with writing("acceptance.move_characteristic") as session:
        acceptance.move_characteristic(session, person(), characteristic_id, request.form.get("rev", 0, type=int),
                                       up=request.form.get("up") == "1")
    return redirect(url_for("acceptance.show_standard", standard_id=held.standard_id, _anchor="asked"))


@bp.post("/characteristics/<id:characteristic_id>/strike")
@needs("acceptance.draft")
def strike_characteristic(characteristic_id: int) -> ResponseReturnValue:
    """Take a characteristic out of the draft."""
    held = _held(characteristic_id)
    with writing("acceptance.strike_characteristic") as session:
        acceptance.strike_characteristic(session, person(), characteristic_id, request.form.get("rev", 0, type=int))
    flash(gettext("Struck out."), "success")
    return redirect(url_for("acceptance.show_standard", standard_id=held.standard_id, _anchor="asked"))


@bp.route("/standards/<id:standard_id>/approve", methods=["GET", "POST"])
@needs("acceptance.approve")
def approve(standard_id: int) -> ResponseReturnValue:
    """Put a draft into force."""
    standard = _opened(standard_id, "approve")
    asked = acceptance_shown.characteristics_of(reading(), standard_id)
    former = acceptance_shown.replaced_by(reading(), standard)
    form = to_sign(ApproveForm, "standard", {"number": standard.form_number, "revision": standard.revision},
                   rev=standard.rev, valid_from=today(reading(), standard.site_id))
    if form.ready and (signing := signing_of(form)):
        with saving(form, "acceptance.approve_standard", form.reason.data or None) as session:
            acceptance.approve_standard(session, person(), standard_id, form.read_at, signing=signing, **form.values())
        if form.saved:
            flash(gettext("Approved."), "success")
            return redirect(url_for("acceptance.show_standard", standard_id=standard_id))
    return shown("acceptance/approve.html", form=form, standard=standard, asked=asked, former=former), form.status


@bp.route("/standards/<id:standard_id>/withdraw", methods=["GET", "POST"])
@needs("acceptance.draft")
def withdraw(standard_id: int) -> ResponseReturnValue:
    """Give a draft up."""
    standard = _opened(standard_id, "withdraw")
    form = filled(ReasonForm, rev=standard.rev)
    if form.ready:
        with saving(form, "acceptance.withdraw_draft", form.reason.data) as session:
            acceptance.withdraw_draft(session, person(), standard_id, form.read_at, reason=form.reason.data or "")
        if form.saved:
            flash(gettext("Withdrawn."), "success")
            return redirect(url_for("acceptance.show_standard", standard_id=standard_id))
    return shown("acceptance/reason.html", form=form, words=gettext("Withdraw the draft"), lead="",
                 number_words=standard.form_number, back=url_for("acceptance.show_standard", standard_id=standard_id),
                 ), form.status


@bp.post("/standards/<id:standard_id>/revise")
@needs("acceptance.draft")
def revise(standard_id: int) -> ResponseReturnValue:
    """Begin the next revision."""
    with writing("acceptance.revise_standard") as session:
        made = acceptance.revise_standard(session, person(), standard_id)
    flash(gettext("The next revision is a draft now; it asks for the same."), "success")
    return redirect(url_for("acceptance.show_standard", standard_id=made.id))


def _opened(standard_id: int, name: str) -> Standard:
    """Return the standard of a step's page. What was sent is judged by the workflow, which tells both versions."""
    if request.method == "GET":
        return acceptance_shown.standard_to_step(reading(), person(), standard_id, name)
    return acceptance_shown.whole_standard(reading(), person(), standard_id)


def _held(characteristic_id: int) -> Characteristic:
    found = reading().get(Characteristic, characteristic_id)
    if found is None:
        raise NotFound
    acceptance.one_standard(reading(), person(), found.standard_id)
    return found


def _characteristic_form(standard: Standard, **values: Any) -> CharacteristicForm:
    form = filled(CharacteristicForm, **values)
    form.defect_id.choices = [SelectChoice("", gettext("None")), *(
        SelectChoice(str(d.id), f"{d.code} {name(d)}")
        for d in acceptance_shown.defects_of(reading(), standard.site_id))]
    return form


def _characteristic(standard: Standard, form: CharacteristicForm, action: str, save: Callable[[Any], None],
                    words: str) -> ResponseReturnValue:
    profile = standard.link.site.profile
    if form.ready:
        with saving(form, action, form.reason.data or None) as session:
            save(session)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("acceptance.show_standard", standard_id=standard.id, _anchor="asked"))
    return shown("acceptance/characteristic.html", form=form, standard=standard, words=words,
                 profile=profile), form.status
