"""What must hold of held quantities after every step, whoever took it: read from the tables, past the workflows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.acceptance import Handover
from qms.models.chain import Lot
from qms.models.dispositions import Disposition, Rework, ScrapTicket
from qms.models.dispositions_concessions import Concession, ConcessionUse
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules.dispositions import CONCEDED, GONE, OPEN, WORKED

TABLES = (Rejection, Hold, ContainmentLine, Disposition, Rework, ScrapTicket, Concession, ConcessionUse, Handover)


@dataclass(frozen=True)
class Facts:
    """Every row that the steps are about, by table, and the newest entry of the trail."""

    rows: dict[type, list[Any]]
    entries: int

    def of(self, cls: type) -> list[Any]:
        """Return the rows of a table in order."""
        return self.rows[cls]

    def one(self, cls: type, row_id: int) -> Any:
        """Return a row by its id."""
        return next(row for row in self.rows[cls] if row.id == row_id)


def facts(db: Database) -> Facts:
    """Read everything that the steps are about."""
    with db.reading() as session:
        rows = {cls: session.execute(select(*cls.__table__.columns).order_by(cls.__table__.c.id)).all()
                for cls in TABLES}
        return Facts(rows, session.scalar(select(func.max(ledger.c.seq))) or 0)


def check(now: Facts, lots: dict[int, Lot]) -> None:
    """Hold everything against the laws."""
    for rejection in now.of(Rejection):
        check_sums(now, rejection)
        check_state(now, rejection)
    for hold in now.of(Hold):
        check_hold(now, hold)
    for line in now.of(Disposition):
        check_order(now, line)
    for concession in now.of(Concession):
        check_concession(now, concession)
    for lot in lots.values():
        check_lot(now, lot)


def check_sums(now: Facts, rejection: Any) -> None:
    """Hold open, undecided and completed quantities against all that was found nonconforming (R-07)."""
    holds = [h for h in now.of(Hold) if h.rejection_id == rejection.id]
    answers = [a for a in now.of(ContainmentLine) if a.rejection_id == rejection.id and a.answered_at]
    reported = sum(h.quantity for h in holds if h.line_id is None)
    assert reported == rejection.quantity
    for answer in answers:
        own = answer.lot_id == rejection.lot_id and answer.unit_id == rejection.found_unit_id
        held = sum(h.quantity for h in holds if h.line_id == answer.id)
        assert held <= answer.suspect if own else held >= answer.suspect - answer.good
    lines = [d for d in now.of(Disposition) if d.rejection_id == rejection.id]
    open_lines = {d.hold_id: d.quantity for d in lines if d.state in OPEN}
    undecided = sum(h.quantity for h in holds if h.state == "held" and h.id not in open_lines)
    done = sum(h.quantity for h in holds if h.state in {"released", "gone", "void"})
    assert sum(open_lines.values()) + undecided + done == sum(h.quantity for h in holds)


def check_state(now: Facts, rejection: Any) -> None:
    """Hold the state of a rejection against what it holds."""
    held = any(h.state == "held" for h in now.of(Hold) if h.rejection_id == rejection.id)
    asked = any(a.rejection_id == rejection.id and a.answered_at is None for a in now.of(ContainmentLine))
    if rejection.state == "closed":
        assert not held
        assert not asked
    elif rejection.state == "void":
        assert not held
    else:
        assert held or asked


def check_hold(now: Facts, hold: Any) -> None:
    """Hold that nothing is free or out without a completed line that says so."""
    lines = [d for d in now.of(Disposition) if d.hold_id == hold.id]
    still_open = [d for d in lines if d.state in OPEN]
    if hold.state == "held":
        assert [d.quantity for d in still_open] in ([], [hold.quantity])
        return
    assert still_open == []
    if hold.state == "void":
        assert now.one(Rejection, hold.rejection_id).state == "void"
        return
    last = lines[-1]
    assert last.state == "completed"
    assert (hold.state == "gone") == (last.code in GONE)
    if last.code in WORKED:
        assert hold.quantity == [r for r in now.of(Rework) if r.disposition_id == last.id][-1].good
    else:
        assert hold.quantity == last.quantity


def check_order(now: Facts, line: Any) -> None:
    """Hold a line against what had to come before its state (R-08, R-09, R-14)."""
    if line.state == "completed":
        reporter = now.one(Rejection, line.rejection_id).reported_by_id
        assert line.verified_by_id not in {None, reporter}
        assert line.code == "no_fault" or line.verified_by_id != line.done_by_id
    for run in (r for r in now.of(Rework) if r.disposition_id == line.id):
        assert run.instruction_ref
        assert run.good is None or run.good + run.scrapped <= run.quantity
    if line.code in {"rework", "repair"}:
        assert line.risk_on <= line.decided_at.date()
    if line.code == "scrap" and line.state in {"unusable", "completed"}:
        ticket = next(t for t in now.of(ScrapTicket) if t.disposition_id == line.id)
        assert ticket.witnessed_by_id not in {None, ticket.rendered_by_id}
        assert (ticket.disposed_at is None) == (line.state == "unusable")


def check_concession(now: Facts, concession: Any) -> None:
    """Hold what was used against what the customer authorised (R-13), and each use against its line."""
    used = [u for u in now.of(ConcessionUse) if u.concession_id == concession.id and u.active]
    assert concession.quantity_used == sum(u.quantity for u in used)
    if concession.quantity_authorised is not None:
        assert concession.quantity_used <= concession.quantity_authorised
    for use in used:
        line = now.one(Disposition, use.disposition_id)
        assert line.code in CONCEDED
        assert line.state not in {"decided", "withdrawn"}
        assert use.containers


def check_lot(now: Facts, lot: Any) -> None:
    """Hold what was accepted over a link against what the lot has left (R-01)."""
    kept = sum(h.quantity for h in now.of(Hold) if h.lot_id == lot.id and h.state in {"held", "gone"})
    links = {h.link_id for h in now.of(Handover) if h.lot_id == lot.id}
    for link in links:
        accepted = sum(h.accepted for h in now.of(Handover) if (h.lot_id, h.link_id) == (lot.id, link))
        assert accepted + kept <= lot.quantity or not accepted, f"{accepted} accepted, {kept} held or out of {lot}"
