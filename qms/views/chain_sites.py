"""Making and changing sites. Decides nothing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.chain import SiteForm
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain

bp = Blueprint("chain_sites", __name__, url_prefix="/chain/units/sites")

GROUPS = (("code", "profile"), ("name_zh", "name_en"), ("time_zone", "qualification"))


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.edit")
def add() -> ResponseReturnValue:
    """Make a site."""
    form = filled(SiteForm)
    if form.ready:
        with saving(form, "chain.add_site") as session:
            site = chain.add_site(session, person(), **form.values())
        if form.saved:
            flash(gettext("The site was added. Now give it units."), "success")
            return redirect(url_for("chain.site", site_id=site.id))
    return _draw(form, gettext("Add a site"), url_for("chain.sites"))


@bp.route("/<id:site_id>/edit", methods=["GET", "POST"])
@needs("chain.edit")
def edit(site_id: int) -> ResponseReturnValue:
    """Change a site."""
    site = chain.one_site(reading(), person(), site_id)
    form = filled(SiteForm, obj=site)
    if form.ready:
        with saving(form, "chain.edit_site") as session:
            chain.edit_site(session, person(), site_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.site", site_id=site_id))
    return _draw(form, f"{site.code} {name(site)}", url_for("chain.site", site_id=site_id))


def _draw(form: SiteForm, words: str, back: str) -> tuple[str, int]:
    trail: list[Any] = [(gettext("Sites"), url_for("chain.sites"))]
    return render_template("chain/form.html", form=form, words=words, trail=trail, back=back, groups=GROUPS,
                           button=gettext("Save")), form.status
