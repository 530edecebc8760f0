"""Knows how the results of a survey read on paper and in a workbook; must not know the database.

Each figure stands with its n and 95 % interval (R-38); what is hidden says so (R-37).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.sections import Fact, Facts, Head, Photo, Section, Table
from qms.rules.satisfaction import KINDS, LEVELS
from qms.rules.words import Words

TITLE = Words("Satisfaction survey: results", "满意度调查结果")

Told = Mapping[str, Any]
_HIDDEN = Words("hidden", "隐藏")
_N = Head(Words("n", "n"), 0.5, True)
_TOP = Head(Words("Top-2-box (95 % CI)", "前两档满意率 (95% 置信区间)"), 1.5, True)
_MEAN = Head(Words("Mean 1-5 (95 % CI)", "均值 1-5 (95% 置信区间)"), 1.4, True)
_INDEX = Head(Words("Index 0-100 (95 % CI)", "指数 0-100 (95% 置信区间)"), 1.5, True)


def sections(told: Told, _photos: Sequence[Photo]) -> list[Section]:
    """Return the parts of a survey report."""
    is_outside = told["survey"]["kind"] == "customers"
    return [
        Section("1", Words("The survey", "调查概况"), [_facts(told)]),
        Section("2", Words("Question by question", "逐题结果"), [_questions(told)]),
        Section("3", Words("All groups", "全部分组"), [_groups(told, is_outside)]),
        Section("4", Words("From survey to survey", "历次调查趋势"), [_trend(told)]),
        Section("5", Words("Comments", "意见"), [Table(
            Words("Published comments", "已公布意见"),
            (Head(Words("Group", "分组"), 1), Head(Words("Comment", "意见"), 3)),
            [(one["group"], one["text"]) for one in told["comments"]])]),
    ]


def _facts(told: Told) -> Facts:
    survey, total = told["survey"], told["total"]
    share = _percent(total["taken_part"])
    return Facts([
        Fact(Words("Kind", "类型"), KINDS[survey["kind"]]),
        Fact(Words("Question set, version", "问卷版本"), survey["version"]),
        Fact(Words("Asked from", "开放日期"), survey["opens_on"]),
        Fact(Words("Asked until", "截止日期"), survey["closes_on"]),
        Fact(Words("Answered / invited", "已答 / 邀请"), f"{total['responded']:,} / {total['invited']:,}"),
        Fact(Words("Response rate (95 % CI)", "答卷率 (95% 置信区间)"), share),
        Fact(Words("Basis", "样本"), Words("weak", "不足") if total["is_weak"] else Words("sufficient", "充分")),
        Fact(Words("Anonymity threshold", "匿名阈值"),
             Words("by customer", "按顾客具名") if survey["attributed"] else survey["threshold"]),
        Fact(Words("Published at", "发布时间"), survey["published_at"]),
        Fact(Words("What is done about it", "后续措施"), survey["decision"], wide=True)])


def _questions(told: Told) -> Table:
    heads = (Head(Words("Question", "题目"), 3), _N, _TOP, _MEAN, _INDEX,
             Head(Words("Importance", "重要度"), 0.9, True), Head(Words("Gap", "差距"), 0.7, True),
             Head(Words("Don't know", "不了解"), 0.7, True))
    return Table(Words("All answers", "全部答卷"), heads, [
        (Words(f"{q['code']}: {q['en']}", f"{q['code']}: {q['zh']}"), *_figures(q["rating"]), _importance(q), _gap(q),
         q["rating"]["unknown"] if q["rating"] else None) for q in told["questions"]])


def _groups(told: Told, is_outside: bool) -> Table:
    heads: tuple[Head, ...] = (Head(Words("Group", "分组"), 2.4), Head(Words("Level", "层级"), 1),
             Head(Words("Answered / invited", "已答 / 邀请"), 1, True), _N, _TOP, _INDEX,
             Head(Words("Weighted index", "加权指数"), 0.9, True), Head(Words("Basis", "样本"), 0.7))
    heads += (Head(Words("NPS (95 % CI)", "NPS (95% 置信区间)"), 1.2, True),) if is_outside else ()
    rows = []
    for one in told["groups"]:
        n, top, _mean, index = _figures(one["overall"])
        row = (one["name"], LEVELS[one["level"]], f"{one['responded']:,} / {one['invited']:,}", n, top, index,
               _number(one["weighted"]), Words("weak", "不足") if one["is_weak"] else None)
        rows.append((*row, _promoters(one)) if is_outside else row)
    return Table(Words("Overall rating by group", "各分组总体评分"), heads, rows)


def _trend(told: Told) -> Table:
    heads = (Head(Words("Survey", "调查"), 1.6), Head(Words("Closed", "截止"), 1.2), _N, _TOP, _INDEX,
             Head(Words("Wording", "措辞"), 1.4))
    rows = []
    for one in told["trend"]:
        n, top, _mean, index = _figures(one["rating"])
        rows.append((one["number"], one["closed_at"], n, top, index,
                     Words("changed: not comparable", "已变更: 不可比") if one["breaks"] else None))
    return Table(Words("Overall rating", "总体评分"), heads, rows)


def _figures(rating: Told | None) -> tuple[Any, ...]:
    if rating is None:
        return (None, _HIDDEN, _HIDDEN, _HIDDEN)
    return (rating["n"], _percent(rating["top"]), _interval(rating["mean"], 2), _interval(rating["index"], 1))


def _importance(question: Told) -> str | None:
    return f"{question['importance']['mean'][0]:.2f}" if question["importance"] else None


def _gap(question: Told) -> str | None:
    if not question["importance"] or not question["rating"]:
        return None
    return f"{question['importance']['mean'][0] - question['rating']['mean'][0]:+.2f}"


def _promoters(one: Told) -> Any:
    return _HIDDEN if one["promoters"] is None else _interval(one["promoters"]["score"], 0)


def _percent(found: tuple[float | None, ...]) -> str | None:
    value, low, high = found
    if value is None or low is None or high is None:
        return None
    return f"{value:.1%} ({low:.1%}–{high:.1%})"


def _interval(found: tuple[float | None, ...], digits: int) -> str | None:
    value, low, high = found
    if value is None:
        return None
    return f"{value:.{digits}f}" + ("" if low is None else f" ({low:.{digits}f}–{high:.{digits}f})")


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"
