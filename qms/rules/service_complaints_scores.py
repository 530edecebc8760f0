"""Knows which internal complaints count in scores, and what a person should look at first; knows no table.

Source: domain.md E.5, the no-blame rule set: nothing here is decided without a person.
"""

from qms.rules.errors import Invalid, Refused
from qms.rules.words import Words

FLAGS: dict[str, Words] = {
    "swap": Words("The two units complain of each other about equally", "两单元相互投诉数量接近"),
    "flood": Words("Many complaints of this unit in one day", "该单元一天内投诉过多"),
}
CONCLUSIONS: dict[str, Words] = {
    "genuine": Words("Genuine: counts", "属实, 计入"),
    "set_aside": Words("Set aside: does not count", "搁置, 不计入"),
}

SWAP_DAYS, SWAP_LEAST = 30, 2
"""Within so many days each of two units filed so many on the other, and neither more than one above the other."""

FLOOD_PER_DAY = 5
"""Complaints of one unit in a day that need no second look."""

NOT_COUNTED = ("refused", "withdrawn")


def flags(*, ours: int, theirs: int, today: int) -> list[str]:
    """Return what to look at when a complaint is filed; `ours` and `today` count it too."""
    found = []
    if min(ours, theirs) >= SWAP_LEAST and abs(ours - theirs) <= 1:
        found.append("swap")
    if today > FLOOD_PER_DAY:
        found.append("flood")
    return found


def counts(*, state: str, frozen: bool, repeat: bool, set_aside: bool, answered: bool) -> bool:
    """Tell whether a complaint counts against the unit complained of (R-33, R-34).

    Not while an appeal is open or before it was answered; not when it was not accepted, withdrawn, the same again, or
    set aside by a person.
    """
    return answered and not (frozen or repeat or set_aside or state in NOT_COUNTED)


def check_conclusion(conclusion: str, *, took_part: bool, belongs: bool) -> None:
    """Raise Invalid for an unknown conclusion, Refused (R-33) for someone who has to do with the case."""
    if conclusion not in CONCLUSIONS:
        raise Invalid("Choose a conclusion.", "请选择结论。", field="conclusion")
    if took_part or belongs:
        raise Refused("R-33", "You have to do with this case: someone uninvolved looks at it.",
                      "您与本投诉有关: 须由无关人员查看。")
