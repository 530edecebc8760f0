"""Knows how the sheet of one concession or deviation permit (让步/偏差申请单) reads; must not know the database.

Source: IATF 16949:2016 8.7.1.1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.sections import Block, Fact, Facts, Head, Photo, Photos, Section, Table, owed
from exports.trail_signatures import signed
from qms.rules.dispositions_concessions import KINDS, ORIGINATORS
from qms.rules.words import Words

TITLE = Words("Concession", "让步接收单")

Told = Mapping[str, Any]


def sections(told: Told, photos: Sequence[Photo]) -> list[Section]:
    """Return what is permitted, who agreed, what was accepted under it, the photos, and the signatures."""
    made = [Section("1", Words("What is permitted", "允许内容"), [_permitted(told["case"])]),
            Section("2", Words("Who agreed", "批准情况"), [_agreed(told["case"])]),
            Section("3", Words("Accepted under it", "让步使用记录"), [_used(told["uses"])])]
    made += [Section("4", Words("Photos", "照片"), [Photos(photos)])] if photos else []
    return made + signed(told["signatures"])


def _permitted(case: Told) -> Block:
    return Facts([
        Fact(Words("Kind", "种类"), KINDS[case["kind"]]),
        Fact(Words("Who asks", "提出方"), ORIGINATORS[case["originator"]]),
        Fact(Words("Item", "产品"), case["item"]), Fact(Words("Drawing revision", "图纸版本"), case["drawing_rev"]),
        Fact(Words("Lot", "批次"), case["lot"] or Words("any lot", "不限批次")),
        Fact(Words("Permitted defect", "允许的缺陷"), case["defect"]),
        Fact(Words("Rejection no.", "不合格编号"), case["rejection"]),
        Fact(Words("Operations", "工序"), case["operations"]),
        Fact(Words("Characteristic", "特性"), case["characteristic"], wide=True),
        Fact(Words("Permitted deviation", "允许的偏差"), case["deviation"], wide=True),
        Fact(Words("Quantity authorised", "授权数量"), case["quantity_authorised"]),
        Fact(Words("Quantity used", "已用数量"), case["quantity_used"]),
        Fact(Words("First day", "起始日期"), case["starts_on"]),
        Fact(Words("Last day", "截止日期"), case["expires_on"]),
        Fact(Words("Text on each container label", "容器标签文字"), case["label_text"], wide=True)])


def _agreed(case: Told) -> Block:
    return Facts([
        Fact(Words("Drafted by", "起草人"), case["drafted_by"]), Fact(Words("Drafted", "起草时间"), case["drafted_at"]),
        Fact(Words("Approved inside by", "内部批准人"), owed(case["approved_by"])),
        Fact(Words("Approved inside", "内部批准时间"), case["approved_at"]),
        Fact(Words("Customer", "顾客"), case["customer"]),
        Fact(Words("Customer's number", "顾客批准号"), owed(case["customer_ref"])),
        Fact(Words("Approved at the customer by", "顾客批准人"), case["customer_approver"]),
        Fact(Words("Their role", "批准人职务"), case["customer_approver_role"]),
        Fact(Words("Decided on", "决定日期"), case["customer_decided_on"]),
        Fact(Words("Why it was refused", "拒绝原因"), case["refused_reason"]),
        Fact(Words("Why it was withdrawn", "撤回原因"), case["withdrawn_reason"]),
        Fact(Words("Made to specification again", "恢复规范要求时间"), case["back_to_spec_at"])])


def _used(uses: Sequence[Told]) -> Block:
    heads = (Head(Words("Rejection no.", "不合格编号"), 1.2), Head(Words("Line", "行"), 0.4, True),
             Head(Words("Quantity", "数量"), 0.6, True), Head(Words("Containers with its number", "贴标容器"), 1.6),
             Head(Words("By", "人员")), Head(Words("At", "时间"), 1.2), Head(Words("Counts", "计入"), 0.6))
    return Table(Words("Uses", "使用"), heads, [
        (use["rejection"], use["position"], use["quantity"], use["containers"], use["by"], use["at"], use["active"])
        for use in uses], Words("Nothing has been accepted under it yet.", "尚未据此接收任何产品。"))
