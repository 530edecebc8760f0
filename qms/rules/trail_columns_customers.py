"""Knows how the columns of outside customers are called in the trail; must not know any table."""

from qms.rules.words import Words

CUSTOMERS: dict[str, Words] = {
    "a_from": Words("Grade A from", "A 级起点"),
    "address": Words("Address", "地址"),
    "b_from": Words("Grade B from", "B 级起点"),
    "complaints": Words("Complaints", "投诉数"),
    "complaints_weight": Words("Weight of complaints", "投诉权重"),
    "effective_on": Words("In force from", "生效日期"),
    "full_complaints": Words("Complaints that make full points", "满分对应投诉数"),
    "grade": Words("Grade", "等级"),
    "grade_by_rule": Words("Grade by the rule", "规则等级"),
    "key_share_percent": Words("Key share of sales (%)", "关键占比 (%)"),
    "override_reason": Words("Why not the rule's grade", "调整理由"),
    "phone": Words("Phone", "电话"),
    "plant_id": Words("Plant of the customer", "顾客工厂"),
    "points": Words("Points", "得分"),
    "portal_note": Words("What is read there", "门户用途"),
    "portal_url": Words("Portal", "门户网站"),
    "risk_weight": Words("Weight of risk", "风险权重"),
    "rule_id": Words("Version of the rule", "规则版本"),
    "sales_class": Words("Class", "类别"),
    "sales_weight": Words("Weight of the share of sales", "销售额权重"),
    "set_at": Words("Set at", "设定时间"),
    "share_percent": Words("Share of sales (%)", "销售额占比 (%)"),
    "source_doc": Words("Source document", "来源文件"),
    "strategic": Words("Strategic", "战略意义"),
    "strategic_weight": Words("Weight of strategic", "战略权重"),
    "text_en": Words("Requirement in English", "要求 (英文)"),
    "text_zh": Words("Requirement in Chinese", "要求 (中文)"),
    "written_in": Words("Written to in", "往来语言"),
}
