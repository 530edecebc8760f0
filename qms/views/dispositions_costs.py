"""The pages of costs of poor quality: by month and class, their lines, rates, and the closing of months."""

from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.dispositions_costs import CostFilter
from qms.models.chain import Site
from qms.models.dispositions_costs import CostLine
from qms.rules import dispositions_costs as rules
from qms.rules.dispositions import CODES
from qms.rules.errors import NotFound
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import language, say
from qms.web.page import name
from qms.workflows import chain, dispositions_costs
from qms.workflows import dispositions_costing as costing
from qms.workflows import dispositions_costs_register as registers
from qms.workflows import dispositions_costs_unpriced as unpriced
from qms.workflows.chain_paging import Wish
from qms.workflows.trail import history

bp = Blueprint("dispositions_costs", __name__, url_prefix="/dispositions/costs")


@bp.get("/")
@needs("dispositions.costs")
def overview() -> str:
    """Show what poor quality cost in the last twelve months, by month and class."""
    sites = chain.sites(reading(), person(), costing.VIEW)
    site = _site(sites)
    months = _months(site) if site else []
    missing = unpriced.by_month(reading(), person(), site.id, _first(site)) if site else {}
    return render_template("dispositions/costs.html", site=site, sites=sites, months=months, COST=rules,
                           missing=missing, currency=costing.currency_of(reading(), site.id) if site else None,
                           may_finance=site is not None and person().may(costing.FINANCE, site_id=site.id))


@bp.get("/chart")
@needs("dispositions.costs")
def chart() -> ResponseReturnValue:
    """Return the bars of the overview as JSON."""
    site = _site(chain.sites(reading(), person(), costing.VIEW))
    months = _months(site) if site else []
    series = [{"name": say(words), "values": [float(month.sums[code]) for month in months]}
              for code, words in rules.CATEGORIES.items()]
    return jsonify({"stack": {"labels": [month.period for month in months], "series": series}})


@bp.get("/months/<string:period>")
@needs("dispositions.costs")
def month(period: str) -> str:
    """Show a month: its sums by class and element, estimates, and its closing."""
    rules.check_period(period)
    site = _site(chain.sites(reading(), person(), costing.VIEW))
    found = next((m for m in registers.months(reading(), person(), site.id, period) if m.period == period),
                 None) if site else None
    if site is None or found is None:
        raise NotFound
    return render_template(
        "dispositions/costs_month.html", site=site, month=found, COST=rules, elements=_elements(site.id, period),
        currency=costing.currency_of(reading(), site.id), rows=registers.register(
            reading(), person(), registers.Filter(site_id=site.id, period=period), Wish()).rows,
        unpriced=unpriced.by_month(reading(), person(), site.id, period).get(period, 0),
        intact=found.closed is None or registers.is_intact(reading(), found.closed),
        may_finance=person().may(costing.FINANCE, site_id=site.id))


@bp.get("/months/<string:period>/unpriced")
@needs("dispositions.costs")
def unpriced_lines(period: str) -> str:
    """Show what was completed in a month and costs what no rate told."""
    site = _site(chain.sites(reading(), person(), costing.VIEW))
    if site is None:
        raise NotFound
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return render_template("dispositions/costs_unpriced.html", site=site, period=period, CODES=CODES,
                           page=unpriced.register(reading(), person(), site.id, period, wish),
                           may_finance=person().may(costing.FINANCE, site_id=site.id))


@bp.get("/lines/")
@needs("dispositions.costs")
def lines() -> str:
    """Show the register of cost lines."""
    form = CostFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in chain.sites(reading(), person(), costing.VIEW))]
    form.validate()
    wanted = registers.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), period=form.chosen("period") or "",
        category=form.chosen("category") or "", element=form.chosen("element") or "", state=form.chosen("state") or "",
        complaint_id=request.args.get("complaint", type=id_or_none))
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return render_template("dispositions/costs_lines.html", form=form, wanted=wanted, COST=rules,
                           page=registers.register(reading(), person(), wanted, wish),
                           is_filtered=wanted != registers.Filter())


@bp.get("/lines/<id:line_id>")
@needs("dispositions.costs")
def line(line_id: int) -> str:
    """Show a cost line: what it was counted from, its rate, its approval, history."""
    found = costing.one_line(reading(), person(), line_id)
    return render_template("dispositions/costs_line.html", line=found, COST=rules, steps=_steps(found),
                           history=history(reading(), [("cost_lines", line_id)])[::-1])


@bp.get("/rates/")
@needs("dispositions.costs")
def rates() -> str:
    """Show every revision of the rates of a site."""
    sites = chain.sites(reading(), person(), costing.VIEW)
    site = _site(sites)
    return render_template("dispositions/costs_rates.html", site=site, sites=sites, COST=rules,
                           rates=registers.rates(reading(), person(), site.id) if site else [],
                           may_finance=site is not None and person().may(costing.FINANCE, site_id=site.id))


def _steps(found: CostLine) -> list[dict[str, Any]]:
    """Return the buttons of a line's strip."""
    if not person().may(costing.FINANCE, site_id=found.site_id):
        return []
    steps: list[dict[str, Any]] = []
    if found.approved_at is None:
        steps.append({"words": Words("Approve", "批准"), "icon": "check", "post": True, "fields": {"rev": found.rev},
                      "url": url_for("dispositions_costs_finance.approve_line", line_id=found.id)})
    if found.reverses_id is None:
        steps.append({"words": Words("Reverse", "冲销"), "icon": "arrow-back-up", "tone": "",
                      "url": url_for("dispositions_costs_finance.reverse", line_id=found.id)})
    return steps


def _site(sites: list[Site]) -> Site | None:
    """Return the site that the address asks for, else the usual one."""
    wanted = request.args.get("site", type=id_or_none)
    return chain.usual_site(reading(), sites) if wanted is None else next((s for s in sites if s.id == wanted), None)


def _months(site: Site) -> list[registers.Month]:
    return registers.months(reading(), person(), site.id, _first(site))


def _first(site: Site) -> str:
    return registers.year_before(costing.today(reading(), site.id))


def _elements(site_id: int, period: str) -> list[tuple[str, Any]]:
    """Return the sum of each element of a month, the dearest first."""
    found: dict[str, Any] = {}
    for row in dispositions_costs.lines_of(reading(), site_id, period):
        found[row.element] = found.get(row.element, 0) + row.amount
    return sorted(found.items(), key=lambda pair: -pair[1])
