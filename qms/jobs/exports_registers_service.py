"""Knows which registers of internal service and satisfaction can be written to a file. Writes nothing."""

from exports import (
    satisfaction_measures,
    satisfaction_scorecards,
    satisfaction_settlement,
    satisfaction_surveys,
    service_commitments,
    service_complaints,
    service_recognition,
    service_requests,
    service_training,
)
from qms.jobs.exports_register import Register
from qms.models.chain import Unit
from qms.models.service_commitments import Commitment
from qms.rules import service_recognition as words
from qms.rules.chain import LINK_KINDS
from qms.rules.satisfaction import KINDS as SURVEY_KINDS
from qms.rules.satisfaction import STATES as SURVEY_STATES
from qms.rules.satisfaction_measures import KINDS as MEASURE_KINDS
from qms.rules.service_appeals import STATES as APPEAL_STATES
from qms.rules.service_commitments import KINDS as COMMITMENT_KINDS
from qms.rules.service_commitments import STATES as COMMITMENT_STATES
from qms.rules.service_complaints import LISTED as INTERNAL_LISTED
from qms.rules.service_complaints import STATES as INTERNAL_STATES
from qms.rules.service_follow_ups import LISTED as FOLLOW_UP_LISTED
from qms.rules.service_requests import LISTED as REQUESTS_LISTED
from qms.rules.service_requests import STATES as REQUEST_STATES
from qms.rules.words import Words
from qms.workflows import (
    satisfaction_ledger,
    satisfaction_measures_register,
    satisfaction_register,
    satisfaction_scorecards_ledger,
    satisfaction_settlement_ledger,
    service_appeals,
    service_commitments_ledger,
    service_commitments_register,
    service_complaints_ledger,
    service_complaints_register,
    service_follow_ups,
    service_recognition_ledger,
    service_requests_ledger,
    service_requests_register,
    service_training_ledger,
)
from qms.workflows import service_notices as notices
from qms.workflows import service_recognition as recognition
from qms.workflows import service_suggestions as suggestions
from qms.workflows import service_training as training
from qms.workflows.exports_filters import COMMON, Meaning

