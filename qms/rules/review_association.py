"""Knows the sentences that may be said of two series side by side; must not know how they were reckoned (R-39).

Every sentence is made from the numbers. None says that one thing brings another about: two things may go together
because one works on the other, because a third works on both, or because the same people were asked.
"""

from dataclasses import dataclass

from qms.rules.words import Words

LEAST_PERIODS = 24
FIRM_PERIODS = 36
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """What was reckoned at the lag that was fixed beforehand; `called`: held up after correction for all lags tried."""

    lag: int
    n: int
    n_eff: float
    r: float
    low: float
    high: float
    p_adjusted: float
    tried: int
    called: bool


def chance(p: float) -> str:
    """Return a p-value as it is written; none is ever written as 0."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def too_few(n: int) -> Words:
    """Return what is said below the least number of periods."""
    return Words(f"Too few periods to judge: {n} of at least {LEAST_PERIODS}. Look at the two lines only.",
                 f"期数太少, 无法判断: {n} 期, 至少需要 {LEAST_PERIODS} 期。只看两条曲线。")


def told(found: Finding) -> Words:
    """Return what may be said of a finding over time."""
    figures = (f"r = {found.r:.2f}, 95 % CI {found.low:.2f} to {found.high:.2f}, {found.n} periods worth "
               f"{found.n_eff:.0f} independent ones, lags tried: {found.tried}, p after Holm "
               f"{chance(found.p_adjusted)}")
    zh_figures = (f"r = {found.r:.2f}, 95 % 置信区间 {found.low:.2f} 至 {found.high:.2f}, {found.n} 期相当于 "
                  f"{found.n_eff:.0f} 个独立期, 尝试滞后 {found.tried} 种, Holm 校正后 p {chance(found.p_adjusted)}")
    way, zh_way = ("rise together", "同向变化") if found.r > 0 else ("move in opposite directions", "反向变化")
    when = "in the same period" if found.lag == 0 else (
        f"with the first {found.lag} {'period' if found.lag == 1 else 'periods'} ahead")
    zh_when = "同期" if found.lag == 0 else f"前者领先 {found.lag} 期"
    if not found.called:
        return Words(f"No association can be told, {when} ({figures}). That is not proof that there is none.",
                     f"{zh_when}看不出关联 ({zh_figures})。这不证明没有关联。")
    start, zh_start = ("An indication: the", "初步迹象: ") if found.n < FIRM_PERIODS else ("The", "")
    return Words(f"{start} two are associated: they {way}, {when} ({figures}). This does not say why.",
                 f"{zh_start}两者相关联: {zh_when}{zh_way} ({zh_figures})。这不说明原因。")


def told_across(n: int, r: float, low: float | None, high: float | None, *, shared_method: bool, tried: int = 1,
                p_adjusted: float | None = None) -> Words:
    """Return what may be said of two measures of the same units at one time.

    `p_adjusted`: after Holm over all pairs tried; None: only this one was.
    """
    between = "" if low is None or high is None else f", 95 % CI {low:.2f} to {high:.2f}"
    zh_between = "" if low is None or high is None else f", 95 % 置信区间 {low:.2f} 至 {high:.2f}"
    if p_adjusted is not None:
        between += f", pairs tried: {tried}, p after Holm {chance(p_adjusted)}"
        zh_between += f", 尝试配对 {tried} 组, Holm 校正后 p {chance(p_adjusted)}"
    held_up = p_adjusted is None or p_adjusted < LEVEL
    sure = held_up and low is not None and high is not None and (low > 0 or high < 0)
    said = Words(f"Over {n} units the two measures are associated (r = {r:.2f}{between}). This does not say why.",
                 f"在 {n} 个单元之间两项指标相关联 (r = {r:.2f}{zh_between})。这不说明原因。") if sure else Words(
        f"Over {n} units no association can be told (r = {r:.2f}{between}).",
        f"在 {n} 个单元之间看不出关联 (r = {r:.2f}{zh_between})。")
    if not shared_method:
        return said
    return Words(f"{said.en} Both were asked of the same people, so a part of it comes from the method.",
                 f"{said.zh}两项来自同一批受访者, 其中一部分来自方法本身。")


def too_few_units(n: int) -> Words:
    """Return what is said below the least number of units that are compared at one time."""
    return Words(f"Too few to judge: {n} of at least {LEAST_PERIODS}.",
                 f"数量太少, 无法判断: {n} 个, 至少需要 {LEAST_PERIODS} 个。")


def unchanging(n: int) -> Words:
    """Return what is said where one of the two never departs from its straight line, or is the same everywhere."""
    return Words(f"One of the two does not vary over all {n}, so nothing can be told.",
                 f"全部 {n} 个值中其中一项没有变化, 无法判断。")


def exploratory(said: Words) -> Words:
    """Return a sentence with the warning that its pairing was set when the figures were known already."""
    return Words(f"Exploratory, for the pair and its lag were set after the period had ended: {said.en}",
                 f"探索性结果 (配对和滞后在本期结束后才设定): {said.zh}")


def many_pairs(judged: int) -> Words:
    """Return the warning where several pairs were judged: each may be called by chance."""
    return Words(f"{judged} pairs were judged. Each is called associated by chance alone in up to 1 of 20 cases, so "
                 "expect some without anything behind them.",
                 f"共判断 {judged} 组配对。即使毫无关系, 每组仍有至多 5 % 的机会被偶然判为相关联, 请留意。")


def with_gaps(said: Words, left_out: int) -> Words:
    """Return a sentence with how many months were left out for want of a value on one side; 0: none were."""
    if not left_out:
        return said
    return Words(f"{said.en} Months left out for want of a value on one side or both: {left_out}.",
                 f"{said.zh}缺少一项或两项数据而未计入的月份: {left_out}。")
