"""The first page: what waits for the reader. Decides nothing."""

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask_babel import format_timedelta

from qms.rules.acceptance import HANDOVER
from qms.rules.clock import utc_now
from qms.rules.rejections import STEPS
from qms.web import needs, person, reading
from qms.workflows import today

bp = Blueprint("today", __name__)


@bp.get("/")
@needs()
def index() -> str:
    """Show what waits, oldest first."""
    return render_template("today/index.html", today=today.today(reading(), person()), now=utc_now(), age=age,
                           address=address, STATES=STEPS.states, HANDOVER_STATES=HANDOVER.states)


def age(since: datetime) -> str:
    """Return how long something has waited, in the reader's words."""
    shown: str = format_timedelta(utc_now() - since, granularity="minute")
    return shown


def address(endpoint: str, **values: Any) -> str:
    """Return a page's address; empty where this installation has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