SERVICE: dict[str, Register] = {
    "commitments": Register(
        service_commitments.NAME, service_commitments_register.Filter, "service.view",
        service_commitments_ledger.lines, service_commitments_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), COMMITMENT_STATES),
                  "kind": Meaning(Words("Kind of standard", "标准类型"), COMMITMENT_KINDS),
                  "provider_id": Meaning(Words("Provider", "提供方"), model=Unit),
                  "customer_id": Meaning(Words("For whom", "客户方"), model=Unit)},
        service_commitments.register, service_commitments.register_csv),
    "requests": Register(
        service_requests.NAME, service_requests_register.Filter, "service.view", service_requests_ledger.lines,
        service_requests_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), REQUESTS_LISTED | REQUEST_STATES),
                  "provider_id": Meaning(Words("Provider", "提供方"), model=Unit),
                  "asker_id": Meaning(Words("Asked by", "提出方"), model=Unit),
                  "commitment_id": Meaning(Words("Commitment", "服务承诺"), model=Commitment)},
        service_requests.register, service_requests.register_csv),
    "scorecards": Register(
        satisfaction_scorecards.NAME, satisfaction_scorecards_ledger.Filter, "satisfaction.view",
        satisfaction_scorecards_ledger.lines, satisfaction_scorecards_ledger.count, COMMON,
        satisfaction_scorecards.scorecards, satisfaction_scorecards.scorecards_csv),
    "unit-measures": Register(
        satisfaction_measures.NAME, satisfaction_measures_register.Filter, "satisfaction.view",
        satisfaction_measures_register.lines, satisfaction_measures_register.count,
        COMMON | {"source": Meaning(Words("Source", "来源")), "measure": Meaning(Words("Measure", "指标")),
                  "kind": Meaning(Words("Kind", "种类"), MEASURE_KINDS)},
        satisfaction_measures.register, satisfaction_measures.register_csv),
    "settlement": Register(
        satisfaction_settlement.NAME, satisfaction_settlement_ledger.Filter, "dispositions.costs",
        satisfaction_settlement_ledger.lines, satisfaction_settlement_ledger.count,
        COMMON | {"period": Meaning(Words("Month", "月份")),
                  "supplier_id": Meaning(Words("Supplier", "供方"), model=Unit),
                  "customer_id": Meaning(Words("Customer inside", "内部客户"), model=Unit)},
        satisfaction_settlement.settlement, satisfaction_settlement.settlement_csv),
    "internal-complaints": Register(
        service_complaints.NAME, service_complaints_register.Filter, "service.view",
        service_complaints_ledger.complaints, service_complaints_ledger.count_complaints,
        COMMON | {"state": Meaning(Words("State", "状态"), INTERNAL_LISTED | INTERNAL_STATES),
                  "kind": Meaning(Words("Kind of customer", "客户类型"), LINK_KINDS),
                  "complaining_id": Meaning(Words("Complaining unit", "投诉方"), model=Unit),
                  "accused_id": Meaning(Words("Unit complained of", "被投诉方"), model=Unit)},
        service_complaints.complaints, service_complaints.complaints_csv),
    "appeals": Register(
        service_complaints.APPEALS, service_appeals.Filter, "service.view", service_complaints_ledger.appeals,
        service_complaints_ledger.count_appeals,
        COMMON | {"state": Meaning(Words("State", "状态"), APPEAL_STATES),
                  "unit_id": Meaning(Words("Unit", "单元"), model=Unit)},
        service_complaints.appeals, service_complaints.appeals_csv),
    "follow-ups": Register(
        service_complaints.FOLLOW_UPS, service_follow_ups.Filter, "service.view",
        service_complaints_ledger.follow_ups, service_complaints_ledger.count_follow_ups,
        COMMON | {"state": Meaning(Words("State", "状态"), FOLLOW_UP_LISTED),
                  "unit_id": Meaning(Words("Unit", "单元"), model=Unit)},
        service_complaints.follow_ups, service_complaints.follow_ups_csv),
    "recognition": Register(
        service_recognition.NAME, recognition.Filter, "service.view", service_recognition_ledger.recognitions,
        service_recognition_ledger.count_recognitions,
        COMMON | {"state": Meaning(Words("State", "状态"), words.RECOGNITION.words),
                  "kind": Meaning(Words("For what", "表彰类型"), words.KINDS),
                  "unit_id": Meaning(Words("Unit", "单元"), model=Unit)},
        service_recognition.recognitions, service_recognition.recognitions_csv),
    "suggestions": Register(
        service_recognition.SUGGESTIONS, suggestions.Filter, "service.view", service_recognition_ledger.suggestions,
        service_recognition_ledger.count_suggestions,
        COMMON | {"state": Meaning(Words("State", "状态"), words.SUGGESTION.words),
                  "unit_id": Meaning(Words("Unit", "单元"), model=Unit)},
        service_recognition.suggestions, service_recognition.suggestions_csv),
    "training": Register(
        service_training.NAME, training.Filter, "service.view", service_training_ledger.sessions,
        service_training_ledger.count_sessions, COMMON | {"unit_id": Meaning(Words("Unit", "单元"), model=Unit)},
        service_training.sessions, service_training.sessions_csv),
    "notices": Register(
        service_training.NOTICES, notices.Filter, "service.view", service_training_ledger.notices,
        service_training_ledger.count_notices, COMMON | {"unit_id": Meaning(Words("Unit", "单元"), model=Unit)},
        service_training.notices, service_training.notices_csv),
    "surveys": Register(
        satisfaction_surveys.NAME, satisfaction_register.Filter, "satisfaction.view", satisfaction_ledger.lines,
        satisfaction_ledger.count,
        COMMON | {"state": Meaning(Words("State", "状态"), SURVEY_STATES),
                  "kind": Meaning(Words("Kind", "种类"), SURVEY_KINDS)},
        satisfaction_surveys.register, satisfaction_surveys.register_csv),
}
