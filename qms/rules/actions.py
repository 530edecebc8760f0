"""Knows routes, disciplines and steps of corrective actions; must not know where they are stored.

Source: ISO 9001:2015 10.2, IATF 16949:2016 10.2.3; 8D after VDA.
"""

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
        Step("pass_gate", Words("Finish the step", "完成本步骤"), ("open", "effective"), None, "actions.work"),
        Step("watch", Words("Watch effectiveness", "开始有效性验证"), ("open",), "watching", "actions.work"),
        Step("confirm", Words("Confirm effectiveness", "确认有效"), ("watching",), "effective", "actions.confirm"),
        Step("reopen", Words("Reopen at D4", "在 D4 重新打开"), ("watching", "effective", "closed"), "open",
             "actions.confirm"),
        Step("close", Words("Close", "关闭"), ("open", "effective"), "closed", "actions.approve"),
        Step("void", Words("Void", "作废"), ("open",), "void", "actions.approve"),
    ),
)
STATES = STEPS.words

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
