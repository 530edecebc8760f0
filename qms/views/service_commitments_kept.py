"""How the promises of a site's units are kept: per commitment and unit, over days of asking. Decides nothing."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask_babel import gettext

from forms.service_commitments_kept import KeptFilter
from qms.rules import service_requests as rules
from qms.rules.clock import utc_now
from qms.web import needs, person, reading
from qms.web.language import language
from qms.web.registers import choice
from qms.workflows import chain, service_commitments_kept

bp = Blueprint("service_commitments_kept", __name__, url_prefix="/service/commitments")

DAYS = timedelta(days=89)
"""Days before the last one that are shown when none are asked for."""


@bp.get("/kept")
@needs("service.view")
def kept() -> str:
    """Show how promises are kept at a site (`site`) in a period (`first`, `last`), with n and interval."""
    sites = chain.sites(reading(), person(), "service.view")
    form: Any = KeptFilter(request.args, translate=gettext, language=language())
    form.site.choices = [choice(s) for s in sites]
    form.validate()
    site = next((s for s in sites if s.id == form.chosen("site")), None) or chain.usual_site(reading(), sites)
    if site is None:
        return render_template("service/kept.html", form=form, site=None)
    now = utc_now()
    last = form.chosen("last") or now.astimezone(ZoneInfo(site.time_zone)).date()
    first = min(form.chosen("first") or last - DAYS, last)
    form.first.data, form.last.data, form.site.data = first, last, site.id
    form.only_site()
    asked = (reading(), person(), site, first, last, now)
    return render_template("service/kept.html", form=form, site=site, first=first, last=last, REQUEST=rules,
                           commitments=service_commitments_kept.by_commitment(*asked),
                           units=service_commitments_kept.by_unit(*asked))
