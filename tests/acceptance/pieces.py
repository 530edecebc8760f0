"""First pieces and patrols for tests, made through the workflows."""

from decimal import Decimal
from typing import Any

from qms.db import Database
from qms.models.acceptance_pieces import PieceCheck
from qms.rules.acceptance_pieces import PieceResult
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.workflows import acceptance
from qms.workflows.acceptance_pieces import ask_for
from qms.workflows.acceptance_pieces_judging import Verdict, judge
from tests.plant import Plant

ORDER = ("self", "mutual", "dedicated")


def asked_for(db: Database, plant: Plant, **given: Any) -> PieceCheck:
    """Ask the press for a first piece of the item."""
    fields: dict[str, Any] = {"unit_id": plant.press, "kind": "first_piece", "reason": "machine", "due_at": utc_now(),
                              "source_key": None, "item_id": plant.item}
    with db.transaction(SYSTEM, "acceptance.ask_piece_check") as session:
        return ask_for(session, SYSTEM, **(fields | given))


def results(db: Database, standard_id: int, pieces: int = 3, gap: str = "0.50", bad: int = 0) -> list[PieceResult]:
    """Return a result for every characteristic on every piece; the first `bad` pieces have a burr."""
    with db.reading() as session:
        asked = acceptance.asked(session, standard_id)
    return [PieceResult(c.id, n, good=n > bad) if c.kind == "attribute" else PieceResult(c.id, n, Decimal(gap))
            for c in asked for n in range(1, pieces + 1)]


def judged(db: Database, person: Actor, check: PieceCheck, verdict: str, *, good: bool = True, pieces: int = 3,
           nonconforming: int | None = None, found: list[PieceResult] | None = None, note: str | None = None,
           rev: int | None = None, **product: int) -> PieceCheck:
    """Judge an inspection as somebody."""
    given = Verdict(verdict, good, pieces, int(not good) if nonconforming is None else nonconforming, found or (), note)
    with db.transaction(person, "acceptance.judge_pieces") as session:
        return judge(session, person, check.id, rev or check.rev, given, **product)


def passed(db: Database, plant: Plant, check: PieceCheck) -> PieceCheck:
    """Judge an inspection good through all three verdicts, without a standard."""
    for person, verdict in zip((plant.operator, plant.team_leader, plant.inspector), ORDER, strict=True):
        check = judged(db, person, check, verdict)
    return check
