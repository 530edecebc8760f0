"""Adding and changing the lines of a customer: plants, contacts, targets, requirements. Decides nothing."""

from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.customers_parts import ContactForm, PlantForm, RequirementForm, TargetForm
from qms.models.chain import Unit
from qms.rules.errors import NotFound
from qms.rules.words import Words
from qms.web import filled, needs, person, reading, saving
from qms.web.language import say
from qms.web.page import name
from qms.workflows import customers_parts as parts
from qms.workflows.customers_records import one
from qms.workflows.customers_register import items_of, plants_of

bp = Blueprint("customers_parts", __name__, url_prefix="/customers")


class Kind(NamedTuple):
    """How a kind of line is drawn: what it is called, its form, and its fields in rows."""

    add: Words
    edit: Words
    form: type[EditForm]
    groups: tuple[tuple[str, ...], ...]


KINDS: dict[str, Kind] = {
    "plant": Kind(Words("Add a plant", "新增顾客工厂"), Words("Edit a plant", "编辑顾客工厂"), PlantForm,
                  (("code",), ("name_zh", "name_en"), ("address",))),
    "contact": Kind(Words("Add a contact", "新增联系人"), Words("Edit a contact", "编辑联系人"), ContactForm,
                    (("name", "function"), ("phone", "email"), ("plant_id", "written_in"))),
    "target": Kind(Words("Add a target", "新增目标值"), Words("Edit a target", "编辑目标值"), TargetForm,
                   (("metric", "value"), ("valid_from", "source_doc"))),
    "requirement": Kind(Words("Add a requirement", "新增顾客特殊要求"),
                        Words("Edit a requirement", "编辑顾客特殊要求"), RequirementForm,
                        (("kind", "hours"), ("item_id",), ("text_zh",), ("text_en",), ("valid_from", "valid_to"),
                         ("source_doc",))),
}


@bp.route("/<id:customer_id>/<string:kind>/add", methods=["GET", "POST"])
@needs("customers.edit")
def add(customer_id: int, kind: str) -> ResponseReturnValue:
    """Add a line to a customer."""
    shown = _kind(kind)
    customer = one(reading(), person(), customer_id)
    form = _offering(filled(shown.form), customer_id)
    if form.ready:
        given = form.values()
        with saving(form, f"customers.add_{kind}") as session:
            parts.add(session, person(), customer_id, kind, **given)
        if form.saved:
            return _back(customer_id)
    return _draw(form, shown.add, shown.groups, customer.unit)


@bp.route("/<string:kind>/<id:part_id>/edit", methods=["GET", "POST"])
@needs("customers.edit")
def edit(kind: str, part_id: int) -> ResponseReturnValue:
    """Change a line of a customer, or take it out of use."""
    shown = _kind(kind)
    held = parts.part(reading(), person(), kind, part_id)
    form = _offering(filled(shown.form, obj=held), held.customer_id)
    if form.ready:
        with saving(form, f"customers.edit_{kind}") as session:
            parts.edit(session, person(), part_id, kind, form.read_at, **form.values())
        if form.saved:
            return _back(held.customer_id)
    return _draw(form, shown.edit, (*shown.groups, ("active",)), one(reading(), person(), held.customer_id).unit)


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise NotFound
    return KINDS[kind]


def _offering(form: Any, customer_id: int) -> Any:
    """Fill the choices that depend on the customer."""
    if "plant_id" in form:
        form.plant_id.choices = [SelectChoice("", gettext("All plants")), *(
            SelectChoice(str(p.id), f"{p.code} {name(p)}") for p in plants_of(reading(), customer_id))]
    if "item_id" in form:
        form.item_id.choices = [SelectChoice("", gettext("All of its items")), *(
            SelectChoice(str(i.id), f"{i.code} {name(i)}") for i in items_of(reading(), customer_id))]
    return form


def _back(customer_id: int) -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for("customers.show", customer_id=customer_id), 303)


def _draw(form: EditForm, title: Words, groups: tuple[tuple[str, ...], ...], unit: Unit) -> ResponseReturnValue:
    back = url_for("customers.show", customer_id=unit.id)
    return render_template(
        "customers/form.html", form=form, title=say(title), back=back, lead=f"{unit.code} {name(unit)}", groups=groups,
        units={"hours": "h"}, trail=[(gettext("Outside customers"), url_for("customers.register")),
                                     (f"{unit.code} {name(unit)}", back)]), form.status
