"""How first pieces and patrols are judged: by whom, on which readings, and what follows. Knows no clock and no page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.acceptance import Characteristic
from qms.models.acceptance_pieces import PieceCheck, PieceReading
from qms.models.chain import Lot, Unit
from qms.models.rejections import Rejection
from qms.rules import acceptance_pieces as rules
from qms.rules.acceptance import conforms
from qms.rules.acceptance_pieces import PieceResult
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.steps import step, step_of
from qms.workflows import rejections
from qms.workflows.acceptance_pieces import ask_for, item_inspected, one_check
from qms.workflows.acceptance_pieces_standards import asked_by, standard_of
from qms.workflows.acceptance_records import check_version, required

LONGEST_NOTE = 500


@dataclass(frozen=True)
class Verdict:
    """What somebody says of the pieces that they looked at."""

    verdict: str
    good: bool
    pieces: int
    nonconforming: int
    results: Sequence[PieceResult] = ()
    note: str | None = None


def judge(session: Session, person: Actor, check_id: int, rev: int, given: Verdict, *, item_id: int | None = None,
          lot_id: int | None = None) -> PieceCheck:
    """Judge the pieces of an inspection; each verdict is another person's (R-09).

    The first verdict names item and lot and fixes the standard; to be good it needs a result for every characteristic
    on every piece. A first piece that is not good is asked for again. Raises Refused (R-09), Stale, IllegalStep,
    Invalid, NotFound, NotAllowed.
    """
    check = one_check(session, person, check_id, lock=True)
    if given.verdict in rules.VERDICTS and (check.kind, given.verdict) != ("patrol", "self"):
        permission = step_of(rules.table_of(check.kind), f"judge_{given.verdict}").permission
        person.need(permission, site_id=check.site_id, unit_path=session.get_one(Unit, check.unit_id).path)
    check_version(check, rev, {"state": check.state})
    state = rules.judged(check.kind, check.state, given.verdict, good=given.good)
    for each in person.selves:
        rules.check_judge(each, (check.self_by_id, check.mutual_by_id, check.dedicated_by_id))
    rules.check_count(check.kind, given.pieces, given.nonconforming, good=given.good)
    _name_product(session, check, item_id, lot_id)
    _keep_readings(session, check, given)
    check.state, check.pieces, check.nonconforming = state, given.pieces, given.nonconforming
    check.note = _noted(check.note, given.note)
    for part, value in (("good", given.good), ("by_id", person.id), ("at", now(session))):
        setattr(check, f"{given.verdict}_{part}", value)
    session.flush()
    if state == "failed" and check.kind == "first_piece":
        _ask_again(session, person, check)
    return check


def miss(session: Session, person: Actor, check_id: int, rev: int, *, reason: str | None) -> PieceCheck:
    """Say that an inspection was not done, and why; it is never counted as good.

    Raises Stale, IllegalStep, Invalid, NotFound, NotAllowed.
    """
    check = one_check(session, person, check_id, lock=True)
    missing = step_of(rules.table_of(check.kind), "miss")
    person.need(missing.permission, site_id=check.site_id, unit_path=session.get_one(Unit, check.unit_id).path)
    check_version(check, rev, {"state": missing.to})
    check.state = step(rules.table_of(check.kind), check.state, "miss")
    check.note = _noted(check.note, required(reason, "reason"))
    session.flush()
    return check


def report_pieces(session: Session, person: Actor, check: PieceCheck, *, defect_id: int | None = None,
                  quantity: int | None = None, source: str = "desk") -> Rejection:
    """Report the pieces that an inspection found not good as a rejection: not made, on the unit's own work.

    Only on the wish of whoever judged. Raises Invalid, NotFound, NotAllowed.
    """
    found = quantity or check.nonconforming
    if not found:
        raise Invalid("Nothing was found that could be reported.", "没有可报告的不合格件。", field="quantity")
    return rejections.report(
        session, person, kind="not_made", found_unit_id=check.unit_id, quantity=found, lot_id=check.lot_id,
        item_id=check.item_id, defect_id=defect_id, note=check.note, source=source)


def _name_product(session: Session, check: PieceCheck, item_id: int | None, lot_id: int | None) -> None:
    """Write down which item and lot the pieces are of, where it was open. Raises Invalid."""
    item_id = item_inspected(session, check.site_id, item_id, lot_id)
    for field, value in (("item_id", item_id), ("lot_id", lot_id)):
        held = getattr(check, field)
        if held is not None and value not in (None, held):
            raise Invalid("The inspection is of another item or lot.", "该检验针对其他产品或批次。", field=field)
        if value is not None:
            setattr(check, field, value)
    if check.item_id is None:
        raise Invalid("Say which item the pieces are.", "请选择所检产品。", field="item_id")
    if check.lot_id is not None and session.get_one(Lot, check.lot_id).item_id != check.item_id:
        raise Invalid("The lot is of another item.", "该批次属于其他产品。", field="lot_id")


def _keep_readings(session: Session, check: PieceCheck, given: Verdict) -> None:
    standard = standard_of(session, check, check.item_id)
    characteristics = asked_by(session, standard)
    readings = _readings(check, {c.id: c for c in characteristics}, given)
    bad = {r.piece for r in readings if not r.good}
    if len(bad) > given.nonconforming:
        raise Invalid(f"The readings show {len(bad)} pieces that are not good.", f"读数显示 {len(bad)} 件不合格。",
                      field="nonconforming")
    if given.good and check.state == rules.STEPS.first:
        _check_complete(characteristics, readings, given.pieces)
    check.standard_id = standard.id if standard is not None else None
    session.add_all(readings)


def _readings(check: PieceCheck, known: dict[int, Characteristic], given: Verdict) -> list[PieceReading]:
    """Return the readings as the server judges them. Raises Invalid for one that cannot be."""
    seen: set[tuple[int, int]] = set()
    rows = []
    for result in given.results:
        characteristic = known.get(result.characteristic_id)
        key = (result.characteristic_id, result.piece)
        if characteristic is None or key in seen or not 1 <= result.piece <= given.pieces:
            raise Invalid("A reading is for a piece or characteristic that is not asked for, or is there twice.",
                          "读数所对应的件号或检验项目不在检验范围内或重复。", field=f"c{result.characteristic_id}")
        seen.add(key)
        rows.append(PieceReading(
            check_id=check.id, verdict=given.verdict, characteristic_id=characteristic.id, piece=result.piece,
            value=result.value, good=_is_good(characteristic, result)))
    return rows


def _is_good(characteristic: Characteristic, result: PieceResult) -> bool:
    """Tell whether a result conforms: by the limits where it is a number, by eye where it is not. Raises Invalid."""
    field = f"c{characteristic.id}"
    if characteristic.kind == "attribute":
        if result.value is not None:
            raise Invalid("This is judged good or not good, not by a value.", "此项只判合格与否, 不填数值。",
                          field=field)
        return result.good
    value = result.value
    if value is None or not value.is_finite():
        raise Invalid(f"Piece {result.piece} has no value.", f"第 {result.piece} 件没有数值。", field=field)
    if characteristic.kind == "count" and (value < 0 or value != value.to_integral_value()):
        raise Invalid(f"{value:f} is not a number of faults.", f"{value:f} 不是缺陷数。", field=field)
    return conforms(characteristic.lower, characteristic.upper, value)


def _check_complete(characteristics: Sequence[Characteristic], readings: Sequence[PieceReading], pieces: int) -> None:
    """Raise Invalid when a good first verdict lacks a result."""
    have = {(r.characteristic_id, r.piece) for r in readings}
    for c in characteristics:
        given = sum((c.id, piece) in have for piece in range(1, pieces + 1))
        if given < pieces:
            raise Invalid(f"{c.name_en or c.name_zh}: {given} of {pieces} pieces have a result.",
                          f"{c.name_zh or c.name_en}: {pieces} 件中 {given} 件有结果。", field=f"c{c.id}")


def _noted(held: str | None, more: str | None) -> str | None:
    """Return the note with what is added to it on a line of its own. Raises Invalid when it gets too long."""
    text = "\n".join(part for part in (held, (more or "").strip()) if part)
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"All notes together: at most {LONGEST_NOTE} characters.",
                      f"备注合计最多 {LONGEST_NOTE} 个字符。", field="note")
    return text or None


def _ask_again(session: Session, person: Actor, check: PieceCheck) -> None:
    """Ask for the next first pieces after some were not good: adjust, repeat. A restart goes on waiting for them."""
    due_at = check.due_at if check.stop_id is not None else now(session)
    ask_for(session, person, unit_id=check.unit_id, kind=check.kind, reason=check.reason, due_at=due_at,
            source_key=f"again-{check.id}", item_id=check.item_id, lot_id=check.lot_id, stop_id=check.stop_id)
