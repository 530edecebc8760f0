"""The outbox: mails written with what they tell of, taken to be sent, and forgotten. Knows no mail server.

A mail names a record and says why; what the record holds is read behind the sign-in.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, contains_eager

from qms.db import now
from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.rules.words import Words

AT_ONCE = 20
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""How long after each try the next one is made; the last holds for all that follow."""
GIVEN_UP_AFTER = timedelta(hours=24)
"""A mail that is older says nothing that Today does not say better."""
KEPT = timedelta(days=30)


def post(session: Session, people: Iterable[Person], subject: Words, text: Words, *, path: str) -> None:
    """Write a mail to everyone who has an address, as part of this transaction. `path`: of the record's page."""
    at = now(session)
    session.add_all([
        Mail(person_id=person.id, subject=subject.to(person.language)[:200], body=text.to(person.language), path=path,
             written_at=at, try_at=at)
        for person in people if person.active and person.email])


def take(session: Session) -> Sequence[Mail]:
    """Return the mails that are due and lend them out until their next try: a node that dies loses none.

    Mails that became too old, or whose reader has no address any more, are given up.
    """
    at = now(session)
    found = session.scalars(select(Mail).join(Mail.person).options(contains_eager(Mail.person))
                            .where(Mail.try_at <= at).order_by(Mail.try_at, Mail.id).limit(AT_ONCE)
                            .with_for_update(skip_locked=True, of=Mail)).all()
    for mail in found:
        is_wanted = mail.person.active and mail.person.email and mail.written_at > at - GIVEN_UP_AFTER
        mail.try_at = at + WAITS[min(mail.tries, len(WAITS) - 1)] if is_wanted else None
        mail.tries += 1
    session.flush()
    return [mail for mail in found if mail.try_at is not None]


def is_due(session: Session, at: datetime) -> bool:
    """Tell whether a mail waits to be sent."""
    return session.scalar(select(Mail.id).where(Mail.try_at <= at).limit(1)) is not None


def sent(session: Session, mail_ids: Sequence[int]) -> None:
    """Note which mails a server has taken over."""
    for mail in session.scalars(select(Mail).where(Mail.id.in_(mail_ids))):
        mail.sent_at, mail.try_at = now(session), None
    session.flush()


def forget(session: Session) -> None:
    """Forget mails that are a month old."""
    session.execute(delete(Mail).where(Mail.written_at < now(session) - KEPT))
