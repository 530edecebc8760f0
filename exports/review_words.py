"""Knows the words that every file of a management review uses; must not know any file."""

from qms.rules.customers_metrics import METRICS
from qms.rules.review import DECISION_STEPS, INPUT_STATES, OUTPUTS, ROLES, STATES, Missed
from qms.rules.review_packs import Attendee, Pack, PackInput
from qms.rules.words import Words

TITLE = Words("Management review", "管理评审")
COVER, INDEX = Words("Cover", "封面"), Words("Clause index", "条款索引")
DECISIONS, TARGETS = Words("Decisions", "评审决定"), Words("Missed targets", "未达成的目标")
GLOSSARY = Words("Glossary", "术语")
BACK = Words("← Index", "← 索引")
CLAUSE, INPUT, STATE = Words("Clause", "条款"), Words("Input", "输入"), Words("State", "状态")
HOW = Words("How counted", "统计口径")
RECORDS, OPEN = Words("Records", "记录"), Words("Open", "打开")
FIGURE, NOW, BEFORE = Words("Figure", "指标"), Words("Now", "本期"), Words("Before", "对比期")
COUNTED, LOW, HIGH = Words("n", "n"), Words("95 % CI low", "95 % 置信下限"), Words("95 % CI high", "95 % 置信上限")
BEFORE_COUNTED = Words("n before", "对比期 n")
INTERVAL = Words("95 % CI", "95 % 置信区间")
CHANGE = Words("Change", "变化")
TYPED, NOTE = Words("As typed", "录入内容"), Words("Said in the meeting", "会议讨论")
SAID = Words("What it says", "说明")
WARNED, REASON = Words("Mind", "注意"), Words("Not applicable because", "不适用的理由")
CONTENT_HASH = Words("SHA-256 over all frozen figures", "全部冻结数据 SHA-256")
TABLES, ROWS, IMPORTED = Words("Data", "数据"), Words("Rows", "行数"), Words("Imported from", "导入自")
MISSING = Words("Missing: neither filled nor marked not applicable (R-40)", "缺失: 未填写且未说明不适用 (R-40)")
NO_PLAN = Words("No action plan (R-41)", "尚无措施计划 (R-41)")
NONE_DECIDED = Words("Nothing was decided.", "尚无决定。")
NONE_MISSED = Words("No customer target was missed.", "没有未达成的顾客目标。")
NO_FIGURES = Words("Nothing was counted for this input.", "该输入没有统计数据。")
ALL_ANSWERED = Words("Every input is answered.", "所有输入均已处理。")
NO, DECISION, OUTPUT = Words("No.", "序号"), Words("Decision", "决定"), Words("Output", "输出")
RESOURCE, OWNER, DUE, RESULT = (Words("Resource", "资源"), Words("Owner", "负责人"), Words("Due", "期限"),
                                Words("Result", "结果"))
AGAINST, CUSTOMER = Words("Plans against", "针对目标"), Words("Customer", "顾客")
METRIC, MONTHS, PLAN = Words("Metric", "指标"), Words("Months", "月份"), Words("Action plan", "措施计划")
_MOVED = Words("Live data gives {count} of these figures otherwise by now.", "当前数据与其中 {count} 项数据已有差异。")
_THERE, _AWAY = Words("was there", "已出席"), Words("was not there", "未出席")


def state_of(one: PackInput) -> Words:
    """Return the state of an input."""
    return INPUT_STATES[one.state].words


def state_of_pack(pack: Pack) -> Words:
    """Return the state of the review."""
    return STATES[pack.state]


def clauses_of(one: PackInput) -> str:
    """Return the clauses that ask for an input, one a line."""
    return "\n".join(one.rule.clauses) or "–"


def output_of(code: str) -> Words:
    """Return the kind of output that a decision is."""
    return OUTPUTS[code]


def decision_state(code: str) -> Words:
    """Return the state of a decision."""
    return DECISION_STEPS.words[code]


def target_of(missed: Missed) -> Words:
    """Return the customer and the metric that missed its target."""
    metric = METRICS[missed.metric].words
    return Words(f"{missed.customer.en}: {metric.en}", f"{missed.customer.zh}: {metric.zh}")


def metric_of(missed: Missed) -> Words:
    """Return the metric that missed its target."""
    return METRICS[missed.metric].words


def months_of(missed: Missed) -> str:
    """Return the months in which a target was missed."""
    return ", ".join(f"{month:%Y-%m}" for month in missed.months)


def warnings_of(one: PackInput) -> tuple[Words, ...]:
    """Return what to mind with an input: what its figures say, and that they have moved since they were frozen."""
    if not one.moved:
        return one.snapshot.warned
    return (*one.snapshot.warned, Words(_MOVED.en.format(count=one.moved), _MOVED.zh.format(count=one.moved)))


def attendee(one: Attendee, language: str) -> str:
    """Return who takes part, as what, and whether they were there."""
    there = "" if one.was_there is None else f" ({(_THERE if one.was_there else _AWAY).to(language)})"
    return f"{one.name}, {ROLES[one.role].to(language)}{there}"
