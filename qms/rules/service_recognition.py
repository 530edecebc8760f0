"""Knows why units and people are recognised, and how suggestions go; must not know where they are stored.

Recognised are solved causes and honest self-reports, never the number of complaints; never with money (R-35).
Source: domain.md E.5, the no-blame rule set (6).
"""

from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

RECOGNISE, COMPLAIN = "service.recognise", "service.complain"
MOST_POINTS = 100

KINDS: dict[str, Words] = {
    "solved_cause": Words("Solved cause", "根治原因"),
    "self_report": Words("Honest self-report", "诚实自报"),
}
SELF_REPORTS = ("not_made", "not_passed_on")
"""Kinds of rejections that people report of their own work."""

RECOGNITION = StepTable(
    what=Words("Recognition", "表彰"), first="proposed",
    states={
        "proposed": State(Words("Proposed", "已提名"), "pending"),
        "approved": State(Words("Recognised", "已表彰"), "accepted"),
        "declined": State(Words("Declined", "未通过"), "void"),
    },
    steps=(
        Step("consent", Words("Agree to be named", "同意公布姓名"), ("proposed",), None, "service.view"),
        Step("approve", Words("Approve", "批准"), ("proposed",), "approved", RECOGNISE),
        Step("decline", Words("Decline", "不批准"), ("proposed",), "declined", RECOGNISE),
    ),
)

SUGGESTION = StepTable(
    what=Words("Suggestion", "改善建议"), first="filed",
    states={
        "filed": State(Words("To be evaluated", "待评价"), "pending"),
        "trial": State(Words("On trial", "试行"), "rework"),
        "adopted": State(Words("Adopted", "已采纳"), "held"),
        "not_adopted": State(Words("Not adopted", "未采纳"), "void"),
        "done": State(Words("In place", "已实施"), "accepted"),
    },
    steps=(
        Step("try_out", Words("Try it out", "试行"), ("filed",), "trial", RECOGNISE),
        Step("adopt", Words("Adopt", "采纳"), ("filed", "trial"), "adopted", RECOGNISE),
        Step("not_adopt", Words("Do not adopt", "不采纳"), ("filed", "trial"), "not_adopted", RECOGNISE),
        Step("put_in_place", Words("In place", "实施完成"), ("adopted",), "done", RECOGNISE),
    ),
)


def check_recognition(kind: str, points: int | None, *, linked: bool) -> None:
    """Raise Invalid for an unknown kind, points out of range, or a recognition without the record it is for."""
    if kind not in KINDS:
        raise Invalid("Choose what is recognised.", "请选择表彰类型。", field="kind")
    if points is not None and not 0 <= points <= MOST_POINTS:
        raise Invalid(f"Points are 0 to {MOST_POINTS}.", f"积分为 0 至 {MOST_POINTS}。", field="points")
    if not linked:
        raise Invalid("Name the solved case, or the self-report.", "请指明根治的案例或自报记录。", field="record")


def check_approver(*, proposed: bool, honoured: bool) -> None:
    """Raise Refused (R-35) for who proposed the recognition, or would be recognised."""
    if proposed or honoured:
        raise Refused("R-35", "Someone else than who proposed it, or is recognised, approves.",
                      "须由提名人和被表彰人以外的人员批准。")


def check_consent(*, personal: bool, consented: bool) -> None:
    """Raise Refused (R-35) for naming a person who has not agreed."""
    if personal and not consented:
        raise Refused("R-35", "A person is named only after agreeing to it.", "须经本人同意才能公布姓名。")
