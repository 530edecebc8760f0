"""The pages of settlement between units: a month, one pair, prices, and the switch. Decides nothing."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.satisfaction_settlement import MonthFilter, PriceForm, SwitchForm
from qms.models.chain import Site, Unit
from qms.rules import satisfaction_settlement as rules
from qms.rules.dispositions_costs import period_of
from qms.rules.errors import Invalid, NotFound
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import chain, dispositions_costing, rejections_lookup
from qms.workflows import satisfaction_settlement as settlement
from qms.workflows import satisfaction_settlement_prices as pricing
from qms.workflows.satisfaction_settlement_ledger import Filter

bp = Blueprint("satisfaction_settlement", __name__, url_prefix="/satisfaction/settlement")

PRICE = (("link_id",), ("item",), ("price", "currency"), ("valid_from",))


@bp.get("/")
@needs("dispositions.costs")
def month() -> ResponseReturnValue:
    """Show what the units of a site owe each other for a month."""
    form, site = _filter()
    if site is None:
        return render_template("satisfaction/settlement_off.html", site=None, may_settle=False)
    may_settle = person().may(pricing.SETTLE, site_id=site.id)
    if not settlement.settles(reading(), site.id):
        return render_template("satisfaction/settlement_off.html", site=site, may_settle=may_settle)
    asked = _month(form, site)
    told = settlement.statement(reading(), person(), site.id, asked)
    wanted = Filter(site.id, asked)
    page = render_template("satisfaction/settlement.html", form=form, site=site, month=asked, told=told, wanted=wanted,
                           may_settle=may_settle, currency=pricing.currency_of(reading(), site.id))
    return page, 422 if form.errors else 200


@bp.get("/<string:month>/pairs/<id:supplier_id>/<id:customer_id>")
@needs("dispositions.costs")
def pair(month: str, supplier_id: int, customer_id: int) -> str:
    """Show the statement of one pair: its goods by link and item, and what is charged."""
    site = _site_of(supplier_id)
    told = settlement.statement(reading(), person(), site.id, month)
    first, last = rules.days_of(month)
    return render_template("satisfaction/settlement_pair.html", site=site, month=month, told=told, first=first,
                           last=last, pair=told.pair(supplier_id, customer_id),
                           currency=pricing.currency_of(reading(), site.id),
                           wanted=Filter(site.id, month, supplier_id, customer_id))


@bp.get("/prices/")
@needs("dispositions.costs")
def prices() -> str:
    """Show every revision of the internal prices of a site."""
    _form, site = _filter()
    if site is None:
        raise NotFound
    return render_template("satisfaction/settlement_prices.html", site=site,
                           prices=pricing.prices(reading(), person(), site.id),
                           may_settle=person().may(pricing.SETTLE, site_id=site.id)
                           and settlement.settles(reading(), site.id))


@bp.route("/prices/set", methods=["GET", "POST"])
@needs("satisfaction.settle")
def set_price() -> ResponseReturnValue:
    """Set an internal price from a day on."""
    site = _settling_site()
    form = filled(PriceForm, currency=pricing.currency_of(reading(), site.id) or "CNY",
                  valid_from=dispositions_costing.today(reading(), site.id))
    form.link_id.choices = [
        SelectChoice(str(link.id), f"{link.supplier.code} {name(link.supplier)} → {link.customer.code} "
                                   f"{name(link.customer)}: {name(link, 'output')}")
        for link in pricing.links_to_settle(reading(), site.id)]
    back = url_for("satisfaction_settlement.prices", site=site.id)
    if form.ready:
        given = form.values()
        with saving(form, "satisfaction.set_price") as session:
            given["item_id"] = rejections_lookup.item_id(session, site.id, given.pop("item"))
            pricing.set_price(session, person(), **given)
        if form.saved:
            flash(gettext("The price is set."), "success")
            return redirect(back)
    return render_template("satisfaction/settlement_form.html", form=form, groups=PRICE, back=back, site=site,
                           title=gettext("Set a price")), form.status


@bp.route("/switch-on", methods=["GET", "POST"])
@needs("satisfaction.settle")
def switch_on() -> ResponseReturnValue:
    """Switch settlement of a site on, with a reason."""
    return _switch(True, gettext("Switch settlement on"), gettext("Settlement is switched on."))


@bp.route("/switch-off", methods=["GET", "POST"])
@needs("satisfaction.settle")
def switch_off() -> ResponseReturnValue:
    """Switch settlement of a site off, with a reason."""
    return _switch(False, gettext("Switch settlement off"), gettext("Settlement is switched off."))


def _switch(on: bool, title: str, done: str) -> ResponseReturnValue:
    site = _settling_site()
    form = filled(SwitchForm)
    back = url_for("satisfaction_settlement.month", site=site.id)
    if form.ready:
        with saving(form, "satisfaction.switch_settlement", form.reason.data) as session:
            pricing.switch(session, person(), site.id, on=on)
        if form.saved:
            flash(done, "success")
            return redirect(back)
    return render_template("satisfaction/settlement_form.html", form=form, groups=(("reason",),), back=back, site=site,
                           title=title), form.status


def _filter() -> tuple[MonthFilter, Site | None]:
    """Return the filter row and the site it asks for, else the usual one; None: the person may see none."""
    sites = chain.sites(reading(), person(), settlement.VIEW)
    form = MonthFilter(request.args, translate=gettext, language=language())
    form.site.choices = [SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites]
    form.site.validate_choice = False
    form.validate()
    wanted = form.site.data
    site = chain.usual_site(reading(), sites) if wanted is None else next((s for s in sites if s.id == wanted), None)
    if wanted is not None and site is None:
        raise NotFound
    form.site.data = site.id if site else None
    if len(sites) < 2:
        del form.site
    return form, site


def _month(form: MonthFilter, site: Site) -> str:
    """Return the month asked for, else the last one that is over."""
    today = dispositions_costing.today(reading(), site.id)
    usual = period_of(today.replace(day=1) - timedelta(days=1))
    asked = usual if form.month.errors else form.month.data or usual
    if not form.month.errors:
        form.month.data = asked
    return asked


def _site_of(unit_id: int) -> Site:
    """Return the site of a unit that the person may see. Raises NotFound."""
    site_id = chain.one(reading(), person(), Unit, unit_id).site_id
    return reading().get_one(Site, site_id)


def _settling_site() -> Site:
    """Return the site of the address, else the usual one, at which the person may settle. Raises Invalid, NotFound."""
    sites = chain.sites(reading(), person(), pricing.SETTLE)
    wanted = request.args.get("site", "")
    if wanted and not wanted.isdecimal():
        raise Invalid("There is no such site.", "没有这个工厂。", field="site")
    found = next((s for s in sites if str(s.id) == wanted), None) if wanted else chain.usual_site(reading(), sites)
    if found is None:
        raise NotFound
    return found
