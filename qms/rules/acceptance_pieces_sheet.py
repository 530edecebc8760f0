"""Knows the wording of the printed record of first pieces and patrols, in both languages at once; no record.

The columns are those of the usual paper form (首件检验记录).
"""

from qms.rules.words import Words

LEAST_COLUMNS = 5
"""Columns for values on paper: pieces 1 to 5."""

SHEET: dict[str, Words] = {
    "first_piece": Words("First-piece inspection record", "首件检验记录"),
    "patrol": Words("Patrol inspection record", "巡检记录"),
    "date": Words("Date", "日期"),
    "shift": Words("Shift", "班次"),
    "line": Words("Line", "产线"),
    "station": Words("Operation", "工序"),
    "machine": Words("Machine", "设备"),
    "item": Words("Item", "产品"),
    "drawing": Words("Drawing rev.", "图纸版本"),
    "lot": Words("Material lot", "材料批次"),
    "reason": Words("Reason", "检验原因"),
    "revision": Words("Rev.", "版本"),
    "place": Words("No.", "序号"),
    "characteristic": Words("Characteristic", "检验项目"),
    "requirement": Words("Requirement, tolerance", "要求/公差"),
    "method": Words("Method", "方法"),
    "gauge": Words("Gauge no.", "量具编号"),
    "values": Words("Values by piece", "各件实测值"),
    "self": Words("Self", "自检"),
    "mutual": Words("Mutual", "互检"),
    "dedicated": Words("Dedicated", "专检"),
    "good": Words("good", "合格"),
    "not_good": Words("not good", "不合格"),
    "pieces": Words("Pieces looked at", "检验件数"),
    "nonconforming": Words("Not good", "不合格件数"),
    "conclusion": Words("Conclusion", "结论"),
    "released": Words("Released", "放行"),
    "stopped": Words("Not released: stop, adjust, repeat", "不放行: 停止、调整、重新检验"),
    "remark": Words("Remark", "备注"),
    "sign_self": Words("Self-inspection: name, time", "自检: 签名/时间"),
    "sign_mutual": Words("Mutual inspection: name, time", "互检: 签名/时间"),
    "sign_dedicated": Words("Dedicated inspection: name, time", "专检: 签名/时间"),
    "kept": Words("The piece is kept to the end of the lot.", "首件保留至本批结束。"),
}
