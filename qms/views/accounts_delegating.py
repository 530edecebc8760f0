"""One's own delegations: what was given and received, a new one, ended early. Decides nothing."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.accounts import DelegationForm
from forms.base import EditForm
from qms.models.accounts import Grant
from qms.rules.accounts import ROLES
from qms.rules.clock import utc_now
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.language import say
from qms.web.page import name
from qms.workflows import accounts_delegable as delegable
from qms.workflows import accounts_delegating as delegations
from qms.workflows import accounts_register as register

bp = Blueprint("accounts_delegating", __name__, url_prefix="/accounts")


@bp.get("/my-delegations")
@needs()
def mine() -> str:
    """Show what the reader has delegated and what was delegated to them."""
    today = utc_now().date()
    return render_template(
        "accounts/my_delegations.html", ROLES=ROLES, state_of=lambda grant: register.state_of(grant, today),
        given=delegations.given(reading(), person()), received=delegations.received(reading(), person()),
        may_delegate=bool(delegable.delegable(reading(), person())))


@bp.route("/my-delegations/new", methods=["GET", "POST"])
@needs()
def new() -> ResponseReturnValue:
    """Delegate a role of one's own."""
    held = delegable.delegable(reading(), person())
    form = filled(DelegationForm, starts_on=utc_now().date())
    form.grant_id.choices = [SelectChoice(str(grant.id), _told(grant)) for grant in held]
    form.to_id.choices = [SelectChoice("", gettext("Choose a person")),
                          *(SelectChoice(str(one.id), one.name) for one in delegable.recipients(reading(), person()))]
    form.unit_id.choices = [SelectChoice("", gettext("All of it")), *(
        SelectChoice(str(unit.id), f"{unit.code} {name(unit)}") for unit in register.units(reading()))]
    if form.ready and form.grant_id.data and form.to_id.data:
        with saving(form, "accounts.delegate", form.reason.data) as session:
            delegations.delegate(session, person(), form.grant_id.data, form.to_id.data, unit_id=form.unit_id.data,
                                 starts_on=form.starts_on.data, ends_on=form.ends_on.data, reason=form.reason.data)
        if form.saved:
            return answered(form, url_for("accounts_delegating.mine"), gettext("The role is delegated."))
    return render_template("accounts/delegation_form.html", form=form, held=held), form.status


@bp.post("/delegations/<id:grant_id>/end")
@needs()
def end(grant_id: int) -> ResponseReturnValue:
    """End a delegation early."""
    form = filled(EditForm)
    with saving(form, "accounts.end_delegation") as session:
        whose = delegations.end(session, person(), grant_id, form.read_at).person_id
    is_elsewhere = request.form.get("from") == "person" and form.saved
    back = url_for("accounts.show_person", person_id=whose) if is_elsewhere else url_for("accounts_delegating.mine")
    return answered(form, back, gettext("The delegation ends."))


def _told(grant: Grant) -> str:
    """Return a grant as a choice: the role, and where it holds."""
    where = f"{grant.unit.code} {name(grant.unit)}" if grant.unit else name(grant.site) if grant.site else gettext(
        "Every site")
    until = gettext("until %(day)s", day=grant.ends_on) if grant.ends_on else ""
    return ", ".join(part for part in (say(ROLES[grant.role]), where, until) if part)
