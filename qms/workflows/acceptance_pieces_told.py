"""What a tablet is told of first pieces and patrols, as plain values. Changes nothing; knows no request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qms.models.acceptance import Characteristic, Standard
from qms.models.acceptance_pieces import PieceCheck
from qms.models.chain import Item
from qms.rules import acceptance_pieces as rules
from qms.rules.acceptance import requirement
from qms.rules.accounts import Actor
from qms.rules.clock import rfc3339
from qms.rules.words import Words
from qms.workflows.acceptance_pieces_standards import asked_by, items_at, standard_of


def told(check: PieceCheck, person: Actor | None, at: datetime) -> dict[str, Any]:
    """Return an inspection as a tablet shows it to a person (None: nobody is signed in), at an instant."""
    judges = {check.self_by_id, check.mutual_by_id, check.dedicated_by_id}
    return {
        "id": check.id, "rev": check.rev, "kind": check.kind, "reason": check.reason, "state": check.state,
        "reason_words": words(rules.REASONS[check.reason]), "state_words": words(rules.STATES[check.state]),
        "due_at": rfc3339(check.due_at), "overdue": rules.is_overdue(check.state, check.due_at, at),
        "item_id": check.item_id, "lot": {"id": check.lot.id, "number": check.lot.number} if check.lot else None,
        "next": rules.next_verdict(check.kind, check.state),
        "judged_by_me": person is not None and person.id in judges, "stop_id": check.stop_id,
    }


def form_told(session: Session, check: PieceCheck, item_id: int | None) -> dict[str, Any]:
    """Return the form by which an inspection of an item is judged; `items` to choose from where the item is open."""
    standard = standard_of(session, check, item_id)
    return {
        "id": check.id, "rev": check.rev, "kind": check.kind, "pieces": rules.LEAST_PIECES[check.kind],
        "most_pieces": rules.MOST_PIECES, "needs_readings": check.state == rules.STEPS.first,
        "standard": _standard(standard), "characteristics": _characteristics(asked_by(session, standard)),
        "item_id": item_id, "items": [] if item_id else _items(items_at(session, check.unit_id, check.site_id)),
    }


def words(pair: Words) -> dict[str, str]:
    """Return a wording as a tablet reads it."""
    return {"en": pair.en, "zh": pair.zh}


def _standard(standard: Standard | None) -> dict[str, Any] | None:
    if standard is None:
        return None
    return {"id": standard.id, "form_number": standard.form_number, "revision": standard.revision,
            "title_en": standard.title_en, "title_zh": standard.title_zh}


def _characteristics(asked: Sequence[Characteristic]) -> list[dict[str, Any]]:
    found = []
    for c in asked:
        wanted = requirement(c.kind, c.lower, c.upper, c.unit)
        limits = {key: None if value is None else format(value, "f")
                  for key, value in (("lower", c.lower), ("upper", c.upper), ("target", c.target))}
        found.append({"id": c.id, "name_zh": c.name_zh, "name_en": c.name_en, "kind": c.kind, "unit": c.unit, **limits,
                      "requirement_en": wanted.en, "requirement_zh": wanted.zh, "special": c.special,
                      "method": c.method, "gauge": c.gauge, "defect_id": c.defect_id})
    return found


def _items(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [{"id": i.id, "code": i.code, "name_zh": i.name_zh, "name_en": i.name_en} for i in items]
