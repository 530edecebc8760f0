"""What machines ask: does the process answer, can it work, what does it count. No names, no secrets."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from qms.db.engine import Refusals
from qms.db.writer import WriteLost
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.web import database, public, settings
from qms.web.gauges import Figures, Watched
from qms.workflows import health
from qms.workflows import health_proofs as proofs
from qms.workflows.health_proofs import Said

bp = Blueprint("health", __name__)


class _TakenBack(Exception):
    """Nothing of what was written is to stay."""


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer that the process answers; asks nothing else."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer 200 when everything that work needs is there, else 503 naming what is not."""
    faults = {"stopping": _stopping(), **_database(), "write": _write(),
              "photos": health.photos_fault(settings().photos),
              "disk": health.disk_fault(settings().instance, settings().disk_free_percent, settings().disk_free_mib),
              "clock": _clock()}
    said = {name: Said(fault or "ok", fault is not None) for name, fault in faults.items()} | _proofs()
    is_failing = any(each.faulty for each in said.values())
    is_whole = all(each.words == "ok" for each in said.values())
    return {"status": "failing" if is_failing else "ok" if is_whole else "warning",
            "checks": {name: each.words for name, each in said.items()}}, 503 if is_failing else 200


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


def _database() -> dict[str, str | None]:
    try:
        with database().reading() as session:
            wrong = health.schema_fault(session)
            return {"database": wrong, "trail": None if wrong else health.trail_fault(session)}
    except SQLAlchemyError:
        return {"database": "not reachable"}


def _write() -> str | None:
    """Write a row and take it back."""
    try:
        with suppress(_TakenBack), database().transaction(SYSTEM, "health.probe") as session:
            health.try_to_write(session)
            raise _TakenBack
    except (SQLAlchemyError, WriteLost):
        return "takes no write"
    return None


def _proofs() -> dict[str, Said]:
    """Say whether verification and backup are of late."""
    most = {proofs.VERIFY: timedelta(hours=settings().verified_within_hours),
            proofs.BACKUP: timedelta(days=settings().backup_within_days)}
    try:
        with database().reading() as session:
            return {kind: proofs.said_of(session, kind, within, utc_now()) for kind, within in most.items()}
    except SQLAlchemyError:
        return {}  # The check of the database says so.


def _clock() -> str | None:
    pulse: Any = current_app.extensions.get("qms.pulse")
    return None if pulse is None or pulse.is_alive() else "has not moved for a minute: nothing escalates"


def _stopping() -> str | None:
    is_stopping: Any = current_app.extensions.get("qms.stopping")
    return "told to stop" if is_stopping is not None and is_stopping.is_set() else None


def _figures() -> Figures:
    with database().reading() as session:
        records, tablets = health.waiting_on_tablets(session)
        taken, conflicts = health.captures(session)
        ages = {"checkpoint": health.checkpoint_seconds(session, utc_now()),
                **{kind: proofs.seconds_since(session, kind, utc_now()) for kind in (proofs.BACKUP, proofs.VERIFY)}}
        return {
            **{f"qms_seconds_since_{kind}": (f"Seconds since the last {kind} that went well", {"": age})
               for kind, age in ages.items() if age is not None},
            "qms_captures": ("Records of tablets taken", {"": taken}),
            "qms_conflicts": ("Records that came under an id that was taken before", {"": conflicts}),
            "qms_device_gap": ("Numbers of tablets that are missing", {"": health.numbers_missing(session)}),
            "qms_sqlite_busy": ("Times that SQLite was busy for too long, in this process", {"": Refusals.busy}),
            "qms_jobs": ("Jobs by state", health.jobs_by_state(session)),
            "qms_tablets_waiting": ("Tablets that keep records not yet sent", {"": tablets}),
            "qms_tablet_records_waiting": ("Records that tablets keep and have not sent", {"": records}),
            "qms_ledger_entries": ("Entries of the trail", {"": health.ledger_size(session)}),
            "qms_rejections_last_day": ("Rejections received in 24 hours",
                                        {"": health.rejections_of_the_last_day(session)}),
        }
