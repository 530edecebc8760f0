"""Following one lot from first hand-over to customer. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.chain_filters import ThreadSearch
from qms.models.chain import Lot
from qms.rules.chain_thread import KINDS, STATES, Entry
from qms.web import needs, person, reading
from qms.web.language import say
from qms.workflows import chain_thread
from qms.workflows.chain_thread_report import relation

bp = Blueprint("chain_thread", __name__, url_prefix="/chain/lots")

ICONS = {"made": "stack-2", "handover": "transfer", "shipment": "package", "rejection": "hand-stop",
         "hold": "lock-open", "containment": "shield-check", "disposition": "gavel", "rework": "tool",
         "concession": "file-certificate", "scrap": "trash", "stop": "bell", "bypass": "git-branch",
         "case": "list-check", "notice": "message", "complaint": "alert-circle"}
PAGES = {"lots": ("chain.lot", "lot_id"), "handovers": ("acceptance.show", "handover_id"),
         "units": ("chain.unit", "unit_id"), "rejections": ("rejections.show", "rejection_id"),
         "dispositions": ("dispositions.show", "line_id"), "concessions": ("dispositions_concessions.show",
                                                                           "concession_id"),
         "stops": ("stops.show", "stop_id"), "bypasses": ("controls.bypass", "bypass_id"),
         "actions": ("actions.show", "action_id"), "customer_notices": ("dispositions_notices.show", "notice_id"),
         "customer_complaints": ("customers_complaints.show", "complaint_id")}
"""Where the page of each kind of record on the thread is."""
PAGE = 100
"""Entries on one page; the files hold all of them."""


@bp.get("/thread")
@needs("chain.view")
def search() -> ResponseReturnValue:
    """Look for a lot or serial to follow; the only one found is opened at once."""
    form = ThreadSearch(request.args)
    typed = form.q.data or ""
    lots = chain_thread.found(reading(), person(), typed)
    if len(lots) == 1:
        return redirect(url_for("chain_thread.show", lot_id=lots[0].id))
    return render_template("chain/thread_search.html", form=form, typed=typed.strip(), lots=lots,
                           most=chain_thread.MOST_FOUND)


@bp.get("/<id:lot_id>/thread")
@needs("chain.view")
def show(lot_id: int) -> str:
    """Show a page of the thread of a lot, from entry `from` on; `kind`, as often as wanted, shows only these kinds."""
    kinds = [kind for kind in request.args.getlist("kind") if kind in KINDS]
    held = chain_thread.thread(reading(), person(), lot_id, kinds)
    first = min(max(request.args.get("from", 0, type=int), 0), max(len(held.entries) - 1, 0)) // PAGE * PAGE
    return render_template("chain/thread.html", thread=held, lot=held.lot, site=held.site, kinds=kinds, KINDS=KINDS,
                           state=STATES[held.state], relation=relation,
                           entries=[_shown(held, e) for e in held.entries[first:first + PAGE]],
                           prev_url=_page(held, kinds, first - PAGE), next_url=_page(held, kinds, first + PAGE))


def _page(held: chain_thread.Thread, kinds: list[str], first: int) -> str:
    """Return the address of the page that begins with an entry; empty where there is none."""
    if not 0 <= first < len(held.entries):
        return ""
    values: dict[str, Any] = {"lot_id": held.lot.id, "kind": kinds, "from": first or None}
    return url_for("chain_thread.show", **values)


def _shown(held: chain_thread.Thread, entry: Entry) -> dict[str, Any]:
    """Return an entry as the thread of a record page draws it."""
    lot: Lot | None = held.family.lots.get(entry.lot_id or 0)
    other = "" if lot is None or lot.id == held.lot.id else f"{lot.number} ({say(relation(held.family, lot.id))})"
    return {"at": entry.at, "zone": held.site.time_zone, "icon": ICONS[entry.kind], "title": say(entry.title),
            "tone": "rejected" if entry.gaps else entry.state.tone if entry.state else "", "state": entry.state,
            "url": page_of(entry), "text": say(entry.text), "who": held.people.get(entry.who_id or 0, ""),
            "notes": [gettext("Lot %(number)s", number=other)] if other else [], "rules": entry.rules,
            "gaps": entry.gaps}


def page_of(entry: Entry) -> str:
    """Return the address of an entry's record."""
    endpoint, key = PAGES[entry.table]
    values: dict[str, Any] = {key: entry.record_id}
    return url_for(endpoint, **values)
