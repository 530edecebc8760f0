"""Badges and PINs: who has them, badges issued on a sheet to print, PINs set, one's own changed. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.accounts_badges import BadgesFilter, EndBadgeForm, MyPinForm, PinForm
from forms.chain import id_or_none
from qms.rules.badges import grouped
from qms.rules.errors import Invalid
from qms.web import filled, needs, person, reading, saving, seen, shows_people, writing
from qms.web.codes import qr
from qms.web.language import language
from qms.web.page import name, with_args
from qms.workflows import accounts_badges as badges
from qms.workflows import accounts_badges_register as pages
from qms.workflows import accounts_pins as pins

bp = Blueprint("accounts_badges", __name__, url_prefix="/accounts")

MOST_BADGES = 60


@bp.get("/badges")
@needs("accounts.enrol")
@shows_people("badges")
def register() -> str:
    """Show who has a badge and a PIN, and who lacks them."""
    form = BadgesFilter(request.args, translate=gettext, language=language())
    units = pages.units(reading(), person())
    form.unit.choices = [SelectChoice("", gettext("All")),
                         *(SelectChoice(str(unit.id), f"{unit.code} {name(unit)}") for unit in units)]
    form.lacks.choices = [SelectChoice("", gettext("All")), SelectChoice("badge", gettext("A badge")),
                          SelectChoice("pin", gettext("A PIN"))]
    if request.args:
        form.validate()
    wanted = pages.Filter((form.q.data or "").strip(), form.unit.data,
                          form.lacks.data if form.lacks.data in pages.LACKS else "")
    rows = pages.people(reading(), person(), wanted, after=request.args.get("after", ""))
    more = len(rows) > pages.PAGE
    rows = rows[:pages.PAGE]
    seen(len(rows))
    return render_template(
        "accounts/badges.html", form=form, rows=rows, total=pages.count(reading(), person(), wanted),
        is_filtered=wanted != pages.Filter(), first_url=with_args(after=None) if request.args.get("after") else "",
        next_url=with_args(after=rows[-1].person.login) if more else "")


@bp.post("/badges/issue")
@needs("accounts.enrol")
def issue() -> ResponseReturnValue:
    """Issue badges to the people `person_id` and show them, this once, on a sheet to print."""
    ids = _ids()
    with writing("accounts.issue_badge") as session:
        issued = [(badges.looked_after(session, person(), each), badges.issue(session, person(), each))
                  for each in ids]
    cards = [(owner, grouped(code), qr(code)) for owner, code in issued]
    homes = pages.homes(reading(), [owner for owner, _, _ in cards])
    return render_template("accounts/badge_sheet.html", cards=cards, homes=homes)


@bp.route("/badges/<id:badge_id>/end", methods=["GET", "POST"])
@needs("accounts.enrol")
def end(badge_id: int) -> ResponseReturnValue:
    """Let a badge end."""
    badge = badges.one(reading(), person(), badge_id)
    form = filled(EndBadgeForm, rev=badge.rev)
    if form.ready:
        with saving(form, "accounts.end_badge", form.reason.data) as session:
            badges.end(session, person(), badge_id, form.read_at, form.reason.data or "")
        if form.saved:
            flash(gettext("The badge opens nothing any more."), "success")
            return redirect(_back(badge.person_id))
    return render_template("accounts/badge_end.html", form=form, badge=badge, back=_back(badge.person_id)), form.status


@bp.route("/people/<id:person_id>/pin", methods=["GET", "POST"])
@needs("accounts.enrol")
def set_pin(person_id: int) -> ResponseReturnValue:
    """Let someone type in a new PIN."""
    owner = badges.looked_after(reading(), person(), person_id)
    form = filled(PinForm)
    if form.ready:
        with saving(form, "accounts.set_pin") as session:
            pins.set_pin(session, person(), person_id, form.pin.data or "")
        if form.saved:
            flash(gettext("The new PIN holds from now on."), "success")
            return redirect(_back(person_id))
    return render_template("accounts/badge_pin.html", form=form, owner=owner, back=_back(person_id)), form.status


@bp.route("/my-pin", methods=["GET", "POST"])
@needs(readers=True)
def my_pin() -> ResponseReturnValue:
    """Change one's own PIN."""
    form = filled(MyPinForm)
    if form.ready:
        with saving(form, "accounts.change_pin") as session:
            pins.change_pin(session, person(), password=form.password.data or "", pin=form.pin.data or "")
        if form.saved:
            flash(gettext("Your new PIN holds from now on."), "success")
            return redirect(url_for("accounts_badges.my_pin"))
    return render_template("accounts/badge_my_pin.html", form=form,
                           has_pin=pins.pin_at(reading(), person().id) is not None), form.status


def _ids() -> list[int]:
    """Return the people that were ticked. Raises Invalid."""
    try:
        ids = [found for text in request.form.getlist("person_id") if (found := id_or_none(text)) is not None]
    except ValueError as error:
        raise Invalid("This is no list of people.", "这不是人员列表。") from error
    if not ids:
        raise Invalid("Tick at least one person.", "请至少勾选一人。")
    if len(ids) > MOST_BADGES:
        raise Invalid(f"At most {MOST_BADGES} badges at once.", f"一次最多 {MOST_BADGES} 个工牌。")
    return list(dict.fromkeys(ids))


def _back(person_id: int) -> str:
    """Return the page that the reader came from: a person for who may see people, else the list of badges."""
    if person().may("accounts.view"):
        return url_for("accounts.show_person", person_id=person_id)
    return url_for("accounts_badges.register")
