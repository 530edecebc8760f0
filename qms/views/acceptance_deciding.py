"""Presenting hand-overs, checking them and deciding on them. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.acceptance import AgainForm, PresentForm, ReasonForm
from forms.acceptance_deciding import Box, CheckForm, DecisionForm, boxed
from forms.chain import id_or_none
from qms.models.acceptance import Characteristic, Handover, Standard
from qms.models.chain_pictures import Picture
from qms.rules import acceptance as rules
from qms.rules.errors import Invalid
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import acceptance, acceptance_shown, chain_pictures
from qms.workflows.acceptance_presenting import left_to_present

bp = Blueprint("acceptance_deciding", __name__, url_prefix="/acceptance/hand-overs")

PIECES_OF_A_CHECK = 5


def shown(template: str, **values: Any) -> str:
    """Draw a page with the words of hand-overs."""
    return render_template(template, HANDOVER=rules.HANDOVER, SELF_CHECKS=rules.SELF_CHECKS,
                           requirement=rules.requirement, sample_words=rules.sample_words, **values)


@bp.route("/present", methods=["GET", "POST"])
@needs("acceptance.present")
def present() -> ResponseReturnValue:
    """Present a quantity of a lot; `link_id` and `lot` in the address are proposed."""
    links = acceptance_shown.links_for(reading(), person(), "acceptance.present", supplier=True)
    form = filled(PresentForm, link_id=request.args.get("link_id", type=id_or_none), lot=request.args.get("lot", ""))
    form.link_id.choices = [SelectChoice("", gettext("Choose from where to where")),
                            *(SelectChoice(str(link.id), _called(link)) for link in links)]
    form.self_check.choices = [SelectChoice("", gettext("Choose the result")), *(form.self_check.choices or [])]
    if form.ready:
        with saving(form, "acceptance.present") as session:
            lot = acceptance_shown.lot_numbered(session, person(), form.link_id.data, form.lot.data or "")
            made = acceptance.present(
                session, person(), link_id=form.link_id.data, lot_id=lot.id, quantity=form.quantity.data or 0,
                self_check=form.self_check.data, rework=bool(form.rework.data), remark=form.remark.data or None)
        if form.saved:
            flash(gettext("Presented. The customer decides now."), "success")
            return redirect(url_for("acceptance.show", handover_id=made.id))
    return shown("acceptance/present.html", form=form, links=links, previous=None), form.status


@bp.route("/<id:handover_id>/present-again", methods=["GET", "POST"])
@needs("acceptance.present")
def present_again(handover_id: int) -> ResponseReturnValue:
    """Present again what was not accepted."""
    previous = _opened(handover_id, "present_again")
    left = left_to_present(reading(), previous)
    form = filled(AgainForm, quantity=max(left, 0) or None, rework=True)
    form.self_check.choices = [SelectChoice("", gettext("Choose the result")), *(form.self_check.choices or [])]
    if form.ready:
        with saving(form, "acceptance.present_again") as session:
            made = acceptance.present(
                session, person(), link_id=previous.link_id, lot_id=previous.lot_id,
                quantity=form.quantity.data or 0, self_check=form.self_check.data, previous_id=handover_id,
                rework=bool(form.rework.data), remark=form.remark.data or None)
        if form.saved:
            flash(gettext("Presented. The customer decides now."), "success")
            return redirect(url_for("acceptance.show", handover_id=made.id))
    return shown("acceptance/present.html", form=form, links=[], previous=previous, left=left), form.status


@bp.route("/<id:handover_id>/decide", methods=["GET", "POST"])
@needs("acceptance.decide")
def decide(handover_id: int) -> ResponseReturnValue:
    """Fill the acceptance form in, and accept, accept in part or reject."""
    handover = _opened(handover_id, "accept")
    standard = acceptance_shown.standard_to_use(reading(), handover)
    known = {"holding": acceptance_shown.holding(reading(), handover.lot_id),
             "earlier": acceptance_shown.earlier_rejections(reading(), handover.lot_id)}
    asked = _asked(standard, handover.quantity)
    form = filled(boxed([box for _c, box in asked], DecisionForm), rev=handover.rev)
    defects = acceptance_shown.defects_of(reading(), handover.site_id)
    form.offer([SelectChoice("", gettext("Choose a defect")),
                *(SelectChoice(str(d.id), f"{d.code} {name(d)}") for d in defects)])
    decision = request.form.get("decision", "")
    if form.ready:
        with saving(form, f"acceptance.{decision if decision in DECISIONS else 'decide'}") as session:
            DECISIONS.get(decision, _undecided)(session, handover, form)
        if form.saved:
            flash(gettext("The decision is recorded."), "success")
            return redirect(url_for("acceptance.show", handover_id=handover_id))
    return shown("acceptance/decide.html", form=form, handover=handover, standard=standard, asked=asked,
                 decision=decision, samples=_samples(handover, asked), **known), form.status


@bp.route("/<id:handover_id>/check", methods=["GET", "POST"])
@needs("acceptance.decide")
def check(handover_id: int) -> ResponseReturnValue:
    """Record a check, such as of the first piece or on a patrol."""
    handover = _opened(handover_id, "check")
    standard = acceptance_shown.standard_to_use(reading(), handover)
    asked = _asked(standard, handover.quantity, most=PIECES_OF_A_CHECK)
    form = filled(boxed([box for _c, box in asked], CheckForm))
    if form.ready:
        with saving(form, "acceptance.check") as session:
            acceptance.record_check(
                session, person(), handover_id, kind=form.kind.data, results=form.results(),
                sample=form.sample.data or 0, nonconforming=form.nonconforming.data or 0, note=form.note.data or None)
        if form.saved:
            flash(gettext("The check is recorded."), "success")
            return redirect(url_for("acceptance.show", handover_id=handover_id))
    return shown("acceptance/check.html", form=form, handover=handover, standard=standard, asked=asked,
                 samples=_samples(handover, asked)), form.status


@bp.route("/<id:handover_id>/not-inspected", methods=["GET", "POST"])
@needs("acceptance.decide")
def not_inspected(handover_id: int) -> ResponseReturnValue:
    """Say that nobody inspected it, and why."""
    handover = _opened(handover_id, "not_inspected")
    form = filled(ReasonForm, rev=handover.rev)
    if form.ready:
        with saving(form, "acceptance.not_inspected", form.reason.data) as session:
            acceptance.not_inspected(session, person(), handover_id, form.read_at, reason=form.reason.data or "")
        if form.saved:
            flash(gettext("Marked as not inspected. It can still be decided."), "success")
            return redirect(url_for("acceptance.show", handover_id=handover_id))
    return shown("acceptance/reason.html", form=form, words=gettext("Mark as not inspected"),
                 lead=gettext("Nothing is accepted thereby. Say why nobody inspected it."),
                 number_words=handover.number, back=url_for("acceptance.show", handover_id=handover_id)), form.status


def _opened(handover_id: int, name: str) -> Handover:
    """Return the hand-over of a step's page. What was sent is judged by the workflow, which tells both versions."""
    if request.method == "GET":
        return acceptance_shown.handover_to_step(reading(), person(), handover_id, name)
    return acceptance_shown.whole_handover(reading(), person(), handover_id)


