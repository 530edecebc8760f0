"""Knows how the review sheet of nonconforming product (不合格品评审/处置单) reads; must not know the database.

Source: ISO 9001:2015 8.7.2; domain.md E.7.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.sections import Block, Fact, Facts, Head, Photo, Photos, Section, Table, owed
from exports.trail_signatures import signed
from qms.rules.dispositions import CODES, CONCEDED, STATES, WORKED
from qms.rules.dispositions_board import FUNCTIONS, VOTES
from qms.rules.rejections import ESCAPE_CLASSES, HOLD_STATES, KINDS, ORIGIN_STATES, SEVERITIES
from qms.rules.words import Words

TITLE = Words("Review and disposition of nonconforming product", "不合格品评审处置单")

_BY, _AT, _QUANTITY = Words("By", "人员"), Words("At", "时间"), Words("Quantity", "数量")
_LINE, _NUMBER = Words("Line", "行"), Words("No.", "编号")

Told = Mapping[str, Any]


def sections(told: Told, photos: Sequence[Photo]) -> list[Section]:
    """Return what was found, said by the board, decided, done with its proof, the photos, and the signatures."""
    made = [Section("1", Words("What was found", "不合格描述"), _found(told)),
            Section("2", Words("What the board said", "评审意见"), _board(told)),
            Section("3", Words("Disposition", "处置"), _decided(told)),
            Section("4", Words("Execution and re-inspection", "执行与复检"), _done(told)),
            Section("5", Words("Costs and corrective action", "损失与纠正措施"), [_after(told)])]
    made += [Section("6", Words("Photos", "照片"), [Photos(photos)])] if photos else []
    return made + signed(told["signatures"])


def _found(told: Told) -> list[Block]:
    case = told["case"]
    facts = Facts([
        Fact(Words("Kind", "类别"), KINDS[case["kind"]]),
        Fact(Words("Severity", "严重度"), SEVERITIES[case["severity"]]),
        Fact(Words("Item", "产品"), owed(case["item"])),
        Fact(Words("Drawing revision", "图纸版本"), case["drawing_rev"]),
        Fact(Words("Lot", "批次"), owed(case["lot"])), Fact(Words("Lot quantity", "批次总数"), case["lot_quantity"]),
        Fact(Words("Nonconforming", "不合格数"), case["quantity"]),
        Fact(Words("Hand-over", "交接单号"), case["handover"]),
        Fact(Words("Defect", "缺陷"), owed(case["defect"])), Fact(Words("Zone", "部位"), case["zone"]),
        Fact(Words("Requirement", "标准要求"), case["requirement"], wide=True),
        Fact(Words("Actual", "实际"), case["actual"], wide=True), Fact(Words("Note", "备注"), case["note"], wide=True),
        Fact(Words("Detecting operation", "发现工序"), case["found"]), Fact(Words("Found", "发现"), case["found_at"]),
        Fact(Words("Origin operation", "责任工序"), case["origin"]),
        Fact(Words("State of origin", "责任状态"), ORIGIN_STATES[case["origin_state"]]),
        Fact(Words("Escape", "流出"), ESCAPE_CLASSES[case["escape_class"]]),
        Fact(Words("Reported by", "报告人"), case["by"])])
    heads = (Head(Words("Lot", "批次")), Head(_QUANTITY, 0.7, True), Head(Words("Place", "隔离位置"), 1.5),
             Head(Words("State", "状态")), Head(Words("Held", "冻结"), 1.2), Head(Words("Released", "解除"), 1.2))
    return [facts, Table(Words("Holds", "冻结"), heads, [
        (hold["lot"], hold["quantity"], hold["location"], HOLD_STATES[hold["state"]], hold["held_at"],
         hold["released_at"]) for hold in told["holds"]])]


def _board(told: Told) -> list[Block]:
    heads = (Head(Words("Function", "职能"), 1.3), Head(Words("Name", "姓名")), Head(Words("Vote", "意见"), 0.8),
             Head(Words("Prefers", "建议处置")), Head(Words("Remark", "说明"), 2), Head(_AT, 1.2))
    blocks: list[Block] = []
    for review in told["reviews"]:
        blocks += [
            Facts([Fact(Words("Proposal", "提议"), review["proposal"], wide=True),
                   Fact(Words("Outcome", "结论"), owed(review["outcome"]), wide=True),
                   Fact(Words("Chair", "主持人"), review["chair"]),
                   Fact(Words("Closed", "结论时间"), review["closed_at"])]),
            Table(Words("Votes", "意见"), heads, [
                (FUNCTIONS[vote["function"]], vote["by"], VOTES[vote["vote"]], CODES.get(vote["code"]), vote["note"],
                 vote["at"]) for vote in review["votes"]])]
    return blocks or [Table(Words("Votes", "意见"), heads, [], Words("No board was asked.", "未提交评审。"))]


def _decided(told: Told) -> list[Block]:
    heads = (Head(_LINE, 0.4, True), Head(Words("Disposition", "处置"), 1.2), Head(_QUANTITY, 0.6, True),
             Head(Words("Why", "理由"), 1.6), Head(Words("Decided by", "批准人")), Head(_AT, 1.2),
             Head(Words("Customer's authorisation", "顾客授权号"), 1.2), Head(Words("State", "状态"), 0.9))
    return [Table(Words("Lines", "处置行"), heads, [
        (line["position"], CODES[line["code"]], line["quantity"], line["justification"], line["decided_by"],
         line["decided_at"], _authorised(line), STATES[line["state"]]) for line in told["lines"]],
        Words("Not decided yet.", "尚未决定。"))]


def _authorised(line: Told) -> Any:
    """Return by which number of the customer a line stands; owed where its kind needs one."""
    concession = line["concession"]
    if concession is not None:
        return f"{concession['number']} / {concession['customer_ref'] or ''}".rstrip(" /")
    return owed(None) if line["code"] in CONCEDED and line["state"] != "withdrawn" else line["customer_ref"]


def _done(told: Told) -> list[Block]:
    runs = (Head(_LINE, 0.4, True), Head(Words("Run", "次"), 0.4, True), Head(Words("Instruction", "指导书"), 1.2),
            Head(Words("In", "投入"), 0.5, True), Head(Words("Good", "合格"), 0.6, True),
            Head(Words("Scrap", "报废"), 0.6, True),
            Head(Words("Worked by", "作业人")), Head(Words("Re-inspected by", "复检人")),
            Head(Words("At", "复检时间"), 1.2),
            Head(Words("Findings", "复检结果"), 1.5))
    tickets = (Head(_NUMBER, 1.4), Head(Words("Made unusable", "毁形"), 1.2), Head(_BY),
               Head(Words("Witness", "见证人")), Head(Words("At", "见证时间"), 1.2),
               Head(Words("Weight kg", "重量 kg"), 0.7, True),
               Head(Words("Certificate", "销毁证明")), Head(Words("Left the plant", "出厂"), 1.2))
    results = (Head(_LINE, 0.4, True), Head(Words("What was done", "执行结果"), 2), Head(_BY), Head(_AT, 1.2),
               Head(Words("Verified", "验证"), 2), Head(Words("By", "验证人")), Head(Words("At", "验证时间"), 1.2))
    lines = [line for line in told["lines"] if line["state"] != "withdrawn"]
    return [
        Table(Words("Results", "执行结果"), results, [
            (line["position"], owed(line["result"]), line["done_by"], line["done_at"], owed(line["verification"]),
             line["verified_by"], line["verified_at"]) for line in lines]),
        *([Table(Words("Rework, repair and sorting", "返工、返修和挑选"), runs, [
            (line["position"], run["run"], _reference(run), run["quantity"], owed(run["good"]), owed(run["scrapped"]),
             run["by"], owed(run["inspected_by"]), run["inspected_at"], run["findings"])
            for line in lines for run in line["runs"]], Words("Not begun.", "尚未开始。"))]
          if any(line["code"] in WORKED for line in lines) else []),
        *([Table(Words("Scrap tickets", "报废单"), tickets, [
            (line["ticket"]["number"], owed(line["ticket"]["rendered_at"]), line["ticket"]["rendered_by"],
             owed(line["ticket"]["witnessed_by"]), line["ticket"]["witnessed_at"], line["ticket"]["weight_kg"],
             line["ticket"]["certificate"], line["ticket"]["disposed_at"])
            for line in lines if line["ticket"]], Words("Not begun.", "尚未开始。"))]
          if any(line["code"] == "scrap" for line in lines) else [])]


def _reference(run: Told) -> str | None:
    return " ".join(one for one in (run["instruction_ref"], run["instruction_rev"]) if one) or None


def _after(told: Told) -> Block:
    costs = told["costs"]
    facts = [Fact(Words("Corrective actions", "纠正措施编号"), ", ".join(told["actions"]))]
    if costs is not None:
        facts.insert(0, Fact(Words("Costs posted", "已过账损失"), ", ".join(
            f"{amount:,.2f} {currency}" for amount, currency in costs)))
    return Facts(facts)
