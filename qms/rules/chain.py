"""Knows the kinds of units and links, and which may go together; must not know where they are stored."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from qms.rules.errors import Invalid, Refused
from qms.rules.words import Words

UNIT_KINDS: dict[str, Words] = {
    "department": Words("Department", "部门"),
    "post": Words("Post", "岗位"),
    "operation": Words("Operation", "工序"),
    "process": Words("Business process", "流程"),
    "customer": Words("Outside customer", "外部顾客"),
    "supplier": Words("Outside supplier", "外部供方"),
}

LINK_KINDS: dict[str, Words] = {
    "rank_condition": Words("Rank: condition", "职级-条件"),
    "rank_task": Words("Rank: task", "职级-任务"),
    "function": Words("Function", "职能"),
    "operation": Words("Operation", "工序"),
    "process": Words("Process", "流程"),
}

PROFILES: dict[str, Words] = {
    "iatf": Words("IATF 16949", "IATF 16949"),
    "iso": Words("ISO 9001", "ISO 9001"),
}

SPECIAL_CLASSES: dict[str, Words] = {
    "": Words("None", "无"),
    "CC": Words("CC: critical characteristic", "CC: 关键特性"),
    "SC": Words("SC: significant characteristic", "SC: 重要特性"),
}

SOURCES: dict[str, Words] = {
    "hand": Words("Made by hand", "手工建立"),
    "workbook": Words("Master-data workbook", "主数据工作簿"),
    "routing": Words("Derived from a routing", "由工艺路线推出"),
    "log": Words("Derived from a production log", "由生产日志推出"),
    "demo": Words("Demo data", "演示数据"),
}

OUTSIDE = frozenset({"customer", "supplier"})
INSIDE = frozenset(UNIT_KINDS) - OUTSIDE
ROUTED = frozenset({"operation", "post"})
"""Kinds of units that an item may pass on its routing."""

_SHOP = INSIDE - {"process"}
LINK_ENDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "rank_condition": (_SHOP, _SHOP),
    "rank_task": (_SHOP, _SHOP),
    "function": (INSIDE, INSIDE),
    "operation": (_SHOP | {"supplier"}, _SHOP | {"customer"}),
    "process": (INSIDE | OUTSIDE, INSIDE | OUTSIDE),
}
"""Kinds of units that may be supplier and customer of a kind of link."""

_NOT_ZONES = {"localtime", "posixrules", "Factory"}


def check_unit_kind(kind: str) -> None:
    """Raise Invalid for a kind that does not exist."""
    if kind not in UNIT_KINDS:
        raise Invalid(f"There is no kind of unit {kind}.", f"没有单元类别 {kind}。", field="kind")


def check_link(kind: str, supplier_kind: str, customer_kind: str, *, same_unit: bool, same_site: bool) -> None:
    """Raise Invalid for a link that cannot be: a unit to itself, across sites, or of units that do not fit its kind."""
    if kind not in LINK_KINDS:
        raise Invalid(f"There is no kind of link {kind}.", f"没有链接类别 {kind}。", field="kind")
    if same_unit:
        raise Invalid("A unit is not its own customer. Choose two units.", "单元不能是自己的客户。请选择两个单元。",
                      field="customer_id")
    if not same_site:
        raise Invalid("Both units of a link belong to the same site.", "链接的两个单元须属于同一工厂。",
                      field="customer_id")
    suppliers, customers = LINK_ENDS[kind]
    words = LINK_KINDS[kind]
    if supplier_kind not in suppliers:
        unit = UNIT_KINDS[supplier_kind]
        raise Invalid(f"{unit.en} cannot be the supplier of a link of kind {words.en}.",
                      f"{unit.zh}不能是“{words.zh}”链接的供方。", field="supplier_id")
    if customer_kind not in customers:
        unit = UNIT_KINDS[customer_kind]
        raise Invalid(f"{unit.en} cannot be the customer of a link of kind {words.en}.",
                      f"{unit.zh}不能是“{words.zh}”链接的客户。", field="customer_id")


def check_profile(profile: str) -> None:
    """Raise Invalid for a profile of rules that does not exist."""
    if profile not in PROFILES:
        raise Invalid(f"There is no profile {profile}.", f"没有规则配置 {profile}。", field="profile")


def check_special(special: str) -> None:
    """Raise Invalid for a class of special characteristic that does not exist."""
    if special not in SPECIAL_CLASSES:
        raise Invalid(f"There is no class {special}. Give CC, SC or nothing.",
                      f"没有特殊特性类别 {special}。请填 CC、SC 或留空。", field="special")


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones, in alphabetical order."""
    return tuple(sorted(available_timezones() - _NOT_ZONES))


def check_time_zone(name: str) -> None:
    """Raise Invalid for a time zone that the IANA database does not name."""
    if name not in time_zones():
        raise Invalid(f"There is no time zone {name}. An example: Asia/Shanghai.",
                      f"没有时区 {name}。例如: Asia/Shanghai。", field="time_zone")


def check_reason(reason: str | None) -> str:
    """Return the reason, trimmed. Raises Refused (R-43) when there is none."""
    given = (reason or "").replace("\r\n", "\n").strip()
    if not given:
        raise Refused("R-43", "Say why: nothing is taken out of use without a reason.",
                      "请说明理由: 没有理由不得停用。", field="reason")
    return given
