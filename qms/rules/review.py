"""Knows the states, steps and laws of management-review packs; must not know where they are stored.

Source: ISO 9001:2015 9.3, IATF 16949:2016 9.3.1.1, 9.3.3.1; R-40, R-41.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from qms.rules.customers_metrics import METRICS
from qms.rules.errors import IllegalStep, Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

VIEW, PREPARE, SIGN = "review.view", "review.prepare", "review.sign"

STEPS = StepTable(
    what=Words("Management review", "管理评审"), first="draft",
    states={
        "draft": State(Words("Draft", "草稿"), "pending"),
        "frozen": State(Words("Figures frozen", "数据已冻结"), "held"),
        "meeting": State(Words("Meeting", "评审会议中"), "rework"),
        "actions_set": State(Words("Actions set", "措施已确定"), "concession"),
        "signed": State(Words("Signed", "已签署"), "accepted"),
        "void": State(Words("Void", "作废"), "void"),
    },
    steps=(
        Step("edit", Words("Edit", "编辑"), ("draft", "frozen"), None, PREPARE),
        Step("assemble", Words("Assemble the figures", "汇编数据"), ("draft",), None, PREPARE),
        Step("fill", Words("Fill in an input", "填写输入"), ("draft", "frozen", "meeting"), None, PREPARE),
        Step("freeze", Words("Freeze the figures", "冻结数据"), ("draft",), "frozen", PREPARE),
        Step("thaw", Words("Back to draft", "退回草稿"), ("frozen",), "draft", PREPARE),
        Step("compare", Words("Compare with live data", "与当前数据比对"),
             ("frozen", "meeting", "actions_set", "signed"), None, PREPARE),
        Step("meet", Words("Open the meeting", "开始会议"), ("frozen",), "meeting", PREPARE),
        Step("attend", Words("Name who takes part", "参会人员"), ("draft", "frozen", "meeting"), None, PREPARE),
        Step("note", Words("Take a note", "记录讨论"), ("meeting",), None, PREPARE),
        Step("decide", Words("Decide", "作出决定"), ("meeting",), None, PREPARE),
        Step("settle", Words("Actions are set", "措施确定"), ("meeting",), "actions_set", PREPARE),
        Step("resume", Words("Back to the meeting", "返回会议"), ("actions_set",), "meeting", PREPARE),
        Step("sign", Words("Sign", "签署"), ("actions_set",), "signed", SIGN),
        Step("void", Words("Void", "作废"), ("draft", "frozen", "meeting", "actions_set"), "void", PREPARE),
    ),
)
STATES = STEPS.words

DECISION_STEPS = StepTable(
    what=Words("Decision", "评审决定"), first="open",
    states={
        "open": State(Words("Open", "未完成"), "pending"),
        "done": State(Words("Done", "已完成"), "accepted"),
        "dropped": State(Words("Dropped", "已取消"), "void"),
    },
    steps=(
        Step("change", Words("Change", "修改"), ("open",), None, PREPARE),
        Step("report", Words("Report the result", "报告结果"), ("open",), "done", VIEW),
        Step("drop", Words("Drop with a reason", "说明理由取消"), ("open",), "dropped", PREPARE),
        Step("reopen", Words("Reopen", "重新打开"), ("done", "dropped"), "open", PREPARE),
    ),
)

INPUT_STATES: dict[str, State] = {
    "missing": State(Words("Missing", "缺失"), "rejected"),
    "filled": State(Words("Filled", "已填"), "accepted"),
    "not_applicable": State(Words("Not applicable", "不适用"), "neutral"),
}
OUTPUTS: dict[str, Words] = {
    "improvement": Words("Opportunity for improvement", "改进机会"),
    "system": Words("Change of the quality system", "质量管理体系变更"),
    "resource": Words("Resource", "资源需求"),
    "target": Words("Action plan for a missed customer target", "顾客目标未达成的措施计划"),
}
"""Outputs of a review, ISO 9001:2015 9.3.3 a) to c) and IATF 16949:2016 9.3.3.1."""
ROLES: dict[str, Words] = {
    "chair": Words("Chair, top management", "主持 (最高管理者)"),
    "representative": Words("Management representative", "管理者代表"),
    "quality": Words("Quality", "质量"),
    "production": Words("Production", "生产"),
    "process": Words("Process engineering", "工艺"),
    "purchasing": Words("Purchasing", "采购"),
    "sales": Words("Sales and customer service", "销售与客户服务"),
    "finance": Words("Finance", "财务"),
    "people": Words("People and training", "人力资源与培训"),
    "other": Words("Other", "其他"),
}
LONGEST_DAYS = 366 * 3


class Missed(NamedTuple):
    """A customer's target that was missed in the period: by which customer and metric, and in which months."""

    customer_id: int
    customer: Words
    metric: str
    months: tuple[date, ...]

    @property
    def key(self) -> str:
        """Return what a decision names to answer it."""
        return f"{self.customer_id}:{self.metric}"


def check_span(first: date, last: date, before_first: date, before_last: date, today: date) -> None:
    """Raise Invalid unless a period and its comparison are whole, past and apart."""
    if last < first:
        raise Invalid("The last day is before the first.", "截止日期早于起始日期。", field="last_on")
    if before_last < before_first:
        raise Invalid("The last day is before the first.", "截止日期早于起始日期。", field="before_last_on")
    if first > today:
        raise Invalid("The period is still to come.", "该期间尚未开始。", field="first_on")
    if max((last - first).days, (before_last - before_first).days) > LONGEST_DAYS:
        raise Invalid("A review covers three years at most.", "评审期间最长三年。", field="last_on")
    if before_last >= first:
        raise Invalid("The comparison period ends before the period begins.", "对比期须在评审期之前结束。",
                      field="before_last_on")


def check_inputs(missing: Iterable[Words]) -> None:
    """Raise Refused (R-40) while an input that the standard asks for is neither filled nor given a reason."""
    names = list(missing)
    if names:
        raise Refused("R-40", f"Neither filled nor marked not applicable with a reason: "
                              f"{', '.join(name.en for name in names)}.",
                      f"以下输入未填写且未说明不适用的理由: {'、'.join(name.zh for name in names)}。")


def check_targets(missed: Iterable[Missed], answered: Iterable[str | None]) -> None:
    """Raise Refused (R-41) while a missed customer target has no action plan in the pack."""
    held = set(answered)
    owed = [one for one in missed if one.key not in held]
    if owed:
        raise Refused("R-41", "No action plan yet for missed customer targets: "
                              + "; ".join(f"{one.customer.en}, {_metric(one).en}" for one in owed) + ".",
                      "以下未达成的顾客目标还没有措施计划: "
                      + "; ".join(f"{one.customer.zh} {_metric(one).zh}" for one in owed) + "。")


def check_attended(roles: Iterable[str]) -> None:
    """Raise IllegalStep for a meeting without somebody from top management in the chair."""
    if "chair" not in set(roles):
        raise IllegalStep("Name who chairs the meeting: top management reviews the system itself.",
                          "请填写会议主持人: 最高管理者须亲自评审。")


def _metric(missed: Missed) -> Words:
    return METRICS[missed.metric].words
