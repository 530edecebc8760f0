"""Knows how tables, columns and coded values of the trail are called in both languages; must not know any entry."""

from collections.abc import Mapping

from qms.rules import (
    acceptance,
    acceptance_pieces,
    accounts,
    accounts_qualifications,
    actions,
    actions_documents,
    actions_effectiveness,
    actions_tasks,
    chain,
    controls,
    devices,
    dispositions,
    dispositions_board,
    dispositions_concessions,
    dispositions_costs,
    dispositions_notices,
    pictures,
    rejections,
    rejections_intake,
    stops,
)
from qms.rules.trail_actions import ACTIONS
from qms.rules.trail_columns import COLUMNS
from qms.rules.words import Words

TABLES: dict[str, Words] = {
    "action_members": Words("Team member", "团队成员"),
    "action_sources": Words("Source of an action", "措施来源"),
    "action_steps": Words("Step of an action", "措施步骤"),
    "actions": Words("Corrective action", "纠正措施"),
    "alternates": Words("Approved alternate", "批准的替代方法"),
    "attachments": Words("Photo or file", "照片或文件"),
    "badges": Words("Badge", "工牌"),
    "board_reviews": Words("Board review", "评审"),
    "board_votes": Words("Board vote", "评审意见"),
    "bypass_lots": Words("Lot made under a bypass", "旁路批次"),
    "bypass_misses": Words("Missed review of a bypass", "旁路漏评审"),
    "bypass_reviews": Words("Daily review of a bypass", "旁路每日评审"),
    "bypasses": Words("Bypass", "旁路"),
    "calendar_days": Words("Calendar day", "日历日"),
    "causes": Words("Cause", "原因"),
    "characteristics": Words("Characteristic", "检验项目"),
    "checks": Words("Check", "检验"),
    "comparisons": Words("Is / is-not", "是/不是分析"),
    "concession_uses": Words("Use of a concession", "让步使用"),
    "concessions": Words("Concession", "让步接收"),
    "containment_lines": Words("Containment line", "围堵清单行"),
    "control_suspects": Words("Suspect lot of a failed test", "测试失败可疑批次"),
    "control_tests": Words("Test of a control", "控制测试"),
    "controls": Words("Process control", "过程控制"),
    "cost_lines": Words("Cost line", "成本行"),
    "cost_months": Words("Closed cost month", "已关闭成本月份"),
    "cost_rates": Words("Cost rate", "成本费率"),
    "customer_notices": Words("Notice to a customer", "顾客通知"),
    "defects": Words("Defect code", "缺陷代码"),
    "device_incidents": Words("Incident of a tablet", "平板异常"),
    "device_units": Words("Operation of a tablet", "平板所属工序"),
    "devices": Words("Tablet", "平板"),
    "dispositions": Words("Disposition", "处置"),
    "document_updates": Words("Document update", "文件更新"),
    "effectiveness_plans": Words("Effectiveness plan", "有效性验证计划"),
    "effectiveness_verdicts": Words("Verdict on effectiveness", "有效性判定"),
    "exports": Words("Export", "导出"),
    "grants": Words("Grant", "授权"),
    "handovers": Words("Hand-over", "工序交接"),
    "holds": Words("Hold", "冻结"),
    "imports": Words("Import", "导入"),
    "intake_conflicts": Words("Conflicting record from a tablet", "平板冲突记录"),
    "intake_discards": Words("Record given up", "放弃的记录"),
    "intake_photos": Words("Photo from a tablet", "平板照片"),
    "intakes": Words("Record from a tablet", "平板记录"),
    "items": Words("Item", "产品"),
    "lessons": Words("Lesson learned", "经验教训"),
    "link_prices": Words("Internal price", "内部价格"),
    "links": Words("Link", "链接"),
    "lot_sources": Words("Lot genealogy", "批次谱系"),
    "lots": Words("Lot", "批次"),
    "origin_statements": Words("Statement on the origin", "责任工序意见"),
    "passages": Words("Passage", "流经工序"),
    "patrol_plans": Words("Patrol plan", "巡检计划"),
    "people": Words("Person", "人员"),
    "picture_zones": Words("Zone of a picture", "图片部位"),
    "pictures": Words("Picture", "图片"),
    "piece_checks": Words("First piece or patrol", "首件或巡检"),
    "piece_readings": Words("Reading of a piece", "单件读数"),
    "production_reports": Words("Production report", "生产报工"),
    "quarantine_counts": Words("Quarantine count", "隔离区盘点"),
    "quarantine_lines": Words("Line of a quarantine count", "隔离区盘点行"),
    "quarantine_places": Words("Quarantine place", "隔离位置"),
    "read_acrosses": Words("Read-across", "横向展开"),
    "readings": Words("Reading", "读数"),
    "qualifications": Words("Qualification", "资质"),
    "rejections": Words("Rejection", "不合格"),
    "restart_checks": Words("Restart check", "复线确认"),
    "reworks": Words("Rework run", "返工作业"),
    "roster_lines": Words("Roster line", "值班安排"),
    "routing_steps": Words("Routing step", "工艺路线步骤"),
    "routings": Words("Routing", "工艺路线"),
    "rungs": Words("Rung", "升级级别"),
    "scrap_tickets": Words("Scrap ticket", "报废单"),
    "settlement_switches": Words("Switch of settlement", "内部结算开关"),
    "shifts": Words("Shift", "班次"),
    "sites": Words("Site", "工厂"),
    "standards": Words("Acceptance standard", "验收标准"),
    "stock_lines": Words("Stock by location", "分地点库存"),
    "stops": Words("Call or stop", "呼叫或停线"),
    "tasks": Words("Task", "任务"),
    "thanks": Words("Thanks", "致谢"),
    "units": Words("Unit", "单元"),
    "whys": Words("Why", "为什么"),
}

