"""The calendar of a plant by month: holidays, free days that are worked, and working hours. Decides nothing."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from forms.chain import id_or_none
from forms.chain_calendar import CalendarDayForm, CalendarDaysForm
from forms.chain_rosters import WEEKDAYS
from qms.models.chain import Site
from qms.rules.clock import utc_now
from qms.web import filled, needs, person, reading, saving
from qms.workflows import chain, chain_calendar_days

bp = Blueprint("chain_calendar", __name__, url_prefix="/chain/calendar")

NAMED: tuple[tuple[str, ...], ...] = (("works",), ("name_zh", "name_en"))


@bp.get("/")
@needs("chain.view")
def month() -> str:
    """Show the month of a day (`day`) of a site (`site`)."""
    sites = chain.sites(reading(), person())
    site_id = request.args.get("site", type=id_or_none)
    site = next((s for s in sites if s.id == site_id), None) or chain.usual_site(reading(), sites)
    shown = chain_calendar_days.month_of(reading(), person(), site.id, _day(), utc_now()) if site else None
    before = shown.first - timedelta(days=1) if shown else None
    after = (shown.first + timedelta(days=32)).replace(day=1) if shown else None
    return render_template("chain/calendar.html", month=shown, sites=sites, WEEKDAYS=WEEKDAYS, before=before,
                           after=after, may_arrange=bool(shown and _may(shown.site)))


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.roster")
def add() -> ResponseReturnValue:
    """Enter days that differ from the week; `day` and `site` in the address are proposed."""
    sites = chain.sites(reading(), person(), "chain.roster")
    site_id = request.args.get("site", type=id_or_none)
    site = next((s for s in sites if s.id == site_id), None) or chain.usual_site(reading(), sites)
    if site is None:
        return redirect(url_for("chain_calendar.month"))
    form = filled(CalendarDaysForm, starts_on=_day())
    if form.ready:
        with saving(form, "chain.add_calendar_days") as session:
            made = chain_calendar_days.add_days(session, person(), site_id=site.id, **form.values())
        if form.saved:
            flash(ngettext("%(num)d day was entered.", "%(num)d days were entered.", len(made)), "success")
            return redirect(url_for("chain_calendar.month", site=site.id, day=made[0].day))
    return _draw(form, gettext("Enter days in the calendar"), (("starts_on", "ends_on"), *NAMED), site.id, _day(),
                 site=site, sites=sites)


@bp.route("/<id:day_id>/edit", methods=["GET", "POST"])
@needs("chain.roster")
def edit(day_id: int) -> ResponseReturnValue:
    """Change a day, or give it back to the week."""
    day = chain_calendar_days.one_day(reading(), person(), day_id)
    form = filled(CalendarDayForm, rev=day.rev, works="y" if day.works else "", name_zh=day.name_zh,
                  name_en=day.name_en, active=day.active)
    if form.ready:
        with saving(form, "chain.edit_calendar_day") as session:
            chain_calendar_days.edit_day(session, person(), day_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain_calendar.month", site=day.site_id, day=day.day))
    return _draw(form, day.day.isoformat(), (*NAMED, ("active",)), day.site_id, day.day)


def _may(site: Site) -> bool:
    return person().may("chain.roster", site_id=site.id, unit_path="")


def _day() -> date | None:
    """Return the day of the address; None when there is none that can be read."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _draw(form: Any, words: str, groups: tuple[tuple[str, ...], ...], site_id: int, day: date | None,
          **more: Any) -> ResponseReturnValue:
    back = url_for("chain_calendar.month", site=site_id, day=day)
    return render_template("chain/form.html", form=form, words=words, groups=groups, back=back,
                           trail=[(gettext("Plant calendar"), back)], button=gettext("Save"), **more), form.status
