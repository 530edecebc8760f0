"""What is done with requests between units, by one name. Each part is kept in a module of its own."""

from qms.workflows.service_requests_asking import ask, confirm, reopen, withdraw
from qms.workflows.service_requests_records import one
from qms.workflows.service_requests_serving import finish, pass_on, pause, refuse, resume, take

__all__ = ["ask", "confirm", "finish", "one", "pass_on", "pause", "refuse", "reopen", "resume", "take", "withdraw"]
