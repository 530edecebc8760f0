"""Signing in and out, one's own sessions and password, people, grants and roles. Decides nothing."""

import re
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.accounts import (
    EndGrantForm,
    GrantForm,
    MyPasswordForm,
    NewPersonForm,
    PasswordForm,
    PeopleFilter,
    PersonForm,
    SignInForm,
)
from qms.rules.accounts import ROLES, SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.web import database, filled, needs, person, public, reading, saving, seen, settings, shows_people, writing
from qms.web.app import cookie_name
from qms.web.language import LANGUAGES, language, say
from qms.web.page import name, with_args
from qms.web.requests import close_reading
from qms.workflows import accounts, accounts_badges, accounts_pins, trail
from qms.workflows import accounts_qualifications_register as qualifications
from qms.workflows import accounts_register as register

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
YEAR_SECONDS = 365 * 24 * 3600
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "MicroMessenger": "WeChat", "Firefox": "Firefox", "Chrome": "Chrome",
            "Version": "Safari"}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS X": "macOS",
           "Linux": "Linux"}


@bp.app_template_filter()
def device(agent: str | None) -> str:
    """Return browser and system of a user agent in plain words; the text itself where neither is known."""
    known = agent or ""
    browser = next((f"{shown} {found.group(1)}" for sign, shown in BROWSERS.items()
                    if (found := re.search(rf"{sign}/(\d+)", known))), "")
    system = next((shown for sign, shown in SYSTEMS.items() if sign in known), "")
    return ", ".join(part for part in (browser, system) if part) or known[:60]


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in page, or start a session and go where the person wanted to go."""
    form = filled(SignInForm, next=request.args.get("next", ""))
    if form.ready:
        token = _token_for(form)
        if token is not None:
            response = make_response(redirect(_own_address(form.next.data)))
            response.set_cookie(cookie_name(settings()), token, max_age=settings().session_hours * 3600,
                                secure=settings().secure_cookies, httponly=True, samesite="Lax", path="/")
            return response
    if g.person is not None and not form.submitted:
        return redirect(_own_address(form.next.data))
    return render_template("accounts/sign_in.html", form=form, ended_on=g.ended_on), form.status


def _token_for(form: SignInForm) -> str | None:
    """Return the token of a new session, or put the refusal into the form."""
    close_reading()
    try:
        with database().transaction(SYSTEM, "accounts.sign_in") as session:
            token = accounts.sign_in(session, login=form.login.data or "", password=form.password.data or "",
                                     address=request.remote_addr, agent=request.user_agent.string,
                                     lasts=timedelta(hours=settings().session_hours))
    except Invalid as error:
        form.refuse(error, language())
        return None
    if token is None:
        form.refuse(Invalid("Sign-in name and password do not belong together.", "登录名与密码不符。"),
                    language())
    return token


def _own_address(wanted: str | None) -> str:
    """Return the wanted address when it is a page of this application, else Today."""
    wanted = wanted or ""
    is_own = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_own else url_for("today.index")


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    token = request.cookies.get(cookie_name(settings()))
    if token and g.person is not None:
        with writing("accounts.sign_out") as session:
            accounts.sign_out(session, token)
    response = make_response(redirect(url_for("accounts.sign_in")))
    response.delete_cookie(cookie_name(settings()), path="/", secure=settings().secure_cookies, httponly=True,
                           samesite="Lax")
    return response


@bp.post("/language", endpoint="language")
@public
def choose_language() -> ResponseReturnValue:
    """Remember the language, for the person and for this browser, and go back to the page."""
    wanted = request.form.get("language", "")
    response = make_response(redirect(_own_address(request.form.get("next"))))
    if wanted in LANGUAGES:
        response.set_cookie("language", wanted, max_age=YEAR_SECONDS, secure=settings().secure_cookies,
                            samesite="Lax", path="/")
        if g.person is not None:
            with writing("accounts.choose_language") as session:
                accounts.choose_language(session, person(), wanted)
    return response


@bp.get("/my-sessions")
@needs()
def my_sessions() -> str:
    """List one's own open sessions."""
    return render_template("accounts/my_sessions.html",
                           sign_ins=accounts.sign_ins_of(reading(), person(), person().id), here=g.sign_in)


