"""Making, changing and retiring units. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import ReasonForm, UnitForm, id_or_none
from qms.models.chain import Site, Unit
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import chain_registers as registers

bp = Blueprint("chain_units", __name__, url_prefix="/chain/units")

GROUPS = (("kind", "code"), ("name_zh", "name_en"), ("parent_id", "line"), ("inspects",), ("final",), ("purpose",),
          ("scope",), ("responsibilities",), ("steps",), ("records_used",))


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.edit")
def add() -> ResponseReturnValue:
    """Make a unit."""
    site = chain.site_to_edit(reading(), person(), request.args.get("site", type=id_or_none))
    sites = chain.sites(reading(), person(), "chain.edit")
    form = _form(site)
    if form.ready:
        with saving(form, "chain.add_unit") as session:
            unit = chain.add_unit(session, person(), site_id=site.id, **form.values())
        if form.saved:
            flash(gettext("The unit was added. Now say who receives its work."), "success")
            return redirect(url_for("chain.unit", unit_id=unit.id))
    return _draw(form, gettext("Add a unit"), url_for("chain.units"), site=site, sites=sites)


@bp.route("/<id:unit_id>/edit", methods=["GET", "POST"])
@needs("chain.edit")
def edit(unit_id: int) -> ResponseReturnValue:
    """Change a unit and its procedure sheet."""
    unit = chain.one(reading(), person(), Unit, unit_id)
    form = _form(unit.site, unit)
    if form.ready:
        with saving(form, "chain.edit_unit") as session:
            chain.edit_unit(session, person(), unit_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.unit", unit_id=unit_id))
    return _draw(form, f"{unit.code} {name(unit)}", url_for("chain.unit", unit_id=unit_id))


@bp.route("/<id:unit_id>/retire", methods=["GET", "POST"])
@needs("chain.edit")
def retire(unit_id: int) -> ResponseReturnValue:
    """Take a unit out of use, or put it back."""
    unit = chain.one(reading(), person(), Unit, unit_id)
    form = filled(ReasonForm, rev=unit.rev)
    if form.ready:
        with saving(form, "chain.retire_unit", form.reason.data) as session:
            chain.retire_unit(session, person(), unit_id, form.read_at, active=not unit.active,
                              reason=form.reason.data)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.unit", unit_id=unit_id))
    words = gettext("Take out of use") if unit.active else gettext("Put back into use")
    return render_template(
        "chain/form.html", form=form, words=words, lead=f"{unit.code} {name(unit)}", groups=(("reason",),),
        button=words, trail=_trail(), back=url_for("chain.unit", unit_id=unit_id)), form.status


def _form(site: Site, unit: Unit | None = None) -> UnitForm:
    """Return the form of a unit; it may stand below every unit in use but itself."""
    form = filled(UnitForm, obj=unit)
    form.parent_id.choices = [
        SelectChoice("", gettext("None: at the top")),
        *(SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in registers.units_of(reading(), site.id)
          if unit is None or u.id != unit.id)]
    if unit is not None and unit.parent is not None and not unit.parent.active:
        form.parent_id.choices.append(SelectChoice(str(unit.parent_id), f"{unit.parent.code} {name(unit.parent)}"))
    return form


def _draw(form: UnitForm, words: str, back: str, **more: object) -> tuple[str, int]:
    return render_template("chain/form.html", form=form, words=words, back=back, groups=GROUPS, trail=_trail(),
                           button=gettext("Save"), **more), form.status


def _trail() -> list[tuple[str, str]]:
    return [(gettext("Units"), url_for("chain.units"))]
