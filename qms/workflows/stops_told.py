"""What a tablet is told of a stop, as plain values. Changes nothing; knows no request."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qms.models.chain import Unit
from qms.models.stops import Rung, Stop
from qms.rules import stops as rules
from qms.rules.accounts import Actor
from qms.rules.clock import rfc3339
from qms.rules.words import Words
from qms.workflows.stops_offers import missing, offers_for
from qms.workflows.stops_restarting import judged_piece, latest_checks

AT_DESK = frozenset({"review"})
_TIMES = ("called_at", "window_ends_at", "stopped_at", "acknowledged_at", "arrived_at", "contained_at", "requested_at",
          "consented_at", "restarted_at")
_PLAIN = ("id", "rev", "number", "state", "reason", "note", "product_affecting", "critical", "from_upstream",
          "containment", "measure", "cause_known", "extra_checks", "lost_units", "item_id", "lot_id")


def told(session: Session, person: Actor | None, stop: Stop, at: datetime) -> dict[str, Any]:
    """Return a stop as a tablet shows it to a person (None: nobody is signed in), at an instant.

    Steps are named as in their addresses.
    """
    latest = latest_checks(session, stop)
    rung = reached(stop)
    return {
        **{name: getattr(stop, name) for name in _PLAIN},
        **{name: _time(getattr(stop, name)) for name in _TIMES},
        "state_words": words(rules.STATES[stop.state]), "reason_words": words(rules.REASONS[stop.reason]),
        "unit": unit(stop.unit), "customer": unit(stop.customer) if stop.customer else None,
        "rejection": {"id": stop.rejection.id, "number": stop.rejection.number} if stop.rejection else None,
        "steps": [name.replace("_", "-") for name in offers_for(person, stop, latest) if name not in AT_DESK],
        "checks": _checks(session, stop), "missing": missing(stop, latest),
        "rung": {"position": rung.position, "words": words(rules.LADDER[rung.position].words),
                 "raised_at": _time(rung.raised_at), "people": len([i for i in rung.people.split(",") if i])}
        if rung else None,
        "minutes_lost": rules.minutes_lost(stop.stopped_at, stop.restarted_at, at), "server_time": rfc3339(at),
    }


def reached(stop: Stop) -> Rung | None:
    """Return the highest rung that was raised."""
    return next((rung for rung in reversed(stop.rungs) if rung.raised_at is not None), None)


def unit(held: Unit) -> dict[str, Any]:
    """Return a unit as tablets and boards name it."""
    return {"id": held.id, "code": held.code, "name_zh": held.name_zh, "name_en": held.name_en}


def words(pair: Words) -> dict[str, str]:
    """Return a wording as JSON."""
    return {"en": pair.en, "zh": pair.zh}


def _checks(session: Session, stop: Stop) -> list[dict[str, Any]]:
    """Return the checks of the restart that is asked for now, oldest first, the judged first pieces among them."""
    since = stop.requested_at
    made = [{"kind": c.kind, "good": c.good, "pieces": c.pieces, "nonconforming": c.nonconforming, "note": c.note,
             "at": rfc3339(c.at), "words": words(rules.CHECKS[c.kind])}
            for c in stop.checks if since is not None and c.at >= since]
    judged = judged_piece(session, stop) if since is not None else None
    if judged is not None:
        made.append({"kind": "first_piece", "good": judged[1], "pieces": None, "nonconforming": None, "note": None,
                     "at": rfc3339(judged[0]), "words": words(rules.CHECKS["first_piece"])})
    return sorted(made, key=lambda check: str(check["at"]))


def _time(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None