@bp.post("/sessions/<uuid:public_id>/end")
@needs(readers=True)
def end_session(public_id: UUID) -> ResponseReturnValue:
    """End a session, one's own or, with the permission, another's."""
    with writing("accounts.end_session") as session:
        accounts.end_sign_in(session, person(), str(public_id))
    flash(gettext("The session has ended."), "success")
    return redirect(_own_address(request.form.get("next")))


@bp.route("/my-password", methods=["GET", "POST"])
@needs(readers=True)
def my_password() -> ResponseReturnValue:
    """Change one's own password; every session ends, so that the new one is used at once."""
    form = filled(MyPasswordForm)
    if form.ready:
        with saving(form, "accounts.change_password") as session:
            accounts.change_password(session, person(), old=form.old.data or "", new=form.password.data or "")
        if form.saved:
            flash(gettext("Your password has changed. Please sign in with the new one."), "success")
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/my_password.html", form=form), form.status


@bp.get("/people")
@needs("accounts.view")
@shows_people("people")
def people() -> str:
    """Show the register of people."""
    form = PeopleFilter(request.args, translate=gettext, language=language())
    form.role.choices = [SelectChoice("", gettext("All")), *_roles()]
    form.state.choices = [SelectChoice("", gettext("All")), SelectChoice("active", gettext("Active")),
                          SelectChoice("inactive", gettext("Not active"))]
    if request.args:
        form.validate()
    wanted = register.Filter(sought=(form.q.data or "").strip(), role=form.role.data or "",
                             state=form.state.data or "")
    rows = register.people(reading(), person(), wanted, after=request.args.get("after", ""))
    more = len(rows) > register.PAGE
    rows = rows[:register.PAGE]
    seen(len(rows))
    return render_template(
        "accounts/people.html", form=form, rows=rows, total=register.count(reading(), person(), wanted),
        is_filtered=wanted != register.Filter(), ROLES=ROLES,
        first_url=with_args(after=None) if request.args.get("after") else "",
        next_url=with_args(after=rows[-1].person.login) if more else "")


@bp.route("/people/new", methods=["GET", "POST"])
@needs("accounts.manage")
def new_person() -> ResponseReturnValue:
    """Make a person."""
    form = filled(NewPersonForm)
    form.unit_id.choices = _units(gettext("No unit"))
    if form.ready:
        with saving(form, "accounts.add_person") as session:
            made = accounts.add_person(
                session, person(), login=form.login.data or "", name=form.name.data or "",
                language=form.reads.data, password=form.password.data or None, unit_id=form.unit_id.data,
                email=form.email.data)
            made_id = made.id
        if form.saved:
            flash(gettext("The person was added. Now give a role."), "success")
            return redirect(url_for("accounts.show_person", person_id=made_id))
    return render_template("accounts/person_form.html", form=form, shown=None), form.status


@bp.get("/people/<id:person_id>")
@needs("accounts.view")
@shows_people("person", "person_id")
def show_person(person_id: int) -> str:
    """Show a person with grants, badge and open sessions."""
    shown = register.one(reading(), person(), person_id)
    grants = register.grants(reading(), person(), person_id)
    held = accounts_badges.badges_of(reading(), person_id)
    records = [("people", person_id), *(("grants", row.grant.id) for row in grants), *(("badges", b.id) for b in held)]
    qualified = qualifications.of_person(reading(), person_id)
    return render_template(
        "accounts/person.html", shown=shown, qualified=qualified,
        may_qualify=qualifications.may_change(reading(), person(), person_id),
        ROLES=ROLES, grants=grants, here=g.sign_in,
        badge=next((b for b in held if b.ended_at is None), None), pin_at=accounts_pins.pin_at(reading(), person_id),
        sign_ins=accounts.sign_ins_of(reading(), person(), person_id), told=trail.history(reading(), records))


