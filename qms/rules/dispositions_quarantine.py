"""Knows how quarantine is kept and counted; must not know where its places and counts are stored.

Source: ISO 9001:2015 8.7.1, IATF 16949:2016 8.7.1.3; marked places and a weekly count are shop-floor practice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.rules.errors import Invalid

COUNT_EVERY = timedelta(days=7)
LARGEST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What was counted of one hold. `counted` None: not answered."""

    counted: int | None
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """Something that stands in quarantine and is held nowhere."""

    found_as: str
    counted: int | None
    explanation: str | None = None


def is_due(counted_at: datetime | None, used_since: datetime, now: datetime) -> bool:
    """Tell whether a place was not counted for a week."""
    return (counted_at or used_since) + COUNT_EVERY <= now


def check_place(*, critical: bool, locked: bool, lockable: bool) -> None:
    """Raise Invalid for a critical defect that goes to an open place while the plant has one under lock."""
    if critical and lockable and not locked:
        raise Invalid("A critical defect stands under lock: bring it to a locked place.",
                      "致命缺陷须上锁隔离: 请移入上锁的隔离位置。", field="place_id")


def check_found(expected: Mapping[int, int], found: Mapping[int, Found]) -> int:
    """Return how many holds differ from what the system holds.

    `expected` maps each hold of the place to its pieces. Zero is an answer, blank is not; a difference says why.
    Raises Invalid for the field of the first hold that lacks an answer or its explanation.
    """
    differing = 0
    for hold_id, pieces in expected.items():
        answer = found.get(hold_id)
        if answer is None or answer.counted is None or not 0 <= answer.counted <= LARGEST:
            raise Invalid("Count every hold; zero is an answer, blank is not.", "每项都须盘点; 零是答案, 空白不是。",
                          field=f"counted-{hold_id}")
        if answer.counted != pieces:
            differing += 1
            if not answer.explanation:
                raise Invalid(f"{answer.counted} found, {pieces} held: say why they differ.",
                              f"盘点 {answer.counted}, 账面 {pieces}: 请说明差异原因。", field=f"why-{hold_id}")
    return differing


def check_extras(extras: Sequence[Extra]) -> None:
    """Raise Invalid for an extra find without pieces or an explanation, by its position in the form."""
    for position, extra in enumerate(extras):
        if extra.counted is None or not 0 < extra.counted <= LARGEST:
            raise Invalid("How many pieces were found?", "发现多少件?", field=f"extra-counted-{position}")
        if not extra.explanation:
            raise Invalid("Say what is done with what is held nowhere.", "请说明账外物品如何处理。",
                          field=f"extra-why-{position}")
