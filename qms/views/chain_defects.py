"""Making, changing and retiring defect codes. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.chain import DefectForm, ReasonForm, id_or_none
from qms.models.chain import Defect
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain

bp = Blueprint("chain_defects", __name__, url_prefix="/chain/defects")

GROUPS = (("code", "severity"), ("name_zh", "name_en"), ("zone",), ("requirement_zh",), ("requirement_en",))


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.edit")
def add() -> ResponseReturnValue:
    """Make a defect code."""
    site = chain.site_to_edit(reading(), person(), request.args.get("site", type=id_or_none))
    sites = chain.sites(reading(), person(), "chain.edit")
    form = filled(DefectForm)
    if form.ready:
        with saving(form, "chain.add_defect") as session:
            defect = chain.add_defect(session, person(), site_id=site.id, **form.values())
        if form.saved:
            flash(gettext("The defect code was added."), "success")
            return redirect(url_for("chain.defect", defect_id=defect.id))
    return _draw(form, gettext("Add a defect code"), url_for("chain.defects"), site=site, sites=sites)


@bp.route("/<id:defect_id>/edit", methods=["GET", "POST"])
@needs("chain.edit")
def edit(defect_id: int) -> ResponseReturnValue:
    """Change a defect code."""
    defect = chain.one(reading(), person(), Defect, defect_id)
    form = filled(DefectForm, obj=defect)
    if form.ready:
        with saving(form, "chain.edit_defect") as session:
            chain.edit_defect(session, person(), defect_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.defect", defect_id=defect_id))
    return _draw(form, f"{defect.code} {name(defect)}", url_for("chain.defect", defect_id=defect_id))


@bp.route("/<id:defect_id>/retire", methods=["GET", "POST"])
@needs("chain.edit")
def retire(defect_id: int) -> ResponseReturnValue:
    """Take a defect code out of use, or put it back."""
    defect = chain.one(reading(), person(), Defect, defect_id)
    form = filled(ReasonForm, rev=defect.rev)
    if form.ready:
        with saving(form, "chain.retire_defect", form.reason.data) as session:
            chain.retire(session, person(), Defect, defect_id, form.read_at, active=not defect.active,
                         reason=form.reason.data)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.defect", defect_id=defect_id))
    words = gettext("Take out of use") if defect.active else gettext("Put back into use")
    return render_template(
        "chain/form.html", form=form, words=words, lead=f"{defect.code} {name(defect)}", groups=(("reason",),),
        button=words, trail=_trail(), back=url_for("chain.defect", defect_id=defect_id)), form.status


def _trail() -> list[tuple[str, str]]:
    return [(gettext("Defect codes"), url_for("chain.defects"))]


def _draw(form: DefectForm, words: str, back: str, **more: object) -> tuple[str, int]:
    return render_template("chain/form.html", form=form, words=words, back=back, groups=GROUPS, trail=_trail(),
                           button=gettext("Save"), **more), form.status
