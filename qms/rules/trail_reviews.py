"""Knows what a review of the trail finds and when the next is due (R-46); must not know where reviews are stored."""

from collections.abc import Mapping
from datetime import date, timedelta

from qms.rules.errors import Refused
from qms.rules.words import Words

REVIEW = "trail.review"
REVIEW_DAYS = 31
"""How long after a review the next one is due where the plant sets no other."""

FINDINGS: Mapping[str, Words] = {
    "none": Words("No finding", "无发现"),
    "found": Words("Finding", "有发现"),
}


def check_review(finding: str, said: str | None, first_on: date, last_on: date, today: date) -> None:
    """Raise Refused (R-46) for a review of days to come or of none, and for a finding of which nothing is said."""
    if not first_on <= last_on <= today:
        raise Refused("R-46", "A review covers days that have been: from a first to a last, until today at the latest.",
                      "审查须覆盖已过去的日期: 从起始到截止, 最晚为今天。", field="last_on")
    if finding not in FINDINGS:
        raise Refused("R-46", "Say whether something was found.", "请说明是否有发现。", field="finding")
    if finding == "found" and not (said or "").strip():
        raise Refused("R-46", "Say what was found, and what becomes of it.", "请说明发现的内容和处理措施。",
                      field="said")


def check_due(next_due_on: date, last_on: date, review_days: int) -> None:
    """Raise Refused (R-46) for a next review further away than the plant allows."""
    latest = last_on + timedelta(days=2 * review_days)
    if not last_on < next_due_on <= latest:
        raise Refused("R-46", f"The next review is due after {last_on} and by {latest}.",
                      f"下次审查须在 {last_on} 之后、{latest} 之前。", field="next_due_on")
