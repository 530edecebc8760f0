"""The register, the record page and the steps of notices to customers. Decides nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.base import EditForm
from forms.dispositions_notices import AnswerForm, FollowUpForm, NoticeFilter, TellForm, VoidNoticeForm
from qms.models.dispositions_concessions import CustomerNotice
from qms.rules import dispositions_notices as rules
from qms.rules.actions import STEPS as CASE
from qms.rules.clock import utc_now
from qms.rules.rejections import STEPS as REJECTION
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language, say
from qms.web.page import name
from qms.workflows import attachments, attachments_files, chain
from qms.workflows import dispositions_notices as notices
from qms.workflows import dispositions_notices_register as pages
from qms.workflows.actions_sources import of_record
from qms.workflows.chain_paging import Wish
from qms.workflows.customers_requirements import that_bite
from qms.workflows.dispositions_concessions_shown import customers
from qms.workflows.trail import history

bp = Blueprint("dispositions_notices", __name__, url_prefix="/dispositions/notices")

ICONS = {"tell": "message", "follow_up": "send", "close": "circle-check", "void": "ban"}


@bp.get("/")
@needs("dispositions.view")
def register() -> str:
    """Show the register of notices to customers."""
    form = NoticeFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in chain.sites(reading(), person(), "dispositions.view"))]
    form.customer.choices = [form.all(), *_customers()]
    form.validate()
    wanted = pages.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"),
                          state=form.chosen("state") or "", customer_id=form.chosen("customer"))
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return render_template(
        "dispositions/notices.html", form=form, page=pages.register(reading(), person(), wanted, wish), NOTICE=rules,
        is_filtered=wanted != pages.Filter())


@bp.get("/<id:notice_id>")
@needs("dispositions.view")
def show(notice_id: int) -> str:
    """Show a notice: its clock, what was said to whom, what followed, history."""
    held = pages.whole(reading(), person(), notice_id)
    steps = [{"words": step_of(rules.STEPS, step).words, "icon": ICONS[step], "tone": "" if step == "void" else None,
              "url": url_for(f"dispositions_notices.{step}", notice_id=held.id)}
             for step in pages.offered(reading(), person(), held)]
    return render_template(
        "dispositions/notice.html", notice=held,
        requirements=that_bite(reading(), person(), item_id=held.rejection.item_id, customer_id=held.customer_id),
        NOTICE=rules, REJECTION=REJECTION, steps=steps,
        is_late=rules.is_late(held.state, held.due_at, held.told_at, utc_now()), lasted=_lasted,
        files=attachments_files.files_of(reading(), person(), "customer_notices", [held.id]).get(held.id, []),
        photos=attachments.photos_of(reading(), person(), "customer_notices", held.id),
        addable=person().may("dispositions.notify", site_id=held.site_id),
        cases=of_record(reading(), person(), "customer_notices", held.id), CASE=CASE,
        history=history(reading(), [("customer_notices", held.id)])[::-1])


@bp.route("/<id:notice_id>/tell", methods=["GET", "POST"])
@needs("dispositions.notify")
def tell(notice_id: int) -> ResponseReturnValue:
    """Record that the customer was told."""
    return _with_form("tell", notice_id, TellForm, notices.tell)


@bp.route("/<id:notice_id>/follow-up", methods=["GET", "POST"])
@needs("dispositions.notify")
def follow_up(notice_id: int) -> ResponseReturnValue:
    """Record the detail that was sent afterwards."""
    return _with_form("follow_up", notice_id, FollowUpForm, notices.follow_up)


@bp.route("/<id:notice_id>/close", methods=["GET", "POST"])
@needs("dispositions.notify")
def close(notice_id: int) -> ResponseReturnValue:
    """Record what the customer answered, and close."""
    return _with_form("close", notice_id, AnswerForm, notices.close)


@bp.route("/<id:notice_id>/void", methods=["GET", "POST"])
@needs("dispositions.notify")
def void(notice_id: int) -> ResponseReturnValue:
    """Declare void a notice of what was not shipped after all."""
    return _with_form("void", notice_id, VoidNoticeForm, notices.void)


@bp.app_template_global("notice_clock")
def clock(held: CustomerNotice) -> tuple[str, str] | None:
    """Return what is left until the customer must be told, or by how much that is over; None once told."""
    if held.state != "due":
        return None
    left = held.due_at - utc_now()
    if left.total_seconds() < 0:
        return gettext("overdue by %(time)s", time=_lasted(held.due_at, utc_now())), "late"
    return gettext("%(time)s left", time=_lasted(utc_now(), held.due_at)), "soon"


def _lasted(begin: datetime, end: datetime) -> str:
    told: str = format_timedelta(end - begin, granularity="minute", threshold=1.5)
    return told


def _with_form(step: str, notice_id: int, cls: type[EditForm],
               take: Callable[..., CustomerNotice]) -> ResponseReturnValue:
    """Show the form of a step and take it."""
    held = pages.whole(reading(), person(), notice_id)
    zone = ZoneInfo(held.site.time_zone)
    form = filled(cls, rev=held.rev, customer_id=held.customer_id, shipments=held.shipments,
                  told_at=utc_now().astimezone(zone).replace(tzinfo=None, second=0, microsecond=0))
    if isinstance(form, TellForm):
        form.customer_id.choices = [SelectChoice("", gettext("Choose a customer")), *_customers()]
    if form.ready:
        given: dict[str, Any] = form.values()
        if isinstance(form, TellForm):
            given["told_at"] = given["told_at"].replace(tzinfo=zone)
        with saving(form, f"dispositions.{step}_notice") as session:
            take(session, person(), notice_id, form.read_at, **given)
        if form.saved:
            flash(f"{say(step_of(rules.STEPS, step).words)}: {gettext('recorded')}", "success")
            return redirect(url_for("dispositions_notices.show", notice_id=notice_id))
    return render_template("dispositions/notice_step.html", form=form, notice=held, step=step, ICONS=ICONS,
                           words=step_of(rules.STEPS, step).words, NOTICE=rules), form.status


def _customers() -> list[SelectChoice]:
    return [SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in customers(reading(), person())]
