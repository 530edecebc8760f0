"""Knows what has to be answered before D0 to D3 and D8 are passed; must not know where the answers are stored.

Source: IATF 16949:2016 10.2.3 and 10.2.6; 8D after VDA.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from qms.rules.errors import Invalid, Refused


def check_symptom(symptom: str | None) -> None:
    """Raise Invalid for a case of which nobody has said what was seen (D0)."""
    if not symptom:
        raise Invalid("Say what was seen.", "请填写症状。", field="symptom")


def check_emergency(emergency: str | None, verified_at: datetime | None, *, safety: bool) -> None:
    """Raise Refused (R-23) for a safety case without an emergency response that was seen to work; Invalid for none."""
    if not emergency:
        raise Invalid("Say what was done at once, or why nothing had to be.", "请填写应急措施, 或说明为何不需要。",
                      field="emergency")
    if safety and verified_at is None:
        raise Refused("R-23", "Safety class: somebody has to see that the emergency response works.",
                      "安全类缺陷: 须有人验证应急措施有效。", field="emergency_verified")


def check_heads(sponsor_id: int | None, leader_id: int | None) -> None:
    """Raise Invalid for a team without a leader or without a sponsor (D1)."""
    if leader_id is None:
        raise Invalid("The team has no leader.", "小组没有组长。", field="leader_id")
    if sponsor_id is None:
        raise Invalid("The team has no sponsor who owns the process.", "小组没有发起人 (过程负责人)。",
                      field="sponsor_id")


def check_team(member_paths: Collection[str], *, origin: str | None, detecting: str | None) -> None:
    """Raise Invalid for a team in which nobody speaks for the origin, or for the operation that found it (D1).

    All are paths of units; whoever speaks for a unit below one speaks for it. None: not known, asked for elsewhere.
    """
    if origin is not None and not _speaks(member_paths, origin):
        raise Invalid("Nobody of the team comes from the origin.", "小组中没有责任工序的成员。", field="unit_id")
    if detecting is not None and not _speaks(member_paths, detecting):
        raise Invalid("Nobody of the team comes from the operation that found it: it is the customer.",
                      "小组中没有发现工序的成员: 发现工序就是客户。", field="unit_id")


def check_deviation(requirement: str | None, actual: str | None) -> None:
    """Raise Invalid for a deviation that cannot be measured: no requirement, or no figure against it (D2)."""
    if not requirement:
        raise Invalid("Say what the requirement is.", "请填写要求。", field="requirement")
    if not actual or not any(sign.isdigit() for sign in actual):
        raise Invalid("Say with a figure what was found against the requirement.", "请用数值说明实际情况与要求的偏差。",
                      field="actual")


def check_extent(quantity: int | None, detecting_unit_id: int | None) -> None:
    """Raise Invalid for a problem of which the quantity or the place of detection is not known (D2)."""
    if quantity is None or quantity < 1:
        raise Invalid("Say how many pieces were found.", "请填写发现数量。", field="problem_quantity")
    if detecting_unit_id is None:
        raise Invalid("Say where it was found.", "请填写发现单元。", field="detecting_unit_id")


def check_reproduced(reproduced: bool | None) -> None:
    """Raise Invalid for a problem that nobody has confirmed on a real part (D2)."""
    if not reproduced:
        raise Invalid("The problem has to be confirmed on a real part.", "须在实物上确认问题。", field="reproduced")


def check_stock(unanswered: Sequence[str], answered: int) -> None:
    """Raise Refused (R-22) while a place has not answered: 0 is an answer, blank is not (D3)."""
    if unanswered:
        raise Refused("R-22", f"{len(unanswered)} places have not answered; 0 is an answer, blank is not.",
                      f"还有 {len(unanswered)} 个位置未填写; 0 是答案, 空白不是。", field="stock")
    if not answered:
        raise Refused("R-22", "No place was asked for suspect stock.", "尚未列出任何库存位置。", field="stock")


def check_containment(containment: str | None, effective: bool | None, evidence: str | None) -> None:
    """Raise Invalid for a containment that was not described, or of which nobody has shown that it works (D3)."""
    if not containment:
        raise Invalid("Say what protects the customer until the cause is gone.", "请填写临时围堵措施。",
                      field="containment")
    if not effective or not evidence:
        raise Invalid("Nobody has shown yet that the containment works.", "尚未证实围堵有效。",
                      field="containment_effective")


def check_informed(customer_id: int | None, informed_at: datetime | None) -> None:
    """Raise Invalid where there is a customer who was not informed (D3)."""
    if customer_id is not None and informed_at is None:
        raise Invalid("The customer has not been informed.", "尚未通知顾客。", field="customer_informed_at")


def check_paths(origin_unit_id: int | None, detecting_unit_id: int | None, why_unknown: str | None) -> None:
    """Raise Refused (R-30) unless origin and escape path are named, or it is said why they are not known (D8)."""
    if (origin_unit_id is None or detecting_unit_id is None) and not why_unknown:
        raise Refused("R-30", "Name the origin and where it was found, or say why they are not known.",
                      "请填写责任工序和发现单元, 或说明为何未知。", field="origin_unknown_reason")


def check_accepted(customer_id: int | None, accepted_on: date | None, accepted_by: str | None) -> None:
    """Raise Invalid where there is a customer who has not accepted the report (D8)."""
    if customer_id is not None and (accepted_on is None or not accepted_by):
        raise Invalid("The customer has not accepted the report yet.", "顾客尚未接受报告。",
                      field="customer_accepted_on")


def check_thanks(thanks: str | None) -> None:
    """Raise Invalid for a team that nobody has thanked (D8)."""
    if not thanks:
        raise Invalid("Thank the team before the case is closed.", "关闭前请向小组致谢。", field="thanks")


def check_removed(removed_at: datetime | None, *, validated: bool) -> None:
    """Raise Invalid for taking the containment away before the corrective actions are proven in place (D6)."""
    if removed_at is not None and not validated:
        raise Invalid("Containment stays until D6 is finished.", "D6 完成前不得解除围堵。", field="containment_to")


def _speaks(paths: Collection[str], unit: str) -> bool:
    return any(path.startswith(unit) for path in paths)
