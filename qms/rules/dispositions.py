"""Knows the codes and steps of dispositions and who may decide what; must not know where they are stored.

Source: ISO 9001:2015 8.7, IATF 16949:2016 8.7.1.1 to 8.7.1.7.
"""

from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

CODES: dict[str, Words] = {
    "return_upstream": Words("Return upstream", "退回上工序"),
    "sort": Words("Sort", "挑选"),
    "rework": Words("Rework", "返工"),
    "repair": Words("Repair", "返修"),
    "use_as_is": Words("Use as is (concession)", "让步接收(特采)"),
    "regrade": Words("Re-grade", "降级使用"),
    "return_to_supplier": Words("Return to supplier", "退货"),
    "scrap": Words("Scrap", "报废"),
    "no_fault": Words("No fault found", "误判"),
}
CODE_HINTS: dict[str, Words] = {
    "return_upstream": Words("Back to the operation that made it, to be put right there", "退回制造工序处理"),
    "sort": Words("Look at every piece; good and not good are told apart", "逐件检查, 分出合格与不合格"),
    "rework": Words("Meets the specification afterwards", "返工后完全符合规范"),
    "repair": Words("Fit for use, but may not meet the specification", "可用, 但可能不符合规范"),
    "use_as_is": Words("Accepted with a deviation that the customer has authorised", "经顾客授权带偏差接收"),
    "regrade": Words("For another use, with the customer's approval", "经顾客批准改作他用"),
    "return_to_supplier": Words("Bought product goes back", "采购件退回供方"),
    "scrap": Words("Destroyed, and proven unusable", "毁形报废并留证"),
    "no_fault": Words("Good after a second look by another person", "经他人复检合格"),
}
WORKED = frozenset({"sort", "rework", "repair"})
"""Codes whose work splits the quantity into good and not good, in runs."""
REWORKED = frozenset({"rework", "repair"})
"""Codes that change the product; what is still not good afterwards is decided again, higher up (R-06)."""
CONCEDED = frozenset({"repair", "use_as_is"})
"""Codes that need the customer's concession (R-11, R-12)."""
GONE = frozenset({"regrade", "return_to_supplier", "scrap"})
"""Codes after which the quantity is no longer there to be used or handed on."""
BRINGS: dict[str, tuple[str, ...]] = {
    "return_upstream": (),
    "sort": (),
    "rework": ("risk_ref", "risk_rev", "risk_on"),
    "repair": ("justification", "risk_ref", "risk_rev", "risk_on"),
    "use_as_is": ("justification",),
    "regrade": ("justification", "customer_ref", "customer_approver", "customer_approved_on"),
    "return_to_supplier": ("supplier_claim",),
    "scrap": (),
    "no_fault": (),
}
"""What a decision brings with it, always; what a case asks for besides is in rules.dispositions_checks."""
METHODS: dict[str, Words] = {
    "crush": Words("Crushed", "压毁"),
    "cut": Words("Cut up", "切割"),
    "drill": Words("Drilled", "钻孔"),
    "paint": Words("Painted and marked", "涂漆标识"),
    "melt": Words("Melted down", "熔化"),
    "contractor": Words("Destroyed by a contractor", "委外销毁"),
}
"""How scrap is made unusable."""

STEPS = StepTable(
    what=Words("Disposition", "处置"), first="decided",
    states={
        "decided": State(Words("Decided", "已决定"), "pending"),
        "executing": State(Words("In execution", "执行中"), "rework"),
        "verifying": State(Words("To be verified", "待验证"), "held"),
        "unusable": State(Words("Rendered unusable", "已毁形"), "rejected"),
        "completed": State(Words("Completed", "已完成"), "accepted"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
    },
    steps=(
        Step("cover", Words("Name the concession", "指定让步"), ("decided",), None, "dispositions.decide"),
        Step("start", Words("Start", "开始执行"), ("decided",), "executing", "dispositions.work"),
        Step("report", Words("Report what was done", "报告执行结果"), ("executing",), "verifying", "dispositions.work"),
        Step("verify", Words("Verify", "验证"), ("verifying",), "completed", "dispositions.verify"),
        Step("send_back", Words("Not good: back to work", "验证不合格, 退回"), ("verifying",), "executing",
             "dispositions.verify"),
        Step("witness", Words("Witness that it is unusable", "见证毁形"), ("verifying",), "unusable",
             "dispositions.verify"),
        Step("dispose", Words("Left the plant", "处理出厂"), ("unusable",), "completed", "dispositions.work"),
        Step("withdraw", Words("Withdraw the decision", "撤回决定"), ("decided",), "withdrawn", "dispositions.decide"),
    ),
)
"""Scrap goes start (segregated), report (made unusable), witness, dispose; all others start, report, verify."""
STATES = STEPS.words
OPEN = ("decided", "executing", "verifying", "unusable")
"""States in which the quantity is still held."""
