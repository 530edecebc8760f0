"""Knows the words and laws of notices to customers of shipped suspect product; must not know where they are stored.

Source: IATF 16949:2016 8.7.1.6. A customer's clock runs in real hours, not in those of the plant.
"""

from datetime import datetime, timedelta

from qms.rules.errors import IllegalStep, Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

_NOTIFY = "dispositions.notify"
STEPS = StepTable(
    what=Words("Notice to the customer", "顾客通知"), first="due",
    states={
        "due": State(Words("To be told", "待通知"), "rejected"),
        "told": State(Words("Told, detail to follow", "已通知, 待后续报告"), "pending"),
        "followed_up": State(Words("Followed up", "已后续报告"), "accepted"),
        "closed": State(Words("Closed", "已关闭"), "neutral"),
        "void": State(Words("Void", "已作废"), "void"),
    },
    steps=(
        Step("tell", Words("Customer was told", "登记已通知顾客"), ("due",), "told", _NOTIFY),
        Step("follow_up", Words("Detail was sent", "登记后续报告"), ("told",), "followed_up", _NOTIFY),
        Step("close", Words("Customer has answered: close", "顾客已回复, 关闭"), ("followed_up",), "closed", _NOTIFY),
        Step("void", Words("Nothing was shipped: void", "未发运, 作废"), ("due",), "void", _NOTIFY),
    ),
)
STATES = STEPS.words
OPEN = ("due", "told")
"""States in which the case cannot be closed (R-16)."""

CHANNELS: dict[str, Words] = {
    "phone": Words("Phone", "电话"),
    "email": Words("E-mail", "电子邮件"),
    "portal": Words("Customer's portal", "顾客门户网站"),
    "visit": Words("In person", "当面"),
}
SHIPPED = ("in_transit_out", "customer", "field")
"""Places of containment that product has reached which was shipped."""
NOTICE_HOURS = 24
"""Within how many hours after it is known a customer is told, where a site has set nothing else."""
MOST_NOTICE_HOURS = 720


def due_at(known_at: datetime, hours: int = NOTICE_HOURS, asked: int | None = None) -> datetime:
    """Return by when the customer is to be told: within the site's `hours`, or sooner where the customer `asked` so."""
    return known_at + timedelta(hours=hours if asked is None else min(hours, asked))


def is_late(state: str, due: datetime, told_at: datetime | None, now: datetime) -> bool:
    """Tell whether the customer was told too late, or is not told and should have been."""
    return state != "void" and (told_at or now) > due


def check_told(*, told_at: datetime, found_at: datetime, now: datetime) -> None:
    """Raise Invalid for a time of telling that is still to come, or before anything was found."""
    if told_at > now:
        raise Invalid("This time is still to come.", "该时间尚未到来。", field="told_at")
    if told_at < found_at.replace(second=0, microsecond=0):
        raise Invalid("This is before the fault was found.", "该时间早于发现时间。", field="told_at")


def check_customer(customer_id: int | None) -> None:
    """Raise Refused (R-16) when nobody has said which customer was told."""
    if customer_id is None:
        raise Refused("R-16", "Say which customer was told.", "请选择被通知的顾客。", field="customer_id")


def check_void(shipped: int) -> None:
    """Raise IllegalStep while containment, or the place of finding, says that suspect product was shipped."""
    if shipped:
        raise IllegalStep(f"{shipped:,} suspect pieces were shipped by what is known: the customer has to be told.",
                          f"已知有 {shipped:,} 件可疑品已发运: 必须通知顾客。")
