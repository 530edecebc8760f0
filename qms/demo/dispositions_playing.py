"""Plays dispositions of the demo plant through the workflows; must not know why anything was held."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.demo.deeds import World
from qms.demo.dispositions import PREFIX
from qms.demo.happenings import Happening
from qms.models.dispositions import Disposition
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.dispositions import WORKED
from qms.rules.dispositions_checks import Draft
from qms.workflows import dispositions
from qms.workflows.acceptance_records import today
from qms.workflows.dispositions_deciding import asks_customer, is_outside
from qms.workflows.dispositions_records import undecided

ACTIONS = {f"{PREFIX}{step}": f"dispositions.{step}"
           for step in ("decide", "start", "report", "verify", "witness", "dispose")}
RISK_AGE, INSTRUCTION_AGE = timedelta(days=40), timedelta(days=90)
PLACE = "红区 R-02"
WORK_DONE = {"rework": "按返工指导书完成返工", "sort": "已全数挑选", "scrap": "已压毁并喷红漆标识",
             "no_fault": "已由他人按标准复检", "return_upstream": "已连同标签退回上工序",
             "use_as_is": "已按让步要求贴标识", "return_to_supplier": "已办理退货出库"}
GOOD = {"rework": "返工后全数复检, 全部合格", "sort": "挑选结果抽检确认, 全部合格",
        "no_fault": "复检符合标准, 属误判", "return_upstream": "上工序已签收",
        "use_as_is": "标识与让步编号一致", "return_to_supplier": "退货单已签收"}


def drafts(session: Session, rejection: Rejection, *wanted: tuple[str, int], **given: Any) -> list[Draft]:
    """Return lines for all that is held and undecided; each of `wanted` is a code and its pieces, 0: the rest."""
    on, lines = today(session, rejection.site_id), []
    holds = undecided(session, rejection)
    left = {hold.id: hold.quantity for hold in holds}
    for code, pieces in wanted:
        for hold in holds:
            taken = min(left[hold.id], pieces or left[hold.id])
            if taken:
                left[hold.id] -= taken
                lines.append(Draft(hold.id, code, taken, **(_brought(session, rejection, code, on) | given)))
            if pieces:
                break
    return lines


def _brought(session: Session, rejection: Rejection, code: str, on: date) -> dict[str, Any]:
    """Return what a decision for a code has to bring."""
    brings: dict[str, Any] = {}
    if code == "rework":
        brings |= {"risk_ref": "PFMEA-BR-12", "risk_rev": "D", "risk_on": on - RISK_AGE}
    if asks_customer(session, rejection, code):
        brings |= {"customer_ref": "SQE-2026-0417"}
    if code == "use_as_is":
        brings |= {"justification": "偏差不影响装配和强度, 顾客已书面同意"}
    if code == "no_fault" and is_outside(session, rejection):
        brings |= {"criteria_ref": "与顾客约定的外观限度样件 LS-07"}
    if code == "return_to_supplier":
        brings |= {"supplier_claim": "SC-2026-031"}
    return brings


def start(session: Session, actor: Actor, line: Disposition) -> None:
    """Begin a line, with the instruction that its work needs."""
    on = today(session, line.site_id)
    given: dict[str, Any] = {}
    if line.code in WORKED:
        given = {"instruction_ref": "WI-QD-RW-03", "instruction_rev": "B", "instruction_on": on - INSTRUCTION_AGE}
    dispositions.start(session, actor, line.id, line.rev, place=PLACE, **given)


def report(session: Session, actor: Actor, line: Disposition, hours: int = 3, containers: str | None = None) -> None:
    """Report a line as carried out."""
    given: dict[str, Any] = {}
    if line.code in WORKED:
        given["hours"] = Decimal(hours) / 2
    if line.code == "scrap":
        given |= {"method": "crush", "weight_kg": Decimal(line.quantity) * Decimal("0.8")}
    dispositions.report(session, actor, line.id, line.rev, result=WORK_DONE[line.code], containers=containers, **given)


def verify(session: Session, actor: Actor, line: Disposition) -> None:
    """Verify a line, all of it good."""
    given: dict[str, Any] = {"good": line.quantity, "scrapped": 0} if line.code in WORKED else {}
    dispositions.verify(session, actor, line.id, line.rev, verification=GOOD[line.code], **given)


def witness(session: Session, actor: Actor, line: Disposition) -> None:
    """See that scrap is unusable."""
    dispositions.witness(session, actor, line.id, line.rev, verification="现场见证, 已无法使用")


def dispose(session: Session, actor: Actor, line: Disposition) -> None:
    """Let scrap leave the plant."""
    dispositions.dispose(session, actor, line.id, line.rev)


STEPS = {"start": start, "verify": verify, "witness": witness, "dispose": dispose}


class DispositionPlayer:
    """Decides, carries out and verifies what is to become of a rejection."""

    def __init__(self, world: World) -> None:
        self._world = world

    def play(self, session: Session, actor: Actor, h: Happening) -> None:
        """Take one step with every line of a rejection."""
        step, rejection = h.verb.removeprefix(PREFIX), self._world.rejection(session, h.key)
        if step == "decide":
            lines = drafts(session, rejection, (h.facts["code"], 0))
            dispositions.decide(session, actor, rejection.id, rejection.rev, lines,
                                signing=self._world.founded.signing(actor, "disposition"))
            return
        for line in lines_of(session, rejection.id):
            if step == "report":
                report(session, actor, line, h.facts["hours"])
            else:
                STEPS[step](session, actor, line)


def lines_of(session: Session, rejection_id: int, *codes: str) -> list[Disposition]:
    """Return the lines of a rejection in order, of some codes only where named."""
    found = session.scalars(select(Disposition).where(Disposition.rejection_id == rejection_id)
                            .order_by(Disposition.position))
    return [line for line in found if not codes or line.code in codes]
