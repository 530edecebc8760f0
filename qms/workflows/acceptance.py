"""What is done with standards and hand-overs, by one name. Each part is kept in a module of its own."""

from qms.rules.acceptance import CharacteristicPlan, Fault, Result
from qms.workflows.acceptance_characteristics import (
    add_characteristic,
    edit_characteristic,
    move_characteristic,
    strike_characteristic,
)
from qms.workflows.acceptance_checks import record_check
from qms.workflows.acceptance_deciding import accept, not_inspected, partly_accept, reject
from qms.workflows.acceptance_presenting import present
from qms.workflows.acceptance_readings import sample_size
from qms.workflows.acceptance_records import asked, one_handover, one_standard
from qms.workflows.acceptance_standards import (
    approve_standard,
    draft_standard,
    edit_draft,
    revise_standard,
    standard_in_force,
    withdraw_draft,
)

__all__ = [
    "CharacteristicPlan",
    "Fault",
    "Result",
    "accept",
    "add_characteristic",
    "approve_standard",
    "asked",
    "draft_standard",
    "edit_characteristic",
    "edit_draft",
    "move_characteristic",
    "not_inspected",
    "one_handover",
    "one_standard",
    "partly_accept",
    "present",
    "record_check",
    "reject",
    "revise_standard",
    "sample_size",
    "standard_in_force",
    "strike_characteristic",
    "withdraw_draft",
]
