"""Knows what the thread of a lot is told in: kinds, entries, what can be missing, the balance; not where it is kept."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from qms.rules.steps import State
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "made": Words("Lots made", "批次形成"),
    "handover": Words("Hand-overs", "工序交接"),
    "shipment": Words("Hand-overs to customers", "交付顾客"),
    "rejection": Words("Rejections", "不合格"),
    "hold": Words("Releases of holds", "解除冻结"),
    "containment": Words("Containment", "围堵"),
    "disposition": Words("Dispositions", "处置"),
    "rework": Words("Rework and re-inspection", "返工与复检"),
    "concession": Words("Concessions", "让步"),
    "scrap": Words("Scrap", "报废"),
    "stop": Words("Calls and stops", "呼叫与停线"),
    "bypass": Words("Bypass tags", "旁路标识"),
    "case": Words("Corrective actions", "纠正措施"),
    "notice": Words("Notices to customers", "通知顾客"),
    "complaint": Words("Customer complaints", "顾客投诉"),
}
"""What the thread is filtered by, in the order of a lot's life."""

VIEWS: dict[str, str] = {
    "made": "chain.view", "handover": "acceptance.view", "shipment": "acceptance.view", "rejection": "rejections.view",
    "hold": "rejections.view", "containment": "rejections.view", "disposition": "dispositions.view",
    "rework": "dispositions.view", "concession": "dispositions.view", "scrap": "dispositions.view",
    "stop": "stops.view", "bypass": "controls.view", "case": "actions.view", "notice": "dispositions.view",
    "complaint": "customers.view",
}
"""The permission by which each kind is shown."""

STATES: dict[str, Words] = {
    "whole": Words("Nothing missing", "无缺失"),
    "gaps": Words("Something is missing", "有缺失"),
    "uneven": Words("Quantities do not add up", "数量不符"),
}

MOST_LOTS = 200
MOST_OF_A_KIND = 1_000
"""How far a thread is followed; what is left out is said on it."""


NOTHING = Words("", "")


class Gap(NamedTuple):
    """What is missing or out of order at an entry, in words, and the rule that asks for it."""

    words: Words
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `table` and `record_id` name its record; `who_id` None: nobody is named."""

    kind: str
    at: datetime
    title: Words
    lot_id: int | None
    table: str = ""
    record_id: int = 0
    state: State | None = None
    text: Words = NOTHING
    who_id: int | None = None
    rules: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Balance:
    """Pieces of one lot. `used` went into other lots; None where one of them does not say how many it took."""

    made: int
    rejected: int
    held: int
    scrapped: int
    conceded: int
    shipped: int
    used: int | None

    @property
    def left(self) -> int | None:
        """Return the pieces made that were not shipped, scrapped or used; below 0: too many were. None: unknown."""
        return None if self.used is None else self.made - self.shipped - self.scrapped - self.used

    @property
    def verdict(self) -> Words:
        """Say whether the pieces add up, or by how much they do not."""
        if self.left is None:
            return Words("Cannot be added up: a lot made of this one does not say how many pieces it took.",
                         "无法核算: 有后代批次未注明取用件数。")
        if self.left < 0:
            return Words(f"Does not add up: {-self.left:,} pieces more went out than were made.",
                         f"数量不符: 去向合计比制造数量多 {-self.left:,} 件。")
        if self.left == 0:
            return Words("Adds up: every piece made was shipped, scrapped or used.",
                         "数量相符: 制造的每一件均已发运、报废或被使用。")
        return Words(f"{self.left:,} pieces were made of which no whereabouts are recorded: they are still here, or a "
                     "record is missing.", f"有 {self.left:,} 件无去向记录: 仍在厂内, 或缺少记录。")

    @property
    def is_wrong(self) -> bool:
        """Tell whether more pieces went out than were made."""
        return self.left is not None and self.left < 0


def joined(*parts: Words | None) -> Words:
    """Return several wordings as one, without the empty ones."""
    said = [part for part in parts if part is not None and part.en]
    return Words("; ".join(part.en for part in said), "; ".join(part.zh for part in said))


def verbatim(text: str | None) -> Words | None:
    """Return what a person wrote, which reads the same in both languages; None for nothing."""
    return Words(text, text) if text else None


def number(text: str) -> Words:
    """Return the number of a record as a wording."""
    return Words(text, text)


def pieces(many: int) -> Words:
    """Say how many pieces."""
    return Words(f"{many:,} pieces", f"{many:,} 件")


def coded(code: str, name: Words) -> Words:
    """Return a code with its name."""
    return Words(f"{code} {name.en}", f"{code} {name.zh}")


def order(*steps: tuple[Words, datetime | None], rule: str = "") -> tuple[Gap, ...]:
    """Return a gap for each step that is dated before the one ahead of it; steps without a date are passed over."""
    dated = [(words, at) for words, at in steps if at is not None]
    return tuple(
        Gap(Words(f"Out of order: {late.en} is dated before {early.en}", f"日期次序有误: {late.zh}早于{early.zh}"),
            rule) for (early, first), (late, second) in pairwise(dated) if second < first)


def passed_over(route: list[int], seen: set[int]) -> list[tuple[int, int]]:
    """Return (operation, the next one on the route that was seen) for each operation that the lot went around.

    An operation behind the last one seen is not owed yet. `seen` holds the units that gave or received the lot.
    """
    found = []
    for position, unit in enumerate(route):
        following = next((later for later in route[position + 1:] if later in seen), None)
        if unit not in seen and following is not None:
            found.append((unit, following))
    return found
