"""Tablets: their register, one tablet, enrolling, editing, revoking, and what was noticed. Decides nothing."""

from datetime import datetime
from typing import TypeVar

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.accounts_devices import CloseIncidentForm, DeviceFields, DeviceForm, DevicesFilter, EnrolForm, RevokeForm
from qms.rules.badges import grouped
from qms.rules.clock import utc_now
from qms.rules.devices import INCIDENTS, sentence
from qms.web import filled, needs, person, reading, saving, writing
from qms.web.codes import qr
from qms.web.language import language
from qms.web.page import name
from qms.workflows import accounts_devices as devices
from qms.workflows import accounts_devices_enrolling as enrolling
from qms.workflows import accounts_devices_incidents as noticed
from qms.workflows import accounts_devices_register as pages
from qms.workflows.trail import history

F = TypeVar("F", bound=DeviceFields)
bp = Blueprint("accounts_devices", __name__, url_prefix="/accounts/devices")


@bp.get("/")
@needs("accounts.enrol")
def register() -> str:
    """Show the tablets, the worst first."""
    form = DevicesFilter(request.args, translate=gettext, language=language())
    places = pages.places(reading(), person())
    form.site.choices = [SelectChoice("", gettext("All")),
                         *(SelectChoice(str(site.id), f"{site.code} {name(site)}") for site, _ in places)]
    form.state.choices = [SelectChoice("", gettext("In use")), SelectChoice("trouble", gettext("In trouble")),
                          SelectChoice("quiet", gettext("All well")), SelectChoice("revoked", gettext("Revoked"))]
    if request.args:
        form.validate()
    if len(places) < 2:
        del form.site
    wanted = pages.Filter((form.q.data or "").strip(), form.site.data if "site" in form else None,
                          form.state.data if form.state.data in pages.STATES else "")
    return render_template(
        "accounts/devices.html", form=form, rows=pages.register(reading(), person(), wanted, version()), age=age,
        is_filtered=wanted != pages.Filter(), several_sites=len(places) > 1)


@bp.get("/<id:device_id>")
@needs("accounts.enrol")
def show(device_id: int) -> str:
    """Show a tablet: what it serves and said of itself, what was noticed, its history."""
    row = pages.one(reading(), person(), device_id, version())
    return render_template(
        "accounts/device.html", row=row, device=row.device, contact=row.contact, INCIDENTS=INCIDENTS,
        incidents=pages.incidents(reading(), device_id), sentence=sentence, age=age,
        told=history(reading(), pages.records_of(row.device))[::-1])


@bp.route("/enrol", methods=["GET", "POST"])
@needs("accounts.enrol")
def enrol() -> ResponseReturnValue:
    """Ask for a name and operations, then show the code for the tablet to scan."""
    form = _with_units(filled(EnrolForm))
    if form.ready:
        with saving(form, "accounts.offer_enrolment") as session:
            offer = enrolling.offer(session, person(), name=form.name.data or "", unit_ids=form.unit_ids.data or [])
        if form.saved:
            return _code_page(offer)
    return render_template("accounts/device_enrol.html", form=form), form.status


@bp.post("/<id:device_id>/enrol-again")
@needs("accounts.enrol")
def enrol_again(device_id: int) -> ResponseReturnValue:
    """Show a code by which a tablet is enrolled again."""
    with writing("accounts.offer_enrolment") as session:
        offer = enrolling.offer_again(session, person(), device_id)
    return _code_page(offer)


@bp.get("/enrolments/<string:key>")
@needs("accounts.enrol")
def enrolment(key: str) -> str:
    """Tell whether the tablet has used the code; asked again and again by the page that shows it."""
    return render_template("accounts/_device_enrolled.html", key=key,
                           device=enrolling.device_enrolled(reading(), person(), key))


@bp.route("/<id:device_id>/edit", methods=["GET", "POST"])
@needs("accounts.enrol")
def edit(device_id: int) -> ResponseReturnValue:
    """Change a tablet's name and operations."""
    device = devices.one(reading(), person(), device_id)
    served = [served.unit_id for served in device.units if served.active]
    form = _with_units(filled(DeviceForm, rev=device.rev, name=device.name, unit_ids=served))
    if form.ready:
        with saving(form, "accounts.edit_device") as session:
            devices.edit(session, person(), device_id, form.read_at, name=form.name.data or "",
                         unit_ids=form.unit_ids.data or [])
        if form.saved:
            flash(gettext("Saved. The tablet knows of it at its next contact."), "success")
            return redirect(url_for("accounts_devices.show", device_id=device_id))
    return render_template("accounts/device_edit.html", form=form, device=device), form.status


@bp.route("/<id:device_id>/revoke", methods=["GET", "POST"])
@needs("accounts.enrol")
def revoke(device_id: int) -> ResponseReturnValue:
    """Refuse a tablet from now on."""
    row = pages.one(reading(), person(), device_id, version())
    form = filled(RevokeForm, rev=row.device.rev)
    if form.ready:
        with saving(form, "accounts.revoke_device", form.reason.data) as session:
            devices.revoke(session, person(), device_id, form.read_at, form.reason.data or "")
        if form.saved:
            flash(gettext("The tablet is revoked: it is refused from now on."), "success")
            return redirect(url_for("accounts_devices.show", device_id=device_id))
    return render_template("accounts/device_revoke.html", form=form, row=row, device=row.device, age=age), form.status


@bp.route("/incidents/<id:incident_id>/close", methods=["GET", "POST"])
@needs("accounts.enrol")
def close_incident(incident_id: int) -> ResponseReturnValue:
    """Close an incident of a tablet with a reason."""
    incident = noticed.one(reading(), person(), incident_id)
    form = filled(CloseIncidentForm, rev=incident.rev)
    if form.ready:
        with saving(form, "accounts.close_incident", form.reason.data) as session:
            noticed.close(session, person(), incident_id, form.read_at, form.reason.data or "")
        if form.saved:
            flash(gettext("The incident is closed."), "success")
            return redirect(url_for("accounts_devices.show", device_id=incident.device_id))
    return render_template(
        "accounts/device_incident.html", form=form, incident=incident, device=incident.device, INCIDENTS=INCIDENTS,
        what=sentence(incident.kind, count=incident.count, detail=incident.detail)), form.status


def age(since: datetime) -> str:
    """Return how long ago something was, in the reader's words."""
    shown: str = format_timedelta(utc_now() - since, granularity="minute")
    return shown


def version() -> str | None:
    """Return the version of the tablet's app that is served now; None when none is."""
    served = current_app.extensions.get("qms.station")
    return served() if served else None


def _code_page(offer: enrolling.Offer) -> str:
    """Show a code this once: as QR with the address of the app, and in letters."""
    address = f"{request.url_root}station/enrol#{offer.code}"
    return render_template("accounts/device_code.html", offer=offer, code=grouped(offer.code), picture=qr(address),
                           address=f"{request.url_root}station")


def _with_units(form: F) -> F:
    """Offer the units in which the person may enrol tablets."""
    places = pages.places(reading(), person())
    form.unit_ids.choices = [
        SelectChoice(str(unit.id), f"{unit.code} {name(unit)}" + (f" ({site.code})" if len(places) > 1 else ""))
        for site, units in places for unit in units]
    return form
