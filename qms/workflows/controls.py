"""What is done with process controls and bypasses, by one name. Each part is kept in a module of its own."""

from qms.workflows.controls_bypassing import close, end, review, review_lot, start, tag, verify
from qms.workflows.controls_clock import notice_missed
from qms.workflows.controls_editing import (
    add,
    approve_alternate,
    draft_alternate,
    edit,
    look_through,
    withdraw_alternate,
)
from qms.workflows.controls_records import one, one_bypass
from qms.workflows.controls_testing import record_test

__all__ = [
    "add",
    "approve_alternate",
    "close",
    "draft_alternate",
    "edit",
    "end",
    "look_through",
    "notice_missed",
    "one",
    "one_bypass",
    "record_test",
    "review",
    "review_lot",
    "start",
    "tag",
    "verify",
    "withdraw_alternate",
]
