"""Knows which measures may be held beside each other, and at which lags; must not know any series.

A lag is said beforehand: whoever looks for the one that fits best finds one, whether there is anything or not. With
four lags, two unrelated series that swing look associated in about three cases of ten. Source: R-39.
"""

from collections.abc import Sequence

from qms.rules.errors import Invalid
from qms.rules.review_measures import MEASURES, Measure

MOST_LAG = 12
MOST_ALSO = 3
"""So many other lags may be shown; each is paid for by a correction that makes all of them less sure."""

INNER: dict[str, Measure] = {
    code: one for code, one in MEASURES.items() if not one.outer and "customer" in one.parts}
OUTER: dict[str, Measure] = {code: one for code, one in MEASURES.items() if one.outer and "customer" in one.parts}


def check_measures(inner: str, outer: str) -> None:
    """Raise Invalid for measures that cannot be held beside each other."""
    if inner not in INNER:
        raise Invalid("This is no internal measure of what leads to a customer.", "这不是通往顾客的内部指标。",
                      field="inner")
    if outer not in OUTER:
        raise Invalid("This is no measure of an outside customer.", "这不是外部顾客的指标。", field="outer")


def check_lags(lag: int, also: Sequence[int]) -> None:
    """Raise Invalid for lags that cannot be tried."""
    if not 0 <= lag <= MOST_LAG:
        raise Invalid(f"A lag is 0 to {MOST_LAG} months.", f"滞后须为 0 至 {MOST_LAG} 个月。", field="lag")
    if not all(0 <= one <= MOST_LAG for one in also):
        raise Invalid(f"A lag is 0 to {MOST_LAG} months.", f"滞后须为 0 至 {MOST_LAG} 个月。", field="also")
    if len({lag, *also}) != len(also) + 1:
        raise Invalid("A lag is named twice.", "滞后重复。", field="also")
    if len(also) > MOST_ALSO:
        raise Invalid(f"At most {MOST_ALSO} other lags: each one tried makes all of them less sure.",
                      f"最多另显示 {MOST_ALSO} 种滞后: 每多试一种, 所有结果就更不可靠。", field="also")


def read_lags(text: str) -> list[int]:
    """Return lags written with commas or blanks, in order. Raises Invalid."""
    parts = text.replace(",", " ").replace("\uff0c", " ").replace("、", " ").split()
    if not all(part.isdecimal() and part.isascii() and len(part) < 3 for part in parts):
        raise Invalid("Write whole months with commas, as 0, 2.", "请用逗号分隔整月数, 如 0, 2。", field="also")
    return sorted(int(part) for part in parts)


def kept_lags(lags: Sequence[int]) -> str:
    """Return lags as they are stored."""
    return ",".join(str(lag) for lag in lags)
