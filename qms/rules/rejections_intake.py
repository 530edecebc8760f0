"""Knows what a record from a tablet is (protocol A) and why one must be looked at; must not know how it came.

Never refused for a business reason: what is odd is stored and named here.
"""

from datetime import datetime, timedelta

from qms.rules.words import Words

VERSION = 1
"""Newest form of a record; every older one stays accepted for twelve months."""

LARGEST_BODY = 64 * 1024
MOST_PHOTOS = 3
MOST_UNPARSED_A_DAY = 100
SKEW_TOLERATED = timedelta(seconds=120)
LATE_AFTER = timedelta(minutes=30)

AUTHS: dict[str, Words] = {
    "online-pin": Words("Badge and PIN", "工牌和 PIN"),
    "offline-badge": Words("Badge only, offline", "离线, 仅工牌"),
}

REVIEWS: dict[str, Words] = {
    "offline_badge": Words("Made offline with a badge only: author or leader confirms",
                           "离线仅刷工牌: 须作者或班组长确认"),
    "author_unknown": Words("Badge is not known", "工牌未登记"),
    "author_unproven": Words("Sign-in could not be proven", "登录无法核实"),
    "not_permitted": Words("Author holds no grant here", "作者在此无授权"),
    "unknown_kind": Words("Kind is not known", "类别未知"),
    "unknown_unit": Words("Operation is not known", "工序未知"),
    "other_unit": Words("Operation is not served by this tablet", "工序不属于该平板"),
    "unknown_lot": Words("Lot is not known: suspect (R-02)", "批次未知: 按可疑品处理 (R-02)"),
    "unknown_item": Words("Item is not known", "产品未知"),
    "unknown_defect": Words("Defect code is not known", "缺陷代码未知"),
    "retired": Words("Unit, item or defect code is out of use", "单元、产品或缺陷代码已停用"),
    "mismatch": Words("Lot is not a lot of this item", "批次与产品不符"),
    "unknown_handover": Words("Hand-over is not known or not of this lot", "工序交接未知或与批次不符"),
    "quantity": Words("Quantity was not a whole number of at least 1", "数量不是不小于 1 的整数"),
    "cleaned": Words("Control characters or overlong text taken out", "已去除控制字符或超长文字"),
    "clock": Words("Tablet's clock was off by over two minutes", "平板时钟偏差超过两分钟"),
    "late": Words("Came over half an hour after it was made", "延迟半小时以上送达"),
}
"""Why a record from a tablet waits for a person, by code, in the order in which they are shown."""

NOTES = frozenset({"late"})
"""Codes that are told but ask nothing of anybody."""


def joined(codes: set[str]) -> str:
    """Return codes as one text in the order of REVIEWS, as `a,b`."""
    return ",".join(code for code in REVIEWS if code in codes)


def told(review: str) -> list[Words]:
    """Return the wording of codes joined by commas; those that are not known any more are left out."""
    return [REVIEWS[code] for code in review.split(",") if code in REVIEWS]


def corrected(device_time: datetime, skew_ms: int | None) -> datetime:
    """Return when it happened by the server's clock, given the skew measured at the tablet (None: none)."""
    return device_time if skew_ms is None else device_time - timedelta(milliseconds=skew_ms)
