"""The register, the record page and the steps of public commitments. Decides nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.service_commitments import (
    ChangeForm,
    CommitmentFilter,
    CommitmentForm,
    LookThroughForm,
    NewCommitmentForm,
    PublishForm,
)
from qms.models.service_commitments import Commitment
from qms.rules import service_commitments as rules
from qms.rules.chain import INSIDE
from qms.rules.clock import utc_now
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language, say
from qms.web.page import name
from qms.web.registers import choice, wish
from qms.workflows import chain, service_commitments, service_commitments_register
from qms.workflows.actions_team import people
from qms.workflows.chain_registers import links_of, units_of
from qms.workflows.service_commitments_records import today
from qms.workflows.trail import history

bp = Blueprint("service_commitments", __name__, url_prefix="/service/commitments")

ICONS = {"publish": "world", "edit": "pencil", "revise": "copy", "review": "eye", "withdraw": "ban"}
GROUPS = (("service_zh", "service_en"), ("customer_id", "link_id"), ("kind", "within_hours"),
          ("standard_zh", "standard_en"), ("target_percent", "owner_id"), ("pausable",), ("source_zh", "source_en"),
          ("exclusions_zh", "exclusions_en"), ("remedy_zh", "remedy_en"), ("next_review_on",))
REVIEWED_AFTER = timedelta(days=365)


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show what units promise each other."""
    form, wanted = _wanted()
    page = service_commitments_register.register(reading(), person(), wanted, wish())
    return render_template("service/commitments.html", form=form, page=page, wanted=wanted, COMMITMENT=rules,
                           today=utc_now().date(),
                           may_draft=bool(_own_units()), is_filtered=wanted != service_commitments_register.Filter())


@bp.get("/<id:commitment_id>")
@needs("service.view")
def show(commitment_id: int) -> str:
    """Show one revision of a commitment: what is promised, the other revisions, history."""
    held = service_commitments_register.whole(reading(), person(), commitment_id)
    revisions = service_commitments_register.revisions(reading(), held)
    steps = [{"words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
              "tone": "" if step == "withdraw" else None,
              "url": url_for(f"service_commitments.{step}", commitment_id=held.id)}
             for step in service_commitments_register.offered(person(), held)]
    return render_template("service/commitment.html", held=held, revisions=revisions, steps=steps, COMMITMENT=rules,
                           today=today(reading(), held.site_id),
                           history=history(reading(), [("commitments", r.id) for r in revisions])[::-1])


@bp.route("/draft", methods=["GET", "POST"])
@needs("service.commit")
def draft() -> ResponseReturnValue:
    """Draft a commitment of a unit for which the person acts."""
    units = _own_units()
    form = filled(NewCommitmentForm, owner_id=person().id, next_review_on=utc_now().date() + REVIEWED_AFTER)
    form.provider_id.choices = [choice(u) for u in units]
    _offer(form, {u.site_id for u in units}, {u.id for u in units})
    if form.ready:
        with saving(form, "service.draft_commitment") as session:
            made = service_commitments.draft(session, person(), **_given(form))
        if form.saved:
            flash(gettext("Drafted. Nobody outside the unit is bound before it is published."), "success")
            return redirect(url_for("service_commitments.show", commitment_id=made.id))
    return _draw(form, gettext("Draft a commitment"), (("provider_id",), *GROUPS), None)


@bp.route("/<id:commitment_id>/edit", methods=["GET", "POST"])
@needs("service.commit")
def edit(commitment_id: int) -> ResponseReturnValue:
    """Change a draft."""
    held = service_commitments_register.whole(reading(), person(), commitment_id)
    hours = held.within_minutes / 60 if held.within_minutes is not None else None
    shown = {key: getattr(held, key) for key in service_commitments.PROMISED if key != "within_minutes"}
    form = filled(CommitmentForm, rev=held.rev, within_hours=hours, **shown)
    _offer(form, {held.site_id}, {held.provider_id})
    return _with_form("edit", held, form, GROUPS, lambda session: service_commitments.edit(
        session, person(), held.id, form.read_at, **_given(form)))


@bp.route("/<id:commitment_id>/publish", methods=["GET", "POST"])
@needs("service.commit")
def publish(commitment_id: int) -> ResponseReturnValue:
    """Publish a draft from a day."""
    held = service_commitments_register.whole(reading(), person(), commitment_id)
    on = today(reading(), held.site_id)
    form = filled(PublishForm, rev=held.rev, published_from=on,
                  next_review_on=held.next_review_on or on + REVIEWED_AFTER)
    return _with_form("publish", held, form, (("published_from", "next_review_on"),),
                      lambda session: service_commitments.publish(session, person(), held.id, form.read_at,
                                                                  **form.values()))


