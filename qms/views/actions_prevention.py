"""D7 on one page: documents by class, the risk register, similar places. Decides nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions_documents import AcrossForm, DocumentForm, PlaceForm, RiskForm
from forms.base import EditForm, Form
from qms.models.actions import Action
from qms.models.actions_causes import DocumentUpdate, ReadAcross
from qms.rules import actions_documents as rules
from qms.rules.errors import NotFound
from qms.web import filled, needs, person, reading, saving
from qms.web.forms import prefilled
from qms.web.page import name
from qms.workflows import actions_documents, actions_team
from qms.workflows.actions_analysis import may_follow
from qms.workflows.actions_parts import case, part
from qms.workflows.actions_similar import similar
from qms.workflows.chain_registers import items_of, units_of

bp = Blueprint("actions_prevention", __name__, url_prefix="/actions")


@bp.get("/<id:action_id>/prevention/")
@needs("actions.view")
def prevention(action_id: int) -> ResponseReturnValue:
    """Show what D7 asks for, each ready to be answered."""
    return _page(action_id)


@bp.post("/<id:action_id>/documents/<string:document>")
@needs("actions.work")
def answer(action_id: int, document: str) -> ResponseReturnValue:
    """Answer for a class of document."""
    if document not in rules.CLASSES:
        raise NotFound
    form = filled(DocumentForm, prefix=f"{document}-")
    _offer_standards(form, case(reading(), person(), action_id), document)
    return _saved(action_id, form, "answer_document", lambda session: actions_documents.answer(
        session, person(), action_id, document, form.read_at, **form.values()), f"document-{document}")


@bp.post("/<id:action_id>/risk")
@needs("actions.work")
def risk(action_id: int) -> ResponseReturnValue:
    """Answer for the risk register."""
    form = filled(RiskForm, prefix="risk-")
    return _saved(action_id, form, "answer_risk", lambda session: actions_documents.answer_risk(
        session, person(), action_id, form.read_at, **form.values()), "risk")


@bp.post("/<id:action_id>/read-across")
@needs("actions.work")
def ask(action_id: int) -> ResponseReturnValue:
    """Ask for a similar place."""
    form = filled(PlaceForm, prefix="place-")
    _offer_places(form, case(reading(), person(), action_id))
    return _saved(action_id, form, "ask_across", lambda session: actions_documents.ask_across(
        session, person(), action_id, **form.values()), "read-across")


@bp.post("/read-across/<id:read_across_id>/answer")
@needs("actions.work")
def answer_across(read_across_id: int) -> ResponseReturnValue:
    """Answer for a similar place."""
    asked = part(reading(), person(), ReadAcross, read_across_id)
    form = filled(AcrossForm, prefix=f"across-{read_across_id}-")
    _offer_owners(form)
    given = _given(form, case(reading(), person(), asked.action_id)) if form.ready else {}
    return _saved(asked.action_id, form, "answer_across", lambda session: actions_documents.answer_across(
        session, person(), read_across_id, form.read_at, **given), f"across-{read_across_id}")


@bp.post("/read-across/<id:read_across_id>/take-out")
@needs("actions.work")
def take_out(read_across_id: int) -> ResponseReturnValue:
    """Take a place out again that nobody has answered for."""
    asked = part(reading(), person(), ReadAcross, read_across_id)
    form = filled(EditForm, prefix=f"across-{read_across_id}-")
    return _saved(asked.action_id, form, "take_out_across", lambda session: actions_documents.take_out_across(
        session, person(), read_across_id, form.read_at), "read-across")


def _saved(action_id: int, form: Form, action: str, work: Callable[[Any], Any], anchor: str) -> ResponseReturnValue:
    """Take one answer of the page; a refusal stands beside its form, as it was typed."""
    if form.ready:
        with saving(form, f"actions.{action}") as session:
            work(session)
        if form.saved:
            return redirect(url_for("actions_prevention.prevention", action_id=action_id, _anchor=anchor), 303)
    return _page(action_id, form)


def _page(action_id: int, failed: Form | None = None) -> ResponseReturnValue:
    action = case(reading(), person(), action_id)
    documents = actions_documents.documents_of(reading(), person(), action_id)
    asked = actions_documents.read_across_of(reading(), person(), action_id)
    forms: dict[str, Any] = {f"{d}-": _document_form(action, d, documents.get(d)) for d in rules.CLASSES}
    forms |= {f"across-{a.id}-": prefilled(
        AcrossForm, f"across-{a.id}-", rev=a.rev, reason=a.reason,
        applies=None if a.applies is None else {True: "yes", False: "no"}[a.applies]) for a in asked}
    forms["risk-"] = prefilled(RiskForm, "risk-", rev=action.rev, risk_register=action.risk_register)
    forms["place-"] = prefilled(PlaceForm, "place-")
    prefix = failed.prefix if failed is not None else ""
    if failed is not None and type(forms.get(prefix)) is type(failed):
        forms[prefix] = failed
    for form in forms.values():
        if isinstance(form, AcrossForm):
            _offer_owners(form)
    _offer_places(forms["place-"], action)
    return render_template(
        "actions/prevention.html", action=action, documents=documents, asked=asked, forms=forms, failed=failed,
        similar=similar(reading(), action), may_follow=may_follow(reading(), person(), action),
        open_=request.args.get("open", ""), DOCUMENT=rules), failed.status if failed else 200


def _document_form(action: Action, document: str, held: DocumentUpdate | None) -> DocumentForm:
    form = prefilled(DocumentForm, f"{document}-", rev=held.rev if held else 0, **({} if held is None else {
        "affected": "yes" if held.affected else "no", "reference": held.reference, "rev_before": held.rev_before,
        "rev_after": held.rev_after, "standard_id": held.standard_id, "reason": held.reason}))
    _offer_standards(form, action, document)
    return form


def _offer_standards(form: DocumentForm, action: Action, document: str) -> None:
    """Offer a control plan the standards approved since the case was opened; no other document names one."""
    found = actions_documents.standards_for(reading(), action) if document == "control_plan" else ()
    if not found:
        del form.standard_id
        return
    form.standard_id.choices = [SelectChoice("", gettext("None")), *(
        SelectChoice(str(s.id), f"{s.form_number} {name(s, 'title')} ({s.revision})") for s in found)]


def _offer_places(form: PlaceForm, action: Action) -> None:
    """Offer every operation and item of the site besides those of the case."""
    nothing = SelectChoice("", gettext("None"))
    form.unit_id.choices = [nothing, *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                       for u in units_of(reading(), action.site_id) if u.id != action.origin_unit_id)]
    form.item_id.choices = [nothing, *(SelectChoice(str(i.id), f"{i.code} {name(i)}")
                                       for i in items_of(reading(), action.site_id) if i.id != action.item_id)]


def _offer_owners(form: AcrossForm) -> None:
    form.owner_id.choices = [SelectChoice("", gettext("Choose a person")), *(
        SelectChoice(str(who.id), who.name) for who in actions_team.people(reading()))]


def _given(form: AcrossForm, action: Action) -> dict[str, Any]:
    given = form.values()
    if isinstance(given["due_at"], datetime):
        given["due_at"] = given["due_at"].replace(tzinfo=ZoneInfo(action.site.time_zone))
    return given
