"""One cause: its whys, its test, what else is known of it, its proof. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions_causes import DescribeForm, TestForm, VerifyForm, WhyForm
from forms.base import EditForm
from qms.models.actions_causes import Cause
from qms.rules import actions as rules
from qms.rules import actions_causes as cause_rules
from qms.rules.errors import NotFound
from qms.web import filled, needs, person, reading, saving
from qms.web.forms import prefilled
from qms.web.page import name
from qms.workflows import actions_causes, actions_whys
from qms.workflows.actions_analysis import chain_fault, may_analyse, status_of
from qms.workflows.chain_registers import units_of
from qms.workflows.trail import history

bp = Blueprint("actions_whys", __name__, url_prefix="/actions")


@bp.get("/causes/<id:cause_id>")
@needs("actions.view")
def show(cause_id: int) -> ResponseReturnValue:
    """Show a cause with its chain of whys, read forwards and backwards."""
    return _page(cause_id)


@bp.post("/causes/<id:cause_id>/whys")
@needs("actions.work")
def ask(cause_id: int) -> ResponseReturnValue:
    """Add the next why."""
    return _saved(cause_id, filled(WhyForm, prefix="why-new-"), "ask_why", actions_whys.ask, at="why-new-text")


@bp.post("/whys/<id:why_id>/edit")
@needs("actions.work")
def answer(why_id: int) -> ResponseReturnValue:
    """Word a why or its evidence anew; the cursor goes on to the next one."""
    why = actions_whys.why(reading(), person(), why_id)
    after = [other.id for other in why.cause.whys if other.position > why.position]
    return _saved(why.cause_id, filled(WhyForm, prefix=f"why-{why_id}-"), "answer_why", actions_whys.answer,
                  record_id=why_id, at=f"why-{after[0] if after else 'new'}-text")


@bp.post("/whys/<id:why_id>/move/<string:direction>")
@needs("actions.work")
def move(why_id: int, direction: str) -> ResponseReturnValue:
    """Move a why one place up or down."""
    if direction not in {"up", "down"}:
        raise NotFound
    cause_id = actions_whys.why(reading(), person(), why_id).cause_id
    return _saved(cause_id, filled(EditForm, prefix=f"why-{why_id}-"), "move_why", actions_whys.move, record_id=why_id,
                  at=f"why-{why_id}-text", up=direction == "up")


@bp.post("/whys/<id:why_id>/take-out")
@needs("actions.work")
def take_out(why_id: int) -> ResponseReturnValue:
    """Take a why out again."""
    cause_id = actions_whys.why(reading(), person(), why_id).cause_id
    return _saved(cause_id, filled(EditForm, prefix=f"why-{why_id}-"), "take_out_why", actions_whys.take_out,
                  record_id=why_id, at="why-new-text")


@bp.post("/causes/<id:cause_id>/test")
@needs("actions.work")
def test(cause_id: int) -> ResponseReturnValue:
    """Say what the test of a candidate showed."""
    return _saved(cause_id, filled(TestForm, prefix="test-"), "test_cause", actions_causes.test, at="why-new-text")


@bp.post("/causes/<id:cause_id>/describe")
@needs("actions.work")
def describe(cause_id: int) -> ResponseReturnValue:
    """Say what else is known of a cause."""
    form = filled(DescribeForm, prefix="describe-")
    _offer_units(form, actions_causes.one(reading(), person(), cause_id))
    return _saved(cause_id, form, "describe_cause", actions_causes.describe, at="verify-verification")


@bp.post("/causes/<id:cause_id>/verify")
@needs("actions.work")
def verify(cause_id: int) -> ResponseReturnValue:
    """Say how a cause was proven."""
    return _saved(cause_id, filled(VerifyForm, prefix="verify-"), "verify_cause", actions_causes.verify)


def _saved(cause_id: int, form: EditForm, action: str, work: Callable[..., Any], *, record_id: int | None = None,
           at: str = "", **more: Any) -> ResponseReturnValue:
    """Take one step of the page; a refusal stands beside its form, as it was typed."""
    if form.ready:
        with saving(form, f"actions.{action}") as session:
            work(session, person(), record_id or cause_id, form.read_at, **form.values(), **more)
        if form.saved:
            return redirect(url_for("actions_whys.show", cause_id=cause_id, at=at or None), 303)
    return _page(cause_id, form)


def _page(cause_id: int, failed: EditForm | None = None) -> ResponseReturnValue:
    cause = actions_causes.one(reading(), person(), cause_id)
    forms = _forms(cause)
    if failed is not None and failed.prefix in forms and type(failed) is type(forms[failed.prefix]):
        forms[failed.prefix] = failed
    action = cause.action
    records = [("causes", cause.id), *(("whys", why.id) for why in cause.whys)]
    return render_template(
        "actions/cause.html", cause=cause, action=action, forms=forms, failed=failed,
        may_analyse=may_analyse(reading(), person(), action), at=request.args.get("at", ""), status_of=status_of,
        fault=chain_fault(cause),
        backwards=cause_rules.therefore(action.problem_what or action.title, cause.text,
                                        [why.text for why in cause.whys]),
        history=history(reading(), records)[::-1], ACTION=rules, CAUSE=cause_rules), failed.status if failed else 200


def _forms(cause: Cause) -> dict[str, Any]:
    """Return every form of the page by its prefix, as the cause stands."""
    holds = {True: "yes", False: "no", None: "open"}[cause.holds]
    forms: dict[str, Any] = {
        f"why-{why.id}-": prefilled(WhyForm, f"why-{why.id}-", rev=cause.rev, text=why.text, evidence=why.evidence)
        for why in cause.whys}
    forms["why-new-"] = prefilled(WhyForm, "why-new-", rev=cause.rev)
    forms["test-"] = prefilled(TestForm, "test-", rev=cause.rev, holds=holds, test=cause.test)
    forms["describe-"] = prefilled(
        DescribeForm, "describe-", rev=cause.rev, control_unit_id=cause.control_unit_id,
        contribution_percent=cause.contribution_percent, pfmea_ref=cause.pfmea_ref)
    _offer_units(forms["describe-"], cause)
    forms["verify-"] = prefilled(VerifyForm, "verify-", rev=cause.rev, verification=cause.verification)
    return forms


def _offer_units(form: DescribeForm, cause: Cause) -> None:
    """Offer the operations of the site for a cause of escape; no other names a control."""
    if cause.track != "escape":
        del form.control_unit_id
        return
    form.control_unit_id.choices = [SelectChoice("", gettext("Choose an operation")), *(
        SelectChoice(str(unit.id), f"{unit.code} {name(unit)}")
        for unit in units_of(reading(), cause.action.site_id, "operation"))]
