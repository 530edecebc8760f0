"""The roster of a unit by week, its lines, and the shifts of a site. Decides nothing."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.chain_rosters import WEEKDAYS, EditRosterLineForm, EditShiftForm, RosterLineForm, ShiftForm
from qms.models.chain import Site, Unit
from qms.rules.accounts import ROLES
from qms.rules.chain_rosters import ON_CALL
from qms.rules.clock import utc_now
from qms.web import filled, needs, person, reading, saving
from qms.web.page import name
from qms.workflows import chain, chain_rosters_changes, chain_rosters_week
from qms.workflows.chain_registers import units_of
from qms.workflows.chain_rosters import standing
from qms.workflows.rejections_lookup import home_of

bp = Blueprint("chain_rosters", __name__, url_prefix="/chain/rosters")

SHIFT_GROUPS: tuple[tuple[str, ...], ...] = (("code",), ("name_zh", "name_en"), ("starts", "ends"), ("weekdays",))
LINE_GROUPS: tuple[tuple[str, ...], ...] = (("unit_id",), ("role", "shift_id"), ("person_id", "deputy_id"),
                                            ("starts_on", "ends_on"))


@bp.get("/")
@needs("chain.view")
def week() -> str:
    """Show who is on duty in a unit (`unit`) in the week of a day (`day`), by role and shift."""
    sites = chain.sites(reading(), person())
    units = [u for s in sites for u in units_of(reading(), s.id)]
    wanted = request.args.get("unit", type=id_or_none) or home_of(reading(), person())
    unit = next((u for u in units if u.id == wanted), None) or _usual(units)
    shown = chain_rosters_week.week_of(reading(), person(), unit.id, _day(), utc_now()) if unit else None
    return render_template("chain/roster.html", week=shown, units=units, ROLES=ROLES, WEEKDAYS=WEEKDAYS,
                           FIRST_ROLE=ON_CALL[0], standing=standing, a_week=timedelta(days=7))


@bp.route("/add", methods=["GET", "POST"])
@needs("chain.roster")
def add() -> ResponseReturnValue:
    """Put someone on the roster; `unit`, `role` and `shift` in the address are proposed."""
    site, unit = _place()
    form = _line_form(RosterLineForm, site, unit_id=unit, role=request.args.get("role"),
                      starts_on=_day() or utc_now().astimezone(ZoneInfo(site.time_zone)).date(),
                      shift_id=request.args.get("shift", type=id_or_none))
    if form.ready:
        with saving(form, "chain.add_roster_line") as session:
            line = chain_rosters_changes.add_roster_line(session, person(), site_id=site.id, **form.values())
        if form.saved:
            flash(gettext("The roster line was added."), "success")
            return redirect(url_for("chain_rosters.week", unit=line.unit_id or unit))
    return _draw(form, gettext("Add to the roster"), LINE_GROUPS, unit)


@bp.route("/<id:line_id>/edit", methods=["GET", "POST"])
@needs("chain.roster")
def edit(line_id: int) -> ResponseReturnValue:
    """Change a roster line."""
    line = chain_rosters_week.one_line(reading(), person(), line_id)
    form = _line_form(EditRosterLineForm, reading().get_one(Site, line.site_id), obj=line)
    if form.ready:
        with saving(form, "chain.edit_roster_line") as session:
            chain_rosters_changes.edit_roster_line(session, person(), line_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain_rosters.week", unit=line.unit_id))
    return _draw(form, gettext("Change a roster line"), (*LINE_GROUPS, ("active",)), line.unit_id)


@bp.route("/shifts/add", methods=["GET", "POST"])
@needs("chain.edit")
def add_shift() -> ResponseReturnValue:
    """Make a shift of a site (`site`)."""
    site = chain.site_to_edit(reading(), person(), request.args.get("site", type=id_or_none))
    form = filled(ShiftForm)
    if form.ready:
        with saving(form, "chain.add_shift") as session:
            chain_rosters_changes.add_shift(session, person(), site_id=site.id, **form.values())
        if form.saved:
            flash(gettext("The shift was added."), "success")
            return redirect(url_for("chain_rosters.week"))
    return _draw(form, gettext("Add a shift"), SHIFT_GROUPS, None, site=site,
                 sites=chain.sites(reading(), person(), "chain.edit"))


@bp.route("/shifts/<id:shift_id>/edit", methods=["GET", "POST"])
@needs("chain.edit")
def edit_shift(shift_id: int) -> ResponseReturnValue:
    """Change a shift."""
    shift = chain_rosters_week.one_shift(reading(), person(), shift_id)
    form = filled(EditShiftForm, **EditShiftForm.shown(shift), active=shift.active)
    if form.ready:
        with saving(form, "chain.edit_shift") as session:
            chain_rosters_changes.edit_shift(session, person(), shift_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain_rosters.week"))
    return _draw(form, f"{shift.code} {name(shift)}", (*SHIFT_GROUPS, ("active",)), None)


def _place() -> tuple[Site, int | None]:
    """Return the site and the unit to which a line is added: those of the address, else the usual ones."""
    unit_id = request.args.get("unit", type=id_or_none)
    unit = chain.one(reading(), person(), Unit, unit_id) if unit_id else None
    sites = chain.sites(reading(), person(), "chain.roster")
    site = next((s for s in sites if unit is not None and s.id == unit.site_id), None)
    site = site or chain.usual_site(reading(), sites) or chain.site_to_edit(reading(), person(), None)
    return site, unit_id


def _usual(units: list[Unit]) -> Unit | None:
    return next((u for u in units if u.kind == "operation"), units[0] if units else None)


def _line_form(cls: type[RosterLineForm], site: Site, **values: Any) -> RosterLineForm:
    form = filled(cls, **values)
    people = chain_rosters_week.candidates(reading(), site.id)
    chosen = [SelectChoice(str(p.id), p.name) for p in people]
    shifts = chain_rosters_week.shifts_of(reading(), site.id)
    form.unit_id.choices = [SelectChoice("", gettext("The whole site")),
                            *(SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units_of(reading(), site.id))]
    form.shift_id.choices = [SelectChoice("", gettext("At any time")),
                             *(SelectChoice(str(s.id), f"{name(s)} {s.starts}–{s.ends}") for s in shifts)]
    form.person_id.choices = [SelectChoice("", gettext("Choose a person")), *chosen]
    form.deputy_id.choices = [SelectChoice("", gettext("Nobody")), *chosen]
    return form


def _day() -> date | None:
    """Return the day of the address; None when there is none that can be read."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _draw(form: Any, words: str, groups: tuple[tuple[str, ...], ...], unit_id: int | None,
          **more: Any) -> ResponseReturnValue:
    back = url_for("chain_rosters.week", unit=unit_id)
    return render_template("chain/form.html", form=form, words=words, groups=groups, back=back,
                           trail=[(gettext("Rosters"), back)], button=gettext("Save"), **more), form.status
