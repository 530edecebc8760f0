"""The lines of the register of commitments, streamed in the reader's language; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from qms.models.accounts import Person
from qms.models.chain import Unit
from qms.models.service_commitments import Commitment
from qms.rules import service_commitments as rules
from qms.rules.accounts import Actor
from qms.workflows.exports import coded, spoken, streamed
from qms.workflows.service_commitments_records import VIEW
from qms.workflows.service_commitments_register import Filter, asked

_SAID = {"state": rules.STATES, "kind": rules.KINDS}
_WORDED = ("service", "standard", "source", "exclusions", "remedy")


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per revision, by number. Raises NotAllowed.

    `address` is where the records' pages are; empty: no links.
    """
    person.need(VIEW)
    provider, customer, owner = aliased(Unit), aliased(Unit), aliased(Person)
    worded = [func.coalesce(getattr(Commitment, f"{stem}_{language}"),
                            getattr(Commitment, f"{stem}_{'en' if language == 'zh' else 'zh'}")).label(stem)
              for stem in _WORDED]
    query = (
        select(Commitment.id, Commitment.number, Commitment.revision, Commitment.state,
               coded(provider, language).label("provider"), coded(customer, language).label("customer"), *worded,
               Commitment.kind, Commitment.within_minutes, Commitment.target_percent, owner.name.label("owner"),
               Commitment.published_from, Commitment.valid_to, Commitment.next_review_on, Commitment.change,
               Commitment.withdrawn_reason)
        .join(provider, provider.id == Commitment.provider_id).join(owner, owner.id == Commitment.owner_id)
        .outerjoin(customer, customer.id == Commitment.customer_id)
        .where(*asked(person, wanted, provider)).order_by(Commitment.number, Commitment.revision))
    return spoken(streamed(session, query), _SAID, (), language, zone,
                  f"{address}/service/commitments/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many revisions the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    provider = aliased(Unit)
    return session.scalar(select(func.count()).select_from(Commitment).join(
        provider, provider.id == Commitment.provider_id).where(*asked(person, wanted, provider))) or 0
