"""Knows when something is wrong with a tablet; must not know how tablets are stored or reached."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from qms.rules.words import Words

INCIDENTS: dict[str, Words] = {
    "gap": Words("Numbers missing", "编号缺失"),
    "emptied": Words("Outbox emptied", "待发箱被清空"),
    "silent": Words("Silent with records waiting", "有待发记录但失联"),
    "rolled_back": Words("Server lacks what the tablet saw", "服务器缺少平板已见的记录"),
    "refused": Words("Record refused and kept on the tablet", "记录被拒并保留在平板"),
    "unparsed": Words("Unreadable record received", "收到无法读取的记录"),
    "conflict": Words("Another body under a known id", "同一标识下内容不同"),
    "guessing": Words("Many wrong PINs", "多次 PIN 错误"),
}
"""What a person has to look at about a tablet."""

SILENT_AFTER = timedelta(hours=4)
OFFLINE_AFTER = timedelta(minutes=6)
"""A tablet says something at least every five minutes."""
ENROL_WITHIN = timedelta(minutes=15)
KEY_LASTS = timedelta(days=400)
KEY_ROTATED_AFTER = timedelta(days=30)

PIN_LENGTH = 6
TRIES_PER_PERSON = 5
TRIES_PER_PERSON_A_DAY = 20
TRIES_PER_DEVICE_A_DAY = 60
TRIES_PER_PLANT_AN_HOUR = 30
"""Wrong PINs in the whole plant within an hour from which on the leaders are alarmed."""
TRY_WINDOW = timedelta(minutes=15)
IDLE_MINUTES = 10
"""A sign-in at a tablet ends after so long without a touch."""


def missing(last_seq: int, known: Collection[int], waiting: Collection[int]) -> list[tuple[int, int]]:
    """Return the ranges (first, last) of numbers given by a tablet that neither we have nor it still holds."""
    here = set(known) | set(waiting)
    return ranges(n for n in range(1, last_seq + 1) if n not in here)


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Join ascending numbers into ranges, both ends included."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """An enrolled tablet as a request knows it. `units` are the ids of the operations that it serves."""

    id: int
    public_id: str
    name: str
    site_id: int
    units: tuple[int, ...]
