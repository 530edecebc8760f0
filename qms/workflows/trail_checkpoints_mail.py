"""How the newest checkpoint goes out by mail once a day, to somebody outside the database's administration."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.rules.words import Words
from qms.workflows import accounts_mail, trail_checkpoints

PAGE = "/trail"


def is_due(session: Session, address: str, at: datetime) -> bool:
    """Tell whether somebody has this address and nobody was sent a checkpoint on this day, in UTC."""
    if trail_checkpoints.newest(session) is None or not _readers(session, address):
        return False
    last = session.scalar(select(Mail.written_at).where(Mail.path == PAGE).order_by(Mail.written_at.desc()).limit(1))
    return last is None or last.date() < at.date()


def post(session: Session, address: str) -> None:
    """Write the newest checkpoint as a mail to whoever has this address."""
    held = trail_checkpoints.newest(session)
    if held is None:
        return
    accounts_mail.post(session, _readers(session, address), Words(
        f"Checkpoint of the audit trail: {held.size} entries", f"审计追踪检查点: {held.size} 条"), Words(
        "Keep this mail. The lines between the rules, saved as a file, are for `qms verify --checkpoint FILE`.\n\n"
        f"----------\n{held.note}----------",
        "请保存此邮件。横线之间的内容另存为文件, 即可用于 `qms verify --checkpoint FILE`。\n\n"
        f"----------\n{held.note}----------"), path=PAGE)


def _readers(session: Session, address: str) -> list[Person]:
    return list(session.scalars(select(Person).where(Person.email == address, Person.active).order_by(Person.id)))
