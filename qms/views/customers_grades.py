"""The rule behind the grades of customers, its versions, and grades given again or against it. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.base import EditForm
from forms.chain import id_or_none
from forms.customers import GradeRuleForm, OverrideForm
from qms.models.chain import Site
from qms.rules import customers as rules
from qms.rules.errors import NotFound
from qms.web import filled, needs, person, reading, saving
from qms.web.forms import answered
from qms.web.page import name
from qms.workflows import chain, customers_grading, customers_register
from qms.workflows.acceptance_records import today
from qms.workflows.customers_records import one

bp = Blueprint("customers_grades", __name__, url_prefix="/customers")


@bp.route("/grade-rule", methods=["GET", "POST"])
@needs("customers.view")
def rule() -> ResponseReturnValue:
    """Show the rule of a site with its versions, and set the next one."""
    site = _site()
    on = today(reading(), site.id)
    running = customers_grading.newest_rule(reading(), site.id, on)
    held = customers_grading.as_rule(running) if running else rules.GradeRule()
    values = {key: getattr(held, key) for key in customers_grading.WEIGHTS}
    form = filled(GradeRuleForm, effective_on=on, **values)
    if form.ready:
        with saving(form, "customers.set_rule") as session:
            customers_grading.set_rule(session, person(), site.id, **form.values())
        if form.saved:
            flash(gettext("The next version is set."), "success")
            return redirect(url_for("customers_grades.rule", site=site.id), 303)
    return render_template(
        "customers/rule.html", form=form, site=site, running=running, held=held, CUSTOMER=rules, on=on,
        versions=customers_register.rules_of(reading(), person(), site.id),
        may_edit=person().may("customers.edit", site_id=site.id, unit_path="")), form.status


@bp.post("/<id:customer_id>/grade")
@needs("customers.edit")
def again(customer_id: int) -> ResponseReturnValue:
    """Grade a customer by the rule in force."""
    form = filled(EditForm)
    with saving(form, "customers.grade") as session:
        customers_grading.grade_again(session, person(), customer_id, form.read_at)
    return answered(form, url_for("customers.show", customer_id=customer_id), gettext("Graded by the rule in force."))


@bp.route("/<id:customer_id>/grade/override", methods=["GET", "POST"])
@needs("customers.edit")
def override(customer_id: int) -> ResponseReturnValue:
    """Give a customer another grade than the rule's."""
    customer = one(reading(), person(), customer_id)
    form = filled(OverrideForm, obj=customer)
    back = url_for("customers.show", customer_id=customer_id)
    if form.ready:
        with saving(form, "customers.override") as session:
            customers_grading.override(session, person(), customer_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(back, 303)
    unit = customer.unit
    return render_template(
        "customers/form.html", form=form, title=gettext("Another grade than the rule's"), back=back,
        lead=f"{unit.code} {name(unit)}", groups=(("grade",), ("reason",)), units={},
        trail=[(gettext("Outside customers"), url_for("customers.register")), (f"{unit.code} {name(unit)}", back)],
    ), form.status


def _site() -> Site:
    """Return the site that the address names, else the first that the person may see. Raises NotFound."""
    sites = chain.sites(reading(), person(), "customers.view")
    wanted = request.args.get("site", type=id_or_none)
    found = next((s for s in sites if s.id == wanted), None) if wanted is not None else next(iter(sites), None)
    if found is None:
        raise NotFound("There is no such site.", "没有这个工厂。")
    return found
