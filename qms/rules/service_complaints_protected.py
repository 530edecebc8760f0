"""Knows the kinds and steps of protected reports (R-35); must not know where they are stored.

A protected report tells of retaliation or pressure. Only who holds service.protect reads it, and each look is written
down; whoever reported follows it by its receipt. It is no complaint and counts in no score. Source: domain.md E.5 (5).
"""

from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

PROTECT = "service.protect"

STEPS = StepTable(
    what=Words("Protected report", "受保护举报"), first="received",
    states={
        "received": State(Words("Received", "已收到"), "pending"),
        "looking": State(Words("Being looked into", "调查中"), "rework"),
        "closed": State(Words("Closed with an answer", "已答复关闭"), "neutral"),
    },
    steps=(
        Step("look_into", Words("Look into it", "开始调查"), ("received",), "looking", PROTECT),
        Step("close", Words("Answer and close", "答复并关闭"), ("received", "looking"), "closed", PROTECT),
    ),
)
STATES = STEPS.words

KINDS: dict[str, Words] = {
    "retaliation": Words("Retaliation for a report or complaint", "因举报或投诉受到报复"),
    "pressure": Words("Pressure not to report", "被要求不报告"),
    "unfair": Words("Unfair treatment for quality reasons", "因质量问题受到不公对待"),
    "other": Words("Other", "其他"),
}

TABLES = frozenset({"protected_reports", "protected_looks"})
"""Tables whose entries in the trail are read only by who holds service.protect."""


def check_kind(kind: str) -> None:
    """Raise Invalid for an unknown kind."""
    if kind not in KINDS:
        raise Invalid("Choose what it is about.", "请选择举报类型。", field="kind")


def check_handler(*, reported: bool) -> None:
    """Raise Refused (R-35) for who would handle their own report."""
    if reported:
        raise Refused("R-35", "You made this report: someone else handles it.", "您是举报人: 须由其他人处理。")
