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
CONCEDED = frozenset({"repair", "use_as_is"})
"""Codes that need the customer's concession (R-11, R-12)."""

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
OPEN = ("decided", "executing", "verifying")
"""States in which the quantity is still held."""
