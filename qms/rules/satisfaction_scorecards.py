"""Knows what a scorecard compares and by which bands the map is coloured; must not know any figure's source.

Routine performance and perceived satisfaction stand beside each other and are never mixed into one number.
"""

from typing import NamedTuple

from qms.rules.words import Words

DAYS = 84
"""Length of the period shown when none is chosen: twelve whole weeks."""

CHANGES: dict[str, Words] = {
    "better": Words("Better", "改善"),
    "worse": Words("Worse", "变差"),
    "unclear": Words("No clear change", "无明显变化"),
}

COLOURED_BY: dict[str, Words] = {
    "acceptance": Words("First-time acceptance", "首次接收率"),
    "perceived": Words("Perceived satisfaction", "感知满意度"),
}


class Band(NamedTuple):
    """Figures from `least` on belong to it; `tone` is one of the tones of a state pill."""

    least: float
    tone: str
    words: Words


BANDS: dict[str, tuple[Band, ...]] = {
    "acceptance": (
        Band(0.98, "accepted", Words("98 % and more", "98 % 及以上")),
        Band(0.95, "held", Words("95 to below 98 %", "95 % 至 98 % 以下")),
        Band(0.0, "rejected", Words("below 95 %", "低于 95 %")),
    ),
    "perceived": (
        Band(75.0, "accepted", Words("Index 75 and more", "指数 75 及以上")),
        Band(60.0, "held", Words("60 to below 75", "60 至 75 以下")),
        Band(0.0, "rejected", Words("below 60", "低于 60")),
    ),
}
NO_FIGURE = Band(0.0, "void", Words("No figure", "无数据"))
"""Nothing was counted, or what was answered may not be shown. Source of the bands: our own, told on the map."""


def band(by: str, value: float | None) -> Band:
    """Return the band of a figure; NO_FIGURE for None."""
    if value is None:
        return NO_FIGURE
    return next(found for found in BANDS[by] if value >= found.least)


def change(before: tuple[float | None, float | None], now: tuple[float | None, float | None], *,
           higher_is_better: bool = True) -> str | None:
    """Compare two 95 % intervals: a change is told only where they do not overlap; None where one is unknown."""
    if before[0] is None or before[1] is None or now[0] is None or now[1] is None:
        return None
    if now[0] > before[1]:
        return "better" if higher_is_better else "worse"
    if now[1] < before[0]:
        return "worse" if higher_is_better else "better"
    return "unclear"
