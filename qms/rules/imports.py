"""Knows the words of imports: which kinds there are, how a run may stand. Must not know any file or table."""

from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "inspections": Words("Inspection results", "检验结果"),
    "production": Words("Production log", "生产报工记录"),
    "complaints": Words("Customer complaints", "顾客投诉"),
    "requests": Words("Help-desk log", "服务台记录"),
    "chain": Words("Master data", "主数据"),
    "scores": Words("Scorecard readings", "计分卡读数"),
    "survey": Words("Survey results of units", "单元调查结果"),
    "unit_measures": Words("Measures of units", "单元指标"),
}

STEPS = StepTable(
    what=Words("Import", "导入"),
    first="prepared",
    states={
        "prepared": State(Words("Prepared", "待导入"), "pending"),
        "running": State(Words("Running", "进行中"), "pending"),
        "done": State(Words("Done", "已完成"), "accepted"),
        "refused": State(Words("Refused", "已拒绝"), "rejected"),
        "cancelled": State(Words("Cancelled", "已取消"), "void"),
    },
    steps=(
        Step("run", Words("Import", "导入"), ("prepared", "running"), "running", "imports.run"),
        Step("choose", Words("Choose the mapping", "选择映射"), ("prepared",), None, "imports.run"),
        Step("ask", Words("Ask for the import", "提交导入"), ("prepared",), "running", "imports.run"),
        Step("finish", Words("Finish", "完成"), ("running",), "done", "imports.run"),
        Step("refuse", Words("Refuse", "拒绝"), ("prepared", "running"), "refused", "imports.run"),
        Step("cancel", Words("Cancel", "取消"), ("prepared", "running"), "cancelled", "imports.run"),
    ),
)
STATES = STEPS.words

PERMISSION = "imports.run"
NOT_NAMED = Words("Part not named in the log", "报工记录未注明零件")
IN_PROCESS = Words("Work in process", "在制品")
UNDATED = "The file gives no date. 文件未注明日期。"
