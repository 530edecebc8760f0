"""What an operation's tablet asks every two seconds: what comes in, what went out, calls and stops, inspections due.

Answered with 304, and without a look at any register, while nothing has happened to the operation.
"""

import json
import threading
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.chain import id_or_none
from qms.models.acceptance_pieces import PieceCheck
from qms.rules.acceptance_pieces import KINDS, REASONS, STATES
from qms.rules.clock import rfc3339, utc_now
from qms.rules.errors import NotFound
from qms.web import reading
from qms.web.devices import device, needs_device
from qms.workflows import acceptance_pieces, station_feed, station_incoming, stops_shown
from qms.workflows.stops_told import told

bp = Blueprint("station_now_api", __name__, url_prefix="/api/v1/station")


class Feed:
    """How often something happened to each operation, as far as this process has read the trail.

    `known`: the last answer for an operation and the mark it was read at, where it is the same for everybody.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._end = -1
        self._all = 0
        self._units: dict[int, int] = {}
        self.known: dict[int, tuple[str, str]] = {}

    def mark(self, session: Session, unit_id: int) -> str:
        """Return a mark of an operation that changes whenever something happened to it."""
        end = station_feed.end_of_trail(session)
        with self._lock:
            if end != self._end:
                self._read(session, end)
            return f"{self._all}.{self._units.get(unit_id, 0)}"

    def _read(self, session: Session, end: int) -> None:
        units = None if self._end < 0 or end < self._end else station_feed.concerned(session, self._end, end)
        if units is None:
            self._all, self._units = end, {}
        else:
            self._units.update(dict.fromkeys(units, end))
        self._end = end


@bp.get("/now")
@needs_device
def now() -> ResponseReturnValue:
    """Read everything that one of the tablet's operations shows of now; 304 while it is as it was."""
    unit_id = request.args.get("unit", type=id_or_none)
    if unit_id is None or unit_id not in device().units:
        raise NotFound("This tablet does not serve this operation.", "该平板不服务于此工序。")
    feed: Feed = current_app.extensions.setdefault("qms.feed", Feed())
    mark = feed.mark(reading(), unit_id)
    tag = f"{mark}-{unit_id}-{g.person.id if g.person else 0}"
    if request.if_none_match.contains(tag):
        answer = Response(status=304)
    else:
        answer = Response(_body(feed, mark, unit_id), content_type="application/json")
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _body(feed: Feed, mark: str, unit_id: int) -> str:
    """Return the answer, from memory where another tablet of the operation was just told the same."""
    known = feed.known.get(unit_id)
    if known is not None and known[0] == mark:
        return known[1]
    found = _now(reading(), unit_id)
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    if not found["stops"]:  # What may be done about a stop depends on who is signed in.
        feed.known[unit_id] = (mark, body)
    return body


def _now(session: Session, unit_id: int) -> dict[str, Any]:
    at = utc_now()
    return {
        "incoming": station_incoming.incoming(session, device(), unit_id),
        "outgoing": station_incoming.outgoing(session, device(), unit_id),
        "stops": [told(session, g.person, s, at) for s in stops_shown.of_unit(session, device().site_id, unit_id)],
        "checks": [_check(c) for c in acceptance_pieces.open_checks(session, (unit_id,))],
    }


def _check(check: PieceCheck) -> dict[str, Any]:
    return {"id": check.id, "kind": check.kind, "due_at": rfc3339(check.due_at),
            "kind_words": KINDS[check.kind]._asdict(), "reason_words": REASONS[check.reason]._asdict(),
            "state_words": STATES[check.state]._asdict()}
