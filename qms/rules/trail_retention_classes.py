"""Knows the classes of records by which they are kept; each record table belongs to exactly one. Not how it is asked.

The times are usual settings, not a standard's text: each site sets its own. Source: ISO 9001:2015 7.5.3, IATF
16949:2016 7.5.3.2.1; domain.md A.7.
"""

from qms.rules.trail_retention import Part, Retention, Root
from qms.rules.words import Words

_CLOSED = Words("when it was closed", "自关闭起")
_IN_USE = Words("no event", "无起始事件")

CLASSES: dict[str, Retention] = {
    "nonconformity": Retention(
        Words("Nonconforming product", "不合格品"), "quality_manager", "years", 10, _CLOSED, 15,
        {"rejections": Root("closed_at", "found_at")},
        {"holds": Part("rejection_id", "rejections"), "containment_lines": Part("rejection_id", "rejections"),
         "origin_statements": Part("rejection_id", "rejections"), "passages": Part("rejection_id", "rejections"),
         "board_reviews": Part("rejection_id", "rejections"), "board_votes": Part("review_id", "board_reviews"),
         "dispositions": Part("rejection_id", "rejections"), "reworks": Part("disposition_id", "dispositions"),
         "scrap_tickets": Part("disposition_id", "dispositions"), "thanks": Part("rejection_id", "rejections"),
         "recognitions": Part("rejection_id", "rejections"), "intakes": Part("rejection_id", "rejections"),
         "intake_photos": Part("attachment_id", "attachments")}),
    "action": Retention(
        Words("Corrective actions (8D)", "纠正措施 (8D)"), "quality_manager", "years", 10, _CLOSED, 15,
        {"actions": Root("closed_at", "opened_at")},
        {"action_members": Part("action_id", "actions"), "action_sources": Part("action_id", "actions"),
         "action_steps": Part("action_id", "actions"), "causes": Part("action_id", "actions"),
         "whys": Part("cause_id", "causes"), "comparisons": Part("action_id", "actions"),
         "stock_lines": Part("action_id", "actions"), "tasks": Part("action_id", "actions"),
         "document_updates": Part("action_id", "actions"), "read_acrosses": Part("action_id", "actions"),
         "lessons": Part("action_id", "actions"), "effectiveness_plans": Part("action_id", "actions"),
         "effectiveness_verdicts": Part("plan_id", "effectiveness_plans"),
         "reopenings": Part("verdict_id", "effectiveness_verdicts"),
         "reopened_steps": Part("reopening_id", "reopenings")}),
    "complaint": Retention(
        Words("Customer complaints and notices", "顾客投诉与通知"), "customer_quality", "years", 10, _CLOSED, 15,
        {"customer_complaints": Root("closed_at", "received_at"), "customer_notices": Root("closed_at", "known_at")},
        {"customer_complaint_passages": Part("complaint_id", "customer_complaints")}),
    "concession": Retention(
        Words("Concessions", "让步"), "quality_manager", "years", 10, Words("when it ended", "自终止起"), 15,
        {"concessions": Root("ended_at", "drafted_at")}, {"concession_uses": Part("concession_id", "concessions")}),
    "inspection": Retention(
        Words("Ordinary inspection and hand-overs", "一般检验与工序交接"), "quality_manager", "years", 3,
        Words("when it was decided", "自判定起"), None,
        {"handovers": Root("decided_at", "presented_at"), "piece_checks": Root("dedicated_at", "due_at"),
         "production_reports": Root("completed_at", "started_at")},
        {"checks": Part("handover_id", "handovers"), "readings": Part("check_id", "checks"),
         "piece_readings": Part("check_id", "piece_checks")}),
    "stop": Retention(
        Words("Calls and stops", "呼叫与停线"), "production_manager", "years", 3,
        Words("when the line ran again", "自复线起"), None, {"stops": Root("restarted_at", "called_at")},
        {"rungs": Part("stop_id", "stops"), "restart_checks": Part("stop_id", "stops")}),
    "control": Retention(
        Words("Tests and bypasses of process controls", "过程控制的测试与旁路"), "process_engineer", "years", 10,
        Words("when it was verified or tested", "自验证或测试起"), 15,
        {"bypasses": Root("verified_at", "started_at"), "control_tests": Root("at", "at")},
        {"bypass_lots": Part("bypass_id", "bypasses"), "bypass_reviews": Part("bypass_id", "bypasses"),
         "bypass_misses": Part("bypass_id", "bypasses"), "control_suspects": Part("test_id", "control_tests")}),
    "quarantine": Retention(
        Words("Counts of quarantine", "隔离区盘点"), "quality_manager", "years", 3, Words("when counted", "自盘点起"),
        None, {"quarantine_counts": Root("counted_at", "counted_at")},
        {"quarantine_lines": Part("count_id", "quarantine_counts")}),
    "cost": Retention(
        Words("Costs of poor quality", "不良质量成本"), "finance", "years", 10, Words("when posted", "自过账起"), None,
        {"cost_lines": Root("posted_at", "posted_at")}, {}, ("cost_months", "cost_rates")),
    "standard": Retention(
        Words("Standards, routings and pictures", "验收标准、工艺路线与图片"), "process_engineer", "active", 1,
        Words("when the item went out of use, to the end of the year", "自产品停用起, 至该日历年末"), None,
        {"standards": Root("approved_at", "approved_at")}, {"characteristics": Part("standard_id", "standards")},
        ("routings", "routing_steps", "pictures", "picture_zones")),
    "lot": Retention(
        Words("Lots and genealogy", "批次与谱系"), "production_manager", "years", 15, Words("when made", "自制造起"),
        None, {"lots": Root("made_at", "made_at")}, {"lot_sources": Part("lot_id", "lots")}),
    "service": Retention(
        Words("Internal service and complaints", "内部服务与互投"), "unit_head", "years", 3, _CLOSED, None,
        {"service_requests": Root("closed_at", "asked_at"), "internal_complaints": Root("closed_at", "filed_at"),
         "protected_reports": Root("closed_at", "filed_at")},
        {"service_passes": Part("request_id", "service_requests"),
         "service_pauses": Part("request_id", "service_requests"),
         "service_reopenings": Part("request_id", "service_requests"),
         "appeals": Part("complaint_id", "internal_complaints"),
         "complaint_flags": Part("complaint_id", "internal_complaints"),
         "complaint_follow_ups": Part("complaint_id", "internal_complaints"),
         "complaint_steps": Part("complaint_id", "internal_complaints"),
         "protected_looks": Part("report_id", "protected_reports")},
        ("suggestions", "service_notices", "notice_reads", "commitments")),
    "review": Retention(
        Words("Management reviews and objectives", "管理评审与质量目标"), "management_representative", "event", None,
        _IN_USE, others=("reviews", "review_attendees", "review_decisions", "review_inputs", "review_sites",
                         "review_pairings", "objectives")),
    "satisfaction": Retention(
        Words("Satisfaction; answers are anonymous", "满意度; 答卷匿名"), "survey_admin", "event", None, _IN_USE,
        others=("surveys", "survey_questions", "survey_results", "survey_targets", "survey_comments", "question_sets",
                "settlement_switches", "link_prices", "unit_measures")),
    "customer": Retention(
        Words("Outside customers and their scorecards", "外部顾客与计分卡"), "customer_quality", "event", None, _IN_USE,
        others=("customers", "customer_contacts", "customer_grade_rules", "customer_grades", "customer_plants",
                "customer_requirements", "customer_targets", "customer_visits", "score_readings",
                "special_statuses")),
    "person": Retention(
        Words("People, rights and training", "人员、权限与培训"), "admin", "event", None, _IN_USE,
        others=("people", "grants", "badges", "qualifications", "trainings", "training_units", "devices",
                "device_units", "device_incidents", "looks")),
    "master": Retention(
        Words("Master data of the chain", "客户链主数据"), "quality_manager", "event", None, _IN_USE,
        others=("sites", "units", "links", "items", "defects", "shifts", "roster_lines", "calendar_days",
                "patrol_plans", "controls", "alternates", "quarantine_places")),
    "evidence": Retention(
        Words("Proof of receipt, imports and exports", "接收、导入与导出凭证"), "management_representative", "event",
        None, _IN_USE, others=("intake_conflicts", "intake_discards", "imports", "exports",
                               "trail_reviews")),
    "with": Retention(
        Words("Files and signatures: kept with their record", "附件与签名: 随所属记录保存"), "quality_manager", "event",
        None, _IN_USE, others=("attachments", "signatures")),
    "retention": Retention(
        Words("Retention itself: kept for good", "保存管理本身: 永久保存"), "management_representative", "event", None,
        _IN_USE, others=("retention_settings", "legal_holds", "disposals", "disposal_lines", "tombstones")),
}

POINTERS: dict[str, tuple[str, str]] = {
    "action_sources": ("kind", "record_id"),
    "internal_complaints": ("source_kind", "record_id"),
}
"""Tables that name another record by its table and id, beside their foreign keys: the two columns that do."""
BESIDE = ("attachments", "signatures")
"""Tables whose rows belong to the record that they name by `entity` and `entity_id`, and go with it."""

ALL = "all"
"""Every class at once: records of two classes may refer to each other, and go together or not at all."""
WORDS: dict[str, Words] = {ALL: Words("All classes", "全部类别")} | {code: one.words for code, one in CLASSES.items()}
CLASS_OF: dict[str, str] = {table: code for code, one in CLASSES.items() for table in one.tables}
ROOTS: dict[str, Root] = {table: root for one in CLASSES.values() for table, root in one.roots.items()}
PARTS: dict[str, Part] = {table: part for one in CLASSES.values() for table, part in one.parts.items()}
