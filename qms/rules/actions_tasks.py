"""Knows kinds, steps and proofs of the tasks of a corrective action; must not know where they are stored.

Source: ISO 9001:2015 10.2.1 c and 8.5.6, IATF 16949:2016 10.2.3 and 10.2.4.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from qms.rules.errors import IllegalStep, Invalid
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "containment": Words("Containment", "围堵"),
    "corrective": Words("Corrective", "纠正措施"),
    "preventive": Words("Preventive", "预防措施"),
    "training": Words("Training", "培训"),
    "read_across": Words("Read-across", "横向展开"),
    "other": Words("Other", "其他"),
}
WEIGHED = frozenset({"corrective", "preventive"})
"""Kinds that begin as an option, weighed and chosen by the sponsor (D5); the others are to be done at once."""

LEVELS: dict[str, Words] = {
    "eliminate": Words("Eliminate: the fault cannot arise", "消除: 缺陷不可能发生"),
    "replace": Words("Replace: by something more robust", "替代: 采用更稳健的方式"),
    "prevent": Words("Prevent: the slip is blocked", "预防: 差错被阻止"),
    "detect": Words("Detect: caught at once, at the spot", "探测: 当场发现"),
    "instruct": Words("Instruct: told and trained only", "告知: 仅靠说明和培训"),
}
"""Levels of error-proofing, strongest first."""

STEPS = StepTable(
    what=Words("Task", "任务"), first="option",
    states={
        "option": State(Words("Option", "备选"), "pending"),
        "chosen": State(Words("To be done", "待完成"), "held"),
        "done": State(Words("Done", "已完成"), "accepted"),
        "dropped": State(Words("Dropped", "已取消"), "void"),
    },
    steps=(
        Step("edit", Words("Edit", "编辑"), ("option", "chosen"), None, "actions.work"),
        Step("choose", Words("Choose", "选定"), ("option",), "chosen", "actions.approve"),
        Step("report", Words("Report as done", "报告完成"), ("chosen",), "done", "actions.work"),
        Step("send_back", Words("Send back", "退回"), ("done",), "chosen", "actions.work"),
        Step("drop", Words("Drop", "取消"), ("option", "chosen"), "dropped", "actions.work"),
    ),
)
STATES = STEPS.words
STANDING = ("chosen", "done")
"""States of a task that counts as an answer to its cause."""


def asked(number: str, title: str, text: str) -> tuple[Words, Words]:
    """Return subject and text of what the owner of a task is told."""
    return (Words(f"{number}: a task for you", f"{number}: 有一项任务交给您"),
            Words(f"{title}: {text}", f"{title}: {text}"))


class Answer(NamedTuple):
    """A task as the gates see it."""

    text: str
    kind: str
    state: str
    cause_id: int | None
    risk: str | None
    trial_pieces: int | None
    trial_result: str | None
    evidence: str | None
    effective_from: str | None
    changes_process: bool | None
    change_ref: str | None
    done_at: datetime | None


def check_kind(kind: str, level: str | None) -> None:
    """Raise Invalid for a kind or a level of error-proofing that is not there."""
    if kind not in KINDS:
        raise Invalid(f"There is no kind of task {kind}.", f"没有任务类别 {kind}。", field="kind")
    if level is not None and level not in LEVELS:
        raise Invalid(f"There is no level {level}.", f"没有防错等级 {level}。", field="level")


def first_state(kind: str) -> str:
    """Return the state in which a task of a kind begins."""
    return "option" if kind in WEIGHED else "chosen"


def check_choice(task: Answer) -> None:
    """Raise Invalid for an option that the sponsor cannot choose yet: its risk is open or no trial proves it."""
    if task.kind not in WEIGHED:
        return
    if not (task.risk or "").strip():
        raise Invalid(f"Which new failure may it bring? Nobody has answered: {task.text}",
                      f"是否会带来新的失效? 尚未回答: {task.text}", field="risk")
    if not task.trial_pieces or not (task.trial_result or "").strip():
        raise Invalid(f"No trial with pieces and result proves it yet: {task.text}",
                      f"尚无试验件数和结果证明其有效: {task.text}", field="trial_result")


def check_done(task: Answer, *, customer: bool) -> None:
    """Raise Invalid for a task that cannot count as done: evidence, first lot with it, approval of the change.

    `customer`: an outside customer is concerned, who has to agree to a change of the process.
    """
    if not (task.evidence or "").strip():
        raise Invalid("Say by what it can be seen that it is done.", "请填写完成的证据。", field="evidence")
    if task.kind not in WEIGHED:
        return
    if not (task.effective_from or "").strip():
        raise Invalid("From which lot or serial on is it in effect?", "从哪个批次或序列号起生效?",
                      field="effective_from")
    if task.changes_process is None:
        raise Invalid("Say whether it changes the process.", "请说明是否改变过程。", field="changes_process")
    if task.changes_process and customer and not (task.change_ref or "").strip():
        raise Invalid("A customer is concerned and the process changes: give their approval of the change.",
                      "涉及顾客且过程有变更: 请填写顾客对变更的批准号。", field="change_ref")


def check_choices(causes: Iterable[tuple[int, str]], tasks: Collection[Answer]) -> None:
    """Raise IllegalStep or Invalid unless D5 holds: every verified cause (id, text) has a chosen action that is proven.

    Once done, an action counts on.
    """
    for cause_id, text in causes:
        answering = [t for t in tasks if t.cause_id == cause_id and t.kind in WEIGHED and t.state in STANDING]
        if not answering:
            raise IllegalStep(f"No action is chosen yet for this verified cause: {text}",
                              f"此已验证的原因尚未选定措施: {text}")
        for task in answering:
            check_choice(task)


def check_finished(tasks: Collection[Answer], containment_to: datetime | None, *, customer: bool) -> None:
    """Raise IllegalStep or Invalid unless D6 holds: all chosen tasks done and proven, containment removed after them.

    Tasks of the read-across belong to D7 and are not asked for here.
    """
    asked = [task for task in tasks if task.kind != "read_across" and task.state in STANDING]
    for task in asked:
        if task.state != "done":
            raise IllegalStep(f"Not done yet: {task.text}", f"尚未完成: {task.text}")
        check_done(task, customer=customer)
    check_removal(asked, containment_to)


def check_removal(tasks: Iterable[Answer], at: datetime | None) -> None:
    """Raise IllegalStep for containment that is removed before every chosen action is in place; None: it stands."""
    if at is None:
        return
    for task in tasks:
        if task.kind in WEIGHED and task.state in STANDING and (task.done_at is None or task.done_at > at):
            raise IllegalStep(f"Containment stays until this action is in place: {task.text}",
                              f"在此措施落实之前, 围堵不得解除: {task.text}")
