"""Knows how the columns of surveys are called; must not know any table."""

from qms.rules.words import Words

SATISFACTION: dict[str, Words] = {
    "answer_count": Words("Answers", "答卷数"),
    "attributed": Words("Shown under the customer's name", "按顾客具名公布"),
    "change_reason": Words("Why the wording changed", "措辞变更理由"),
    "closes_on": Words("Closes on", "截止日期"),
    "decision": Words("What is done about it", "后续措施"),
    "figures": Words("Figures", "数值"),
    "grouping": Words("Group", "分组"),
    "importance": Words("Asks for importance", "询问重要度"),
    "invited": Words("Invited", "邀请人数"),
    "kiosk_places": Words("Places at kiosks", "答题台名额"),
    "opens_on": Words("Opens on", "开放日期"),
    "places": Words("Invited by link", "链接邀请人数"),
    "is_percent": Words("In percent", "百分数"),
    "n": Words("n", "n"),
    "published_at": Words("Published at", "发布时间"),
    "published_by_id": Words("Published by", "发布人"),
    "responded": Words("Answered", "答卷人数"),
    "scrubbed_at": Words("Names taken out of comments at", "删去意见中姓名的时间"),
    "scrubbed_by_id": Words("Names taken out by", "删去姓名者"),
    "seal": Words("Seal of the answers", "答卷封存校验"),
    "set_id": Words("Question set", "问卷"),
    "survey_id": Words("Survey", "调查"),
    "text_en": Words("Question (English)", "题目 (英文)"),
    "text_zh": Words("Question (Chinese)", "题目 (中文)"),
    "unit_code": Words("Unit code", "单元代码"),
    "unit_name": Words("Unit name", "单元名称"),
    "threshold": Words("Anonymity threshold", "匿名阈值"),
}
