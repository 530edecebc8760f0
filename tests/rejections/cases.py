"""Short ways to a reported rejection and to a person with a grant in one unit."""

from typing import Any

from sqlalchemy.orm import Session

from qms.db import Database
from qms.models.chain import Unit
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.workflows import accounts, rejections
from tests.plant import Plant, term


def reported(db: Database, plant: Plant, person: Actor | None = None, **given: Any) -> Rejection:
    """Report a burr found by weld on what press handed over, by the operator unless told otherwise."""
    fields = {"kind": "not_accepted", "found_unit_id": plant.weld, "quantity": 10, "lot_id": plant.lot,
              "defect_id": plant.burr, "link_id": plant.press_weld} | given
    with db.transaction(person or plant.operator, "rejections.report") as session:
        return rejections.report(session, person or plant.operator, **fields)


def person_in_unit(db: Database, login: str, role: str, unit_id: int | None, home: int | None = None) -> Actor:
    """Make a person whose one grant is limited to a unit."""
    with db.transaction(SYSTEM, "tests.person") as session:
        made = accounts.add_person(session, SYSTEM, login=login, name=login, language="en", password=None,
                                   unit_id=home)
        given = accounts.grant(session, SYSTEM, made.id, role=role, **term(role), unit_id=unit_id)
        path = session.get_one(Unit, unit_id).path if unit_id else None
        return Actor(id=made.id, name=made.name, grants=(Grant(given.id, role, None, path),), method="test")


def seen(session: Session, rejection: Rejection) -> Rejection:
    """Read a rejection with all its parts."""
    return rejections.whole(session, SYSTEM, rejection.id)
