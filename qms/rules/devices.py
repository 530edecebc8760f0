"""Knows when something is wrong with a tablet; must not know how tablets are stored or reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from qms.rules.words import Words

INCIDENTS: dict[str, Words] = {
    "gap": Words("Numbers missing", "编号缺失"),
    "emptied": Words("Outbox emptied", "待发箱被清空"),
    "silent": Words("Silent with records waiting", "有待发记录但失联"),
    "rolled_back": Words("Server lacks what the tablet saw", "服务器缺少平板已见的记录"),
    "other_trail": Words("Trail is not what the tablet saw", "审计追踪与平板所见不符"),
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

WRONG_CODES_PER_ADDRESS = 10
"""Wrong enrolment codes from one address within TRY_WINDOW from which on it has to wait."""
MOST_SPANS = 20
"""Ranges of numbers that one contact is told apart by; what goes beyond is told as one."""
OVERTAKEN_WITHIN = timedelta(seconds=30)
"""Time within which an older state of a tablet may arrive after a newer one, by a slow network."""


def missing(first: int, last: int, here: Iterable[int]) -> list[tuple[int, int]]:
    """Return the ranges of `first` to `last` that are not `here`: numbers that neither we have nor the tablet holds."""
    found, wanted = [], first
    for number in sorted(set(here)):
        if wanted <= number <= last:
            if wanted < number:
                found.append((wanted, number - 1))
            wanted = number + 1
    return [*found, (wanted, last)] if wanted <= last else found


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Join numbers into ranges, both ends included, ascending."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def told(spans: Iterable[tuple[int, int]]) -> str:
    """Write ranges as people read them: 113–117, 120."""
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def sentence(kind: str, *, count: int | None, detail: str | None) -> Words:
    """Say what happened to a tablet. `detail` is what `told` wrote for numbers, else what was noted with the incident.
    """
    n, numbers = count or 0, detail or ""
    if kind == "emptied" and count is None:
        return Words("It began to count anew. What it saved after it was last heard of may be lost.",
                     "它已重新开始计数。上次联系之后保存的记录可能已丢失。")
    said = {
        "gap": Words(f"Records {numbers} are neither here nor on the tablet: {n} missing.",
                     f"记录 {numbers} 既未收到, 也不在平板上: 缺 {n} 条。"),
        "emptied": Words(f"It held {_records(n)} that did not come in and are gone: {numbers or 'numbers unknown'}.",
                         f"曾有 {n} 条待发记录已消失且未收到: {numbers or '编号未知'}。"),
        "silent": Words(f"It holds {_records(n)} and has not been heard of for over 4 hours.",
                        f"尚有 {n} 条待发记录, 已超过4小时没有联系。"),
        "rolled_back": Words(f"It saw the trail up to entry {numbers}, which the server lacks: a backup was restored. "
                             "Tablets send the last 30 days again.",
                             f"平板见过审计追踪第 {numbers} 条, 而服务器没有: 曾从备份恢复。平板将重发近30天的记录。"),
        "other_trail": Words("It kept a checkpoint that is not of this trail's history. Unless a backup was restored, "
                             f"entries were cut off or written anew: have the trail verified. {numbers}",
                             "平板保存的检查点与本审计追踪的历史不符。如未从备份恢复, 则条目被截去或改写: "
                             f"请验证审计追踪。{numbers}"),
        "refused": Words(f"It keeps {_records(n)} that the server refused.", f"有 {n} 条记录被拒, 保留在平板上。"),
        "conflict": Words(f"Another record came under an id that was taken before: {numbers}.",
                          f"同一标识下收到另一条内容不同的记录: {numbers}。"),
        "unparsed": Words(f"{_records(n).capitalize()} could not be read and were kept as they came. The last one: "
                          f"{numbers}.", f"有 {n} 条记录无法读取, 已原样保存。最近一条: {numbers}"),
        "guessing": Words(f"{n} wrong PINs in this plant within an hour.", f"本工厂一小时内有 {n} 次 PIN 错误。"),
    }
    return said.get(kind, Words(numbers, numbers))


def _records(n: int) -> str:
    return f"{n} record" if n == 1 else f"{n} records"


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """An enrolled tablet as a request knows it. `units` are the ids of the operations that it serves."""

    id: int
    public_id: str
    name: str
    site_id: int
    units: tuple[int, ...]
