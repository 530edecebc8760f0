"""Knows who may appeal against the answer to an internal complaint, until when, and who decides; knows no table.

Source: domain.md F.1; modelled on ISO 10003:2018. Nobody is worse off for having appealed.
"""

from datetime import datetime

from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

STEPS = StepTable(
    what=Words("Appeal", "申诉"), first="open",
    states={
        "open": State(Words("To be decided", "待裁定"), "pending"),
        "upheld": State(Words("First decision upheld", "维持原决定"), "neutral"),
        "overturned": State(Words("First decision overturned", "推翻原决定"), "rework"),
    },
    steps=(
        Step("uphold", Words("Uphold", "维持"), ("open",), "upheld", "service.review"),
        Step("overturn", Words("Overturn", "推翻"), ("open",), "overturned", "service.review"),
    ),
)
STATES = STEPS.words
LEVELS = 2
"""The first appeal and one further."""

WINDOW_DAYS = 5
"""Working days after a decision in which either party may appeal. Source: domain.md F.1; 2 seen in practice."""

DECIDE_DAYS = 5
"""Working days to decide an appeal."""


def check_window(until: datetime | None, at: datetime) -> None:
    """Raise Refused (R-33) when there is no decision to appeal against, or its window has passed."""
    if until is None:
        raise Refused("R-33", "There is no decision yet to appeal against.", "尚无可申诉的决定。")
    if at > until:
        raise Refused("R-33", "The time to appeal has passed.", "申诉期已过。")


def check_level(level: int) -> None:
    """Raise Refused (R-33) beyond the last level."""
    if level > LEVELS:
        raise Refused("R-33", "Two appeals were decided; there is no further level.", "已裁定两级申诉, 不再受理。")


def check_reviewer(*, took_part: bool, belongs: bool) -> None:
    """Raise Refused (R-33) unless a person is new to the case and of neither unit."""
    if took_part:
        raise Refused("R-33", "You took part in this case or its first decision: someone else decides the appeal.",
                      "您参与过本投诉或原决定: 申诉须由其他人裁定。")
    if belongs:
        raise Refused("R-33", "You belong to one of the two units: someone uninvolved decides.",
                      "您属于双方单元之一: 须由无关人员裁定。")


def check_reasons(text: str | None, field: str) -> str:
    """Return grounds or reasons. Raises Invalid when there are none."""
    told = (text or "").strip()
    if not told:
        raise Invalid("Give the reasons.", "请说明理由。", field=field)
    return told
