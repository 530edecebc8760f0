"""Drafting a concession and the steps on it, each the button or the page of one. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.chain import id_or_none
from forms.dispositions_concessions import ApprovalForm, ApproveForm, ConcessionForm, ReasonForm, SendForm
from forms.trail_signatures import SignedForm
from qms.models.dispositions_concessions import Concession
from qms.rules import dispositions_concessions as rules
from qms.rules.errors import Invalid
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language, say
from qms.web.page import name
from qms.web.signing import given_by, to_sign
from qms.workflows import chain, rejections, rejections_lookup
from qms.workflows import dispositions_concessions as concessions
from qms.workflows import dispositions_concessions_shown as shown

bp = Blueprint("dispositions_concessions_steps", __name__, url_prefix="/dispositions/concessions")

SAME = ("kind", "originator", "drawing_rev", "characteristic", "deviation", "operations", "customer_id",
        "quantity_authorised", "starts_on", "expires_on", "sub_components", "label_text")
SIGNED = {"approve": "concession", "record_approval": "authorisation"}
"""Meaning of the signature by step."""
TYPED = {"item_id": "item", "lot_id": "lot", "defect_id": "defect"}


@bp.route("/draft", methods=["GET", "POST"])
@needs("dispositions.concede")
def draft() -> ResponseReturnValue:
    """Draft a request; `rejection` in the address proposes what is known of it."""
    form = _form(**_proposed())
    if form.ready:
        rejection_id = id_or_none(form.rejection_id.data)
        with saving(form, "dispositions.draft_concession") as session:
            made = concessions.draft(session, person(), site_id=form.site_id.data, rejection_id=rejection_id,
                                     request=_request(session, form, form.site_id.data))
        _beside_what_was_typed(form)
        if form.saved:
            flash(gettext("%(number)s: drafted. Another person approves it inside.", number=made.number), "success")
            return redirect(url_for("dispositions_concessions.show", concession_id=made.id))
    return render_template("dispositions/concession_draft.html", form=form, concession=None), form.status


@bp.route("/<id:concession_id>/edit", methods=["GET", "POST"])
@needs("dispositions.concede")
def edit(concession_id: int) -> ResponseReturnValue:
    """Change a draft."""
    held = shown.whole(reading(), person(), concession_id)
    form = _form(rev=held.rev, site_id=held.site_id, rejection_id=held.rejection_id, item=held.item.code,
                 lot=held.lot.number if held.lot else "", defect=held.defect.code if held.defect else "",
                 **{key: getattr(held, key) for key in SAME})
    if form.ready:
        with saving(form, "dispositions.edit_concession") as session:
            concessions.edit(session, person(), concession_id, form.read_at, _request(session, form, held.site_id))
        _beside_what_was_typed(form)
        if form.saved:
            return _back(form, concession_id, "edit")
    return render_template("dispositions/concession_draft.html", form=form, concession=held), form.status


@bp.route("/<id:concession_id>/approve", methods=["GET", "POST"])
@needs("dispositions.approve")
def approve(concession_id: int) -> ResponseReturnValue:
    """Approve a draft inside."""
    return _with_form("approve", concession_id, ApproveForm, concessions.approve_internally,
                      "dispositions.approve_concession")


@bp.post("/<id:concession_id>/confirm-back")
@needs("dispositions.concede")
def confirm_back(concession_id: int) -> ResponseReturnValue:
    """Confirm that product is made to specification again."""
    form = filled(EditForm)
    with saving(form, "dispositions.confirm_back") as session:
        concessions.confirm_back_to_spec(session, person(), concession_id, form.read_at)
    return _back(form, concession_id, "confirm_back")


@bp.route("/<id:concession_id>/send", methods=["GET", "POST"])
@needs("dispositions.concede")
def send(concession_id: int) -> ResponseReturnValue:
    """Put an approved request to the customer."""
    return _with_form("send", concession_id, SendForm, concessions.send, "dispositions.send_concession")


@bp.route("/<id:concession_id>/record-approval", methods=["GET", "POST"])
@needs("dispositions.concede")
def record_approval(concession_id: int) -> ResponseReturnValue:
    """Record what the customer authorised."""
    return _with_form("record_approval", concession_id, ApprovalForm, concessions.record_approval,
                      "dispositions.record_approval")


@bp.route("/<id:concession_id>/record-refusal", methods=["GET", "POST"])
@needs("dispositions.concede")
def record_refusal(concession_id: int) -> ResponseReturnValue:
    """Record that the customer refused."""
    return _with_form("record_refusal", concession_id, ReasonForm, concessions.record_refusal,
                      "dispositions.record_refusal")


@bp.route("/<id:concession_id>/withdraw", methods=["GET", "POST"])
@needs("dispositions.concede")
def withdraw(concession_id: int) -> ResponseReturnValue:
    """Withdraw a request or a concession."""
    return _with_form("withdraw", concession_id, ReasonForm, concessions.withdraw, "dispositions.withdraw_concession")


def _with_form(step: str, concession_id: int, cls: type[EditForm], take: Callable[..., Concession],
               action: str) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held = shown.whole(reading(), person(), concession_id)
    known = {"rev": held.rev, "quantity_authorised": held.quantity_authorised, "starts_on": held.starts_on,
             "expires_on": held.expires_on}
    form = (to_sign(cls, SIGNED[step], {"number": held.number}, **known) if issubclass(cls, SignedForm)
            else filled(cls, **known))
    if form.ready and (given := given_by(form)) is not None:
        with saving(form, action) as session:
            take(session, person(), concession_id, form.read_at, **given)
        if form.saved:
            return _back(form, concession_id, step)
    return render_template("dispositions/concession_step.html", form=form, concession=held, step=step,
                           words=step_of(rules.STEPS, step).words, CONCESSION=rules), form.status


def _form(**values: Any) -> ConcessionForm:
    form = filled(ConcessionForm, **values)
    sites = chain.sites(reading(), person(), "dispositions.concede")
    form.site_id.choices = [SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites]
    form.customer_id.choices = [SelectChoice("", gettext("Choose a customer")),
                                *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                  for u in shown.customers(reading(), person()))]
    return form


def _proposed() -> dict[str, Any]:
    """Return what is known of the rejection that the address names."""
    rejection_id = request.args.get("rejection", type=id_or_none)
    if rejection_id is None:
        return {}
    case = rejections.whole(reading(), person(), rejection_id)
    return {"rejection_id": case.id, "site_id": case.site_id, "quantity_authorised": case.quantity,
            "item": case.item.code if case.item else "", "lot": case.lot.number if case.lot else "",
            "defect": case.defect.code if case.defect else "", "deviation": case.actual or "",
            "operations": case.found_unit.code, "customer_id": case.item.customer_id if case.item else None}


def _request(session: Session, form: ConcessionForm, site_id: int) -> concessions.Request:
    """Return what is asked for, with ids for what was typed. Raises Invalid."""
    item_id = rejections_lookup.item_id(session, site_id, form.item.data)
    if item_id is None:
        raise Invalid("Choose the item.", "请选择产品。", field="item")
    return concessions.Request(
        item_id=item_id, lot_id=rejections_lookup.lot_id(session, site_id, form.lot.data),
        defect_id=rejections_lookup.defect_id(session, site_id, form.defect.data),
        **{key: form[key].data for key in SAME})


def _beside_what_was_typed(form: ConcessionForm) -> None:
    """Put a refusal of an id beside the field in which its record was typed."""
    refusal = form.refusal
    if refusal is not None and refusal.field in TYPED and isinstance(refusal, Invalid):
        form.refuse(Invalid(*refusal.words, field=TYPED[refusal.field]), language())


def _back(form: EditForm, concession_id: int, step: str) -> ResponseReturnValue:
    """Lead back to the record; a refusal says there why nothing was done."""
    refusal = form.refusal
    if refusal is None:
        flash(f"{say(step_of(rules.STEPS, step).words)}: {gettext('recorded')}", "success")
        return redirect(url_for("dispositions_concessions.show", concession_id=concession_id))
    rule = f" {refusal.rule}" if hasattr(refusal, "rule") else ""
    flash(refusal.words.to(language()) + rule, "danger")
    return redirect(url_for("dispositions_concessions.show", concession_id=concession_id), 303)
