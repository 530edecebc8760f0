"""What is done with andon calls and line stops, by one name. Each part is kept in a module of its own."""

from qms.workflows.stops_answering import acknowledge, arrive, resolve, see, stop_line
from qms.workflows.stops_calling import Upstream, by_client_id, call
from qms.workflows.stops_clock import escalate, is_due
from qms.workflows.stops_records import one
from qms.workflows.stops_restarting import (
    ask_restart,
    check,
    consent,
    contain,
    contain_again,
    latest_checks,
    restart,
    review,
)

__all__ = [
    "Upstream",
    "acknowledge",
    "arrive",
    "ask_restart",
    "by_client_id",
    "call",
    "check",
    "consent",
    "contain",
    "contain_again",
    "escalate",
    "is_due",
    "latest_checks",
    "one",
    "resolve",
    "restart",
    "review",
    "see",
    "stop_line",
]
