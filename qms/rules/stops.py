"""Knows the words and laws of andon calls and line stops; must not know where they are stored.

Source: ISO 9001:2015 5.3, IATF 16949:2016 5.3.2 and 8.5.1.4.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.rules.accounts import ROLES
from qms.rules.errors import Invalid, Refused
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

STEPS = StepTable(
    what=Words("Stop", "停线"), first="called",
    states={
        "called": State(Words("Called", "已呼叫"), "held"),
        "stopped": State(Words("Stopped", "已停线"), "rejected"),
        "contained": State(Words("Contained", "已围堵"), "held"),
        "restart_requested": State(Words("Restart checks", "复线确认中"), "pending"),
        "restarted": State(Words("Running again", "已复线"), "accepted"),
        "resolved": State(Words("Solved in time", "时限内已解决"), "accepted"),
        "reviewed": State(Words("Reviewed", "已复盘"), "neutral"),
    },
    steps=(
        Step("acknowledge", Words("Acknowledge", "签收"), ("called", "stopped"), None, "stops.answer"),
        Step("arrive", Words("Arrived at the spot", "到达现场"), ("called", "stopped"), None, "stops.answer"),
        Step("resolve", Words("Solved, line runs on", "已解决, 不停线"), ("called",), "resolved", "stops.answer"),
        Step("stop", Words("Stop the line", "停线"), ("called",), "stopped", "stops.call"),
        Step("contain", Words("Contained", "围堵完成"), ("stopped",), "contained", "stops.answer"),
        Step("ask_restart", Words("Ask for the restart", "申请复线"), ("contained",), "restart_requested",
             "stops.answer"),
        Step("check", Words("Record a restart check", "记录复线确认"), ("restart_requested",), None, "stops.answer"),
        Step("consent", Words("Agree as receiving operation", "接收工序同意复线"), ("restart_requested",), None,
             "stops.consent"),
        Step("contain_again", Words("Back to containment", "退回围堵"), ("restart_requested",), "contained",
             "stops.answer"),
        Step("restart", Words("Restart", "复线"), ("restart_requested",), "restarted", "stops.answer"),
        Step("review", Words("Review", "复盘"), ("restarted", "resolved"), "reviewed", "stops.answer"),
    ),
)
STATES = STEPS.words
OPEN = ("called", "stopped", "contained", "restart_requested")
"""States in which the board shows a stop."""
STANDING = ("stopped", "contained", "restart_requested")
"""States in which the line stands."""

REASONS: dict[str, Words] = {
    "quality": Words("Quality", "质量"),
    "man": Words("People", "人员"),
    "machine": Words("Machine", "设备"),
    "material": Words("Material", "物料"),
    "method": Words("Method", "方法"),
    "environment": Words("Environment", "环境"),
    "measurement": Words("Measurement", "测量"),
    "safety": Words("Safety", "安全"),
}
PRODUCT_AFFECTING = frozenset({"quality", "material", "method", "measurement"})
"""Reasons for which the product may be wrong unless somebody says otherwise."""

UPSTREAM_RUNG = 2
"""From this rung on the leaders of the operation that the fault seems to come from are told as well."""

NOT_STOPPABLE = frozenset({"customer", "supplier"})
"""Kinds of unit that are outside the plant, so that nobody here can stop them."""

CHECKS: dict[str, Words] = {
    "containment": Words("Suspect product contained, clean point known", "可疑品已围堵, 断点明确"),
    "measure": Words("Temporary measure in place", "临时措施已落实"),
    "first_piece": Words("First pieces good", "首件合格"),
}
FIRST_PIECES = 3
"""Pieces in a row that a first-piece check looks at, at least. Source: shop-floor practice, 3 to 5."""

WINDOW = timedelta(seconds=60)
"""How long a call may stay yellow before the line stands."""


@dataclass(frozen=True, slots=True)
class RungPlan:
    """Who is told, and how long after the call if nobody has arrived."""

    after: timedelta
    roles: tuple[str, ...]
    words: Words


LADDER: tuple[RungPlan, ...] = (
    RungPlan(timedelta(0), ("team_leader",), Words("Team leader", "班组长")),
    RungPlan(timedelta(minutes=5), ("team_leader", "shift_quality"),
             Words("Supervisor and shift quality", "主管与当班质量")),
    RungPlan(timedelta(minutes=15), ("quality_engineer", "process_engineer"), Words("Engineers", "工程师")),
    RungPlan(timedelta(minutes=30), ("production_manager", "quality_manager"),
             Words("Production and quality manager", "生产经理与质量经理")),
    RungPlan(timedelta(minutes=60), ("unit_head",), Words("Head of the plant", "工厂负责人")),
    RungPlan(timedelta(minutes=120), ("customer_quality",), Words("Customer quality: supply at risk",
                                                                  "顾客质量: 供货风险")),
)
"""Rungs by which an unanswered call or stop climbs (R-18)."""


def check_reason(reason: str) -> None:
    """Raise Invalid for a reason that is not one of the tiles."""
    if reason not in REASONS:
        raise Invalid(f"There is no reason {reason}.", f"没有原因 {reason}。", field="reason")


def is_product_affecting(reason: str, *, said: bool | None, from_upstream: bool, critical: bool) -> bool:
    """Tell whether the product may be wrong: what was said of it, else what the reason means; critical always may."""
    if critical:
        return True
    return said if said is not None else from_upstream or reason in PRODUCT_AFFECTING


def is_run_out(state: str, window_ends_at: datetime | None, arrived_at: datetime | None, now: datetime) -> bool:
    """Tell whether a call has become a stop: its window ended and nobody has come to the spot."""
    return state == "called" and arrived_at is None and window_ends_at is not None and window_ends_at <= now


def check_resolve(*, critical: bool) -> None:
    """Raise Refused (R-19) for solving a critical call without stopping the line."""
    if critical:
        raise Refused("R-19", "This is critical: stop the line, contain, and let quality restart it.",
                      "此为致命问题: 须停线、围堵, 由质量部门复线。")


def check_restarter(roles: Collection[str], *, product_affecting: bool, critical: bool) -> None:
    """Raise Refused (R-19) unless one of the roles that the person holds there may restart."""
    wanted = restart_roles(product_affecting=product_affecting, critical=critical)
    if not set(wanted) & set(roles):
        en, zh = (", ".join(ROLES[role].to(language) for role in wanted) for language in ("en", "zh"))
        raise Refused("R-19", f"After this stop only these may restart: {en}.", f"本次停线仅下列角色可以复线: {zh}。")


def checks_needed(*, product_affecting: bool) -> tuple[str, ...]:
    """Name the checks that a restart asks for: all of them when the product may be wrong (R-19)."""
    return tuple(CHECKS) if product_affecting else ("measure",)


def missing_checks(latest: Mapping[str, bool], *, product_affecting: bool) -> list[str]:
    """Name the checks that are not good yet. `latest`: verdict of the newest check of each kind."""
    return [kind for kind in checks_needed(product_affecting=product_affecting) if not latest.get(kind)]


def check_first_piece(pieces: int | None, nonconforming: int | None, *, good: bool) -> None:
    """Raise Invalid for a first-piece check that looked at too little or contradicts itself."""
    if pieces is None or pieces < FIRST_PIECES:
        raise Invalid(f"A first-piece check looks at {FIRST_PIECES} pieces at least.",
                      f"首件检验至少 {FIRST_PIECES} 件。", field="pieces")
    if nonconforming is None or not 0 <= nonconforming <= pieces or good != (nonconforming == 0):
        raise Invalid("The nonconforming pieces contradict the verdict.", "不合格件数与判定矛盾。",
                      field="nonconforming")


def check_restart(latest: Mapping[str, bool], *, product_affecting: bool, needs_consent: bool,
                  consented: bool) -> None:
    """Raise Refused (R-19) when the line may not run yet."""
    missing = missing_checks(latest, product_affecting=product_affecting)
    if missing:
        raise Refused("R-19", "Not good yet: " + "; ".join(CHECKS[kind].en for kind in missing) + ".",
                      "尚未确认: " + "; ".join(CHECKS[kind].zh for kind in missing) + "。", field="checks")
    if needs_consent and not consented:
        raise Refused("R-19", "The receiving operation stopped the line and has not agreed to the restart.",
                      "停线由接收工序发起, 其尚未同意复线。", field="consent")


def restart_roles(*, product_affecting: bool, critical: bool) -> Collection[str]:
    """Name the roles that may restart. Source: IATF 16949:2016 8.5.1.4 and 5.3.2."""
    if critical:
        return ("quality_engineer", "quality_manager")
    if product_affecting:
        return ("shift_quality", "quality_engineer", "quality_manager")
    return ("team_leader", "production_manager", "shift_quality", "quality_engineer", "quality_manager", "unit_head")


def minutes_lost(stopped_at: datetime | None, restarted_at: datetime | None, now: datetime) -> int:
    """Return how many whole minutes the line has stood; 0 when it never did."""
    if stopped_at is None:
        return 0
    return int(((restarted_at or now) - stopped_at).total_seconds() // 60)
