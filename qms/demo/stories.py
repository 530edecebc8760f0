"""Knows what happens in the demo plant whatever chance brings, so that every state can be seen; must not know lots."""

from typing import NamedTuple


class Forced(NamedTuple):
    """A fault of the first lot of an item that is begun after a share of the period, or so many days before its end."""

    item: str
    defect: str
    origin: str
    pieces: int
    course: str
    share: float | None = None
    days_left: float = 0.0


FORCED = (
    Forced("SB-210", "E04", "OP50", 4, "decided", share=0.3),
    Forced("SB-210", "E02", "OP50", 5, "held", days_left=12),
    Forced("SB-210", "E04", "OP50", 5, "contested", days_left=9),
    Forced("SB-220", "W01", "OP30", 11, "doubled", share=0.42),
    Forced("SB-220", "L01", "OP60", 20, "late", share=0.2),
    Forced("SB-310", "E03", "OP50", 7, "shipped", share=0.08),
    Forced("SB-310", "P04", "OP20", 6, "usual", share=0.12),
    Forced("SB-310", "W01", "OP30", 14, "half_contained", days_left=7),
    Forced("SB-310", "E03", "OP50", 9, "shipped", share=0.6),
    Forced("CB-410", "W06", "OP130", 3, "doubled", share=0.15),
    Forced("CB-410", "A04", "OP140", 6, "contained", days_left=8),
    Forced("CB-420", "E03", "OP50", 4, "field", share=0.1),
    Forced("CB-420", "W07", "OP130", 4, "held", days_left=8),
    Forced("SB-210", "A02", "OP60", 1, "missed", share=0.5),
)
"""Where several are due for one lot, the first of them is its fate; the others wait for the next lot."""

UNLABELLED = (("OP60", 6, 0.25), ("OP50", 3, 0.66), ("OP60", 8, 1.0))
"""Pieces found without any label: where, how many, after what share of the period (R-02)."""

SERVICE_PARTS = 0.9
"""Share of the period after which service parts are presented over a link that has no standard."""

DRAFTED_AT = 0.96
"""Share of the period after which a revision is drafted that nobody has approved yet."""
