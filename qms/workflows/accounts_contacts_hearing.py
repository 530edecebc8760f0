"""Whether anybody would hear an alarm from a tablet's operations now. Changes nothing."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Unit
from qms.rules.accounts import ROLES
from qms.rules.devices import KnownDevice
from qms.rules.stops import LADDER
from qms.rules.words import Words
from qms.workflows.chain_rosters import on_duty

HEARD = Words("An alarm is heard.", "呼叫有人接听。")
NO_OPERATION = Words("This tablet serves no operation: no alarm can be called from it.",
                     "此平板未分配工序: 无法从这里呼叫。")


def hearing(session: Session, device: KnownDevice, at: datetime) -> tuple[bool, Words]:
    """Tell whether every operation of a tablet has somebody on duty for the first rung, and say it or why not."""
    if not device.units:
        return False, NO_OPERATION
    roles = LADDER[0].roles
    deaf = [unit_id for unit_id in device.units if not on_duty(session, unit_id, roles, at)]
    if not deaf:
        return True, HEARD
    units = session.scalars(select(Unit).where(Unit.id.in_(deaf)).order_by(Unit.code)).all()
    wanted = ROLES[roles[0]]
    return False, Words(
        f"Nobody is on duty as {wanted.en.lower()} for {', '.join(f'{u.code} {u.name_en}' for u in units)}: "
        "an alarm would not be heard. Go and tell somebody.",
        f"{', '.join(f'{u.code} {u.name_zh}' for u in units)} 当前没有值班{wanted.zh}: 呼叫无人接听, 请当面通知。")
