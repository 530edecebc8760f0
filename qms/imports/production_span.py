"""Knows what the Span cell of a production log may look like; must not know why it is never trusted."""

import re
from collections.abc import Collection
from datetime import timedelta

from qms.imports.cells import shown
from qms.imports.production_anomalies import anomaly
from qms.rules.errors import Problem

_SPAN = re.compile(r"(\d{1,6}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", re.ASCII)
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b.*|#+|.*\b[AP]M", re.ASCII | re.IGNORECASE)
_TENTHS = re.compile(r"\d{1,3}:\d{2}[.,]\d", re.ASCII)
MINUTE = timedelta(minutes=1)


def span_anomaly(cell: str, measured: Collection[timedelta], line: int, column: str) -> Problem | None:
    """Compare a span HHH:MM with the time between the two stamps; None when it fits or is empty.

    `measured` holds the time on the wall clock and in truth, which differ when the clock was changed between.
    """
    if not cell:
        return None
    found = _SPAN.fullmatch(cell)
    if _DATE.fullmatch(cell) or _TENTHS.fullmatch(cell):
        return anomaly(
            "span_damaged",
            line,
            column,
            f"{shown(cell)} is a span that Excel turned into a date.",
            f"{shown(cell)} 是被 Excel 变成日期的时长。",
        )
    if not found:
        return anomaly(
            "span_unreadable",
            line,
            column,
            f"{shown(cell)} is no span of the form HHH:MM.",
            f"{shown(cell)} 不是 HHH:MM 形式的时长。",
        )
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if any(abs(span - time) < MINUTE for time in measured):
        return None
    true = written(min(measured))
    return anomaly(
        "span_differs",
        line,
        column,
        f"The span says {cell}, the time stamps say {true}.",
        f"时长写 {cell}，按起止时间为 {true}。",
    )


def written(time: timedelta) -> str:
    """Write a duration as HHH:MM, with a minus sign when it is negative."""
    minutes = int(abs(time) // MINUTE)
    return f"{'-' if time < timedelta() else ''}{minutes // 60:03d}:{minutes % 60:02d}"
