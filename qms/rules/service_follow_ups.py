"""Knows when a solved internal complaint is looked at again, and by whom not; knows no table. Source: domain.md F.1."""

from qms.rules.errors import Refused
from qms.rules.words import Words

DAYS = (7, 30)
"""Days of the calendar after the confirmation."""

CHANNELS: dict[str, Words] = {
    "visit": Words("Visit on the spot", "现场回访"),
    "call": Words("Call", "电话"),
    "message": Words("Message", "消息"),
}

LISTED: dict[str, Words] = {
    "due": Words("Due", "到期"),
    "planned": Words("Planned", "已计划"),
    "made": Words("Made", "已回访"),
    "dropped": Words("No longer needed", "不再需要"),
}


def check_visitor(*, handled: bool, belongs_to_accused: bool) -> None:
    """Raise Refused (R-32) for who handled the case, or belongs to the unit complained of."""
    if handled or belongs_to_accused:
        raise Refused("R-32", "Whoever handled the complaint, or belongs to the unit complained of, does not make its "
                              "follow-up: it may close the case.", "处理人或被投诉方人员不得回访: 回访可能关闭投诉。")
