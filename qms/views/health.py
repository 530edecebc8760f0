"""What machines ask: does the process answer, can it work, what does it count. No names, no secrets."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from qms.web import database, public, settings
from qms.web.gauges import Figures, Watched
from qms.workflows import health

bp = Blueprint("health", __name__)
Check = Callable[[], str | None]


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer that the process answers; asks nothing else."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer 200 when everything that work needs is there, else 503 naming what is not."""
    checks: dict[str, Check] = {
        "stopping": _stopping, "database": _database,
        "photos": lambda: health.photos_fault(settings().photos),
        "disk": lambda: health.disk_fault(settings().instance, settings().disk_free_percent),
        "clock": _clock,
    }
    faults = {name: fault for name, check in checks.items() if (fault := check()) is not None}
    told = {name: faults.get(name, "ok") for name in checks}
    return {"status": "failing" if faults else "ok", "checks": told}, 503 if faults else 200


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Answer what is counted, as Prometheus reads it, to who asks from a network of the setting; else not found."""
    if not settings().tells_figures_to(request.remote_addr):
        abort(404)
    registry = CollectorRegistry()
    registry.register(Watched(_figures))
    body = generate_latest(current_app.extensions["qms.requests"].registry) + generate_latest(registry)
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _database() -> str | None:
    try:
        with database().reading() as session:
            return health.schema_fault(session)
    except SQLAlchemyError:
        return "not reachable"


def _clock() -> str | None:
    pulse: Any = current_app.extensions.get("qms.pulse")
    return None if pulse is None or pulse.is_alive() else "has not moved for a minute: nothing escalates"


def _stopping() -> str | None:
    is_stopping: Any = current_app.extensions.get("qms.stopping")
    return "told to stop" if is_stopping is not None and is_stopping.is_set() else None


def _figures() -> Figures:
    with database().reading() as session:
        records, tablets = health.waiting_on_tablets(session)
        return {
            "qms_jobs": ("Jobs by state", health.jobs_by_state(session)),
            "qms_tablets_waiting": ("Tablets that keep records not yet sent", {"": tablets}),
            "qms_tablet_records_waiting": ("Records that tablets keep and have not sent", {"": records}),
            "qms_ledger_entries": ("Entries of the trail", {"": health.ledger_size(session)}),
            "qms_rejections_last_day": ("Rejections received in 24 hours",
                                        {"": health.rejections_of_the_last_day(session)}),
        }
