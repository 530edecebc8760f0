"""Knows how a corrective action reads on paper, discipline by discipline (8D); must not know the database.

What is told of a case comes as plain values (`qms.workflows.actions_report`); what is owed and missing shows as such.
Source: domain.md B.1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.actions_proof import documents, effectiveness, prevention, tasks
from exports.sections import (
    Block,
    Fact,
    Facts,
    Fishbone,
    Head,
    Mark,
    Photo,
    Photos,
    Section,
    Table,
    owed,
)
from exports.trail_signatures import signed
from qms.rules.actions import CATEGORIES, DISCIPLINES, DISCIPLINES_OF, QUESTIONS, ROUTES, TRACKS
from qms.rules.rejections import PLACES, SEVERITIES
from qms.rules.words import Words

TITLE = Words("8D report", "8D 报告")
NO = Words("No.", "编号")
BY, AT = Words("By", "人员"), Words("At", "时间")

Told = Mapping[str, Any]


def sections(told: Told, photos: Sequence[Photo]) -> list[Section]:
    """Return the case, the disciplines of its route in order, the photos, and the signatures."""
    parts = {"D0": _response, "D1": _team, "D2": _problem, "D3": _containment, "D4": _causes, "D5": tasks,
             "D6": effectiveness, "D7": documents, "D8": _closing}
    return [
        Section("", Words("Case", "案件"), [_case(told)]),
        *(Section(name, DISCIPLINES[name], parts[name](told), _done(told, name))
          for name in DISCIPLINES_OF[told["case"]["route"]]),
        *([Section("", Words("Photos", "照片"), [Photos(photos)])] if photos else []),
        *signed(told["signatures"])]


def _done(told: Told, name: str) -> Words | None:
    """Return when and by whom a discipline was finished, or that it is not; None: it was never asked for."""
    step = told["steps"].get(name)
    if step is None:
        return None
    if step["done_at"] is None:
        due = f" {step['due_at']:%Y-%m-%d %H:%M}" if step["due_at"] else ""
        return Words(f"Not finished, due{due}" if due else "Not finished", f"未完成, 期限{due}" if due else "未完成")
    told_of = f"{step['done_at']:%Y-%m-%d %H:%M} {step['by'] or ''}".strip()
    return Words(f"Finished {told_of}", f"完成 {told_of}")


def _case(told: Told) -> Block:
    case = told["case"]
    return Facts([
        Fact(Words("Route", "路线"), ROUTES[case["route"]]),
        Fact(Words("Severity", "严重度"), SEVERITIES[case["severity"]]),
        Fact(Words("Item", "产品"), case["item"]), Fact(Words("Drawing revision", "图纸版本"), case["drawing_rev"]),
        Fact(Words("Defect", "缺陷"), case["defect"]), Fact(Words("Lot", "批次"), case["lot"]),
        Fact(Words("Origin operation", "责任工序"), owed(case["origin"] or case["origin_unknown_reason"])),
        Fact(Words("Detecting operation", "发现工序"), owed(case["detecting"])),
        Fact(Words("Customer", "顾客"), case["customer"]),
        Fact(Words("Customer's reference", "顾客编号"), case["customer_ref"]),
        Fact(Words("Opened", "开立"), case["opened_at"]), Fact(Words("Clock from", "计时起点"), case["clock_from"]),
        Fact(Words("Safety", "安全"), case["safety"]), Fact(Words("Repeat of", "重复发生自"), case["repeat_of"]),
        Fact(Words("Sources", "来源"), ", ".join(one["number"] for one in told["sources"]), wide=True),
    ])


def _response(told: Told) -> list[Block]:
    case = told["case"]
    return [Facts([
        Fact(Words("Symptom", "现象"), owed(case["symptom"]), wide=True),
        Fact(Words("Emergency response", "应急措施"), owed(case["emergency"]), wide=True),
        Fact(Words("Verified", "验证"), case["emergency_verified_at"]),
        Fact(Words("Route by rule", "规则路线"), ROUTES.get(case["route_by_rule"], case["route_by_rule"])),
        *([Fact(Words("Why another route", "另选路线的理由"), case["route_reason"], wide=True)]
          if case["route_reason"] else [])])]


def _team(told: Told) -> list[Block]:
    case = told["case"]
    return [
        Facts([Fact(Words("Sponsor", "发起人"), owed(case["sponsor"])),
               Fact(Words("Leader", "组长"), owed(case["leader"]))]),
        Table(Words("Members", "成员"),
              (Head(Words("Name", "姓名")), Head(Words("Function", "职能")), Head(Words("For", "代表"))),
              [(one["person"], one["function"], one["unit"]) for one in told["team"]])]


def _problem(told: Told) -> list[Block]:
    case = told["case"]
    asked = (("problem_what", Words("What", "何事")), ("problem_where", Words("Where", "何地")),
             ("problem_when", Words("When", "何时")), ("problem_who", Words("Who found it", "谁发现")),
             ("problem_why", Words("Why a problem", "为何是问题")), ("problem_how", Words("How found", "如何发现")),
             ("problem_quantity", Words("How many", "多少")), ("requirement", Words("Requirement", "要求")),
             ("actual", Words("Actual", "实际")), ("customer_view", Words("Customer's view", "顾客描述")))
    needed = {"problem_what", "problem_quantity", "requirement", "actual"}
    return [
        Facts([*(Fact(label, owed(case[name]) if name in needed else case[name], wide=True) for name, label in asked),
               Fact(Words("First seen", "首次发现"), case["first_seen_at"]),
               Fact(Words("Last seen", "最近发现"), case["last_seen_at"]),
               Fact(Words("Confirmed on a part", "已在实物上确认"), owed(case["reproduced"]))]),
        Table(Words("Is / is not", "是 / 不是"),
              (Head(Words("Question", "问题"), 1.2), Head(Words("Is", "是")), Head(Words("Is not", "不是")),
               Head(Words("Difference", "差异"))),
              [(QUESTIONS.get(one["question"], one["question"]), one["is_so"], one["is_not"], one["difference"])
               for one in told["comparisons"]])]


def _containment(told: Told) -> list[Block]:
    case = told["case"]
    heads = (Head(Words("Place", "位置"), 1.6), Head(Words("Lot", "批次"), 1.2),
             Head(Words("Suspect", "可疑"), 1, True),
             Head(Words("Checked", "已检"), 1, True), Head(Words("Not good", "不合格"), 1, True),
             Head(Words("Good", "合格"), 1, True), Head(Words("Method", "方法"), 1.6), Head(BY), Head(AT, 1.3))
    return [
        Facts([Fact(Words("Containment", "围堵措施"), owed(case["containment"]), wide=True),
               Fact(Words("From", "开始"), case["containment_from"]),
               Fact(Words("Removed", "解除"), case["containment_to"]),
               Fact(Words("Effective", "有效"), owed(case["containment_effective"])),
               Fact(Words("Clean point", "断点"), case["clean_point"]),
               Fact(Words("Evidence", "证据"), owed(case["containment_evidence"]), wide=True),
               *([Fact(Words("Customer informed", "已通知顾客"), owed(case["customer_informed_at"]))]
                 if case["customer"] else [])]),
        Table(Words("Stock by place", "各位置库存"), heads, [
            (_place(one), one["lot"], *(owed(one[name]) for name in ("suspect", "checked", "nonconforming", "good")),
             one["method"], one["by"], one["answered_at"]) for one in told["stock"]])]


def _place(line: Told) -> Words:
    place = PLACES[line["place"]]
    unit = line["unit"]
    return place if unit is None else Words(f"{place.en}: {unit.en}", f"{place.zh}: {unit.zh}")


def _causes(told: Told) -> list[Block]:
    causes = told["causes"]
    bones = [(words, [(_mark(one["holds"]), one["text"]) for one in causes if one["category"] == name])
             for name, words in CATEGORIES.items()]
    blocks: list[Block] = [Fishbone(told["case"]["problem_what"] or told["title"], bones)]
    for track, words in TRACKS.items():
        blocks += _track(words, [one for one in causes if one["track"] == track])
    return blocks


def _track(words: Words, causes: Sequence[Told]) -> list[Block]:
    """Return the causes of a track with what proves them, and under each the chain of its whys."""
    heads = (Head(Words("Cause", "原因"), 2), Head(Words("Test", "检验"), 2), Head(Words("Verified by", "验证依据"), 2),
             Head(BY), Head(Words("Share %", "贡献 %"), 0.7, True), Head(Words("PFMEA line", "PFMEA 行")))
    chain = (Head(Words("Why", "为什么"), 0.4), Head(Words("Answer", "回答"), 2), Head(Words("Evidence", "证据"), 2))
    made: list[Block] = [Table(words, heads, [
        (one["text"], one["test"], owed(one["verification"]) if one["holds"] else one["verification"], one["by"],
         one["contribution_percent"], one["pfmea_ref"]) for one in causes])]
    for one in causes:
        if one["whys"]:
            title = Words(f"Whys of: {one['text']}", f"五个为什么: {one['text']}")
            made.append(Table(title, chain, [(why["position"], why["text"], owed(why["evidence"]))
                                             for why in one["whys"]]))
    return made


def _mark(holds: bool | None) -> Mark:
    return "open" if holds is None else "true" if holds else "false"


def _closing(told: Told) -> list[Block]:
    case = told["case"]
    customer = [Fact(Words("Accepted by the customer", "顾客认可"), owed(case["customer_accepted_on"])),
                Fact(Words("By", "认可人"), case["customer_accepted_by"])] if case["customer"] else []
    return [Facts([Fact(Words("Thanks", "致谢"), owed(case["thanks"]), wide=True), *customer,
                   Fact(Words("Closed", "关闭"), case["closed_at"])]), *prevention(told)]
