"""Knows what makes a cause of a corrective action good enough (R-25); must not know where it is stored.

Source: ISO 9001:2015 10.2.1 b, IATF 16949:2016 10.2.3.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qms.rules.actions import CATEGORIES, TRACKS
from qms.rules.actions_persons import names_person_only
from qms.rules.errors import Invalid, Refused
from qms.rules.words import Words

SHORTEST_CHAIN = 2
"""Whys that a verified cause needs, each with evidence: one why only names the fault again."""
VERIFIED_TRACKS = ("occurrence", "escape")
"""Tracks of which D4 needs a verified cause each (R-25)."""

STATUSES: dict[str, tuple[Words, str]] = {
    "verified": (Words("Verified", "已验证"), "accepted"),
    "true": (Words("Test: holds", "测试: 成立"), "neutral"),
    "false": (Words("Ruled out", "已排除"), "void"),
    "open": (Words("Not tested yet", "尚未测试"), "pending"),
}
"""How far a candidate is, and the tone in which pages show it."""

HINTS: tuple[Words, ...] = (
    Words("Training: had they been shown it, and how was that checked?", "培训: 是否教过? 如何确认已掌握?"),
    Words("Method: could the work be done right as it is written and set up?", "方法: 照现有指导书和布置能否做对?"),
    Words("Error-proofing: why was the slip possible, and why did nothing stop it?",
          "防错: 为何会做错? 为何没有被拦住?"),
    Words("Workload: how much time, light, reach and interruption was there?", "负荷: 时间、照明、可达性、干扰如何?"),
)
"""What to ask instead of stopping at a person."""

class Chain(NamedTuple):
    """A cause as the gate sees it: its whys in order, each as (text, evidence)."""

    track: str
    is_verified: bool
    whys: Sequence[tuple[str, str | None]]
    has_control: bool


def check_place(track: str, category: str) -> None:
    """Raise Invalid for a track or a bone that is not there."""
    if track not in TRACKS:
        raise Invalid(f"There is no track {track}.", f"没有分析线 {track}。", field="track")
    if category not in CATEGORIES:
        raise Invalid(f"There is no bone {category}.", f"没有鱼骨类别 {category}。", field="category")


def check_chain(chain: Chain) -> None:
    """Raise Refused (R-25) unless a cause's chain of whys bears its verification."""
    if len(chain.whys) < SHORTEST_CHAIN:
        raise Refused("R-25", f"Ask why at least {SHORTEST_CHAIN} times before a cause is verified.",
                      f"原因验证前至少追问 {SHORTEST_CHAIN} 次为什么。", field="whys")
    bare = next((n for n, (_, evidence) in enumerate(chain.whys, start=1) if not (evidence or "").strip()), None)
    if bare is not None:
        raise Refused("R-25", f"Why no. {bare} has no evidence.", f"第 {bare} 个为什么没有证据。", field="whys")
    if names_person_only(chain.whys[-1][0]):
        raise Refused("R-25", "The last why names only a person. Ask on: training? method? error-proofing? workload?",
                      "最后一个为什么只归因于人。请继续追问: 培训? 方法? 防错? 负荷?", field="whys")
    if chain.track == "escape" and not chain.has_control:
        raise Refused("R-25", "Name the first control that should have caught it.", "请填写应发现的首个控制点。",
                      field="control_unit_id")


def check_track(chains: Iterable[Chain], track: str) -> None:
    """Raise Refused (R-25) unless a track has a verified cause."""
    if not any(chain.is_verified and chain.track == track for chain in chains):
        raise Refused("R-25", f"No verified cause yet for: {TRACKS[track].en}",
                      f"尚无已验证的原因: {TRACKS[track].zh}", field="causes")


def check_causes(chains: Iterable[Chain]) -> None:
    """Raise Refused (R-25) unless D4 holds: both tracks have a verified cause, and every verified one bears it."""
    held = list(chains)
    for track in VERIFIED_TRACKS:
        check_track(held, track)
    for chain in held:
        if chain.is_verified:
            check_chain(chain)


def check_contributions(percents: Iterable[int | None]) -> None:
    """Raise Invalid when the contributions of one track's causes come to more than the whole."""
    total = sum(percent for percent in percents if percent is not None)
    if total > 100:
        raise Invalid(f"The contributions of this track come to {total} %, more than 100 %.",
                      f"本分析线的贡献度合计 {total}%, 超过 100%。", field="contribution_percent")


def status(*, is_verified: bool, holds: bool | None) -> str:
    """Return how far a candidate is, as a key of STATUSES."""
    if is_verified:
        return "verified"
    return {True: "true", False: "false", None: "open"}[holds]


def inserted(order: Sequence[int], new: int, after: int | None = None) -> list[int]:
    """Return an order with a new member after another; at the end when that is None or not there."""
    at = order.index(after) + 1 if after in order else len(order)
    return [*order[:at], new, *order[at:]]


def moved(order: Sequence[int], member: int, *, up: bool) -> list[int]:
    """Return an order with a member one place further up or down; at the edge it stays. Raises ValueError."""
    at = order.index(member)
    to = min(max(at + (-1 if up else 1), 0), len(order) - 1)
    left = [one for one in order if one != member]
    return [*left[:to], member, *left[to:]]


def moved_between(bones: dict[str, list[int]], member: int, *, up: bool) -> dict[str, list[int]]:
    """Return the bones of a track with a member one place on; over the edge of its bone it goes to the next bone."""
    names = list(CATEGORIES)
    here = next(name for name in names if member in bones.get(name, []))
    held = {name: list(bones.get(name, [])) for name in names}
    edge = held[here][0 if up else -1]
    to = names.index(here) + (-1 if up else 1)
    if member != edge:
        held[here] = moved(held[here], member, up=up)
    elif 0 <= to < len(names):
        held[here].remove(member)
        held[names[to]].insert(len(held[names[to]]) if up else 0, member)
    return held


def therefore(problem: str, cause: str, whys: Sequence[str]) -> list[str]:
    """Return a chain read backwards, from the last why to the problem: each line has to follow from the one before."""
    return [*reversed(whys), cause, problem]
