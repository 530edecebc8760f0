"""What is done with internal complaints, by one name. Each part is kept in a module of its own."""

from qms.workflows.service_appeals import appeal, decide
from qms.workflows.service_complaints_answering import accept, acknowledge, finish, plan, refuse
from qms.workflows.service_complaints_confirming import confirm, lapse, reopen, withdraw
from qms.workflows.service_complaints_filing import file
from qms.workflows.service_complaints_flags import look_at
from qms.workflows.service_complaints_records import one

__all__ = ["accept", "acknowledge", "appeal", "confirm", "decide", "file", "finish", "lapse", "look_at", "one", "plan",
           "refuse", "reopen", "withdraw"]
