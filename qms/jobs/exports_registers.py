"""Knows which registers can be written to a file, by which right, and what their filters mean. Writes nothing."""

from exports import (
    acceptance,
    acceptance_pieces,
    actions_register,
    customers,
    customers_complaints,
    customers_visits,
    dispositions_board,
    dispositions_concessions,
    dispositions_costs,
    rejections,
)
from qms.jobs.exports_register import Register
from qms.jobs.exports_registers_accounts import ACCOUNTS
from qms.jobs.exports_registers_service import SERVICE
from qms.models.chain import Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.stops import Stop
from qms.rules import actions as cases
from qms.rules.acceptance import HANDOVER_STATES
from qms.rules.acceptance_pieces import KINDS as PIECE_KINDS
from qms.rules.acceptance_pieces import REASONS as PIECE_REASONS
from qms.rules.acceptance_pieces import STATES as PIECE_STATES
from qms.rules.customers import CLASSES, GRADES
from qms.rules.customers_complaints import KINDS as COMPLAINT_KINDS
from qms.rules.customers_complaints import LISTED as COMPLAINT_LISTED
from qms.rules.customers_complaints import STATES as COMPLAINT_STATES
from qms.rules.customers_visits import KINDS as VISIT_KINDS
from qms.rules.customers_visits import LISTED as VISIT_LISTED
from qms.rules.customers_visits import STATES as VISIT_STATES
from qms.rules.dispositions import CODES as DISPOSITION_CODES
from qms.rules.dispositions import OPEN as DISPOSITION_OPEN
from qms.rules.dispositions import STATES as DISPOSITION_STATES
from qms.rules.dispositions_concessions import ENDING as CONCESSION_ENDING
from qms.rules.dispositions_concessions import KINDS as CONCESSION_KINDS
from qms.rules.dispositions_concessions import STATES as CONCESSION_STATES
from qms.rules.dispositions_costs import CATEGORIES, ELEMENT_WORDS
from qms.rules.rejections import KINDS as REJECTION_KINDS
from qms.rules.rejections import ORIGIN_STATES, SEVERITIES, STATES
from qms.rules.words import Words
from qms.workflows import (
    acceptance_ledger,
    acceptance_pieces_ledger,
    acceptance_pieces_register,
    acceptance_register,
    actions_ledger,
    customers_complaints_ledger,
    customers_complaints_register,
    customers_ledger,
    customers_register,
    customers_visits_register,
    dispositions_concessions_ledger,
    dispositions_concessions_register,
    dispositions_costs_ledger,
    dispositions_costs_register,
    dispositions_ledger,
    dispositions_register,
    rejections_ledger,
    rejections_register,
)
from qms.workflows.actions_register import RUNNING
from qms.workflows.actions_register import Filter as ActionFilter
from qms.workflows.exports_filters import COMMON, Meaning

_BOARD_STATES = {dispositions_register.UNDECIDED: Words("Nothing decided", "未决定")} | {
    state: DISPOSITION_STATES[state] for state in DISPOSITION_OPEN}

