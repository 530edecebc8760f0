"""Revising, confirming and setting aside routings. Decides nothing."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from forms.chain import ConfirmRoutingForm, ReasonForm, RoutingForm
from qms.models.chain import Item, Routing
from qms.rules.chain import ROUTED
from qms.web import filled, needs, person, reading, saving, writing
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import chain_registers as registers
from qms.workflows.chain_standing import today

bp = Blueprint("chain_routings", __name__, url_prefix="/chain")


@bp.route("/items/<id:item_id>/routings/add", methods=["GET", "POST"])
@needs("chain.edit")
def add(item_id: int) -> ResponseReturnValue:
    """Make the next revision of an item's routing, beginning with the operations of the latest."""
    item = chain.one(reading(), person(), Item, item_id)
    former = [r for r in registers.routings_of(reading(), item_id) if not r.proposed]
    reference = registers.units_of(reading(), item.site_id, *sorted(ROUTED))
    form = filled(RoutingForm, valid_from=_begins(item, former),
                  unit_ids=[step.unit.code for step in former[0].steps] if former else [])
    if form.ready and form.valid_from.data:
        with saving(form, "chain.add_routing") as session:
            routing = chain.add_routing(
                session, person(), item_id=item_id, valid_from=form.valid_from.data,
                unit_ids=chain.units_by_code(session, item.site_id, form.unit_ids.data))
        if form.saved:
            flash(gettext("The routing was added."), "success")
            return redirect(url_for("chain.routing", routing_id=routing.id))
    return render_template(
        "chain/form.html", form=form, words=gettext("New routing"), lead=f"{item.code} {name(item)}", rows=12,
        button=gettext("Save"), groups=(("valid_from",), ("unit_ids",)), reference=reference,
        trail=[(gettext("Items"), url_for("chain.items"))], back=url_for("chain.item", item_id=item_id)), form.status


@bp.route("/routings/<id:routing_id>/confirm", methods=["GET", "POST"])
@needs("chain.edit")
def confirm(routing_id: int) -> ResponseReturnValue:
    """Put a proposed routing in force from a day."""
    routing, item = chain.one_routing(reading(), person(), routing_id)
    former = [r for r in registers.routings_of(reading(), item.id) if not r.proposed]
    form = filled(ConfirmRoutingForm, rev=routing.rev,
                  valid_from=_begins(item, former) if former else routing.valid_from)
    if form.ready and form.valid_from.data:
        with saving(form, "chain.confirm_routing") as session:
            chain.confirm_routing(session, person(), routing_id, form.read_at, valid_from=form.valid_from.data)
        if form.saved:
            flash(gettext("The routing is confirmed."), "success")
            return redirect(url_for("chain.routing", routing_id=routing_id))
    return render_template(
        "chain/form.html", form=form, words=gettext("Confirm the routing"), lead=_title(routing, item),
        button=gettext("Confirm"), groups=(("valid_from",),), trail=_trail(),
        back=url_for("chain.routing", routing_id=routing_id)), form.status


@bp.route("/routings/<id:routing_id>/set-aside", methods=["GET", "POST"])
@needs("chain.edit")
def set_aside(routing_id: int) -> ResponseReturnValue:
    """Say that a proposed routing is not one."""
    routing, item = chain.one_routing(reading(), person(), routing_id)
    form = filled(ReasonForm, rev=routing.rev)
    if form.ready:
        with saving(form, "chain.set_routing_aside", form.reason.data) as session:
            chain.set_routing_aside(session, person(), routing_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("chain.routing", routing_id=routing_id))
    return render_template(
        "chain/form.html", form=form, words=gettext("Set aside"), lead=_title(routing, item), groups=(("reason",),),
        button=gettext("Set aside"), trail=_trail(), back=url_for("chain.routing", routing_id=routing_id)), form.status


@bp.post("/routings/<id:routing_id>/propose-links")
@needs("chain.edit")
def propose(routing_id: int) -> ResponseReturnValue:
    """Propose the operation links that the routing asks for and the chain lacks."""
    with writing("chain.propose_links") as session:
        made = len(chain.propose_links(session, person(), routing_id))
    flash(ngettext("%(num)d link was proposed.", "%(num)d links were proposed.", made) if made
          else gettext("No link is missing."), "success" if made else "info")
    return redirect(url_for("chain.links", state="proposed") if made
                    else url_for("chain.routing", routing_id=routing_id))


def _begins(item: Item, former: list[Routing]) -> date:
    """Return the first day on which a new revision may begin."""
    day = today(reading(), item.site_id)
    return max([day, *(r.valid_from + timedelta(days=1) for r in former)])


def _title(routing: Routing, item: Item) -> str:
    revision = gettext("rev. %(revision)s", revision=routing.revision)
    return f"{item.code} {name(item)}, {revision}"


def _trail() -> list[tuple[str, str]]:
    return [(gettext("Routings"), url_for("chain.routings"))]
