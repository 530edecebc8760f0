"""Knows what people are qualified for and what follows when they are not (R-51); must not know who they are.

A qualification is evidence of training (ISO 9001:2015 7.2); a gauge or challenge part beyond its day is no evidence of
anything (7.1.5). Only what would let product pass asks for it: to stop, to hold and to find bad is open to everybody.
"""

from datetime import date, timedelta

from qms.rules.errors import Invalid, NeedsReason, Refused
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "containment": Words("Containment", "围堵"),
    "rework": Words("Rework, repair and sorting", "返工、返修和挑选"),
    "inspection": Words("Inspection and verification", "检验与验证"),
    "error_proofing": Words("Testing of error-proofing devices", "防错装置测试"),
}
SETTINGS: dict[str, Words] = {
    "off": Words("Is not looked at", "不检查"),
    "warn": Words("Warns, needs a reason", "警告, 须说明理由"),
    "block": Words("Blocks", "阻止"),
}
"""What a site does where a valid qualification is missing."""
STATES: dict[str, Words] = {
    "valid": Words("In force", "有效"),
    "soon": Words("Runs out within 30 days", "30天内到期"),
    "expired": Words("Run out", "已过期"),
    "ended": Words("Ended", "已结束"),
}
TONES = {"valid": "accepted", "soon": "held", "expired": "rejected", "ended": "void"}
SOON_DAYS = 30


def soon(on: date) -> date:
    """Return the last day that counts as running out soon."""
    return on + timedelta(days=SOON_DAYS)


def state(valid_to: date | None, *, ended: bool, on: date) -> str:
    """Return a code of STATES. It holds to the end of its last day; without one it does not run out."""
    if ended:
        return "ended"
    if valid_to is None or valid_to > soon(on):
        return "valid"
    return "soon" if valid_to >= on else "expired"


def check_given(kind: str, trained_on: date | None, valid_to: date | None, *, on: date) -> None:
    """Raise Invalid for a kind that is not known, a training to come, or a last day before it."""
    if kind not in KINDS:
        raise Invalid("Choose what for.", "请选择资质种类。", field="kind")
    if trained_on is None or trained_on > on:
        raise Invalid("The day of the training has not come yet.", "培训日期不能晚于今天。", field="trained_on")
    if valid_to is not None and valid_to < trained_on:
        raise Invalid("The last day is before the training.", "有效期不能早于培训日期。", field="valid_to")


def check_setting(setting: str) -> None:
    """Raise Invalid for a setting that does not exist."""
    if setting not in SETTINGS:
        raise Invalid(f"There is no setting {setting}.", f"没有设置 {setting}。", field="qualification")


def check_qualified(setting: str, kind: str, ran_out_on: date | None, reason: str | None) -> str | None:
    """Return the reason for which someone without a valid qualification goes on; None where nothing is looked at.

    `ran_out_on` is the last day of the one they had, None for never trained. Raises Refused or NeedsReason (R-51).
    """
    if setting == "off":
        return None
    what = KINDS[kind]
    en = f"for {what.en.lower()} " + (f"ran out on {ran_out_on}." if ran_out_on else "is not recorded.")
    zh = f"资质 ({what.zh}) " + (f"已于 {ran_out_on} 到期" if ran_out_on else "没有记录")
    if setting == "block":
        raise Refused("R-51", f"Your qualification {en} Ask somebody who is qualified.",
                      f"您的{zh}, 请由有资质的人员操作。")
    given = (reason or "").strip()
    if not given:
        raise NeedsReason("R-51", f"Your qualification {en} Say why you go on all the same.",
                          f"您的{zh}, 如仍要继续请说明理由。", field="reason")
    return given
