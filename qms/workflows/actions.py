"""What is done with corrective actions, by one name. Each part is kept in a module of its own."""

from qms.workflows.actions_closing import close, pass_gate, void
from qms.workflows.actions_editing import EDITABLE, compare, edit
from qms.workflows.actions_opening import open_action
from qms.workflows.actions_records import one
from qms.workflows.actions_routing import change_route
from qms.workflows.actions_sources import add_source, withdraw_source
from qms.workflows.actions_stock import answer_stock
from qms.workflows.actions_team import add_member, withdraw_member

__all__ = [
    "EDITABLE",
    "add_member",
    "add_source",
    "answer_stock",
    "change_route",
    "close",
    "compare",
    "edit",
    "one",
    "open_action",
    "pass_gate",
    "void",
    "withdraw_member",
    "withdraw_source",
]