@bp.route("/<id:commitment_id>/revise", methods=["GET", "POST"])
@needs("service.commit")
def revise(commitment_id: int) -> ResponseReturnValue:
    """Draft the next revision, for a reason."""
    return _with_reason("revise", commitment_id, service_commitments.revise)


@bp.route("/<id:commitment_id>/review", methods=["GET", "POST"])
@needs("service.commit")
def review(commitment_id: int) -> ResponseReturnValue:
    """Say that what is published still holds."""
    held = service_commitments_register.whole(reading(), person(), commitment_id)
    form = filled(LookThroughForm, rev=held.rev, next_review_on=today(reading(), held.site_id) + REVIEWED_AFTER)
    return _with_form("review", held, form, (("next_review_on",),),
                      lambda session: service_commitments.look_through(session, person(), held.id, form.read_at,
                                                                       **form.values()))


@bp.route("/<id:commitment_id>/withdraw", methods=["GET", "POST"])
@needs("service.commit")
def withdraw(commitment_id: int) -> ResponseReturnValue:
    """Withdraw a commitment, for a reason."""
    return _with_reason("withdraw", commitment_id, service_commitments.withdraw)


def _with_reason(step: str, commitment_id: int, take: Callable[..., Commitment]) -> ResponseReturnValue:
    held = service_commitments_register.whole(reading(), person(), commitment_id)
    form = filled(ChangeForm, rev=held.rev)
    return _with_form(step, held, form, (("reason",),),
                      lambda session: take(session, person(), held.id, form.read_at, reason=form.reason.data or ""))


def _with_form(step: str, held: Commitment, form: EditForm, groups: tuple[tuple[str, ...], ...],
               work: Callable[[Session], Commitment]) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    words = say(step_of(rules.STEPS, step).words)
    if form.ready:
        with saving(form, f"service.{step}_commitment") as session:
            made_id = work(session).id
        if form.saved:
            flash(f"{words}: {gettext('recorded')}", "success")
            return redirect(url_for("service_commitments.show", commitment_id=made_id))
    return _draw(form, words, groups, held, step)


def _draw(form: Any, title: str, groups: tuple[tuple[str, ...], ...], held: Commitment | None,
          step: str = "draft") -> ResponseReturnValue:
    back = (url_for("service_commitments.register") if held is None
            else url_for("service_commitments.show", commitment_id=held.id))
    trail = [(gettext("Commitments"), url_for("service_commitments.register"))]
    return render_template(
        "service/commitment_form.html", form=form, title=title, groups=groups, back=back, held=held, step=step,
        trail=trail if held is None else [*trail, (f"{held.number} {held.revision}", back)]), form.status


def _offer(form: CommitmentForm, site_ids: set[int], provider_ids: set[int]) -> None:
    """Offer customers, links and owners."""
    everybody = SelectChoice("", gettext("Every unit"))
    form.customer_id.choices = [everybody, *(choice(u) for site in sorted(site_ids)
                                             for u in units_of(reading(), site, *INSIDE))]
    links = [link for unit in sorted(provider_ids) for link in links_of(reading(), unit)[0] if link.active]
    form.link_id.choices = [SelectChoice("", gettext("None")), *(
        SelectChoice(str(k.id), f"{k.supplier.code} → {k.customer.code} {name(k, 'output')}") for k in links)]
    form.owner_id.choices = [SelectChoice(str(p.id), p.name) for p in people(reading())]


def _given(form: CommitmentForm) -> dict[str, Any]:
    given = form.values()
    given["within_minutes"] = rules.minutes_of(given.pop("within_hours"))
    return given


def _own_units() -> Any:
    return service_commitments_register.committing_units(reading(), person())


def _wanted() -> tuple[CommitmentFilter, service_commitments_register.Filter]:
    """Return the filter row as the address fills it, and what it asks for."""
    form: Any = CommitmentFilter(request.args, translate=gettext, language=language())
    sites = chain.sites(reading(), person(), "service.view")
    units = [choice(u) for s in sites for u in units_of(reading(), s.id)]
    form.site.choices = [form.all(), *map(choice, sites)]
    form.provider.choices = form.customer.choices = [form.all(), *units]
    form.validate()
    wanted = service_commitments_register.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), provider_id=form.chosen("provider"),
        customer_id=form.chosen("customer"), kind=form.chosen("kind") or "", state=form.chosen("state") or "")
    form.only_site()
    return form, wanted
