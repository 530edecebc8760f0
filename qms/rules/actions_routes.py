"""Knows which route a case takes (R-23, R-24) and what makes it safety class; must not know where a case is stored.

Source: IATF 16949:2016 10.2.3 (approaches by type and scale) and 4.4.1.2 (product safety).
"""

from dataclasses import dataclass

from qms.rules.actions import ROUTES
from qms.rules.errors import Invalid, NeedsReason, Refused
from qms.rules.rejections import SEVERITIES
from qms.rules.words import Words

SAFETY_CLASS = "CC"
"""Special characteristic that touches safety or the law."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the route depends on. `kind` is the table of the first source; empty for a case without one."""

    kind: str = ""
    severity: str = "MA"
    repeat: bool = False
    safety: bool = False
    customer: bool = False


@dataclass(frozen=True, slots=True)
class RouteRule:
    """One line of the table: what a case must be (None: anything), the route it takes, and why."""

    route: str
    why: Words
    kinds: tuple[str, ...] | None = None
    severities: tuple[str, ...] | None = None
    repeat: bool | None = None
    safety: bool | None = None
    customer: bool | None = None
    is_mandatory: bool = False

    def fits(self, case: Case) -> bool:
        """Tell whether a case is what this line asks for."""
        same = ((self.repeat, case.repeat), (self.safety, case.safety), (self.customer, case.customer))
        among = ((self.kinds, case.kind), (self.severities, case.severity))
        return (all(asked is None or asked == given for asked, given in same)
                and all(asked is None or given in asked for asked, given in among))


TABLE: tuple[RouteRule, ...] = (
    RouteRule("8d", Words("safety class", "安全类缺陷"), safety=True, is_mandatory=True),
    RouteRule("8d", Words("it reached a customer", "已影响顾客"), customer=True, is_mandatory=True),
    RouteRule("8d", Words("critical", "致命缺陷"), severities=("CR",)),
    RouteRule("8d", Words("a major fault that came back", "严重缺陷重复发生"), severities=("MA",), repeat=True),
    RouteRule("4d", Words("it came back", "重复发生"), repeat=True),
    RouteRule("4d", Words("major", "严重缺陷"), severities=("MA",)),
    RouteRule("5why", Words("it stopped a line", "造成停线"), kinds=("stops",)),
    RouteRule("correction", Words("minor, for the first time", "轻微缺陷首次发生")),
)
"""The first line that fits a case decides; the last one fits every case."""


def decide(case: Case) -> RouteRule:
    """Return the line of the table that decides a case."""
    return next(line for line in TABLE if line.fits(case))


def is_safety(special: str, severity: str, *, said: bool) -> bool:
    """Tell whether a case is safety class: a safety characteristic, or a critical fault said to touch safety.

    Raises Invalid for a fault that is said to touch safety and is not critical.
    """
    if said and severity != "CR" and special != SAFETY_CLASS:
        raise Invalid("What touches safety is critical.", "涉及安全的缺陷须定为致命。", field="severity")
    return special == SAFETY_CLASS or said


def check_severity(severity: str) -> None:
    """Raise Invalid for a class that there is not."""
    if severity not in SEVERITIES:
        raise Invalid(f"There is no severity {severity}.", f"没有严重度 {severity}。", field="severity")


def check_route(rule: RouteRule, route: str, reason: str | None) -> str | None:
    """Return why another route than the rule's is taken; None where it is the rule's own.

    Raises Refused (R-23) for anything but 8D where that is mandatory, NeedsReason (R-24), Invalid.
    """
    if route not in ROUTES:
        raise Invalid(f"There is no route {route}.", f"没有路线 {route}。", field="route")
    if route == rule.route:
        return None
    if rule.is_mandatory:
        raise Refused("R-23", f"This case takes the whole 8D: {rule.why.en}.", f"此问题必须走完整 8D: {rule.why.zh}。",
                      field="route")
    said = (reason or "").strip()
    if not said:
        raise NeedsReason("R-24", f"The rule asks for {ROUTES[rule.route].en} ({rule.why.en}). Say why not.",
                          f"规则要求 {ROUTES[rule.route].zh} ({rule.why.zh})。请说明为何不采用。", field="route_reason")
    return said
