"""Knows what pictures of items and defects are for and how a part of one is named; must not know where they lie."""

from typing import NamedTuple

from qms.rules.errors import Invalid
from qms.rules.words import Words

ROLES: dict[str, Words] = {
    "item": Words("Item", "产品图"),
    "ok": Words("Good (OK)", "合格样 (OK)"),
    "ng": Words("Not good (NG)", "不合格样 (NG)"),
}
SAMPLES = ("ok", "ng")
"""Roles that show what is good and what is not."""

MOST = 12
"""Pictures in use that an item, a defect, or a defect on an item has at most."""

MOST_ZONES = 24
WHOLE_SIDE = 1000
SMALLEST_SIDE = 20
"""A frame is measured in thousandths of its picture, and is not too small for a finger."""
LONGEST_ZONE = 60
"""Characters that the zone of a rejection holds, both languages together."""


class Frame(NamedTuple):
    """A rectangle on a picture, in thousandths of its width and height, from the upper left corner."""

    x: int
    y: int
    width: int
    height: int


WHOLE = Frame(0, 0, WHOLE_SIDE, WHOLE_SIDE)


def check_frame(frame: Frame) -> None:
    """Raise Invalid, for the side that is wrong, when a frame is not inside its picture or too small to be hit."""
    for start, side, length in (("x", "width", frame.width), ("y", "height", frame.height)):
        first = getattr(frame, start)
        if not 0 <= first <= WHOLE_SIDE - SMALLEST_SIDE:
            raise Invalid("The frame begins outside the picture.", "框的起点超出图片。", field=start)
        if length < SMALLEST_SIDE:
            raise Invalid(f"The frame is too small: {SMALLEST_SIDE} ‰ at least.", f"框太小: 至少 {SMALLEST_SIDE} ‰。",
                          field=side)
        if first + length > WHOLE_SIDE:
            raise Invalid("The frame ends outside the picture.", "框超出图片。", field=side)


def check_subject(role: str, *, item: bool, defect: bool) -> None:
    """Raise Invalid for a role that is not there, or that a picture of these cannot have."""
    if role not in ROLES:
        raise Invalid(f"There is no role {role}.", f"没有用途 {role}。", field="role")
    if not (item or defect):
        raise Invalid("Say what the picture shows: an item or a defect.", "请说明图片内容: 产品或缺陷。", field="role")
    if role == "item" and (defect or not item):
        raise Invalid("A picture of a defect shows what is good or what is not.", "缺陷图片须为合格样或不合格样。",
                      field="role")


def zone_text(name_zh: str, name_en: str) -> str:
    """Return what a rejection keeps as its zone when this one was pointed at: the same for both languages."""
    return " ".join(dict.fromkeys(part for part in (name_zh, name_en) if part))


def check_zone_names(name_zh: str, name_en: str) -> None:
    """Raise Invalid for a zone without a name, or with names that a rejection cannot hold together."""
    if not (name_zh or name_en):
        raise Invalid("Name the zone.", "请为部位命名。", field="name_zh")
    if len(zone_text(name_zh, name_en)) > LONGEST_ZONE:
        raise Invalid(f"Both names together: at most {LONGEST_ZONE - 1} characters.",
                      f"中英文名称合计最多 {LONGEST_ZONE - 1} 个字符。", field="name_en")
