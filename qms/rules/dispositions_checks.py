"""Knows what a disposition must bring and in which order it goes; must not know where it is stored.

Source: IATF 16949:2016 8.7.1.4 to 8.7.1.7 and 10.2.5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from qms.rules.dispositions import BRINGS, CODES, METHODS
from qms.rules.errors import Invalid, Refused

_RULE_OF = {"rework": "R-08", "repair": "R-08", "regrade": "R-15"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A line as somebody wants to decide it: a code for a quantity of one hold, and what that brings."""

    hold_id: int
    code: str
    quantity: int
    justification: str | None = None
    risk_ref: str | None = None
    risk_rev: str | None = None
    risk_on: date | None = None
    customer_ref: str | None = None
    customer_approver: str | None = None
    customer_approved_on: date | None = None
    supplier_claim: str | None = None
    criteria_ref: str | None = None
    concession_id: int | None = None


def customer_is_asked(code: str, *, outside_customer: bool, special: str, required: bool = False) -> bool:
    """Tell whether the customer approves this before it is decided (R-10).

    A customer asks for it on parts of theirs with a safety or special characteristic (CC, SC), and where a requirement
    of theirs says so (`required`).
    """
    return code == "rework" and outside_customer and (bool(special) or required)


def check_sum(drafts: Iterable[Draft], held: Mapping[int, int]) -> None:
    """Raise Refused (R-07) unless the lines cover every held quantity that nothing is decided for, no more, no less."""
    given: dict[int, int] = dict.fromkeys(held, 0)
    for draft in drafts:
        if draft.hold_id not in held:
            raise Invalid("This quantity is not held, or it is decided already.", "该数量未冻结, 或已有处置决定。",
                          field="hold_id")
        if draft.quantity < 1:
            raise Invalid("The quantity is a whole number of at least 1.", "数量须为不小于 1 的整数。",
                          field="quantity")
        given[draft.hold_id] += draft.quantity
    if given != dict(held):
        told, all_held = sum(given.values()), sum(held.values())
        raise Refused("R-07", f"The lines add up to {told} of {all_held} held: each held quantity has to be decided "
                      "in full.", f"处置数量合计 {told}, 冻结待处置 {all_held}: 每一冻结数量都须全部处置。",
                      field="quantity")


def check_brings(draft: Draft, *, decided_on: date, outside: bool, asks_customer: bool) -> None:
    """Raise Refused or Invalid for a line that lacks what it must bring (R-08, R-10, R-15, R-31)."""
    if draft.code not in CODES:
        raise Invalid(f"There is no disposition {draft.code}.", f"没有处置方式 {draft.code}。", field="code")
    for name in BRINGS[draft.code]:
        if not getattr(draft, name):
            _lacks(draft.code, name)
    if asks_customer and not draft.customer_ref:
        raise Refused("R-10", "The customer approves rework of this part first: give the reference.",
                      "此产品返工须先经顾客批准: 请填写批准编号。", field="customer_ref")
    if draft.code == "no_fault" and outside and not draft.criteria_ref:
        raise Refused("R-31", "It was found outside: name the criteria agreed with the customer.",
                      "由外部发现: 请注明与顾客约定的判定准则。", field="criteria_ref")
    if draft.risk_on is not None and draft.risk_on > decided_on:
        raise Refused("R-08", "The risk analysis comes before the decision.", "风险分析须早于处置决定。",
                      field="risk_on")
    if draft.customer_approved_on is not None and draft.customer_approved_on > decided_on:
        raise Invalid("The customer's approval lies in the future.", "顾客批准日期在将来。",
                      field="customer_approved_on")


def _lacks(code: str, name: str) -> None:
    what, rule = CODES[code], _RULE_OF.get(code)
    en = f"{what.en} has to bring this."
    zh = f"“{what.zh}”须填写此项。"
    if rule is None or name == "justification":
        raise Invalid(en, zh, field=name)
    raise Refused(rule, en, zh, field=name)


def check_origin_known(*, settled: bool) -> None:
    """Raise Invalid for sending something back to an operation that is not confirmed to have made it."""
    if not settled:
        raise Invalid("Confirm the origin first: only then it is known to whom it goes back.",
                      "请先确认责任工序, 才能退回。", field="code")


def check_instruction(ref: str | None, rev: str | None, released_on: date | None, *, today: date) -> None:
    """Raise Refused (R-08) unless a released instruction is at hand before the work starts."""
    for name, value in (("instruction_ref", ref), ("instruction_rev", rev), ("instruction_on", released_on)):
        if not value:
            raise Refused("R-08", "Name the released instruction before the work starts.",
                          "开工前须注明已发布的作业指导书。", field=name)
    if released_on is not None and released_on > today:
        raise Refused("R-08", "The instruction is not released yet: the work waits for it.",
                      "作业指导书尚未发布, 不能开始。", field="instruction_on")


def check_second_person(person_id: int, *, workers: Iterable[int | None], reported_by_id: int) -> None:
    """Raise Refused (R-09) unless a re-inspection is done by someone who neither worked on it nor reported it."""
    if person_id in set(workers):
        raise Refused("R-09", "You carried this out: someone else verifies it.", "您是执行人: 须由其他人验证。")
    if person_id == reported_by_id:
        raise Refused("R-09", "You reported this rejection: someone else verifies it.",
                      "您是报告人: 须由其他人验证。")


def check_witness(person_id: int, rendered_by_id: int | None) -> None:
    """Raise Refused (R-14) unless another person than who made it unusable has seen it."""
    if person_id == rendered_by_id:
        raise Refused("R-14", "You made it unusable: another person witnesses that.",
                      "您是毁形执行人: 须由他人见证。")


def check_method(method: str | None, certificate: str | None) -> None:
    """Raise Refused (R-14) unless it is said how scrap was made unusable; a contractor brings a certificate."""
    if method not in METHODS:
        raise Refused("R-14", "Say how it was made unusable.", "请说明毁形方式。", field="method")
    if method == "contractor" and not certificate:
        raise Refused("R-14", "A contractor who destroys it gives a certificate.", "委外销毁须有销毁证明。",
                      field="certificate")


def check_balance(good: int | None, scrapped: int | None, quantity: int) -> int:
    """Return the pieces still open after a run. Raises Refused (R-07) when it does not add up."""
    if good is None or scrapped is None:
        raise Invalid("Give both quantities; 0 is an answer, blank is not.", "两个数量都须填写; 0 是答案, 空白不是。",
                      field="good" if good is None else "scrapped")
    if good < 0 or scrapped < 0 or good + scrapped > quantity:
        raise Refused("R-07", f"Good and scrapped are at most the {quantity} that went in.",
                      f"合格与报废之和不得超过投入数 {quantity}。", field="good")
    return quantity - good - scrapped
