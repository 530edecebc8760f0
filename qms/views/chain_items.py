"""Making, changing and retiring items. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import ItemForm, ReasonForm, id_or_none
from qms.models.chain import Item, Site
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import chain_registers as registers

bp = Blueprint("chain_items", __name__, url_prefix="/chain/items")

GROUPS = (("code", "drawing_rev"), ("name_zh", "name_en"), ("special", "unit"), ("customer_id",))


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.edit")
def add() -> ResponseReturnValue:
    """Make an item."""
    site = chain.site_to_edit(reading(), person(), request.args.get("site", type=id_or_none))
    sites = chain.sites(reading(), person(), "chain.edit")
    form = _form(site)
    if form.ready:
        with saving(form, "chain.add_item") as session:
            item = chain.add_item(session, person(), site_id=site.id, **form.values())
        if form.saved:
            flash(gettext("The item was added. Now say which operations it passes."), "success")
            return redirect(url_for("chain.item", item_id=item.id))
    return _draw(form, gettext("Add an item"), url_for("chain.items"), site=site, sites=sites)


@bp.route("/<id:item_id>/edit", methods=["GET", "POST"])
@needs("chain.edit")
def edit(item_id: int) -> ResponseReturnValue:
    """Change an item."""
    item = chain.one(reading(), person(), Item, item_id)
    form = _form(reading().get_one(Site, item.site_id), item)
    if form.ready:
        with saving(form, "chain.edit_item") as session:
            chain.edit_item(session, person(), item_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.item", item_id=item_id))
    return _draw(form, f"{item.code} {name(item)}", url_for("chain.item", item_id=item_id))


@bp.route("/<id:item_id>/retire", methods=["GET", "POST"])
@needs("chain.edit")
def retire(item_id: int) -> ResponseReturnValue:
    """Take an item out of use, or put it back."""
    item = chain.one(reading(), person(), Item, item_id)
    form = filled(ReasonForm, rev=item.rev)
    if form.ready:
        with saving(form, "chain.retire_item", form.reason.data) as session:
            chain.retire(session, person(), Item, item_id, form.read_at, active=not item.active,
                         reason=form.reason.data)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.item", item_id=item_id))
    words = gettext("Take out of use") if item.active else gettext("Put back into use")
    return render_template(
        "chain/form.html", form=form, words=words, lead=f"{item.code} {name(item)}", groups=(("reason",),),
        button=words, trail=_trail(), back=url_for("chain.item", item_id=item_id)), form.status


def _form(site: Site, item: Item | None = None) -> ItemForm:
    """Return the form of an item with the outside customers of its site."""
    form = filled(ItemForm, obj=item)
    form.customer_id.choices = [
        SelectChoice("", gettext("None")),
        *(SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in registers.units_of(reading(), site.id, "customer"))]
    return form


def _trail() -> list[tuple[str, str]]:
    return [(gettext("Items"), url_for("chain.items"))]


def _draw(form: ItemForm, words: str, back: str, **more: object) -> tuple[str, int]:
    return render_template("chain/form.html", form=form, words=words, back=back, groups=GROUPS, trail=_trail(),
                           button=gettext("Save"), **more), form.status