CODED: Mapping[tuple[str, str], Mapping[str, Words]] = {
    ("action_sources", "kind"): actions.SOURCES,
    ("actions", "route"): actions.ROUTES,
    ("actions", "route_by_rule"): actions.ROUTES,
    ("actions", "severity"): rejections.SEVERITIES,
    ("actions", "state"): actions.STATES,
    ("comparisons", "question"): actions.QUESTIONS,
    ("stock_lines", "place"): rejections.PLACES,
    ("units", "kind"): chain.UNIT_KINDS,
    ("links", "kind"): chain.LINK_KINDS,
    ("links", "source"): chain.SOURCES,
    ("routings", "source"): chain.SOURCES,
    ("causes", "category"): actions.CATEGORIES,
    ("causes", "track"): actions.TRACKS,
    ("document_updates", "document"): actions_documents.CLASSES,
    ("tasks", "kind"): actions_tasks.KINDS,
    ("tasks", "level"): actions_tasks.LEVELS,
    ("tasks", "state"): actions_tasks.STATES,
    ("qualifications", "kind"): accounts_qualifications.KINDS,
    ("sites", "profile"): chain.PROFILES,
    ("sites", "qualification"): accounts_qualifications.SETTINGS,
    ("items", "special"): chain.SPECIAL_CLASSES,
    ("characteristics", "kind"): acceptance.CHARACTERISTIC_KINDS,
    ("characteristics", "sampling"): acceptance.SAMPLINGS,
    ("characteristics", "special"): chain.SPECIAL_CLASSES,
    ("bypasses", "state"): controls.STATES,
    ("checks", "kind"): acceptance.CHECK_KINDS,
    ("controls", "kind"): controls.KINDS,
    ("cost_lines", "category"): dispositions_costs.CATEGORIES,
    ("cost_lines", "element"): dispositions_costs.ELEMENT_WORDS,
    ("cost_lines", "measure"): dispositions_costs.MEASURES,
    ("cost_lines", "source"): dispositions_costs.SOURCES,
    ("cost_rates", "kind"): dispositions_costs.RATE_WORDS,
    ("handovers", "self_check"): acceptance.SELF_CHECKS,
    ("handovers", "state"): acceptance.HANDOVER_STATES,
    ("handovers", "source"): rejections.SOURCES,
    ("standards", "state"): acceptance.STANDARD_STATES,
    ("effectiveness_plans", "state"): actions_effectiveness.STATES,
    ("effectiveness_plans", "metric"): actions_effectiveness.METRICS,
    ("effectiveness_verdicts", "verdict"): {code: v.words for code, v in actions_effectiveness.VERDICTS.items()},
    ("grants", "role"): accounts.ROLES,
    ("rejections", "kind"): rejections.KINDS,
    ("rejections", "state"): rejections.STATES,
    ("rejections", "severity"): rejections.SEVERITIES,
    ("defects", "severity"): rejections.SEVERITIES,
    ("concessions", "kind"): dispositions_concessions.KINDS,
    ("concessions", "state"): dispositions_concessions.STATES,
    ("concessions", "originator"): dispositions_concessions.ORIGINATORS,
    ("customer_notices", "state"): dispositions_notices.STATES,
    ("customer_notices", "channel"): dispositions_notices.CHANNELS,
    ("rejections", "origin_state"): rejections.ORIGIN_STATES,
    ("rejections", "escape_class"): rejections.ESCAPE_CLASSES,
    ("rejections", "source"): rejections.SOURCES,
    ("origin_statements", "state"): rejections.ORIGIN_STATES,
    ("holds", "state"): rejections.HOLD_STATES,
    ("dispositions", "code"): dispositions.CODES,
    ("dispositions", "state"): dispositions.STATES,
    ("dispositions", "role"): accounts.ROLES,
    ("board_reviews", "state"): dispositions_board.STATES,
    ("board_reviews", "code"): dispositions.CODES,
    ("board_votes", "function"): dispositions_board.FUNCTIONS,
    ("board_votes", "vote"): dispositions_board.VOTES,
    ("board_votes", "code"): dispositions.CODES,
    ("scrap_tickets", "method"): dispositions.METHODS,
    ("containment_lines", "place"): rejections.PLACES,
    ("device_incidents", "kind"): devices.INCIDENTS,
    ("intakes", "author_auth"): rejections_intake.AUTHS,
    ("pictures", "role"): pictures.ROLES,
    ("piece_checks", "kind"): acceptance_pieces.KINDS,
    ("piece_checks", "reason"): acceptance_pieces.REASONS,
    ("piece_checks", "state"): acceptance_pieces.STATES,
    ("piece_readings", "verdict"): acceptance_pieces.VERDICTS,
    ("restart_checks", "kind"): stops.CHECKS,
    ("roster_lines", "role"): accounts.ROLES,
    ("stops", "state"): stops.STATES,
    ("stops", "reason"): stops.REASONS,
    ("stops", "source"): rejections.SOURCES,
}

YES_NO = (Words("no", "否"), Words("yes", "是"))


def action_words(action: str) -> Words:
    """Return what a person did, in words; the bare name for an action of another version."""
    return ACTIONS.get(action, Words(action, action))


def table_words(table: str) -> Words:
    """Return what a table's rows are called; the bare name for a table of a newer version."""
    return TABLES.get(table, Words(table, table))


def column_words(column: str) -> Words:
    """Return what a column is called; the bare name for a column of a newer version."""
    return COLUMNS.get(column, Words(column, column))


def value_words(table: str, column: str, value: object) -> Words | str | None:
    """Return a value as people read it; None for an empty one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return YES_NO[value]
    coded = CODED.get((table, column))
    if coded is not None and isinstance(value, str):
        return coded.get(value, Words(value, value))
    return str(value)
