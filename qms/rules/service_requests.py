"""Knows the words and laws of requests between units: steps, the clock with its pauses; must not know their storage.

The clock runs in plant hours from the moment of asking. A pause takes its own plant hours out; a hand-over to another
provider or a reopening takes nothing out.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.rules.chain_calendar import Hours, due, worked
from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

STEPS = StepTable(
    what=Words("Request", "服务请求"), first="asked",
    states={
        "asked": State(Words("Asked", "已提出"), "pending"),
        "taken": State(Words("In hand", "办理中"), "held"),
        "paused": State(Words("Paused", "暂停"), "neutral"),
        "done": State(Words("Done, to be confirmed", "已完成, 待确认"), "rework"),
        "confirmed": State(Words("Confirmed", "已确认"), "accepted"),
        "reopened": State(Words("Reopened", "重新打开"), "rejected"),
        "unanswered": State(Words("Closed without answer", "未答复关闭"), "void"),
        "refused": State(Words("Refused", "已拒绝"), "rejected"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
    },
    steps=(
        Step("take", Words("Take on", "受理"), ("asked", "reopened"), "taken", "service.serve"),
        Step("finish", Words("Done", "完成"), ("taken",), "done", "service.serve"),
        Step("pause", Words("Pause the clock", "暂停计时"), ("taken",), "paused", "service.serve"),
        Step("resume", Words("Resume", "恢复计时"), ("paused",), "taken", "service.serve"),
        Step("pass_on", Words("Hand over to another provider", "转交其他提供方"), ("asked", "taken", "reopened"),
             "asked", "service.serve"),
        Step("refuse", Words("Refuse", "拒绝"), ("asked", "taken"), "refused", "service.serve"),
        Step("confirm", Words("Confirm and rate", "确认并评价"), ("done",), "confirmed", "service.request"),
        Step("reopen", Words("Reopen", "重新打开"), ("done", "unanswered"), "reopened", "service.request"),
        Step("withdraw", Words("Withdraw", "撤回"), ("asked", "taken", "paused", "reopened"), "withdrawn",
             "service.request"),
        Step("lapse", Words("Nobody answered", "逾期未答复"), ("done",), "unanswered", "service.request"),
    ),
)
STATES = STEPS.words

BY_ITSELF = frozenset({"lapse"})
"""Steps that the clock takes; nobody has a button for them."""
RUNNING = ("asked", "taken", "paused", "reopened")
"""States in which the provider still has something to do."""
TO_CONFIRM = "done"
COUNTING = ("asked", "taken", "reopened")
"""States in which the clock runs."""

REASONS: dict[str, Words] = {
    "asker": Words("Waiting for who asked", "等待提出方"),
    "material": Words("Waiting for material", "等待物料"),
    "outside": Words("Waiting for somebody outside", "等待外部"),
}

OUTCOMES: dict[str, Words] = {
    "kept": Words("Kept", "已兑现"),
    "missed": Words("Missed", "未兑现"),
}

VERDICTS: dict[str, Words] = {
    "clock": Words("by the clock", "按计时"),
    "asker": Words("by who asked", "由提出方判定"),
    "import": Words("as imported", "随导入数据"),
}

LISTED: dict[str, Words] = {
    "open": Words("Open", "未完成"),
    "late": Words("Late or missed", "逾期或未兑现"),
    "kept": Words("Kept", "已兑现"),
    "passed": Words("Handed over", "曾转交"),
    "again": Words("Reopened", "曾重新打开"),
}
"""What the register can be narrowed to besides a state."""

SILENT_DAYS = 7
"""Days of silence after which what is done is closed without answer. Source: our own."""

RATINGS: dict[str, Words] = {
    "5": Words("5 very satisfied", "5 非常满意"),
    "4": Words("4 satisfied", "4 满意"),
    "3": Words("3 neither", "3 一般"),
    "2": Words("2 dissatisfied", "2 不满意"),
    "1": Words("1 very dissatisfied", "1 非常不满意"),
}


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stood; `ended_at` None: it stands now."""

    started_at: datetime
    ended_at: datetime | None


def spent(hours: Hours, asked_at: datetime, at: datetime, pauses: Iterable[Pause]) -> timedelta:
    """Return the plant time between asking and an instant, without that of the pauses. Pauses do not overlap."""
    stood = (worked(hours, p.started_at, min(p.ended_at or at, at)) for p in pauses if p.started_at < at)
    return worked(hours, asked_at, at) - sum(stood, timedelta())


def due_at(hours: Hours, asked_at: datetime, minutes: int, pauses: Collection[Pause]) -> datetime | None:
    """Return when a promise runs out, every pause so far taken out; None while the clock stands.

    Raises ValueError where the plant does not work that long within a year.
    """
    if any(pause.ended_at is None for pause in pauses):
        return None
    stood = sum((worked(hours, p.started_at, p.ended_at) for p in pauses if p.ended_at), timedelta())
    return due(hours, asked_at, minutes / 60 + stood.total_seconds() / 3600)


def is_kept(hours: Hours, asked_at: datetime, done_at: datetime, minutes: int, pauses: Iterable[Pause]) -> bool:
    """Tell whether a promise of so many plant minutes was kept."""
    return spent(hours, asked_at, done_at, pauses) <= timedelta(minutes=minutes)


def check_pause(reason: str, *, pausable: bool) -> None:
    """Raise Invalid for a pause that the commitment does not allow, or for a reason that is not on the list."""
    if not pausable:
        raise Invalid("This commitment does not let the clock stand.", "此承诺不允许暂停计时。")
    if reason not in REASONS:
        raise Invalid(f"There is no reason {reason}.", f"没有暂停原因 {reason}。", field="reason")


def check_asking_side(person_id: int, served_by: Collection[int]) -> None:
    """Raise Refused (R-32) for someone who judges, as asker, what they served themselves."""
    if person_id in served_by:
        raise Refused("R-32", "Whoever served a request does not confirm, rate or reopen it: the asking unit does.",
                      "办理人不得确认、评价或重新打开自己办理的请求, 须由提出方进行。")


def check_rating(rating: int, words: str, *, quality: bool, met: bool | None) -> None:
    """Raise Invalid for a rating that is none, a bad one without words, or an unanswered question of quality."""
    if not 1 <= rating <= 5:
        raise Invalid("Rate from 1 to 5.", "评分为 1 至 5。", field="rating")
    if rating < 3 and not words.strip():
        raise Invalid("Say what was not good.", "请说明不满意之处。", field="words")
    if quality and met is None:
        raise Invalid("Say whether the promised quality was kept.", "请判定质量承诺是否兑现。", field="met")
    if not quality and met is not None:
        raise Invalid("A promise of time is judged by the clock.", "时限承诺由计时判定。", field="met")
