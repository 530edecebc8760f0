"""Pages of the trail: its entries, its reviews, and the rules with how often each did something. Decides nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.trail import TrailFilter, TrailReviewForm, TrailReviewsFilter
from qms.rules.accounts_looks import TABLES as PERSONAL
from qms.rules.clauses import LEVELS, RULES
from qms.rules.trail_reviews import FINDINGS, REVIEW
from qms.web import filled, needs, person, reading, saving, seen, settings, shows_people
from qms.web.filter_rows import choices, wish
from qms.web.language import language, time_zone
from qms.web.page import with_args
from qms.workflows import accounts_register, trail, trail_search
from qms.workflows import trail_reviews as reviewing

bp = Blueprint("trail", __name__, url_prefix="/trail")

NARROWING = ("person", "action", "entity", "id", "number", "site")
"""What narrows a review beside its days."""


@bp.get("/")
@needs("trail.view")
def entries() -> str:
    """List the trail, newest first, a page at a time."""
    form = _searched()
    wanted = _filter_of(form)
    found = trail.entries(reading(), person(), wanted, before=request.args.get("before", type=id_or_none))
    shown = found[: trail.PAGE]
    return render_template(
        "trail/entries.html", entries=shown, form=form, wanted=wanted,
        is_filtered=wanted != trail_search.Filter(zone=wanted.zone), may_review=person().may(REVIEW),
        older=with_args(before=shown[-1].seq) if len(found) > trail.PAGE else "",
        newest=with_args(before=None) if "before" in request.args else "")


@bp.get("/<id:seq>")
@needs("trail.view")
@shows_people("entry")
def entry(seq: int) -> str:
    """Show one entry, as people read it and as it was hashed."""
    told, text = trail.entry(reading(), person(), seq)
    if told.entity in PERSONAL:
        seen(1, told.entity_id if told.entity == "people" else None)
    return render_template("trail/entry.html", told=told, text=text)


@bp.get("/rules")
@needs()
def rules() -> str:
    """List every rule: sentence, clauses, level under both profiles, how often it blocked, warned or acted."""
    return render_template("trail/rules.html", all_rules=RULES.values(), LEVELS=LEVELS,
                           counts=trail.rule_counts(reading()))


@bp.get("/reviews")
@needs("trail.view")
def reviews() -> str:
    """List the reviews, newest first, and when the next one is due."""
    form: Any = TrailReviewsFilter(request.args, translate=gettext, language=language())
    form.validate()
    wanted, days = reviewing.Filter(finding=form.chosen("finding") or ""), settings().trail_review_days
    return render_template(
        "trail/reviews.html", form=form, wanted=wanted, is_filtered=bool(wanted.finding), FINDINGS=FINDINGS,
        page=reviewing.register(reading(), person(), wanted, wish()), may_review=person().may(REVIEW),
        due_on=reviewing.due_on(reading(), days), is_due=reviewing.overdue(reading(), person(), days) is not None)


@bp.get("/reviews/<id:review_id>")
@needs("trail.view")
def review(review_id: int) -> str:
    """Show one review, with the way back to the entries that it covered."""
    shown = reviewing.one(reading(), person(), review_id)
    days = urlencode({"first": shown.first_on, "last": shown.last_on})
    return render_template("trail/review.html", review=shown, FINDINGS=FINDINGS, narrowed=_narrowed(shown.filters),
                           entries_url=f"{url_for('trail.entries')}?{days}&{shown.filters}".rstrip("&"),
                           told=trail.history(reading(), [("trail_reviews", review_id)]))


@bp.route("/reviews/new", methods=["GET", "POST"])
@needs(REVIEW)
def new_review() -> ResponseReturnValue:
    """Write down a review of the entries that the address asks for."""
    wanted, days = _filter_of(_searched()), settings().trail_review_days
    today = reviewing.today_in(wanted.zone)
    form: Any = filled(TrailReviewForm, first=wanted.first or reviewing.unreviewed_from(reading()),
                       last=wanted.last or today, next_due_on=today + timedelta(days=days))
    narrowed = urlencode([(name, request.args[name]) for name in NARROWING if request.args.get(name)])
    if form.ready:
        covered = replace(wanted, first=form.first.data, last=form.last.data)
        with saving(form, "trail.review") as session:
            made_id = reviewing.review(session, person(), covered, narrowed, finding=form.finding.data,
                                       said=form.said.data, next_due_on=form.next_due_on.data, review_days=days).id
        if form.saved:
            flash(gettext("The review is recorded."), "success")
            return redirect(url_for("trail.review", review_id=made_id))
    return render_template("trail/review_form.html", form=form, is_narrowed=bool(narrowed),
                           entries_url=url_for("trail.entries") + (f"?{narrowed}" if narrowed else "")), form.status


def _searched(args: MultiDict[str, str] | None = None) -> TrailFilter:
    """Return the filter row as the address has it, or as it was when something was kept."""
    form: Any = TrailFilter(request.args if args is None else args, translate=gettext, language=language())
    form.person.choices = [form.all(), *(SelectChoice(str(one.id), one.name)
                                         for one in trail.actors(reading(), person()))]
    form.site.choices = [form.all(), *choices(accounts_register.sites(reading()))]
    form.only_site()
    form.validate()
    return form  # type: ignore[no-any-return]


def _narrowed(filters: str) -> list[tuple[str, str]]:
    """Return what narrowed a review beside its days, as label and value."""
    kept = MultiDict(parse_qsl(filters))
    form: Any = _searched(kept)
    labels = {field.name: field.label.text for field in form} | {"id": gettext("Record")}
    lists: list[Any] = [field for field in form if isinstance(field, SelectField)]
    worded = {field.name: {choice.value: choice.label for choice in field.choices} for field in lists}
    return [(labels.get(name, name), worded.get(name, {}).get(value, value)) for name, value in kept.items()]


def _filter_of(form: TrailFilter) -> trail_search.Filter:
    """Return what the filter row asks for, its days in the reader's zone."""
    entity = form.chosen("entity") or None
    sought = str(form.chosen("id") or "")
    return trail_search.Filter(
        entity=entity, entity_id=int(sought) if entity and sought.isdecimal() and len(sought) < 18 else None,
        actor_id=form.chosen("person"), action=form.chosen("action") or None, site_id=form.chosen("site"),
        number=(form.chosen("number") or "").strip() or None, first=form.chosen("first"), last=form.chosen("last"),
        zone=time_zone())
