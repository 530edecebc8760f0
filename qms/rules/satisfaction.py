"""Knows the words and laws of surveys: kinds, states, scales, thresholds; must not know where they are stored.

Source: ISO 9001:2015 9.1.2; ISO 10004:2018; shared rules R-37 and R-38.
"""

import re
from collections.abc import Mapping
from datetime import date

from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "internal": Words("Internal customers, over links", "内部客户 (按链接)"),
    "customers": Words("Outside customers", "外部顾客"),
}

STEPS = StepTable(
    what=Words("Survey", "满意度调查"), first="draft",
    states={
        "draft": State(Words("Draft", "草稿"), "neutral"),
        "open": State(Words("Open for answers", "答题中"), "pending"),
        "closed": State(Words("Closed, not published", "已截止, 未发布"), "held"),
        "published": State(Words("Published", "已发布"), "accepted"),
        "actions": State(Words("Actions decided", "已定措施"), "accepted"),
    },
    steps=(
        Step("edit", Words("Edit", "编辑"), ("draft",), None, "satisfaction.survey"),
        Step("open", Words("Open for answers", "开放答题"), ("draft",), "open", "satisfaction.survey"),
        Step("invite", Words("Make token links", "生成答题链接"), ("open",), None, "satisfaction.survey"),
        Step("kiosk", Words("Start a kiosk", "开启答题台"), ("open",), None, "satisfaction.kiosk"),
        Step("remind", Words("Remind", "提醒"), ("open",), None, "satisfaction.survey"),
        Step("close", Words("Close", "截止"), ("open",), "closed", "satisfaction.survey"),
        Step("scrub", Words("Take names out of comments", "删去意见中的姓名"), ("closed",), None,
             "satisfaction.survey"),
        Step("publish", Words("Publish", "发布"), ("closed",), "published", "satisfaction.survey"),
        Step("decide", Words("Say what is done about it", "登记后续措施"), ("published", "actions"), "actions",
             "satisfaction.survey"),
    ),
)
STATES = STEPS.words
SHOWN = frozenset({"published", "actions"})
"""States in which results may be read."""

SCALE: dict[int, Words] = {
    5: Words("Very satisfied", "非常满意"),
    4: Words("Satisfied", "满意"),
    3: Words("Neither", "一般"),
    2: Words("Dissatisfied", "不满意"),
    1: Words("Very dissatisfied", "非常不满意"),
}
IMPORTANCE: dict[int, Words] = {
    5: Words("Decisive", "至关重要"),
    4: Words("Important", "重要"),
    3: Words("Middling", "一般"),
    2: Words("Minor", "次要"),
    1: Words("Unimportant", "不重要"),
}
UNKNOWN = Words("No contact / don't know", "无接触/不了解")
NONE_GIVEN = "dk"
"""How "no contact / don't know" is kept: never a number, so that it never enters one."""

FLOOR, USUAL, COMMENTS = 3, 5, 10
"""Lowest and usual threshold of a cell, and threshold of comments (R-37)."""
WEAK_RATE = 0.5
"""Response rate below which a result stands on a weak basis. Source: shared reference F.2."""
ENDING_DAYS = 3
"""Days before the last day from which few answers are told to whoever runs the survey."""
MOST_PLACES = 5000
MOST_COMMENT = 1000
MOST_QUESTIONS = 30

LEVELS: dict[str, Words] = {
    "total": Words("All", "合计"),
    "workshop": Words("Workshop", "车间"),
    "provider": Words("Unit as provider", "单元 (提供方)"),
    "customer": Words("Unit as customer", "单元 (客户方)"),
    "link": Words("Link", "链接"),
    "outside": Words("Outside customer", "外部顾客"),
}
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,19}")


def check_threshold(threshold: int, *, attributed: bool, kind: str) -> None:
    """Raise Refused (R-37) for a threshold below the floor, or for answers under a name inside the company."""
    if threshold < FLOOR:
        raise Refused("R-37", f"At least {FLOOR} answers stand behind every figure that is shown.",
                      f"任何公布的数值至少由 {FLOOR} 份答卷支撑。", field="threshold")
    if attributed and kind == "internal":
        raise Refused("R-37", "Internal surveys are anonymous: answers are not shown under a name.",
                      "内部调查均为匿名: 答案不具名公布。", field="attributed")


def check_dates(opens_on: date, closes_on: date) -> None:
    """Raise Invalid for a survey that ends before it begins."""
    if closes_on < opens_on:
        raise Invalid("It closes on the day it opens, or later.", "截止日期不得早于开放日期。", field="closes_on")


def check_places(places: int) -> None:
    """Raise Invalid for a number of invited places that cannot be."""
    if not 1 <= places <= MOST_PLACES:
        raise Invalid(f"Invite 1 to {MOST_PLACES} people.", f"邀请人数为 1 至 {MOST_PLACES}。", field="places")


def check_published(state: str) -> None:
    """Raise Refused (R-37) for results that are asked for before they are published."""
    if state not in SHOWN:
        raise Refused("R-37", "Results are shown once the survey is closed and published, and never before.",
                      "结果在调查截止并发布后才显示, 此前一律不显示。")


def check_code(code: str) -> str:
    """Return the code of a question as it is kept. Raises Invalid."""
    given = code.strip().upper()
    if not _CODE.fullmatch(given):
        raise Invalid("A code is a letter, then letters, digits or _.", "题号以字母开头, 由字母、数字或 _ 组成。",
                      field="code")
    return given


def asked(number: str, name_en: str, name_zh: str, closes_on: date) -> tuple[Words, Words]:
    """Return the subject and text of the mail by which leaders are reminded."""
    return (Words(f"{number}: please let your people answer", f"{number}: 请安排本单元人员答题"),
            Words(f"The survey {name_en} waits for answers from your unit until {closes_on}. Answers are anonymous: "
                  "nobody can see who answered or what.",
                  f"满意度调查《{name_zh}》正等待本单元答题, 截止 {closes_on}。答题匿名: 无人能看到谁答了或答了什么。"))


def is_weak(responded: int, invited: int, threshold: int) -> bool:
    """Tell whether a result stands on a weak basis: few of those invited answered, or few at all."""
    return responded < threshold or not invited or is_few(responded, invited)


def is_few(responded: int, invited: int) -> bool:
    """Tell whether fewer of those invited have answered than a result stands on soundly."""
    return responded < WEAK_RATE * invited


def allowed_values(kind: str) -> frozenset[int]:
    """Return the answers that a question of a kind takes."""
    return frozenset(range(11)) if kind == "recommend" else frozenset(SCALE)


def check_answers(kinds: Mapping[str, str], importance: bool, given: Mapping[str, object]) -> dict[str, int | str]:
    """Return answers by question as they are kept; what was not answered is left out.

    `kinds` maps the code of each question to its kind; importance is kept under `<code>.w`. Raises Invalid.
    """
    kept: dict[str, int | str] = {}
    for key, value in given.items():
        code, _, weight = key.partition(".")
        kind = kinds.get(code)
        if kind is None or kind == "open" or (weight and (weight != "w" or not importance or kind != "rating")):
            raise Invalid("This survey has no such question.", "本调查没有这道题。", field=key)
        if value in (None, ""):
            continue
        if value == NONE_GIVEN and not weight:
            kept[key] = NONE_GIVEN
        elif isinstance(value, int) and not isinstance(value, bool) and value in allowed_values(kind):
            kept[key] = value
        else:
            raise Invalid("Choose one of the answers.", "请选择一个选项。", field=key)
    if not any("." not in key for key in kept):
        raise Invalid("Answer at least one question.", "请至少回答一题。")
    return kept
