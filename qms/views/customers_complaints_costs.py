"""What a complaint of an outside customer costs, entered from its page by finance. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.dispositions_costs import ComplaintCostForm
from qms.rules.dispositions_costs import period_of
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import customers_complaints_records as records
from qms.workflows import dispositions_costing as costing
from qms.workflows.chain_registers import units_of

bp = Blueprint("customers_complaints_costs", __name__, url_prefix="/customers/complaints")

GROUPS = (("element",), ("amount", "currency"), ("period", "unit_id"), ("note",))


@bp.route("/<id:complaint_id>/costs/enter", methods=["GET", "POST"])
@needs("dispositions.finance")
def enter(complaint_id: int) -> ResponseReturnValue:
    """Enter what a complaint costs: the customer's debit note, returns, sorting there, freight, travel."""
    held = records.whole(reading(), person(), complaint_id)
    form = filled(ComplaintCostForm, currency=costing.currency_of(reading(), held.site_id) or "CNY",
                  period=period_of(costing.today(reading(), held.site_id)), unit_id=held.origin_unit_id)
    form.unit_id.choices = [SelectChoice("", gettext("Any")), *(
        SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units_of(reading(), held.site_id))]
    back = url_for("customers_complaints.show", complaint_id=complaint_id)
    if form.ready:
        with saving(form, "dispositions.enter_cost") as session:
            made = costing.enter(session, person(), site_id=held.site_id, complaint_id=complaint_id, **form.values())
        if form.saved:
            flash(gettext("The cost is posted to %(period)s.", period=made.period), "success")
            return redirect(back)
    return render_template(
        "dispositions/costs_form.html", form=form, title=gettext("Enter a cost"), groups=GROUPS, back=back,
        trail=[(gettext("Customer complaints"), url_for("customers_complaints.register")), (held.number, back)],
    ), form.status
