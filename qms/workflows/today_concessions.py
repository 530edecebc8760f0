"""What waits for a person of concessions and notices: customers to tell, requests to approve, what ends or ended."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from qms.models.dispositions_concessions import Concession, CustomerNotice
from qms.models.rejections import Rejection
from qms.rules import dispositions_notices as notices
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.dispositions_concessions import ENDED
from qms.workflows.dispositions_concessions_register import ends_soon
from qms.workflows.today_waiting import Waiting, first_of

NOTHING = Waiting((), 0)


@dataclass(frozen=True, slots=True)
class Conceded:
    """What waits: notices by their clock, drafts of others, concessions that end, and those that have ended."""

    notices: Waiting = NOTHING
    approve: Waiting = NOTHING
    ending: Waiting = NOTHING
    ended: Waiting = NOTHING

    @property
    def total(self) -> int:
        """Return how many matters wait in all, counting as far as each was counted."""
        return sum(getattr(self, part.name).total for part in fields(self))


def conceded(session: Session, person: Actor) -> Conceded:
    """Gather what waits for a person. Sections whose permission they lack are empty."""
    day = utc_now().date()
    rejection = joinedload(CustomerNotice.rejection)
    return Conceded(
        notices=_waiting(session, person, "dispositions.notify",
                         select(CustomerNotice).where(CustomerNotice.state.in_(notices.OPEN))
                         .order_by(CustomerNotice.state != "due", CustomerNotice.due_at),
                         joinedload(CustomerNotice.customer), rejection.joinedload(Rejection.item)),
        approve=_concessions(session, person, "dispositions.approve",
                             select(Concession).where(Concession.state == "draft",
                                                      Concession.drafted_by_id != person.id)),
        ending=_concessions(session, person, "dispositions.concede", select(Concession).where(ends_soon(day))),
        ended=_concessions(session, person, "dispositions.concede",
                           select(Concession).where(Concession.state.in_(ENDED),
                                                    Concession.customer_decided_on.is_not(None))))


def _concessions(session: Session, person: Actor, permission: str, query: Select[Any]) -> Waiting:
    return _waiting(session, person, permission, query, joinedload(Concession.item), joinedload(Concession.customer),
                    joinedload(Concession.drafted_by))


def _waiting(session: Session, person: Actor, permission: str, query: Select[Any], *options: Any) -> Waiting:
    """Return what a query finds at the sites where the person holds a permission."""
    sites = person.sites(permission)
    if sites is not None and not sites:
        return NOTHING
    cls = query.column_descriptions[0]["type"]
    if sites is not None:
        query = query.where(cls.site_id.in_(sorted(sites)))
    return first_of(session, query, cls.id, *options)