@bp.route("/people/<id:person_id>/edit", methods=["GET", "POST"])
@needs("accounts.manage")
def edit_person(person_id: int) -> ResponseReturnValue:
    """Change a person."""
    shown = register.one(reading(), person(), person_id)
    form = filled(PersonForm, obj=shown.person, reads=shown.person.language)
    form.unit_id.choices = _units(gettext("No unit"))
    if form.ready:
        with saving(form, "accounts.edit_person") as session:
            accounts.edit_person(session, person(), person_id, form.read_at, name=form.name.data or "",
                                 language=form.reads.data, unit_id=form.unit_id.data,
                                 active=form.active.data, email=form.email.data)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("accounts.show_person", person_id=person_id))
    return render_template("accounts/person_form.html", form=form, shown=shown), form.status


@bp.route("/people/<id:person_id>/password", methods=["GET", "POST"])
@needs("accounts.manage")
def reset_password(person_id: int) -> ResponseReturnValue:
    """Give someone else a new password."""
    shown = register.one(reading(), person(), person_id)
    form = filled(PasswordForm)
    if form.ready:
        with saving(form, "accounts.set_password") as session:
            accounts.set_password(session, person(), person_id, form.password.data or "")
        if form.saved:
            flash(gettext("The new password holds from now on."), "success")
            return redirect(url_for("accounts.show_person", person_id=person_id))
    return render_template("accounts/password.html", form=form, shown=shown), form.status


@bp.route("/people/<id:person_id>/grants/new", methods=["GET", "POST"])
@needs("accounts.manage")
def new_grant(person_id: int) -> ResponseReturnValue:
    """Give a person a role in a scope."""
    shown = register.one(reading(), person(), person_id)
    form = filled(GrantForm, starts_on=utc_now().date())
    form.role.choices = _roles()
    sites = register.sites(reading())
    others = [other for other in register.holders(reading()) if other.id != person_id]
    form.site_id.choices = [SelectChoice("", gettext("Every site")),
                            *(SelectChoice(str(site.id), f"{site.code} {name(site)}") for site in sites)]
    form.unit_id.choices = _units(gettext("Every unit"))
    form.delegated_by_id.choices = [SelectChoice("", gettext("Nobody: held in one's own right")),
                                    *(SelectChoice(str(other.id), other.name) for other in others)]
    if form.ready and form.starts_on.data:
        with saving(form, "accounts.grant", form.reason.data or None) as session:
            accounts.grant(session, person(), person_id, role=form.role.data, site_id=form.site_id.data,
                           unit_id=form.unit_id.data, starts_on=form.starts_on.data,
                           ends_on=form.ends_on.data, delegated_by_id=form.delegated_by_id.data,
                           reason=form.reason.data or None, auditor_days=settings().auditor_days)
        if form.saved:
            flash(gettext("The role was given."), "success")
            return redirect(url_for("accounts.show_person", person_id=person_id))
    return render_template("accounts/grant_form.html", form=form, shown=shown), form.status


@bp.route("/grants/<id:grant_id>/end", methods=["GET", "POST"])
@needs("accounts.manage")
def end_grant(grant_id: int) -> ResponseReturnValue:
    """Let a grant end."""
    row = register.one_grant(reading(), person(), grant_id)
    shown = register.one(reading(), person(), row.grant.person_id)
    form = filled(EndGrantForm, rev=row.grant.rev, ends_on=row.grant.ends_on or utc_now().date())
    if form.ready and form.ends_on.data:
        with saving(form, "accounts.end_grant", form.reason.data) as session:
            accounts.end_grant(session, person(), grant_id, form.read_at, last_day=form.ends_on.data,
                               auditor_days=settings().auditor_days)
        if form.saved:
            flash(gettext("The role ends on the day given."), "success")
            return redirect(url_for("accounts.show_person", person_id=shown.person.id))
    return render_template("accounts/end_grant.html", form=form, row=row, shown=shown,
                           ROLES=ROLES), form.status


def _roles() -> list[SelectChoice]:
    return [SelectChoice(code, say(words)) for code, words in ROLES.items()]


def _units(none: str) -> list[SelectChoice]:
    return [SelectChoice("", none),
            *(SelectChoice(str(unit.id), f"{unit.code} {name(unit)}") for unit in register.units(reading()))]
