"""What is done with surveys, by one name. Each part is kept in a module of its own."""

from qms.workflows.satisfaction_drafting import draft, edit, invite, open_survey, start_kiosk
from qms.workflows.satisfaction_publishing import close, decide, publish, remarks, scrub
from qms.workflows.satisfaction_questions import revise, take_default
from qms.workflows.satisfaction_records import one, whole
from qms.workflows.satisfaction_told import remind

__all__ = [
    "close",
    "decide",
    "draft",
    "edit",
    "invite",
    "one",
    "open_survey",
    "publish",
    "remarks",
    "remind",
    "revise",
    "scrub",
    "start_kiosk",
    "take_default",
    "whole",
]
