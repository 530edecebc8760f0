"""How the inputs of a management review are answered: typed, imported, marked not applicable, noted. Knows no page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.review import Review, ReviewInput
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.review_inputs import INPUTS
from qms.rules.review_snapshots import Snapshot, Table, read, written
from qms.workflows.chain_records import check_version, optional, required
from qms.workflows.review_records import begun, one


def fill(session: Session, person: Actor, input_id: int, rev: int, *, body: str | None) -> ReviewInput:
    """Type what there is to say of an input; nothing takes it back. Raises Stale, IllegalStep, NotFound, NotAllowed."""
    held, _review = _begun(session, person, input_id, rev, "fill", body=body)
    held.body, held.reason = optional(body), None
    held.state = state_of(held)
    session.flush()
    return held


def not_applicable(session: Session, person: Actor, input_id: int, rev: int, *, reason: str) -> ReviewInput:
    """Say why an input does not apply (R-40). Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed."""
    held, _review = _begun(session, person, input_id, rev, "fill", reason=reason)
    if state_of(held) == "filled":
        raise Invalid("There is something in this input: it does apply.", "该输入已有内容, 不能标记为不适用。",
                      field="reason")
    held.state, held.reason = "not_applicable", required(reason, "reason")
    session.flush()
    return held


def put_table(session: Session, person: Actor, input_id: int, rev: int, *, table: Table | None, name: str | None,
              sha256: str | None) -> ReviewInput:
    """Put a table that was read from a file to an input in place of the former one; None takes it off.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    held, _review = _begun(session, person, input_id, rev, "fill")
    held.imported = written(Snapshot(tables=(table,))) if table else None
    held.imported_name, held.imported_sha256 = (name, sha256) if table else (None, None)
    held.reason = None
    held.state = state_of(held)
    session.flush()
    return held


def note(session: Session, person: Actor, input_id: int, rev: int, *, note: str | None) -> ReviewInput:
    """Write down what was said of an input in the meeting. Raises Stale, IllegalStep, NotFound, NotAllowed."""
    held, _review = _begun(session, person, input_id, rev, "note", note=note)
    held.note = optional(note)
    session.flush()
    return held


def one_input(session: Session, person: Actor, review_id: int, code: str) -> tuple[Review, ReviewInput]:
    """Return an input of a review by its code. Raises NotFound."""
    review = one(session, person, review_id)
    found = session.scalar(select(ReviewInput).where(ReviewInput.review_id == review.id, ReviewInput.code == code))
    if found is None or code not in INPUTS:
        raise NotFound
    return review, found


def state_of(held: ReviewInput) -> str:
    """Return whether an input is answered by what it holds; what is merely marked not applicable stays so."""
    if held.body or held.imported or (held.snapshot and not read(held.snapshot).is_empty):
        return "filled"
    return "not_applicable" if held.reason else "missing"


def snapshots_of(held: ReviewInput) -> Sequence[Snapshot]:
    """Return what was counted, then what was imported, of an input; empty: neither."""
    return [read(text) for text in (held.snapshot, held.imported) if text]


def _begun(session: Session, person: Actor, input_id: int, rev: int, name: str,
           **given: Any) -> tuple[ReviewInput, Review]:
    held = session.get(ReviewInput, input_id)
    if held is None:
        raise NotFound
    review, _state, _grant = begun(session, person, held.review_id, name)
    check_version(held, rev, given)
    return held, review
