"""Which lines a person may stop. Changes nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Unit
from qms.rules.accounts import Actor
from qms.workflows.stops_calling import CALL

MOST_UNITS = 2_000


def lines_to_stop(session: Session, person: Actor) -> list[Unit]:
    """Return the operations in use at which the person may call, by code."""
    sites = person.sites(CALL)
    units = session.scalars(
        select(Unit).where(Unit.active, Unit.kind == "operation",
                           *([] if sites is None else [Unit.site_id.in_(sorted(sites))]))
        .order_by(Unit.code).limit(MOST_UNITS))
    return [unit for unit in units if person.may(CALL, site_id=unit.site_id, unit_path=unit.path)]
