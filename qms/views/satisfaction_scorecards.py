"""The pages of scorecards: a site, a link with its way back, a unit. Decides nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from forms.satisfaction_scorecards import ScorecardFilter
from qms.db import now
from qms.models.chain import Link, Site, Unit
from qms.rules import satisfaction_scorecards as rules
from qms.rules.errors import Invalid, NotFound
from qms.rules.measures import Period
from qms.web import needs, person, reading
from qms.web.filter_rows import choices
from qms.web.language import language
from qms.workflows import chain
from qms.workflows import satisfaction_scorecards as scorecards
from qms.workflows.satisfaction_scorecards_ledger import Filter

bp = Blueprint("satisfaction_scorecards", __name__, url_prefix="/satisfaction/scorecards")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a site's period, with its form."""

    form: Any
    period: Period
    site: Site

    @property
    def status(self) -> int:
        """Return 422 when the period asked for cannot be shown, and another is."""
        return 422 if self.form.errors else 200

    @property
    def days(self) -> dict[str, Any]:
        """Return the period as arguments of an address."""
        return {"first": self.period.first, "last": self.period.last}

    def here(self, endpoint: str, **values: Any) -> str:
        """Return another address for the same period."""
        return url_for(endpoint, **self.days, **values)

    def handovers(self, of: Link | Unit) -> str:
        """Return the register of the hand-overs that first-time acceptance was counted from."""
        scope = {"link_id": of.id} if isinstance(of, Link) else {"supplier_id": of.id}
        return self.here("acceptance.handovers", **scope)

    def requests(self, of: Link | Unit) -> str:
        """Return the register of the requests that kept promises and ratings were counted from."""
        scope = {"provider": of.supplier_id, "asker": of.customer_id} if isinstance(of, Link) else {"provider": of.id}
        return self.here("service_requests.register", **scope)

    def complaints(self, of: Link | Unit) -> str:
        """Return the register of internal complaints on the link's supplier or the unit."""
        scope = ({"accused": of.supplier_id, "complaining": of.customer_id} if isinstance(of, Link)
                 else {"accused": of.id})
        return self.here("service_complaints.register", **scope)


@bp.get("/")
@needs("satisfaction.view")
def overview() -> ResponseReturnValue:
    """Show the scorecards of every link and unit of a site."""
    sites = chain.sites(reading(), person(), scorecards.VIEW)
    wanted = request.args.get("site", "")
    site = next((s for s in sites if str(s.id) == wanted), None) if wanted else chain.usual_site(reading(), sites)
    if site is None and wanted:
        raise NotFound
    if site is None:
        return render_template("satisfaction/scorecards.html", asked=None, shown=None)
    asked = _asked(site)
    asked.form.site.choices = choices(sites)
    asked.form.site.data = site.id
    if len(sites) == 1:
        del asked.form.site
    shown = scorecards.overview(reading(), person(), site.id, asked.period)
    page = render_template("satisfaction/scorecards.html", asked=asked, shown=shown, CARD=rules,
                           wanted=Filter(site.id, asked.period.first, asked.period.last))
    return page, asked.status


@bp.get("/links/<id:link_id>")
@needs("satisfaction.view")
def link(link_id: int) -> ResponseReturnValue:
    """Show the scorecard of a link, and of the links that lead back."""
    asked = _asked(_site_of(Link, link_id))
    del asked.form.site
    card, back = scorecards.link_card(reading(), person(), link_id, asked.period)
    return render_template("satisfaction/scorecard_link.html", asked=asked, card=card, back=back,
                           CARD=rules), asked.status


@bp.get("/units/<id:unit_id>")
@needs("satisfaction.view")
def unit(unit_id: int) -> ResponseReturnValue:
    """Show the scorecard of a unit: as supplier, link by link, and what it receives."""
    asked = _asked(_site_of(Unit, unit_id))
    del asked.form.site
    card, given, taken = scorecards.unit_card(reading(), person(), unit_id, asked.period)
    return render_template("satisfaction/scorecard_unit.html", asked=asked, card=card, given=given, taken=taken,
                           CARD=rules), asked.status


def _site_of(cls: type[Link | Unit], record_id: int) -> Site:
    """Return the site of a link or unit. Raises NotFound, also where the person sees no satisfaction."""
    site_id = chain.one(reading(), person(), cls, record_id).site_id
    allowed = person().sites(scorecards.VIEW)
    if not (allowed is None or site_id in allowed):
        raise NotFound
    return reading().get_one(Site, site_id)


def _asked(site: Site) -> Asked:
    """Read the address. A period that cannot be shown is told beside its field, and the usual one is shown."""
    today = now(reading()).astimezone(ZoneInfo(site.time_zone)).date()
    usual = Period(today - timedelta(days=rules.DAYS - 1), today, "month", site.time_zone)
    sent = {"first": usual.first.isoformat(), "last": usual.last.isoformat()}
    sent |= {key: value for key, value in request.args.items() if value and key in sent}
    form: Any = ScorecardFilter(MultiDict(sent), translate=gettext, language=language())
    form.site.validate_choice = False
    period = usual
    if form.ready and form.first.data and form.last.data:
        try:
            period = Period(form.first.data, form.last.data, "month", site.time_zone)
        except Invalid as refusal:
            form.refuse(refusal, language())
    return Asked(form, period, site)