REGISTERS: dict[str, Register] = ACCOUNTS | SERVICE | {
    "ledger": Register(
        rejections.NAME, rejections_register.Filter, "rejections.view", rejections_ledger.lines,
        rejections_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), STATES),
                  "kind": Meaning(Words("Kind", "类别"), REJECTION_KINDS),
                  "severity": Meaning(Words("Severity", "严重度"), SEVERITIES),
                  "origin_state": Meaning(Words("State of origin", "责任工序状态"), ORIGIN_STATES),
                  "found_unit_id": Meaning(Words("Detecting operation", "发现工序"), model=Unit),
                  "origin_unit_id": Meaning(Words("Origin operation", "责任工序"), model=Unit)},
        rejections.ledger, rejections.ledger_csv),
    "handovers": Register(
        acceptance.NAME, acceptance_register.Filter, "acceptance.view", acceptance_ledger.lines,
        acceptance_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), HANDOVER_STATES),
                  "supplier_id": Meaning(Words("From", "上工序"), model=Unit),
                  "customer_id": Meaning(Words("To", "下工序"), model=Unit),
                  "again": Meaning(Words("Only presented again", "仅重新提交"))},
        acceptance.handover_register, acceptance.handover_register_csv),
    "inspections": Register(
        acceptance_pieces.NAME, acceptance_pieces_register.Filter, "acceptance.view", acceptance_pieces_ledger.lines,
        acceptance_pieces_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), PIECE_STATES),
                  "kind": Meaning(Words("Kind", "种类"), PIECE_KINDS),
                  "reason": Meaning(Words("Reason", "检验原因"), PIECE_REASONS),
                  "unit_id": Meaning(Words("Operation", "工序"), model=Unit),
                  "stop_id": Meaning(Words("Stop", "停线"), model=Stop),
                  "waiting": Meaning(Words("Only what waits", "仅待判定"))},
        acceptance_pieces.pieces_register, acceptance_pieces.pieces_register_csv),
    "concessions": Register(
        dispositions_concessions.NAME, dispositions_concessions_register.Filter, "dispositions.view",
        dispositions_concessions_ledger.lines, dispositions_concessions_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), CONCESSION_STATES | CONCESSION_ENDING),
                  "kind": Meaning(Words("Kind", "种类"), CONCESSION_KINDS),
                  "customer_id": Meaning(Words("Outside customer", "外部顾客"), model=Unit)},
        dispositions_concessions.register, dispositions_concessions.register_csv),
    "complaints": Register(
        customers_complaints.NAME, customers_complaints_register.Filter, "customers.view",
        customers_complaints_ledger.lines, customers_complaints_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), COMPLAINT_STATES | COMPLAINT_LISTED),
                  "kind": Meaning(Words("Kind", "种类"), COMPLAINT_KINDS),
                  "customer_id": Meaning(Words("Customer", "顾客"), model=Unit)},
        customers_complaints.register, customers_complaints.register_csv),
    "customers": Register(
        customers.NAME, customers_register.Filter, "customers.view", customers_ledger.lines, customers_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), {"inactive": Words("Out of use", "已停用")}),
                  "sales_class": Meaning(Words("Class", "类别"), {str(c): w for c, w in CLASSES.items()}),
                  "grade": Meaning(Words("Grade", "等级"), GRADES)},
        customers.register, customers.register_csv),
    "customer-scorecards": Register(
        customers.READINGS, customers_ledger.Readings, "customers.view", customers_ledger.readings,
        customers_ledger.count_readings, COMMON | {"customer_id": Meaning(Words("Customer", "顾客"), model=Unit)},
        customers.readings, customers.readings_csv),
    "visits": Register(
        customers_visits.NAME, customers_visits_register.Filter, "customers.view", customers_visits_register.lines,
        customers_visits_register.count,
        COMMON | {"state": Meaning(Words("State", "状态"), VISIT_STATES | VISIT_LISTED),
                  "kind": Meaning(Words("Kind", "种类"), VISIT_KINDS),
                  "unit_id": Meaning(Words("Customer or unit", "顾客或单元"), model=Unit)},
        customers_visits.register, customers_visits.register_csv),
    "costs": Register(
        dispositions_costs.NAME, dispositions_costs_register.Filter, "dispositions.costs",
        dispositions_costs_ledger.lines, dispositions_costs_ledger.count,
        COMMON | {"period": Meaning(Words("Month", "月份")),
                  "category": Meaning(Words("Class", "成本类别"), CATEGORIES),
                  "element": Meaning(Words("Element", "成本要素"), ELEMENT_WORDS),
                  "complaint_id": Meaning(Words("Customer complaint", "顾客投诉"), model=CustomerComplaint),
                  "state": Meaning(Words("State", "状态"), dispositions_costs_ledger.STATES)},
        dispositions_costs.costs, dispositions_costs.costs_csv),
    "actions": Register(
        actions_register.NAME, ActionFilter, "actions.view", actions_ledger.lines, actions_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), {RUNNING: Words("Running", "进行中")} | cases.STATES),
                  "route": Meaning(Words("Route", "路线"), cases.ROUTES),
                  "severity": Meaning(Words("Severity", "严重度"), SEVERITIES),
                  "unit_id": Meaning(Words("Made or found there", "责任或发现工序"), model=Unit),
                  "overdue": Meaning(Words("Only what is overdue", "仅逾期"))},
        actions_register.actions_register, actions_register.actions_register_csv),
    "dispositions": Register(
        dispositions_board.NAME, dispositions_register.Filter, "dispositions.view", dispositions_ledger.lines,
        dispositions_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), _BOARD_STATES),
                  "code": Meaning(Words("Disposition", "处置"), DISPOSITION_CODES),
                  "severity": Meaning(Words("Severity", "严重度"), SEVERITIES),
                  "unit_id": Meaning(Words("Finding operation", "发现工序"), model=Unit),
                  "customer_id": Meaning(Words("Outside customer", "外部顾客"), model=Unit)},
        dispositions_board.board, dispositions_board.board_csv),
}
