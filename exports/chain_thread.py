"""Knows how the thread of a lot reads on paper and in a workbook: balance, lots, what happened; not the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.sections import Block, Fact, Facts, Head, Photo, Section, Table
from qms.rules.words import Words

TITLE = Words("Thread of a lot", "批次追溯")
MISSING = Words("Missing", "缺失")
_NOTHING_YET = Words("Nothing is recorded of this lot yet.", "该批次尚无记录。")
_CUT = Words("The thread is longer than is shown here: the nearest lots and the first records of each kind.",
             "追溯链过长, 此处仅含最近的批次和各类最早的记录。")

Told = Mapping[str, Any]


def sections(told: Told, _photos: Sequence[Photo]) -> list[Section]:
    """Return the balance of the lot, the lots of its thread, what happened, and what is missing."""
    missing = [entry for entry in told["entries"] if entry[8]]
    return [Section("1", Words("Does it add up", "数量核算"), _balance(told)),
            Section("2", Words("Lots", "批次"), [_lots(told)]),
            Section("3", Words("What is missing", "缺失项"), [_missing(missing)]),
            Section("4", Words("What happened", "经过"), [_entries(told)])]


def _balance(told: Told) -> list[Block]:
    held, facts = told["balance"], []
    if held is not None:
        facts = [Fact(Words("Made", "制造"), held.made), Fact(Words("Rejected", "不合格"), held.rejected),
                 Fact(Words("On hold", "冻结中"), held.held), Fact(Words("Scrapped", "报废"), held.scrapped),
                 Fact(Words("Conceded", "让步"), held.conceded), Fact(Words("Shipped", "发运"), held.shipped),
                 Fact(Words("Used in other lots", "用于其他批次"), held.used),
                 Fact(Words("Unit", "单位"), told["unit"]), Fact(Words("Verdict", "结论"), held.verdict, wide=True)]
    facts.append(Fact(Words("What is missing", "缺失项"), told["gaps"]))
    if told["is_cut"]:
        facts.append(Fact(Words("Note", "备注"), _CUT, wide=True))
    if told["hidden"]:
        kinds = Words(", ".join(k.en for k in told["hidden"]), "、".join(k.zh for k in told["hidden"]))
        facts.append(Fact(Words("Not shown: no permission", "未显示: 无权限"), kinds, wide=True))
    return [Facts(facts)]


def _lots(told: Told) -> Table:
    heads = (Head(Words("Lot", "批次"), 1.5), Head(Words("Relation", "关系"), 1.5), Head(Words("Item", "产品")),
             Head(Words("Quantity", "数量"), 0.8, True), Head(Words("Made at", "制造时间"), 1.2))
    return Table(Words("Lots of the thread", "追溯批次"), heads, told["lots"])


def _missing(entries: Sequence[Sequence[Any]]) -> Table:
    heads = (Head(Words("Time", "时间"), 1.1), Head(Words("Record", "记录"), 1.5), Head(Words("Lot", "批次"), 1.1),
             Head(MISSING, 2.6), Head(Words("Rules", "规则"), 0.7))
    rows = [(at, title, lot, _all(gaps), rules) for at, _kind, title, lot, _state, _text, _who, _acted, gaps, rules
            in entries]
    return Table(MISSING, heads, rows, Words("Nothing is missing.", "无缺失。"))


def _entries(told: Told) -> Table:
    heads = (Head(Words("Time", "时间"), 1.1), Head(Words("Kind", "类别"), 1), Head(Words("Record", "记录"), 1.4),
             Head(Words("Lot", "批次"), 1.1), Head(Words("State", "状态"), 0.9), Head(Words("What", "内容"), 3),
             Head(Words("By", "人员"), 0.9), Head(Words("Rules", "规则"), 0.6), Head(MISSING, 1.6))
    rows = [(at, kind, title, lot, state, text, who, acted, _all(gaps) if gaps else None)
            for at, kind, title, lot, state, text, who, acted, gaps, _rules in told["entries"]]
    return Table(Words("Oldest first", "按时间先后"), heads, rows, _NOTHING_YET)


def _all(gaps: Sequence[Words]) -> Words:
    return Words("; ".join(gap.en for gap in gaps), "; ".join(gap.zh for gap in gaps))
