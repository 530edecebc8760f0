"""Knows what a record from a tablet is (protocol A) and why one must be looked at; must not know how it came.

Never refused for a business reason: what is odd is stored and named here.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import combinations

from qms.rules.devices import KEY_LASTS
from qms.rules.words import Words

VERSION = 1
"""Newest form of a record; every older one stays accepted for twelve months."""

LARGEST_BODY = 64 * 1024
MOST_PHOTOS = 3
MOST_UNPARSED_A_DAY = 100
SKEW_TOLERATED = timedelta(seconds=120)
LATE_AFTER = timedelta(minutes=30)
OLDEST = KEY_LASTS
"""A tablet's credential lasts this long, so no record that it still sends can be older."""

AUTHS: dict[str, Words] = {
    "online-pin": Words("Badge and PIN", "工牌和 PIN"),
    "offline-badge": Words("Badge only, offline", "离线, 仅工牌"),
    "unknown": Words("Not said", "未说明"),
}

REVIEWS: dict[str, Words] = {
    "offline_badge": Words("Made offline with a badge only: author or leader confirms",
                           "离线仅刷工牌: 须作者或班组长确认"),
    "author_unknown": Words("Author is not known", "作者未知"),
    "author_unproven": Words("Sign-in could not be proven", "登录无法核实"),
    "not_permitted": Words("Author holds no grant here", "作者在此无授权"),
    "unknown_kind": Words("Kind is not known", "类别未知"),
    "unknown_unit": Words("Operation is not known", "工序未知"),
    "other_unit": Words("Operation is not served by this tablet", "工序不属于该平板"),
    "unknown_lot": Words("Lot is not known: suspect (R-02)", "批次未知: 按可疑品处理 (R-02)"),
    "unknown_item": Words("Item is not known", "产品未知"),
    "unknown_defect": Words("Defect code is not known", "缺陷代码未知"),
    "retired": Words("Unit, item or defect code is out of use", "单元、产品或缺陷代码已停用"),
    "mismatch": Words("Lot and item do not belong together", "批次与产品不符"),
    "unknown_handover": Words("Hand-over is not known or not of this lot", "工序交接未知或与批次不符"),
    "quantity": Words("Quantity was not a whole number of at least 1", "数量不是不小于 1 的整数"),
    "cleaned": Words("Control characters or overlong text taken out", "已去除控制字符或超长文字"),
    "other_photo": Words("A photo is not the one that the record lists", "照片与记录所列不符"),
    "version": Words("Made by a version of the app that this server does not know", "由本服务器未知的应用版本生成"),
    "clock": Words("Tablet's clock was off by over two minutes, or could not be checked",
                   "平板时钟偏差超过两分钟, 或无法核对"),
    "other_device": Words("Made on another tablet than the one that sent it", "由另一台平板代为发送"),
    "by_hand": Words("Carried to the desk by file or QR code", "由人工以文件或二维码录入"),
    "late": Words("Came over half an hour after it was made", "延迟半小时以上送达"),
}
"""Why a record from a tablet waits for a person, by code, in the order in which they are shown; `late` stays last."""

