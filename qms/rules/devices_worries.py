"""Knows what is wrong with a tablet by what it last said of itself; must not know who looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.rules.devices import INCIDENTS, OFFLINE_AFTER, SILENT_AFTER
from qms.rules.rejections_intake import SKEW_TOLERATED
from qms.rules.words import Words

MANY_WAITING = 50
QUOTA_TOLERATED = 80
WAITING_TOLERATED = timedelta(hours=4)

WORRIES: dict[str, Words] = {
    "incident": Words("Open incident", "有未关闭的异常"),
    "silent": Words("Silent with records waiting", "有待发记录但失联"),
    "attention": Words("Records refused", "有被拒记录"),
    "waiting_long": Words("Records wait over 4 h", "记录等待超过4小时"),
    "waiting_many": Words("Over 50 records wait", "待发记录超过50条"),
    "not_persisted": Words("Storage not safe", "存储未受保护"),
    "not_installed": Words("App not installed", "应用未安装"),
    "clock": Words("Clock off over 2 min", "时钟偏差超过2分钟"),
    "quota": Words("Storage nearly full", "存储空间将满"),
    "old_version": Words("Old app version", "应用版本过旧"),
}
"""What may be wrong with a tablet, the worst first."""


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a tablet. None: not said."""

    seen_at: datetime
    waiting: int = 0
    attention: int = 0
    oldest_at: datetime | None = None
    persisted: bool | None = None
    installed: bool | None = None
    quota_percent: int | None = None
    skew_ms: int | None = None
    app_version: str | None = None


def is_offline(seen_at: datetime, at: datetime) -> bool:
    """Tell whether a tablet has missed its last word."""
    return at - seen_at > OFFLINE_AFTER


def worries(health: Health, at: datetime, *, incidents: int, version: str | None) -> tuple[str, ...]:
    """Name what is wrong, the worst first. `version`: the app that is served now; None: not compared."""
    wrong = {
        "incident": incidents > 0,
        "silent": health.waiting > 0 and at - health.seen_at > SILENT_AFTER,
        "attention": health.attention > 0,
        "waiting_long": health.waiting > 0 and health.oldest_at is not None
        and at - health.oldest_at > WAITING_TOLERATED,
        "waiting_many": health.waiting > MANY_WAITING,
        "not_persisted": health.persisted is False,
        "not_installed": health.installed is False,
        "clock": health.skew_ms is not None and abs(health.skew_ms) > SKEW_TOLERATED.total_seconds() * 1000,
        "quota": health.quota_percent is not None and health.quota_percent >= QUOTA_TOLERATED,
        "old_version": version is not None and health.app_version is not None and health.app_version != version,
    }
    return tuple(code for code in WORRIES if wrong[code])


def told_once(found: tuple[str, ...], incidents: Iterable[str]) -> list[Words]:
    """Say what is wrong: the open incidents by their kind, then the worries that no incident tells already."""
    kinds = set(incidents)
    covered = {"incident"} | ({"silent"} & kinds) | ({"attention"} if "refused" in kinds else set())
    return [INCIDENTS[kind] for kind in INCIDENTS if kind in kinds] + [WORRIES[c] for c in found if c not in covered]


def trouble(found: tuple[str, ...]) -> tuple[int, int]:
    """Return what a register is sorted by so that the worst comes first: its worst worry, then how many there are."""
    order = tuple(WORRIES)
    return (order.index(found[0]) if found else len(order), -len(found))
