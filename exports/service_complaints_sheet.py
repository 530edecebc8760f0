"""Knows how the sheets of an internal complaint (内部投诉单) and an appeal (申诉单) read; knows no database.

Source: domain.md E.7, the columns of 质量信息反馈单 / 互投单 and 回访记录.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.sections import Block, Fact, Facts, Head, Photo, Section, Table, owed
from exports.trail_signatures import signed
from qms.rules.chain import LINK_KINDS
from qms.rules.service_appeals import STATES as APPEALS
from qms.rules.service_complaints import SIDES, STATES
from qms.rules.service_follow_ups import CHANNELS
from qms.rules.service_follow_ups import LISTED as FOLLOW_UPS
from qms.rules.words import Words

TITLE = Words("Internal complaint", "内部投诉单")
APPEAL_TITLE = Words("Appeal", "申诉单")

Told = Mapping[str, Any]


def sections(told: Told, _photos: Sequence[Photo]) -> list[Section]:
    """Return what was complained of, the six steps, the answer, appeals and follow-ups."""
    return [Section("1", Words("Complaint", "投诉"), [_complaint(told["case"])]),
            Section("2", Words("Answer", "受理与措施"), [_answer(told["case"])]),
            Section("3", Words("Told back", "反馈投诉方"), [_six(told["six"])]),
            Section("4", Words("Appeals", "申诉"), [_appeals(told["appeals"])]),
            Section("5", Words("Follow-ups", "回访"), [_follow_ups(told["follow_ups"])]), *signed(told["signatures"])]


def appeal_sections(told: Told, _photos: Sequence[Photo]) -> list[Section]:
    """Return the complaint, the grounds of the appeal, and its decision with reasons."""
    appeal = told["appeal"]
    grounds = Facts([
        Fact(Words("Level", "级别"), appeal["appeal_level"]),
        Fact(Words("Appealed by", "申诉方"), SIDES[appeal["side"]]),
        Fact(Words("Against", "申诉对象"), STATES[appeal["against"]]),
        Fact(Words("Filed", "提出时间"), appeal["filed_at"]),
        Fact(Words("Filed by", "提出人"), appeal["by"]), Fact(Words("To be decided by", "裁定期限"), appeal["due_at"]),
        Fact(Words("Grounds", "申诉理由"), appeal["grounds"], wide=True)])
    decision = Facts([
        Fact(Words("Decision", "裁定"), APPEALS[appeal["state"]]),
        Fact(Words("Decided", "裁定时间"), appeal["decided_at"]),
        Fact(Words("Decided by", "裁定人"), appeal["decided_by"]),
        Fact(Words("Reasons", "裁定理由"), owed(appeal["reasons"]), wide=True)])
    return [Section("1", Words("Complaint", "投诉"), [_complaint(told["case"])]),
            Section("2", Words("First decision", "原决定"), [_answer(told["case"])]),
            Section("3", Words("Appeal", "申诉"), [grounds]), Section("4", Words("Decision", "裁定"), [decision]),
            *signed(told["signatures"])]


def _complaint(case: Told) -> Block:
    return Facts([
        Fact(Words("Complaint no.", "投诉编号"), case["number"]),
        Fact(Words("Complaining unit", "投诉方"), case["complaining"]),
        Fact(Words("Unit complained of", "被投诉方"), case["accused"]),
        Fact(Words("Kind of customer", "客户类型"), LINK_KINDS[case["kind"]]),
        Fact(Words("Commitment or standard", "承诺项/标准"), case["standard_ref"]),
        Fact(Words("Record", "关联记录"), case["source_ref"]), Fact(Words("Defect", "缺陷"), case["defect"]),
        Fact(Words("Lot", "批次"), case["lot"]), Fact(Words("Filed", "提出时间"), case["filed_at"]),
        Fact(Words("Filed by", "提出人"), case["by"]), Fact(Words("Matter", "事项"), case["matter"], wide=True),
        Fact(Words("Evidence", "证据"), case["evidence"], wide=True),
        Fact(Words("Impact", "影响"), case["impact"], wide=True),
        Fact(Words("Expectation", "期望"), case["expectation"], wide=True)])


def _answer(case: Told) -> Block:
    return Facts([
        Fact(Words("Acknowledged", "签收时间"), owed(case["acknowledged_at"])),
        Fact(Words("Answered", "答复时间"), owed(case["answered_at"])),
        Fact(Words("Answer", "答复"), case["answer"], wide=True),
        Fact(Words("Cause", "原因"), case["cause"], wide=True),
        Fact(Words("Measures", "措施"), case["plan"], wide=True),
        Fact(Words("Owner of the plan", "措施负责人"), case["owner"]),
        Fact(Words("To be done by", "完成期限"), case["promised_on"]),
        Fact(Words("What was done", "完成情况"), case["result"], wide=True),
        Fact(Words("Done", "完成时间"), case["done_at"]),
        Fact(Words("Satisfied, 1 to 5", "投诉方满意度 1-5"), owed(case["satisfied"]))])


def _six(six: Sequence[Told]) -> Block:
    heads = (Head(Words("Step", "步骤"), 1.1), Head(Words("Unit", "单元"), 1.3), Head(Words("Taken", "时间"), 1.1),
             Head(Words("Due", "期限"), 1.1), Head(Words("What was said", "说明"), 2.4))
    return Table(Words("Six steps", "六个步骤"), heads, [
        (one["words"], one["unit"], owed(one["at"]), one["due_at"], one["said"]) for one in six])


def _appeals(appeals: Sequence[Told]) -> Block:
    heads = (Head(Words("No.", "编号"), 1.4), Head(Words("Appealed by", "申诉方"), 1.1),
             Head(Words("Grounds", "理由"), 2),
             Head(Words("Decision", "裁定"), 1.1), Head(Words("Reasons", "裁定理由"), 2),
             Head(Words("At", "时间"), 1.1))
    return Table(Words("Appeals", "申诉"), heads, [
        (one["number"], SIDES[one["side"]], one["grounds"], APPEALS[one["state"]], one["reasons"], one["decided_at"])
        for one in appeals], Words("Nobody appealed.", "无申诉。"))


def _follow_ups(follow_ups: Sequence[Told]) -> Block:
    heads = (Head(Words("After days", "天数"), 0.7, True), Head(Words("State", "状态"), 0.9),
             Head(Words("At", "时间"), 1.1), Head(Words("By", "回访人")), Head(Words("How", "方式"), 0.9),
             Head(Words("Came back", "复发"), 0.7), Head(Words("Satisfied", "满意度"), 0.7, True),
             Head(Words("In their words", "投诉方意见"), 2))
    return Table(Words("Follow-ups", "回访"), heads, [
        (one["days_after"], FOLLOW_UPS[one["state"]], one["visited_at"], one["by"], CHANNELS.get(one["channel"] or ""),
         one["recurred"], one["satisfied"], one["note"]) for one in follow_ups],
        Words("None planned.", "未计划回访。"))