ADVICE: dict[str, Words] = {
    "offline_badge": Words("Ask the author to confirm it at their next sign-in, or countersign it after asking them.",
                           "请作者下次登录时确认, 或向作者核实后会签。"),
    "author_unknown": Words("Find out who reported it. Issue a badge if theirs is new; write down who it was.",
                            "请查明报告人。若为新工牌, 请登记; 并在备注中写明是谁。"),
    "author_unproven": Words("Ask the person named whether they made it. If not, say so in the note.",
                             "请向所列人员核实是否本人所报; 若不是, 请在备注中说明。"),
    "not_permitted": Words("The report stands. Have a grant given if this person is to report here.",
                           "报告有效。如此人应在此报告, 请申请授权。"),
    "unknown_kind": Words("Look at what was found, and void the rejection if it is none.",
                          "请查看发现内容; 若不是不合格, 请作废。"),
    "unknown_unit": Words("It was laid to the tablet's own operation. If that is wrong, void it and report it again.",
                          "已记在平板所属工序。若不对, 请作废后重新报告。"),
    "other_unit": Words("Check where it was found, and which operations this tablet serves.",
                        "请核对发现工序以及该平板所属工序。"),
    "unknown_lot": Words("Find the lot by its label and correct the rejection; until then the product is suspect.",
                         "请按标签查明批次并更正; 在此之前产品按可疑品处理。"),
    "unknown_item": Words("Find out what it is and correct the rejection.", "请查明产品并更正。"),
    "unknown_defect": Words("Choose the defect code and correct the rejection.", "请选择缺陷代码并更正。"),
    "retired": Words("Correct it to what is in use now, or leave it if it was right when it was found.",
                     "请更正为现行代码; 若发现时正确, 可保持不变。"),
    "mismatch": Words("Look at the label: correct the lot or the item.", "请查看标签, 更正批次或产品。"),
    "unknown_handover": Words("Look for the hand-over of this lot, and confirm the origin by it.",
                              "请查找该批次的工序交接, 据此确认责任工序。"),
    "quantity": Words("Count again and correct the quantity.", "请重新清点并更正数量。"),
    "cleaned": Words("Read what was sent, and correct the text if something is missing.",
                     "请查看原始内容, 如有缺失请更正。"),
    "other_photo": Words("Look whether the photo shows this case.", "请查看照片是否与本案相符。"),
    "version": Words("Compare what was sent with what was made of it, and have the server or the tablet updated.",
                     "请对照原始内容与入账内容, 并升级服务器或平板。"),
    "clock": Words("Check the time of finding, and set the tablet's clock.", "请核对发现时间并校准平板时钟。"),
    "other_device": Words("Nothing to do: both tablets are named.", "无须处理: 两台平板均已记录。"),
    "late": Words("Nothing to do; look at the Wi-Fi there if it happens often.",
                  "无须处理; 若经常发生, 请检查该处无线网络。"),
    "by_hand": Words("Compare it with what the tablet shows, and have the tablet mended or enrolled again.",
                     "请与平板显示的内容核对, 并修复或重新登记该平板。"),
}
"""What a person does about each code."""

NOTES = frozenset({"late", "other_device"})
"""Codes that are told but ask nothing of anybody."""

_SETTLED_OTHERWISE = NOTES | {"offline_badge"}
"""Codes for which nobody looks a record through: its author confirms what they made offline, or a leader does."""


def joined(codes: Iterable[str]) -> str:
    """Return codes as one text in the order of REVIEWS, as `a,b`."""
    given = set(codes)
    return ",".join(code for code in REVIEWS if code in given)


def split(review: str) -> list[str]:
    """Return the codes of a text; those that are not known any more are left out."""
    return [code for code in review.split(",") if code in REVIEWS]


def told(review: str) -> list[Words]:
    """Return the wording of codes joined by commas; those that are not known any more are left out."""
    return [REVIEWS[code] for code in split(review)]


def with_code(review: str, code: str) -> str:
    """Return the text of these codes and one more."""
    return joined([*split(review), code])


NOTHING_ASKED = tuple(joined(some) for n in range(len(_SETTLED_OTHERWISE) + 1)
                      for some in combinations(sorted(_SETTLED_OTHERWISE), n))
"""Every text of codes for which nobody has to look a record through, the empty one among them."""


def asks(review: str) -> bool:
    """Tell whether any of the codes asks somebody to look the record through."""
    return review not in NOTHING_ASKED


def corrected(device_time: datetime, skew_ms: int | None) -> datetime:
    """Return when it happened by the server's clock, given the skew measured at the tablet (None: none).

    Raises OverflowError for a time that no calendar has.
    """
    return device_time if skew_ms is None else device_time - timedelta(milliseconds=skew_ms)


def found_at(device_time: datetime | None, skew_ms: int | None, received_at: datetime) -> tuple[datetime, set[str]]:
    """Return when something was found, never in the future, and the codes that its time earns (R-48).

    The time of receipt stands in where the tablet's time is unreadable, lies ahead, or is older than can be.
    """
    if device_time is None:
        return received_at, {"clock"}
    at = corrected(device_time, skew_ms)
    codes = {"clock"} if abs(timedelta(milliseconds=skew_ms or 0)) > SKEW_TOLERATED else set()
    if at > received_at:
        return received_at, codes | ({"clock"} if at - received_at > SKEW_TOLERATED else set())
    if received_at - at > OLDEST:
        return received_at, {"clock"}
    if received_at - at > LATE_AFTER:
        codes |= {"late"} if skew_ms is not None else {"late", "clock"}
    return at, codes
