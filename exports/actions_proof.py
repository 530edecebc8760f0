"""Knows how measures, effectiveness, documents and lessons of a case read on paper; must not know the database."""

from collections.abc import Mapping
from typing import Any

from exports.sections import Block, Fact, Facts, Head, Table, owed
from qms.rules.actions_documents import CLASSES
from qms.rules.actions_effectiveness import METRICS, STATES, VERDICTS
from qms.rules.actions_tasks import KINDS, LEVELS
from qms.rules.actions_tasks import STATES as TASK_STATES
from qms.rules.words import Words

Told = Mapping[str, Any]

_OWNER, _EVIDENCE = Words("Owner", "负责人"), Words("Evidence", "证据")


def tasks(told: Told) -> list[Block]:
    """Return the options and what the sponsor chose: cause x action, risk, trial before launch."""
    heads = (Head(Words("Cause", "原因"), 1.6), Head(Words("Action", "措施"), 2), Head(Words("Level", "防错等级"), 1.4),
             Head(Words("Risk", "风险"), 1.4), Head(Words("Trial n", "试验件数"), 0.7, True),
             Head(Words("Result", "结果"), 1.4),
             Head(Words("State", "状态"), 0.9), Head(Words("Chosen by", "选定人"), 1))
    weighed = [one for one in told["tasks"] if one["kind"] in ("corrective", "preventive")]
    return [Table(Words("Causes and actions", "原因与措施"), heads, [
        (one["cause"], one["text"], LEVELS.get(one["level"]), one["risk"], one["trial_pieces"], one["trial_result"],
         TASK_STATES[one["state"]], one["chosen_by"]) for one in weighed])]


def effectiveness(told: Told) -> list[Block]:
    """Return what was done with its proof, then by which figures it is judged, each with its exposure and p."""
    heads = (Head(Words("Task", "任务"), 2), Head(Words("Kind", "类别"), 0.9), Head(_OWNER, 0.9),
             Head(Words("Due", "期限"), 1.2),
             Head(Words("Done", "完成"), 1.2), Head(_EVIDENCE, 1.8), Head(Words("From lot", "起始批次"), 1),
             Head(Words("Change approval", "变更批准"), 1))
    blocks: list[Block] = [Table(Words("Tasks", "任务"), heads, [
        (one["text"], KINDS[one["kind"]], one["owner"], one["due_at"], owed(one["done_at"]), owed(one["evidence"]),
         one["effective_from"], one["change_ref"]) for one in told["tasks"] if one["state"] in ("chosen", "done")])]
    for plan in told["plans"]:
        blocks += _plan(plan)
    return blocks


def _plan(plan: Told) -> list[Block]:
    heads = (Head(Words("At", "时间"), 1.2), Head(Words("Verdict", "判定"), 1.2),
             Head(Words("Count", "次数"), 0.8, True),
             Head(Words("Exposure n", "暴露量 n"), 0.8, True),
             Head(Words("p (exact, one-sided)", "p (精确检验, 单侧)"), 1, True))
    seen = [(one["at"], VERDICTS[one["verdict"]].words, one["count"], one["exposure"], _p(one["p_value"]))
            for one in plan["verdicts"]]
    now = plan["until_now"]
    if now:
        seen.append((None, Words("Until now", "截至目前"), now["count"], now["exposure"], _p(now["p_value"])))
    return [
        Facts([Fact(Words("Metric", "指标"), METRICS[plan["metric"]]), Fact(Words("State", "状态"),
                                                                            STATES[plan["state"]]),
               Fact(Words("Before", "改善前"), _of(plan["baseline_count"], plan["baseline_exposure"])),
               Fact(Words("Period", "期间"), f"{plan['baseline_from']:%Y-%m-%d} – {plan['baseline_to']:%Y-%m-%d}"),
               Fact(Words("To be watched n", "需观察 n"), plan["needed"]),
               Fact(Words("Allowed", "允许次数"), plan["most"]),
               Fact(Words("Watched from", "观察起点"), plan["starts_at"]),
               Fact(Words("Confirmed by", "确认人"), " ".join(
                   [plan["by"], f"{plan['confirmed_at']:%Y-%m-%d %H:%M}"]) if plan["confirmed_at"] else None)]),
        Table(Words("Effectiveness by the figures", "以数据判定有效性"), heads, seen)]


def _of(count: int, exposure: int) -> Words:
    return Words(f"{count:,} in {exposure:,}", f"{exposure:,} 中 {count:,}")


def _p(value: Any) -> str | None:
    return None if value is None else f"{value:.4f}" if value >= 0.0001 else "< 0.0001"


def documents(told: Told) -> list[Block]:
    """Return what each class of document was changed from and to, and where else it was asked."""
    heads = (Head(Words("Document", "文件"), 1.3), Head(Words("Changed", "已变更"), 0.7),
             Head(Words("Reference", "文件编号"), 1.3),
             Head(Words("Revision", "版本"), 1), Head(Words("Why not", "不受影响的理由"), 1.8),
             Head(Words("By", "人员"), 0.9))
    across = (Head(Words("Where", "位置"), 2), Head(Words("Applies", "适用"), 0.7), Head(Words("Reason", "理由"), 1.6),
              Head(Words("Task", "任务"), 1.6), Head(Words("By", "人员"), 0.9))
    return [
        Table(Words("Documents", "文件"), heads, [
            (CLASSES[one["document"]], owed(one["affected"]), one["reference"],
             f"{one['rev_before']} → {one['rev_after']}" if one["affected"] else None, one["reason"], one["by"])
            for one in told["documents"]]),
        Table(Words("Read-across", "横向展开"), across, [
            (_where(one), owed(one["applies"]), one["reason"], one["task"], one["by"]) for one in told["across"]]),
        Facts([Fact(Words("Risk register", "风险登记"), owed(told["case"]["risk_register"]), wide=True)])]


def _where(line: Told) -> Words:
    parts = [one for one in (line["site"], line["unit"], line["item"]) if one is not None]
    return Words(", ".join(one.en for one in parts) or line["note"] or "",
                 ", ".join(one.zh for one in parts) or line["note"] or "")


def prevention(told: Told) -> list[Block]:
    """Return the lessons that were written."""
    heads = (Head(Words("No.", "编号"), 1), Head(Words("Lesson", "经验教训"), 1.5), Head(Words("Text", "内容"), 3),
             Head(Words("By", "人员"), 0.8))
    return [Table(Words("Lessons learned", "经验教训"), heads, [
        (one["number"], one["title"], one["text"], one["by"]) for one in told["lessons"]])]
