"""Knows the wording of the printed acceptance form, which may be needed in both languages at once; no record."""

from qms.rules.words import Words

RESULTS_A_ROW = 10

SHEET: dict[str, Words] = {
    "name": Words("Acceptance form", "工序交接验收单"),
    "revision": Words("Rev.", "版本"),
    "item": Words("Item", "产品"),
    "drawing": Words("Drawing rev.", "图纸版本"),
    "lot": Words("Lot", "批次"),
    "quantity": Words("Quantity", "数量"),
    "number": Words("Hand-over no.", "交接单号"),
    "presentation": Words("Presentation", "提交次数"),
    "supplier": Words("From", "上工序"),
    "customer": Words("To", "下工序"),
    "date": Words("Date, shift", "日期/班次"),
    "place": Words("No.", "序号"),
    "characteristic": Words("Characteristic", "项目"),
    "requirement": Words("Requirement", "标准"),
    "method": Words("Method", "方法"),
    "gauge": Words("Gauge", "量具"),
    "sampling": Words("Sample", "抽样"),
    "results": Words("Results", "结果"),
    "verdict": Words("Good / not good", "判定"),
    "nonconforming": Words("nonconforming", "不合格数"),
    "pieces": Words("pieces", "件"),
    "all": Words("100 %", "全检"),
    "every_kth": Words("1 of every {k}", "每 {k} 件检 1 件"),
    "zero_acceptance": Words("c=0, {share} %", "c=0, {share}%"),
    "good": Words("good", "合格"),
    "not_good": Words("not good", "不合格"),
    "reaction": Words("Reaction when it fails", "不合格时的处理"),
    "decision": Words("Decision", "结论"),
    "accept": Words("Accept", "接收"),
    "part": Words("Accept in part", "部分接收"),
    "reject": Words("Reject", "拒收"),
    "accepted": Words("Accepted", "接收数量"),
    "rejected": Words("Rejected", "拒收数量"),
    "review": Words("For review (MRB)", "待评审数量 (MRB)"),
    "rejections": Words("Rejection no.", "不合格编号"),
    "self": Words("Self-inspection: name, date", "自检：签名/日期"),
    "mutual": Words("Mutual inspection: name, date", "互检：签名/日期"),
    "dedicated": Words("Dedicated inspection: name, date", "专检：签名/日期"),
}


def sampling_on_paper(sampling: str, value: int | None, size: int | None) -> Words:
    """Say how many pieces are looked at; `size` None: the quantity is not known yet, so the rule itself."""
    if size is not None:
        return Words(f"n = {size}", f"n = {size}")
    share = f"{(value or 0) / 10:g}"
    return Words(*(text.format(k=value, share=share) for text in SHEET[sampling]))
