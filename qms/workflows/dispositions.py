"""What becomes of nonconforming product, by one name. Each part is kept in a module of its own."""

from qms.rules.dispositions_checks import Draft
from qms.workflows.dispositions_deciding import cover, decide, withdraw
from qms.workflows.dispositions_records import lines_of, one, one_review, undecided
from qms.workflows.dispositions_verifying import send_back, verify
from qms.workflows.dispositions_working import dispose, report, start, witness

__all__ = [
    "Draft",
    "cover",
    "decide",
    "dispose",
    "lines_of",
    "one",
    "one_review",
    "report",
    "send_back",
    "start",
    "undecided",
    "verify",
    "withdraw",
    "witness",
]
