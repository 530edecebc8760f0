"""Knows routes, disciplines and steps of corrective actions; must not know where they are stored.

Source: ISO 9001:2015 10.2, IATF 16949:2016 10.2.3; 8D after VDA.
"""

from collections.abc import Collection

from qms.rules.errors import IllegalStep
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

DISCIPLINES: dict[str, Words] = {
    "D0": Words("Prepare and respond at once", "准备与应急"),
    "D1": Words("Team", "小组"),
    "D2": Words("Problem description", "问题描述"),
    "D3": Words("Interim containment", "临时围堵"),
    "D4": Words("Root causes", "根本原因"),
    "D5": Words("Choose corrective actions", "选定纠正措施"),
    "D6": Words("Implement and validate", "实施与确认"),
    "D7": Words("Prevent recurrence", "预防再发"),
    "D8": Words("Close and thank", "关闭与致谢"),
}

ROUTES: dict[str, Words] = {
    "8d": Words("8D", "8D"),
    "4d": Words("4D", "4D"),
    "5why": Words("5-Why", "五个为什么"),
    "correction": Words("Correction only", "仅纠正"),
}
DISCIPLINES_OF: dict[str, tuple[str, ...]] = {
    "8d": tuple(DISCIPLINES),
    "4d": ("D0", "D2", "D3", "D4", "D6", "D8"),
    "5why": ("D2", "D4", "D6", "D8"),
    "correction": ("D2", "D6", "D8"),
}
"""The disciplines that each route goes through, in order. Effectiveness is proven on every route that has D4."""

SOURCES: dict[str, Words] = {
    "rejections": Words("Rejection", "不合格"),
    "stops": Words("Stop", "停线"),
    "customer_notices": Words("Notice to a customer", "顾客通知"),
    "customer_complaints": Words("Customer complaint", "顾客投诉"),
    "internal_complaints": Words("Internal complaint", "内部投诉"),
    "surveys": Words("Survey", "满意度调查"),
}
"""Tables of the records that a corrective action may come from."""

QUESTIONS: dict[str, Words] = {
    "what": Words("What: object and defect", "什么: 对象与缺陷"),
    "where": Words("Where: place and spot on the part", "哪里: 地点与零件部位"),
    "when": Words("When: first, since, pattern", "何时: 首次、此后、规律"),
    "extent": Words("How many: pieces, size", "多少: 数量与程度"),
    "trend": Words("Trend: more, fewer, the same", "趋势: 增加、减少、不变"),
}
"""Questions of is / is-not (D2)."""

STEPS = StepTable(
    what=Words("Corrective action", "纠正措施"), first="open",
    states={
        "open": State(Words("In work", "进行中"), "pending"),
        "watching": State(Words("Waiting for effectiveness", "有效性验证中"), "held"),
        "effective": State(Words("Proven effective", "已验证有效"), "accepted"),
        "closed": State(Words("Closed", "已关闭"), "accepted"),
        "void": State(Words("Void", "已作废"), "void"),
    },
    steps=(
        Step("edit", Words("Fill in", "填写"), ("open", "watching", "effective"), None, "actions.work"),
        Step("change_route", Words("Change the route", "更改路线"), ("open",), None, "actions.work"),
        Step("add_source", Words("Sources", "来源"), ("open", "watching", "effective"), None,
             "actions.open"),
        Step("pass_gate", Words("Finish the step", "完成本步骤"), ("open", "effective"), None, "actions.work"),
        Step("watch", Words("Watch effectiveness", "开始有效性验证"), ("open",), "watching", "actions.work"),
        Step("confirm", Words("Confirm effectiveness", "确认有效"), ("watching",), "effective", "actions.confirm"),
        Step("reopen", Words("Reopen at D4", "在 D4 重新打开"), ("watching", "effective", "closed"), "open",
             "actions.confirm"),
        Step("take_back", Words("Take back the reopening", "撤销重新打开"), ("open",), "watching", "actions.confirm"),
        Step("close", Words("Close", "关闭"), ("open", "effective"), "closed", "actions.approve"),
        Step("void", Words("Void", "作废"), ("open",), "void", "actions.approve"),
    ),
)
"""A reopening that is taken back leads to the state before it, as recorded."""
STATES = STEPS.words
RUNNING = ("open", "watching", "effective")
"""States in which a case is still on somebody's table."""

COLUMNS: dict[str, Words] = {
    "contain": Words("D0 to D3: protect the customer", "D0-D3: 保护顾客"),
    "cause": Words("D4 and D5: find the cause", "D4-D5: 查明原因"),
    "act": Words("D6: put it in place", "D6: 落实措施"),
    "watching": Words("Waiting for effectiveness", "有效性验证中"),
    "finish": Words("D7 and D8: prevent and close", "D7-D8: 预防与关闭"),
}
"""Columns of the team board, in order."""
_COLUMN_OF = {"D0": "contain", "D1": "contain", "D2": "contain", "D3": "contain", "D4": "cause", "D5": "cause",
              "D6": "act", "D7": "finish", "D8": "finish"}

TRACKS: dict[str, Words] = {
    "occurrence": Words("Occurrence: why was it made?", "发生: 为何产生?"),
    "escape": Words("Escape: why was it passed on?", "流出: 为何未发现?"),
    "systemic": Words("Systemic: why did the system allow it?", "系统: 体系为何允许?"),
}
CATEGORIES: dict[str, Words] = {
    "man": Words("People", "人"),
    "machine": Words("Machine", "机"),
    "material": Words("Material", "料"),
    "method": Words("Method", "法"),
    "environment": Words("Environment", "环"),
    "measurement": Words("Measurement", "测"),
}
"""Bones of the Ishikawa diagram (5M1E)."""


def disciplines(route: str) -> tuple[str, ...]:
    """Return the disciplines of a route, in order."""
    return DISCIPLINES_OF[route]


def is_proven(route: str) -> bool:
    """Tell whether effectiveness has to be proven on this route before the case closes."""
    return "D4" in DISCIPLINES_OF[route]


def current(route: str, done: Collection[str]) -> str | None:
    """Return the first discipline of a route that is not done; None when all of them are."""
    return next((step for step in DISCIPLINES_OF[route] if step not in done), None)


def column_of(state: str, standing: str | None) -> str:
    """Return the column of the team board in which a running case stands."""
    return "watching" if state == "watching" else _COLUMN_OF[standing or "D8"]


def check_order(route: str, done: Collection[str], step: str) -> None:
    """Raise IllegalStep unless a discipline is the next one of the route: gates are passed in order."""
    if step not in DISCIPLINES_OF[route]:
        raise IllegalStep(f"{step} is not part of the route {ROUTES[route].en}.",
                          f"{ROUTES[route].zh} 路线不含 {step}。")
    if step in done:
        raise IllegalStep(f"{step} is finished already.", f"{step} 已完成。")
    first = current(route, done)
    if step != first:
        raise IllegalStep(f"{first} comes first.", f"须先完成 {first}。")


def check_close(route: str, state: str) -> None:
    """Raise IllegalStep for closing a case whose effectiveness is not proven yet."""
    if is_proven(route) and state != "effective":
        raise IllegalStep("Effectiveness is not proven yet: done is not the same as effective.",
                          "有效性尚未验证: 做完不等于有效。")
