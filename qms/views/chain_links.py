"""Making, changing, confirming and retiring links. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import LinkForm, NewLinkForm, ReasonForm, id_or_none
from qms.models.chain import Link, Unit
from qms.web import filled, needs, person, reading, saving, writing
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import chain_registers as registers

bp = Blueprint("chain_links", __name__, url_prefix="/chain/links")


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.edit")
def add() -> ResponseReturnValue:
    """Make a link; `supplier` in the address fixes the site and proposes the supplier."""
    supplier_id = request.args.get("supplier", type=id_or_none)
    supplier = chain.one(reading(), person(), Unit, supplier_id) if supplier_id else None
    wanted = supplier.site_id if supplier else request.args.get("site", type=id_or_none)
    site = chain.site_to_edit(reading(), person(), wanted)
    sites = [] if supplier else chain.sites(reading(), person(), "chain.edit")
    form = filled(NewLinkForm, supplier_id=supplier_id)
    choices = [SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in registers.units_of(reading(), site.id)]
    form.supplier_id.choices = form.customer_id.choices = [SelectChoice("", gettext("Choose a unit")), *choices]
    if form.ready:
        with saving(form, "chain.add_link") as session:
            link = chain.add_link(session, person(), **form.values())
        if form.saved:
            flash(gettext("The link was added. Now it needs a standard to accept by."), "success")
            return redirect(url_for("chain.link", link_id=link.id))
    back = url_for("chain.unit", unit_id=supplier_id) if supplier else url_for("chain.links")
    return render_template(
        "chain/form.html", form=form, words=gettext("Add a link"), back=back, button=gettext("Save"), site=site,
        sites=sites, trail=[(gettext("Links"), url_for("chain.links"))],
        groups=(("supplier_id", "customer_id"), ("kind",), ("output_zh", "output_en"))), form.status


@bp.route("/<id:link_id>/edit", methods=["GET", "POST"])
@needs("chain.edit")
def edit(link_id: int) -> ResponseReturnValue:
    """Change what a link provides."""
    link = chain.one(reading(), person(), Link, link_id)
    lead = _ends(link)
    form = filled(LinkForm, obj=link)
    if form.ready:
        with saving(form, "chain.edit_link") as session:
            chain.edit_link(session, person(), link_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.link", link_id=link_id))
    return render_template(
        "chain/form.html", form=form, words=gettext("Edit the link"), lead=lead, button=gettext("Save"),
        groups=(("kind",), ("output_zh", "output_en")), trail=[(gettext("Links"), url_for("chain.links"))],
        back=url_for("chain.link", link_id=link_id)), form.status


@bp.post("/<id:link_id>/confirm")
@needs("chain.edit")
def confirm(link_id: int) -> ResponseReturnValue:
    """Confirm a proposed link."""
    with writing("chain.confirm_link") as session:
        chain.confirm_link(session, person(), link_id, request.form.get("rev", 0, type=int))
    flash(gettext("The link is confirmed."), "success")
    return redirect(url_for("chain.link", link_id=link_id))


@bp.post("/confirm")
@needs("chain.edit")
def confirm_chosen() -> ResponseReturnValue:
    """Confirm every proposed link that was chosen in the register, or none."""
    chosen = request.form.getlist("link", type=_mark)
    with writing("chain.confirm_link") as session:
        for link_id, rev in chosen:
            chain.confirm_link(session, person(), link_id, rev)
    if chosen:
        flash(ngettext("%(num)d link is confirmed.", "%(num)d links are confirmed.", len(chosen)), "success")
    else:
        flash(gettext("Choose at least one link."), "warning")
    return redirect(url_for("chain.links", state="proposed"))


@bp.route("/<id:link_id>/retire", methods=["GET", "POST"])
@needs("chain.edit")
def retire(link_id: int) -> ResponseReturnValue:
    """Take a link out of use, set a proposed one aside, or put it back."""
    link = chain.one(reading(), person(), Link, link_id)
    lead = f"{_ends(link)}: {name(link, 'output')}"
    form = filled(ReasonForm, rev=link.rev)
    if form.ready:
        with saving(form, "chain.retire_link", form.reason.data) as session:
            chain.retire_link(session, person(), link_id, form.read_at, active=not link.active,
                              reason=form.reason.data)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.link", link_id=link_id))
    words = gettext("Put back into use")
    if link.active:
        words = gettext("Set aside") if link.proposed else gettext("Take out of use")
    return render_template(
        "chain/form.html", form=form, words=words, lead=lead, groups=(("reason",),), button=words,
        trail=[(gettext("Links"), url_for("chain.links"))], back=url_for("chain.link", link_id=link_id)), form.status


def _mark(text: str) -> tuple[int, int]:
    """Read which link was chosen and at which version. Raises ValueError."""
    link_id, _, rev = text.partition("-")
    return id_or_none(link_id) or 0, id_or_none(rev) or 0


def _ends(link: Link) -> str:
    return " → ".join(f"{unit.code} {name(unit)}" for unit in (link.supplier, link.customer))
