"""What a signature under a management review covers: every figure, note and decision, as canonical JSON. Only reads."""

import json
from typing import Any

from sqlalchemy.orm import Session

from qms.models.review import Review
from qms.workflows.review_records import attendees, decisions_of, inputs_of, sites_of

_OF_INPUT = ("code", "state", "body", "reason", "snapshot_sha256", "imported_sha256", "imported", "note")
_OF_DECISION = ("place", "input_code", "output", "missed", "body", "resource", "owner_id", "due_on")
_OF_REVIEW = ("number", "profile", "title", "first_on", "last_on", "before_first_on", "before_last_on", "meeting_on",
              "place", "content_hash", "missed", "conclusion")


def content_of(session: Session, review: Review) -> str:
    """Return everything that a signature covers. What a decision comes to later is not part of it."""
    told = {
        "review": _picked(review, _OF_REVIEW),
        "sites": [site.code for site in sites_of(session, review)],
        "attendees": [_picked(one, ("name", "role", "was_there")) for one in attendees(session, review)],
        "inputs": [_picked(one, _OF_INPUT) for one in inputs_of(session, review)],
        "decisions": [_picked(one, _OF_DECISION) for one in decisions_of(session, review)],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _picked(record: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
