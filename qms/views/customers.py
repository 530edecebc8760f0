"""The register and record page of outside customers, their registration, and requirements on other forms."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.customers import ChangedCustomerForm, CustomerFilter, CustomerForm
from qms.models.chain import Unit
from qms.models.customers import Customer
from qms.rules import customers as rules
from qms.rules import customers_complaints
from qms.rules.customers_metrics import METRICS
from qms.rules.words import Words
from qms.web import filled, needs, person, reading, saving, seen, shows_people
from qms.web.language import language, say
from qms.web.page import name
from qms.workflows import chain, customers, rejections_lookup
from qms.workflows import customers_register as registers
from qms.workflows.acceptance_records import today
from qms.workflows.chain_paging import Wish
from qms.workflows.customers_complaints_register import of_customer
from qms.workflows.customers_records import head_of, one
from qms.workflows.customers_requirements import that_bite
from qms.workflows.customers_visits_register import last_and_next
from qms.workflows.trail import history

bp = Blueprint("customers", __name__, url_prefix="/customers")


@bp.get("/")
@needs("customers.view")
def register() -> str:
    """Show the register of outside customers, and the units of the chain that wait to be registered."""
    form = CustomerFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in chain.sites(reading(), person(), "customers.view"))]
    form.validate()
    wanted = registers.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
        **{key: form.chosen(key) or "" for key in ("sales_class", "grade", "state")})
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return render_template(
        "customers/register.html", form=form, wanted=wanted, CUSTOMER=rules, is_filtered=wanted != registers.Filter(),
        page=registers.customers(reading(), person(), wanted, wish),
        waiting=registers.unregistered(reading(), person()))


@bp.get("/<id:customer_id>")
@needs("customers.view")
@shows_people("contacts")
def show(customer_id: int) -> ResponseReturnValue:
    """Show a customer: how it is graded, plants, contacts, targets, requirements, history."""
    unit = head_of(reading(), person(), customer_id)
    if not _is_registered(customer_id):
        return redirect(url_for("customers.add", customer_id=customer_id))
    customer, parts = one(reading(), person(), customer_id), registers.parts(reading(), customer_id)
    seen(len(parts.contacts))
    records = [("customers", customer.id)]
    for table, rows in (("customer_plants", parts.plants), ("customer_contacts", parts.contacts),
                        ("customer_targets", parts.targets), ("customer_requirements", parts.requirements)):
        records += [(table, row.id) for row in rows]
    on = today(reading(), unit.site_id)
    last, to_come = last_and_next(reading(), unit.id)
    return render_template(
        "customers/show.html", last_visit=last, next_visit=to_come,
        may_follow=person().may("service.follow", site_id=unit.site_id, unit_path=unit.path),
        customer=customer, unit=unit, parts=parts, CUSTOMER=rules, METRICS=METRICS, on=on,
        COMPLAINT=customers_complaints,
        complaints=of_customer(reading(), unit.id),
        may_complain=person().may("customers.complain", site_id=unit.site_id, unit_path=unit.path),
        running=registers.begins(parts.targets, on), steps=_steps(customer), may_edit=_may_edit(unit),
        history=history(reading(), records)[::-1])


@bp.route("/<id:customer_id>/register", methods=["GET", "POST"])
@needs("customers.edit")
def add(customer_id: int) -> ResponseReturnValue:
    """Register a customer whose unit is in the chain."""
    unit = head_of(reading(), person(), customer_id)
    form = filled(CustomerForm)
    if form.ready:
        with saving(form, "customers.register") as session:
            customers.register(session, person(), customer_id, **form.values())
        if form.saved:
            flash(gettext("The customer is registered."), "success")
            return redirect(url_for("customers.show", customer_id=customer_id))
    return _draw(form, gettext("Register a customer"), unit, registered=False)


@bp.route("/<id:customer_id>/edit", methods=["GET", "POST"])
@needs("customers.edit")
def edit(customer_id: int) -> ResponseReturnValue:
    """Change a customer, or take it out of use."""
    customer = one(reading(), person(), customer_id)
    form = filled(ChangedCustomerForm, obj=customer)
    if form.ready:
        with saving(form, "customers.edit") as session:
            customers.edit(session, person(), customer_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("customers.show", customer_id=customer_id))
    return _draw(form, gettext("Edit"), customer.unit, registered=True)


@bp.get("/requirements")
@needs("customers.view")
def requirements() -> str:
    """Show, as part of a form, what the customer of the item or lot typed there asks for."""
    args = request.args
    item_id = rejections_lookup.item_meant(reading(), person(), args.get("found_unit_id", type=id_or_none),
                                           args.get("lot", ""), args.get("item", ""))
    return render_template("customers/_asked.html", requirements=that_bite(
        reading(), person(), item_id=item_id, customer_id=args.get("customer_id", type=id_or_none)))


@bp.app_template_global("requirement_kind")
def requirement_kind(kind: str) -> str:
    """Return what a kind of requirement is called, in the reader's language."""
    return say(rules.REQUIREMENTS[kind])


def _is_registered(customer_id: int) -> bool:
    return registers.is_registered(reading(), customer_id)


def _may_edit(unit: Unit) -> bool:
    return person().may("customers.edit", site_id=unit.site_id, unit_path=unit.path)


def _steps(customer: Customer) -> list[dict[str, Any]]:
    """Return the buttons of a customer's strip."""
    own = customer.unit_id
    card = {"words": Words("Scorecard", "计分卡"), "icon": "chart-bar", "tone": "",
            "url": url_for("customers_scores.card", customer_id=own)}
    if not _may_edit(customer.unit):
        return [card]
    return [
        {"words": Words("Add a requirement", "新增顾客特殊要求"), "icon": "plus",
         "url": url_for("customers_parts.add", kind="requirement", customer_id=own)},
        {"words": Words("Grade again", "重新评级"), "icon": "refresh", "post": True, "tone": "",
         "fields": {"rev": customer.rev}, "url": url_for("customers_grades.again", customer_id=own)},
        card, {"words": Words("Edit", "编辑"), "icon": "pencil", "url": url_for("customers.edit", customer_id=own)}]


def _draw(form: CustomerForm, title: str, unit: Unit, *, registered: bool) -> ResponseReturnValue:
    back = url_for("customers.show", customer_id=unit.id) if registered else url_for("customers.register")
    crumbs = [(f"{unit.code} {name(unit)}", back)] if registered else []
    groups = (("share_percent", "risk"), ("strategic",), ("written_in",), ("portal_url", "portal_note"), ("note",))
    return render_template(
        "customers/form.html", form=form, title=title, back=back, lead=f"{unit.code} {name(unit)}",
        groups=(*groups, ("active",)) if "active" in form else groups, units={"share_percent": "%"},
        trail=[(gettext("Outside customers"), url_for("customers.register")), *crumbs]), form.status
