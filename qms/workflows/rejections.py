"""What is done with three-no rejections, by one name. Each part is kept in a module of its own."""

from qms.workflows.rejections_changes import CORRECTABLE, correct, release, void
from qms.workflows.rejections_containment import answer_containment, ask_containment
from qms.workflows.rejections_origins import assume_origin, confirm_origin, contest_origin, decide_origin
from qms.workflows.rejections_records import one, one_hold, open_holds
from qms.workflows.rejections_report import report
from qms.workflows.rejections_shown import whole

__all__ = [
    "CORRECTABLE",
    "answer_containment",
    "ask_containment",
    "assume_origin",
    "confirm_origin",
    "contest_origin",
    "correct",
    "decide_origin",
    "one",
    "one_hold",
    "open_holds",
    "release",
    "report",
    "void",
    "whole",
]
