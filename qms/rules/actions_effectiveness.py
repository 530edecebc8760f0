"""Knows when a cause may be called gone: plan, verdicts, who confirms; must not know how a figure is counted.

Done is not effective: what has to be seen is fixed before the measures are in place, and the figures decide.
Source: ISO 9001:2015 10.2.1 d.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

METRICS: dict[str, Words] = {
    "per_shift": Words("Rejections per shift worked", "每工作班次的不合格记录数"),
    "share": Words("Pieces rejected of pieces handed over", "交接件数中的不合格件数"),
}
STEPS = StepTable(
    what=Words("Effectiveness plan", "有效性验证计划"), first="draft",
    states={
        "draft": State(Words("Draft", "草稿"), "pending"),
        "running": State(Words("Being watched", "观察中"), "held"),
        "proven": State(Words("Proven by the figures", "数据已证实"), "accepted"),
        "confirmed": State(Words("Confirmed", "已确认"), "accepted"),
        "failed": State(Words("Come back", "再次发生"), "rejected"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
    },
    steps=(
        Step("draft", Words("Change the plan", "修改计划"), ("draft",), None, "actions.work"),
        Step("start", Words("Start watching", "开始观察"), ("draft",), "running", "actions.work"),
        Step("prove", Words("Prove by the figures", "以数据证实"), ("running",), "proven", "actions.work"),
        Step("confirm", Words("Confirm effectiveness", "确认有效"), ("proven",), "confirmed", "actions.confirm"),
        Step("fail", Words("Come back", "再次发生"), ("running", "proven", "confirmed"), "failed", "actions.work"),
        Step("take_back", Words("Take back the reopening", "撤销重新打开"), ("failed",), "running", "actions.confirm"),
        Step("withdraw", Words("Withdraw the draft", "撤回草稿"), ("draft",), "withdrawn", "actions.confirm"),
    ),
)
"""A reopening that is taken back leads to the state before it, as recorded: running, proven or confirmed."""
STATES = STEPS.words
WATCHED = ("running", "proven", "confirmed")
"""States in which a rejection of the scope counts against the plan."""

VERDICTS: dict[str, State] = {
    "proven": State(Words("Proven", "已证实"), "accepted"),
    "not_yet": State(Words("Not proof yet", "尚不足以证明"), "held"),
    "come_back": State(Words("Come back", "再次发生"), "rejected"),
}
NOT_FULL = Words("The window is not full yet", "窗口尚未满")
SIGNIFICANCE = 0.05
"""So rare a fall has to be by chance before it is proof."""
REPEAT_WITHIN = timedelta(days=365)
"""How long after an action the same defect is a repeat of it (R-29)."""
SHORTEST_BASELINE = timedelta(days=1)
LONGEST_WINDOW = 1_000_000_000


class Count(NamedTuple):
    """What was found, and in how many shifts worked or pieces handed over."""

    found: int
    exposure: int


def check_scope(metric: str, *, has_scope: bool, has_exposure: bool) -> None:
    """Raise Invalid or Refused (R-26) for a plan that does not say what is counted."""
    if metric not in METRICS:
        raise Invalid(f"There is no metric {metric}.", f"没有指标 {metric}。", field="metric")
    if not has_scope:
        raise Refused("R-26", "Say what is counted: item, defect, link or origin.",
                      "请说明统计对象: 产品、缺陷、链接或责任工序。", field="defect_id")
    if metric == "share" and not has_exposure:
        raise Refused("R-26", "A share needs the link or item whose hand-overs are counted.",
                      "按占比统计须指定链接或产品。", field="link_id")


def check_baseline(start: datetime, end: datetime, now: datetime) -> None:
    """Raise Invalid for a period before the measures that is empty or not over yet."""
    if end > now:
        raise Invalid("The period before the measures lies in the past.", "基准期须在过去。", field="baseline_to")
    if end - start < SHORTEST_BASELINE:
        raise Invalid("The period before the measures is a day at least.", "基准期至少为一天。", field="baseline_from")


def check_plan(metric: str, baseline: Count, *, most: int, needed: int, least: int | None) -> None:
    """Raise Refused (R-26) for a plan that could never prove anything.

    `least`: the shortest window in which `most` would be proof by the exact test; None: no window would.
    """
    if most < 0:
        raise Invalid("At least 0.", "不小于 0。", field="most")
    if not baseline.exposure:
        raise Refused("R-26", "In this period no shift was worked and nothing handed over: there is nothing to compare "
                      "with.", "该时期内没有工作班次或交接记录, 无从比较。", field="baseline_from")
    if not baseline.found:
        raise Refused("R-26", "In this period none was found, so that nothing could ever be proven. Choose the period "
                      "in which it happened.", "该时期内没有发现, 永远无法证明。请选择发生问题的时期。",
                      field="baseline_from")
    if metric == "share" and baseline.found > baseline.exposure:
        raise Refused("R-26", f"{baseline.found} pieces were rejected but only {baseline.exposure} handed over: not "
                      "every hand-over is recorded here. Count per shift.",
                      f"不合格 {baseline.found} 件, 而交接仅 {baseline.exposure} 件: 交接记录不全, 请按班次统计。",
                      field="metric")
    if least is None:
        raise Refused("R-26", f"With {most} allowed no window of any length could be proof.",
                      f"允许 {most} 时, 无论观察多久都无法证明。", field="most")
    if not least <= needed <= LONGEST_WINDOW:
        en, zh = _unit(metric, least)
        raise Refused("R-26", f"{most} in this window would not be proof. It takes {en} at least.",
                      f"此窗口内出现 {most} 次仍不足以证明, 至少需要{zh}。", field="needed")


def rule_of_three(baseline: Count) -> int | None:
    """Return three mean intervals between findings: about what has to stay clean; None where none was found.

    Source: with no finding in n, the rate is below 3/n with 95 % confidence.
    """
    return ceil(3 * baseline.exposure / baseline.found) if baseline.found else None


def check_confirmer(person_id: int, *, drafter_id: int, owners: Collection[int]) -> None:
    """Raise Refused (R-27) for someone who would confirm their own work."""
    if person_id == drafter_id:
        raise Refused("R-27", "You drafted this plan: somebody else confirms.", "您起草了此计划, 须由他人确认。")
    if person_id in owners:
        raise Refused("R-27", "You own measures of this case: somebody else confirms.",
                      "您负责本案的措施, 须由他人确认。")


def verdict(count: Count, *, most: int, needed: int, is_proof: bool) -> str:
    """Judge what was counted since the start. A window that is not full proves nothing."""
    if count.found > most:
        return "come_back"
    return "proven" if is_proof and count.exposure >= needed else "not_yet"


def progress(metric: str, count: Count, *, most: int, needed: int) -> Words:
    """Say how far the watch is: "12 of 30 clean shifts"."""
    seen = min(count.exposure, needed)
    if metric == "share":
        return Words(f"{seen:,} of {needed:,} pieces handed over, {count.found} rejected (at most {most})",
                     f"{needed} 件中已交接 {seen} 件, 不合格 {count.found} 件 (最多 {most} 件)")
    if not count.found:
        return Words(f"{seen} of {needed} clean shifts", f"{needed} 个班次中 {seen} 个无缺陷")
    return Words(f"{seen} of {needed} shifts watched, {count.found} found (at most {most})",
                 f"{needed} 个班次中已观察 {seen} 个, 发现 {count.found} 次 (最多 {most} 次)")


def told(metric: str, before: Count, after: Count, p_value: float | Decimal | None, verdict: str) -> Words:
    """Say what was compared and what follows, with n and p."""
    is_early = verdict == "not_yet" and p_value is not None and p_value <= SIGNIFICANCE
    words = NOT_FULL if is_early else VERDICTS[verdict].words
    (before_en, before_zh), (after_en, after_zh) = (_unit(metric, count.exposure) for count in (before, after))
    p = "" if p_value is None else f", p = {p_value:.4f}"
    return Words(f"Before: {before.found} in {before_en}; since: {after.found} in {after_en}{p}. {words.en}.",
                 f"之前{before_zh}中 {before.found}; 之后{after_zh}中 {after.found}{p}。{words.zh}。")


def come_back(number: str, title: str, rejection: str) -> tuple[Words, Words]:
    """Return subject and text of what is told to who leads a case that has come back."""
    return (Words(f"{number} has come back", f"{number} 再次发生"),
            Words(f"{title}: {rejection} was found after the measures were in place. The case is open again from D4.",
                  f"{title}: 措施落实后又发现 {rejection}。本案从 D4 重新打开。"))


def check_taken_back(reason: str | None, *, worked_on: bool, still: str | None) -> str:
    """Return the reason, trimmed, for which a reopening is taken back.

    `worked_on`: a new plan is watched already, or the route needs no proof any more; `still`: number of a rejection
    that counts for all that. Raises Refused (R-43 without a reason, R-29).
    """
    given = (reason or "").strip()
    if not given:
        raise Refused("R-43", "Say why the reopening is taken back.", "请说明撤销重新打开的理由。", field="reason")
    if worked_on:
        raise Refused("R-29", "The case was taken up anew since: it is finished as it stands.",
                      "本案重新打开后已另行推进, 须按现状完成。")
    if still is not None:
        raise Refused("R-29", f"{still} counts against the plan: what came back stays open until it is void or proves "
                      "to be something else.", f"{still} 仍计入该计划: 除非作废或更正为其他问题, 本案保持打开。")
    return given


def taken_back(number: str, title: str, rejection: str, reason: str) -> tuple[Words, Words]:
    """Return subject and text of what is told to who leads a case whose reopening is taken back."""
    return (Words(f"{number} is as it was before", f"{number} 恢复原状"),
            Words(f"{title}: {rejection} does not count any more, and the reopening is taken back. {reason}",
                  f"{title}: {rejection} 不再计入, 重新打开已撤销。{reason}"))


def _unit(metric: str, count: int) -> tuple[str, str]:
    """Return a number of shifts or pieces in English and Chinese."""
    if metric == "share":
        return f"{count:,} piece{'s' if count != 1 else ''}", f" {count} 件"
    return f"{count} shift{'s' if count != 1 else ''}", f" {count} 个班次"
