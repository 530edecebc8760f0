"""Plays notices to customers in the demo plant; must not know why product was shipped."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.demo.happenings import Happening
from qms.models.dispositions_concessions import CustomerNotice
from qms.rules.accounts import Actor
from qms.workflows import dispositions_notices as notices

ACTIONS = {"tell": "dispositions.tell_notice", "follow_up": "dispositions.follow_up_notice"}
SAID = "请隔离该批次并停止使用, 详细报告随后提交。"
DETAIL = "已提交涉及批次、数量和挑选方法的详细报告。"
TO = "王磊 (顾客质量)"


class NoticePlayer:
    """Tells customers; `rejections` maps the key of each rejection to its id."""

    def __init__(self, rejections: Mapping[str, int]) -> None:
        self._rejections = rejections

    def play(self, session: Session, actor: Actor, h: Happening) -> None:
        """Tell, or follow up, everything of a rejection that waits for it."""
        waiting = session.scalars(select(CustomerNotice).where(
            CustomerNotice.rejection_id == self._rejections[h.key],
            CustomerNotice.state == ("due" if h.verb == "tell" else "told")).order_by(CustomerNotice.id)).all()
        for notice in waiting:
            if h.verb == "tell":
                notices.tell(session, actor, notice.id, notice.rev, told_at=None, channel="phone", person_told=TO,
                             notice=SAID)
            else:
                notices.follow_up(session, actor, notice.id, notice.rev, follow_up=DETAIL)
