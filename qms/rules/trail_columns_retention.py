"""Knows how the columns of retention, holds and disposal are called in both languages; must not know any table."""

from qms.rules.words import Words

RETENTION: dict[str, Words] = {
    "class_code": Words("Class of records", "记录类别"),
    "disposal_id": Words("Disposal", "销毁"),
    "disposed": Words("Records disposed of", "已销毁记录数"),
    "held_back": Words("Records that stayed", "保留的记录数"),
    "lift_reason": Words("Reason for lifting", "解除理由"),
    "lifted_at": Words("Lifted at", "解除时间"),
    "lifted_by_id": Words("Lifted by", "解除人"),
    "named": Words("Called", "名称"),
    "put_at": Words("Put on at", "设置时间"),
    "put_by_id": Words("Put on by", "设置人"),
    "records": Words("Records", "记录数"),
    "rule": Words("Rule", "规则"),
    "special_years": Words("Years, special characteristics", "特殊特性保存年限"),
    "started_on": Words("Counts from", "起算日"),
    "versions": Words("Versions", "版本数"),
    "years": Words("Years", "保存年限"),
}