def _accept(session: Any, handover: Handover, form: DecisionForm) -> None:
    acceptance.accept(session, person(), handover.id, form.read_at, results=form.results(), kind=form.kind.data,
                      remark=form.remark.data)


def _partly_accept(session: Any, handover: Handover, form: DecisionForm) -> None:
    faults = form.named()
    for_review = sum(f.quantity for f in faults if f.for_review)
    rejected = sum(f.quantity for f in faults) - for_review
    acceptance.partly_accept(
        session, person(), handover.id, form.read_at, accepted=handover.quantity - rejected - for_review,
        rejected=rejected, for_review=for_review, results=form.results(), faults=faults, kind=form.kind.data,
        remark=form.remark.data, sorted_all=bool(form.sorted_all.data))


def _reject(session: Any, handover: Handover, form: DecisionForm) -> None:
    acceptance.reject(session, person(), handover.id, form.read_at, faults=form.named(), results=form.results(),
                      kind=form.kind.data, remark=form.remark.data)


def _undecided(_session: Any, _handover: Handover, _form: DecisionForm) -> None:
    raise Invalid("Choose a decision.", "请选择判定结果。")


DECISIONS: dict[str, Callable[[Any, Handover, DecisionForm], None]] = {
    "accept": _accept, "partly_accept": _partly_accept, "reject": _reject}


def _asked(standard: Standard | None, quantity: int, most: int | None = None) -> list[tuple[Characteristic, Box]]:
    """Return what the form asks for, with its field; `most` limits the pieces of a sample."""
    if standard is None:
        return []
    asked = acceptance_shown.characteristics_of(reading(), standard.id)
    return [(c, _box(c, min(most or quantity, acceptance.sample_size(c, quantity)))) for c in asked]


def _samples(handover: Handover, asked: list[tuple[Characteristic, Box]]) -> list[Picture]:
    """Return what is good and what is not, of the item and of the defects that are looked for."""
    return chain_pictures.pictures_for(reading(), handover.item_id, *(c.defect_id for c, _box in asked))


def _box(characteristic: Characteristic, size: int) -> Box:
    return Box(characteristic.id, name(characteristic), characteristic.kind, size, characteristic.unit,
               characteristic.lower, characteristic.upper)


def _called(link: Any) -> str:
    return (f"{link.supplier.code} {name(link.supplier)} → {link.customer.code} {name(link.customer)}: "
            f"{name(link, 'output')}")
