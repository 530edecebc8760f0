"""How results are judged against a standard and kept as a check with its readings. Knows no decision."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from qms.db import now
from qms.measures.sampling import every_kth_size, full_size, zero_acceptance_size
from qms.models.acceptance import Characteristic, Check, Handover, Reading, Standard
from qms.rules.acceptance import Result, conforms
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.workflows.acceptance_records import asked


@dataclass
class Judged:
    """Results as the server judges them. `missing` and `failed` list characteristics in the order of the standard."""

    readings: list[Reading] = field(default_factory=list)
    missing: list[tuple[Characteristic, int, int]] = field(default_factory=list)
    failed: list[Characteristic] = field(default_factory=list)
    sample: int = 0
    nonconforming: int = 0

    @property
    def good(self) -> bool:
        """Tell whether nothing nonconforming was found in what was looked at."""
        return self.nonconforming == 0


def sample_size(characteristic: Characteristic, quantity: int) -> int:
    """Return how many pieces of a hand-over the characteristic's sampling rule asks for."""
    value = characteristic.sampling_value
    if characteristic.sampling == "zero_acceptance" and value is not None:
        return zero_acceptance_size(quantity, rate=value / 1000, confidence=characteristic.confidence_percent / 100)
    if characteristic.sampling == "every_kth" and value is not None:
        return every_kth_size(quantity, value)
    return full_size(quantity)


def judge(session: Session, standard: Standard, quantity: int, results: Sequence[Result]) -> Judged:
    """Hold results against a standard. `missing` pairs each characteristic with what was given and what is asked.

    A characteristic has failed when more pieces than its accept number, which is 0, are nonconforming.
    Raises Invalid for a result that cannot be.
    """
    by_characteristic: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        by_characteristic[result.characteristic_id].append(result)
    judged = Judged()
    bad_pieces: set[int] = set()
    most = 0
    for characteristic in asked(session, standard.id):
        given = by_characteristic.pop(characteristic.id, [])
        rows = _readings(characteristic, given, quantity)
        covered, bad = sum(r.pieces for r in rows), sum(r.nonconforming for r in rows)
        needed = sample_size(characteristic, quantity)
        if covered < needed:
            judged.missing.append((characteristic, covered, needed))
        if bad > characteristic.accept_number:
            judged.failed.append(characteristic)
        if characteristic.kind == "attribute":
            most = max(most, bad)
        else:
            bad_pieces |= {r.piece for r in rows if not r.good}
        judged.sample = max(judged.sample, covered)
        judged.readings += rows
    if by_characteristic:
        raise Invalid(
            "A result is for a characteristic that the standard in force does not ask for.",
            "结果所对应的特性不在现行标准中。",
        )
    judged.nonconforming = max(most, len(bad_pieces))
    return judged


def keep_check(
    session: Session, person: Actor, handover: Handover, kind: str, judged: Judged, note: str | None = None
) -> Check:
    """Keep judged results as a check of a hand-over."""
    return _keep(
        session,
        person,
        handover,
        kind,
        sample=judged.sample,
        nonconforming=judged.nonconforming,
        note=note,
        readings=judged.readings,
    )


def keep_count(
    session: Session,
    person: Actor,
    handover: Handover,
    kind: str,
    *,
    sample: int,
    nonconforming: int,
    note: str | None = None,
) -> Check:
    """Keep a check of which only the numbers of pieces are known. Raises Invalid."""
    if not 0 < sample <= handover.quantity:
        raise Invalid(
            f"Of {handover.quantity} pieces presented, 1 to {handover.quantity} can be inspected.",
            f"提交 {handover.quantity} 件，检验数须为 1 至 {handover.quantity}。",
            field="sample",
        )
    if not 0 <= nonconforming <= sample:
        raise Invalid(
            "There are not more nonconforming pieces than inspected ones.",
            "不合格数不得大于检验数。",
            field="nonconforming",
        )
    return _keep(session, person, handover, kind, sample=sample, nonconforming=nonconforming, note=note, readings=[])


def _keep(
    session: Session,
    person: Actor,
    handover: Handover,
    kind: str,
    *,
    sample: int,
    nonconforming: int,
    note: str | None,
    readings: list[Reading],
) -> Check:
    check = Check(
        handover_id=handover.id,
        kind=kind,
        person_id=person.id,
        at=now(session),
        sample=sample,
        nonconforming=nonconforming,
        good=nonconforming == 0,
        note=note,
    )
    session.add(check)
    session.flush()
    for reading in readings:
        reading.check_id = check.id
    session.add_all(readings)
    return check


def _readings(characteristic: Characteristic, given: Sequence[Result], quantity: int) -> list[Reading]:
    if characteristic.kind == "attribute":
        return _attribute(characteristic, given, quantity)
    seen: set[int] = set()
    rows = []
    for result in given:
        if not 1 <= result.piece <= quantity or result.piece in seen:
            raise _invalid(
                characteristic,
                f"piece {result.piece} is not one of {quantity}, or is there twice",
                f"第 {result.piece} 件不在 {quantity} 件之内或重复",
            )
        seen.add(result.piece)
        rows.append(_measured(characteristic, result))
    return rows


def _measured(characteristic: Characteristic, result: Result) -> Reading:
    value = result.value
    if value is None or not value.is_finite():
        raise _invalid(characteristic, f"piece {result.piece} has no value", f"第 {result.piece} 件没有数值")
    if characteristic.kind == "count" and (value < 0 or value != value.to_integral_value()):
        raise _invalid(characteristic, f"{value:f} is not a number of faults", f"{value:f} 不是缺陷数")
    good = conforms(characteristic.lower, characteristic.upper, value)
    return Reading(
        characteristic_id=characteristic.id,
        piece=result.piece,
        pieces=1,
        nonconforming=int(not good),
        value=value,
        unit=characteristic.unit,
        good=good,
    )


def _attribute(characteristic: Characteristic, given: Sequence[Result], quantity: int) -> list[Reading]:
    if sum(r.pieces for r in given) > quantity:
        raise _invalid(characteristic, f"more than {quantity} pieces were inspected", f"检验数超过 {quantity} 件")
    rows = []
    for result in given:
        if result.value is not None or result.pieces < 1 or not 0 <= result.nonconforming <= result.pieces:
            raise _invalid(
                characteristic,
                f"{result.nonconforming} of {result.pieces} pieces cannot be",
                f"{result.pieces} 件中不可能有 {result.nonconforming} 件不合格",
            )
        rows.append(
            Reading(
                characteristic_id=characteristic.id,
                piece=result.piece,
                pieces=result.pieces,
                nonconforming=result.nonconforming,
                value=None,
                unit=None,
                good=result.nonconforming == 0,
            )
        )
    return rows


def _invalid(characteristic: Characteristic, en: str, zh: str) -> Invalid:
    name_en = characteristic.name_en or characteristic.name_zh
    name_zh = characteristic.name_zh or characteristic.name_en
    return Invalid(f"{name_en}: {en}.", f"{name_zh}: {zh}。", field=f"c{characteristic.id}")
