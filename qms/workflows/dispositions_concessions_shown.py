"""What the pages of concessions show: one with all its parts, its uses, what a person may do now. Changes nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.chain import Unit
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession, ConcessionUse, CustomerNotice
from qms.models.rejections import Rejection
from qms.rules import dispositions_concessions as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.steps import allowed
from qms.workflows.dispositions_concessions_records import VIEW, sees

MOST_CUSTOMERS = 500
MOST_LABELS = 60


class Use(NamedTuple):
    """A use and the rejection whose pieces were accepted by it."""

    use: ConcessionUse
    rejection: Rejection
    position: int


def whole(session: Session, person: Actor, concession_id: int) -> Concession:
    """Return a concession with everything its page shows. Raises NotFound."""
    found = session.scalar(select(Concession).where(Concession.id == concession_id).options(
        *(joinedload(getattr(Concession, part)) for part in (
            "site", "rejection", "item", "defect", "lot", "customer", "drafted_by", "approved_by", "back_to_spec_by")),
        selectinload(Concession.uses).joinedload(ConcessionUse.by)).execution_options(populate_existing=True))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def uses_of(session: Session, concession: Concession) -> list[Use]:
    """Return what was accepted under a concession, oldest first."""
    lines = {line.id: line for line in session.scalars(
        select(Disposition).where(Disposition.id.in_({use.disposition_id for use in concession.uses}))
        .options(joinedload(Disposition.rejection)))}
    return [Use(use, lines[use.disposition_id].rejection, lines[use.disposition_id].position)
            for use in concession.uses]


def containers_of(concession: Concession) -> list[str]:
    """Return the containers that carry the number of a concession, each once."""
    named = (name for use in concession.uses if use.active for name in use.containers.split(", "))
    return list(dict.fromkeys(named))[:MOST_LABELS]


def offered(person: Actor, concession: Concession) -> tuple[str, ...]:
    """Name the steps that a page offers: what the table allows, the person's grants cover and the rules would take."""
    return tuple(
        step.name for step in allowed(rules.STEPS, concession.state)
        if step.name not in rules.BY_ITSELF and person.may(step.permission, site_id=concession.site_id)
        and (step.name != "approve" or person.id != concession.drafted_by_id)
        and (step.name != "confirm_back" or concession.customer_decided_on is not None))


def customers(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the outside customers in use at the sites that the person may see, by code."""
    sites = person.sites(VIEW)
    return session.scalars(
        select(Unit).where(Unit.kind == "customer", Unit.active,
                           *([] if sites is None else [Unit.site_id.in_(sorted(sites))]))
        .order_by(Unit.code).limit(MOST_CUSTOMERS)).all()


def of_rejection(session: Session, rejection_id: int) -> tuple[Sequence[Concession], Sequence[CustomerNotice]]:
    """Return the concessions asked for and the notices opened because of a rejection, oldest first."""
    concessions = session.scalars(select(Concession).where(Concession.rejection_id == rejection_id)
                                  .options(joinedload(Concession.drafted_by)).order_by(Concession.id)).all()
    notices = session.scalars(select(CustomerNotice).where(CustomerNotice.rejection_id == rejection_id)
                              .options(joinedload(CustomerNotice.customer), joinedload(CustomerNotice.told_by))
                              .order_by(CustomerNotice.id)).all()
    return concessions, notices
