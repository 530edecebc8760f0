"""Knows which terms a grant must have: how long an auditor's access lasts, what may be delegated (R-49).

Must not know where grants are stored.
"""

from datetime import date, timedelta

from qms.rules.accounts import Grant
from qms.rules.errors import Invalid, Refused

AUDITOR = "auditor"
AUDITOR_DAYS = 90
"""The longest access of an auditor where the plant sets no other."""
SOON_DAYS = 14
"""An access that ends within so many days is told to administrators."""
NEVER_DELEGATED = frozenset({"admin", AUDITOR})


def check_days(starts_on: date, ends_on: date | None) -> None:
    """Raise Invalid for a last day before the first."""
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("The last day lies before the first.", "结束日期早于开始日期。", field="ends_on")


def check_term(role: str, starts_on: date, ends_on: date | None, longest_days: int) -> None:
    """Raise Refused (R-49) for an auditor's access without a last day, or with one that is too far."""
    if role != AUDITOR:
        return
    if ends_on is None:
        raise Refused("R-49", "An auditor's access has a last day: give one.", "审核员的访问须有截止日期: 请填写。",
                      field="ends_on")
    latest = starts_on + timedelta(days=longest_days)
    if ends_on > latest:
        raise Refused("R-49", f"An auditor's access lasts at most {longest_days} days: until {latest} at the latest.",
                      f"审核员的访问最长 {longest_days} 天: 最晚到 {latest}。", field="ends_on")


def soon(on: date) -> date:
    """Return the last day on which an access that ends counts as ending soon, as seen on a day."""
    return on + timedelta(days=SOON_DAYS)


def check_delegation(held: Grant, *, starts_on: date | None, ends_on: date | None, reason: str | None) -> None:
    """Raise Refused (R-49) for a delegation without days or reason, beyond its grant, or of what is not delegated."""
    if held.behalf_id is not None:
        raise Refused("R-49", "This role was delegated to you: it cannot be passed on.",
                      "此角色是他人委托给您的, 不能转委托。", field="grant_id")
    if held.role in NEVER_DELEGATED:
        raise Refused("R-49", "This role cannot be delegated: an administrator gives it.",
                      "此角色不能委托: 须由系统管理员授予。", field="grant_id")
    for value, field in ((starts_on, "starts_on"), (ends_on, "ends_on")):
        if value is None:
            raise Refused("R-49", "A delegation has a first and a last day.", "委托须有起始日期和截止日期。",
                          field=field)
    if not (reason or "").strip():
        raise Refused("R-49", "A delegation has a reason.", "委托须说明原因。", field="reason")
    if held.ends_on is not None and ends_on is not None and ends_on > held.ends_on:
        raise Refused("R-49", f"You hold this role until {held.ends_on} only.", f"您的此角色只到 {held.ends_on}。",
                      field="ends_on")
