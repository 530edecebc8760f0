"""What finance does with costs: sets rates, enters, approves and reverses amounts, closes months. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm, Form
from forms.chain import id_or_none
from forms.dispositions_costs import CostForm, MonthForm, RateForm, ReverseForm
from qms.models.chain import Site
from qms.rules.dispositions_costs import period_of
from qms.rules.errors import NotFound
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import (
    chain,
    dispositions_costing,
    dispositions_costs,
    dispositions_costs_pricing,
    rejections_lookup,
)
from qms.workflows.chain_registers import units_of

bp = Blueprint("dispositions_costs_finance", __name__, url_prefix="/dispositions/costs")

RATE = (("kind",), ("item", "unit_id"), ("rate", "currency"), ("valid_from",))
COST = (("element",), ("amount", "currency"), ("period", "unit_id"), ("note",))


@bp.route("/rates/set", methods=["GET", "POST"])
@needs("dispositions.finance")
def set_rate() -> ResponseReturnValue:
    """Set a rate from a day on."""
    site = _site()
    form = filled(RateForm, currency=dispositions_costing.currency_of(reading(), site.id) or "CNY",
                  valid_from=dispositions_costing.today(reading(), site.id))
    _offer_units(form.unit_id, site)
    back = url_for("dispositions_costs.rates", site=site.id)
    if form.ready:
        given = form.values()
        with saving(form, "dispositions.set_rate") as session:
            item_id = rejections_lookup.item_id(session, site.id, given.pop("item"))
            dispositions_costs.set_rate(session, person(), site_id=site.id, item_id=item_id, **given)
        if form.saved:
            flash(gettext("The rate is set."), "success")
            return redirect(back)
    return _draw(form, gettext("Set a rate"), RATE, back)


@bp.route("/enter", methods=["GET", "POST"])
@needs("dispositions.finance")
def enter() -> ResponseReturnValue:
    """Enter an amount by hand."""
    site = _site()
    form = filled(CostForm, currency=dispositions_costing.currency_of(reading(), site.id) or "CNY",
                  period=period_of(dispositions_costing.today(reading(), site.id)))
    _offer_units(form.unit_id, site)
    if form.ready:
        with saving(form, "dispositions.enter_cost") as session:
            made = dispositions_costing.enter(session, person(), site_id=site.id, **form.values())
        if form.saved:
            flash(gettext("The cost is posted to %(period)s.", period=made.period), "success")
            return redirect(url_for("dispositions_costs.line", line_id=made.id))
    return _draw(form, gettext("Enter a cost"), COST, url_for("dispositions_costs.overview", site=site.id))


@bp.post("/lines/<id:line_id>/approve")
@needs("dispositions.finance")
def approve_line(line_id: int) -> ResponseReturnValue:
    """Approve an estimate."""
    form = filled(EditForm)
    with saving(form, "dispositions.approve_cost") as session:
        dispositions_costs.approve_line(session, person(), line_id, form.read_at)
    return _told(form, gettext("Approved."), url_for("dispositions_costs.line", line_id=line_id))


@bp.route("/lines/<id:line_id>/reverse", methods=["GET", "POST"])
@needs("dispositions.finance")
def reverse(line_id: int) -> ResponseReturnValue:
    """Take a line back by its opposite."""
    held = dispositions_costing.one_line(reading(), person(), line_id)
    form = filled(ReverseForm, rev=held.rev)
    if form.ready:
        with saving(form, "dispositions.reverse_cost") as session:
            made = dispositions_costing.reverse(session, person(), line_id, form.read_at, reason=form.reason.data or "")
        if form.saved:
            flash(gettext("The line is reversed in %(period)s.", period=made.period), "success")
            return redirect(url_for("dispositions_costs.line", line_id=made.id))
    return _draw(form, gettext("Reverse"), (("reason",),), url_for("dispositions_costs.line", line_id=line_id))


@bp.post("/unpriced/<id:line_id>/price")
@needs("dispositions.finance")
def price(line_id: int) -> ResponseReturnValue:
    """Price a completed line that no rate priced when it was completed."""
    form = filled(Form)
    with saving(form, "dispositions.price_cost") as session:
        made = dispositions_costs_pricing.price(session, person(), line_id)
    if form.saved:
        flash(gettext("The cost is posted to %(period)s.", period=made.period), "success")
        return redirect(url_for("dispositions_costs.line", line_id=made.id))
    site_id, period = dispositions_costs_pricing.listed_in(reading(), person(), line_id)
    return _told(form, "", url_for("dispositions_costs.unpriced_lines", period=period, site=site_id))


@bp.post("/months/<string:period>/approve")
@needs("dispositions.finance")
def approve_month(period: str) -> ResponseReturnValue:
    """Approve every estimate of a month."""
    return _month("dispositions.approve_costs", period, dispositions_costs.approve_month, gettext("Approved."))


@bp.post("/months/<string:period>/close")
@needs("dispositions.finance")
def close_month(period: str) -> ResponseReturnValue:
    """Close a month."""
    return _month("dispositions.close_month", period, dispositions_costs.close_month, gettext("The month is closed."))


def _month(action: str, period: str, step: Callable[[Session, Any, int, str], object], done: str,
           ) -> ResponseReturnValue:
    site = _site()
    form = filled(MonthForm)
    with saving(form, action) as session:
        step(session, person(), site.id, period)
    return _told(form, done, url_for("dispositions_costs.month", period=period, site=site.id))


def _told(form: Form, done: str, back: str) -> ResponseReturnValue:
    """Lead back to the record; a refusal says there why nothing was done."""
    refusal = form.refusal
    if refusal is None and form.saved:
        flash(done, "success")
    elif refusal is not None:
        rule = f" {refusal.rule}" if hasattr(refusal, "rule") else ""
        flash(refusal.words.to(language()) + rule, "danger")
    return redirect(back, 303)


def _site() -> Site:
    """Return the site that the address asks for, else the usual one of finance. Raises NotFound."""
    sites = chain.sites(reading(), person(), dispositions_costing.FINANCE)
    wanted = request.args.get("site", type=id_or_none)
    found = chain.usual_site(reading(), sites) if wanted is None else next((s for s in sites if s.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def _offer_units(field: Any, site: Site) -> None:
    field.choices = [SelectChoice("", gettext("Any")), *(
        SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units_of(reading(), site.id))]


def _draw(form: Form, title: str, groups: tuple[tuple[str, ...], ...], back: str) -> ResponseReturnValue:
    return render_template("dispositions/costs_form.html", form=form, title=title, groups=groups,
                           back=back), form.status
