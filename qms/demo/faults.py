"""Knows how often which fault is made in the demo plant, and how that changes over the months; must not know lots.

Two stories are told. Spot welding deteriorates in month 4, when electrodes are dressed too late, and is mended in
month 5. Threads are clogged by paint, which nobody gauges before the customer does, until final inspection gets a
gauge. Besides, coating reports next to nothing of its own work in the last weeks, while as much is found after it.
"""

from typing import NamedTuple

GAUGE_FROM = 0.73
"""Share of the period after which final inspection gauges threads."""

DIP = (0.82, 0.98)
DIP_UNITS = frozenset({"OP50"})
WORSE = (0.5, 0.67)
MENDED = 0.69

SELF_FOUND = 0.45
SELF_FOUND_IN_DIP = 0.03
SEEN = 0.92
"""Chance that a check finds a fault for which it was planned."""

SEEN_BY_CHANCE = 0.04
COMPLAINED = 0.75
"""Chance that a customer complains of a fault that reached the line there."""

OWN_WORK = 0.08
"""Chance that a lot brings a fault which the operation finds on its own work at once."""

CAMPAIGN, OWN_WORK_IN_CAMPAIGN = 0.95, 0.3
"""In the last weeks a quality month asks everyone to report more."""


class Fault(NamedTuple):
    """How often a unit makes a defect: chance per lot, mean pieces, items (empty: all), factor from start to end."""

    defect: str
    chance: float
    pieces: float = 3.0
    items: tuple[str, ...] = ()
    trend: float = 1.0


_THREADED = ("SB-310", "CB-420")

MADE: dict[str, tuple[Fault, ...]] = {
    "S01": (Fault("M01", 0.04, 60, ("RM-510",)), Fault("M02", 0.03, 200), Fault("M05", 0.02, 400)),
    "S02": (Fault("M03", 0.06, 40),),
    "S03": (Fault("M04", 0.06, 12, trend=1.8), Fault("M05", 0.02, 100)),
    "OP10": (Fault("B01", 0.026, 6), Fault("B02", 0.014, 4), Fault("B03", 0.002, 2)),
    "OP20": (Fault("P01", 0.007, 2), Fault("P02", 0.014, 4, trend=0.5), Fault("P03", 0.02, 6, trend=0.4),
             Fault("P04", 0.022, 5, trend=0.6), Fault("P05", 0.01, 3)),
    "OP30": (Fault("W01", 0.028, 6), Fault("W03", 0.01, 2), Fault("W04", 0.02, 6), Fault("W02", 0.006, 2),
             Fault("W05", 0.007, 1)),
    "OP50": (Fault("E01", 0.022, 8), Fault("E02", 0.014, 4), Fault("E04", 0.024, 3, trend=1.4),
             Fault("E03", 0.11, 5, _THREADED), Fault("E03", 0.02, 3, ("CB-410",)), Fault("L01", 0.01, 20, _THREADED)),
    "OP60": (Fault("A01", 0.004, 2), Fault("A02", 0.01, 2), Fault("A03", 0.016, 4, trend=0.6),
             Fault("L01", 0.012, 20), Fault("L02", 0.012, 2)),
    "OP110": (Fault("T01", 0.026, 5, trend=1.6), Fault("T02", 0.018, 6)),
    "OP120": (Fault("T03", 0.032, 5), Fault("T04", 0.016, 5)),
    "OP130": (Fault("W06", 0.036, 4), Fault("W07", 0.018, 3), Fault("W04", 0.012, 5)),
    "OP140": (Fault("A04", 0.026, 3), Fault("A02", 0.006, 1), Fault("L02", 0.012, 2)),
    "OP80": (Fault("L02", 0.012, 3), Fault("L01", 0.006, 10)),
}


def chance(unit: str, fault: Fault, share: float) -> float:
    """Return the chance that a lot gets a fault at a unit when a share of the period has passed."""
    made = fault.chance * (1 + (fault.trend - 1) * share)
    if unit == "OP30" and fault.defect == "W01":
        made *= _electrodes(share)
    if unit == "OP50" and fault.defect == "E03" and share > GAUGE_FROM + 0.1:
        made *= 0.4
    if unit in DIP_UNITS and DIP[0] <= share < DIP[1]:
        made *= 1.3
    return made


def usual(unit: str, item: str, share: float) -> list[Fault]:
    """Return the faults that a unit may bring to an item by then; what was mended is not among them."""
    return [f for f in MADE[unit] if (not f.items or item in f.items) and chance(unit, f, share) > 0]


def self_found(unit: str, share: float) -> float:
    """Return the chance that a unit finds and reports its own fault before it hands over."""
    return SELF_FOUND_IN_DIP if in_dip(unit, share) else SELF_FOUND


def own_work(unit: str, share: float) -> float:
    """Return the chance that a unit reports a fault of its own work on a lot, over and above what it hands on."""
    if in_dip(unit, share):
        return 0.0
    return OWN_WORK_IN_CAMPAIGN if share >= CAMPAIGN else OWN_WORK


def in_dip(unit: str, share: float) -> bool:
    """Tell whether a unit is in the weeks in which it reports less than it finds."""
    return unit in DIP_UNITS and DIP[0] <= share < DIP[1]


def _electrodes(share: float) -> float:
    """Return how much more often spots are cold: electrodes wear from month 4 on; never once they are mended."""
    if share < WORSE[0]:
        return 1.0
    if share < WORSE[1]:
        return 10.0 + 24.0 * (share - WORSE[0]) / (WORSE[1] - WORSE[0])
    return 6.0 if share < MENDED else 0.0
