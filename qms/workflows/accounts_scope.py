"""Where a person's grants reach, as conditions of a query. Knows no feature's table."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from qms.rules.accounts import ROLE_PERMISSIONS, Actor, Grant


def in_scope(person: Actor, permission: str, site_id: Any, unit_path: Any, *, unit_only: bool = False,
             ) -> ColumnElement[bool]:
    """Return the condition that a grant of the person gives the permission at a record's site and unit.

    `unit_only` leaves out grants that are not limited to a unit.
    """
    if person.everything:
        return false() if unit_only else true()
    held = [grant for grant in person.grants if permission in ROLE_PERMISSIONS[grant.role]]
    return _within([grant for grant in held if grant.unit_path is not None or not unit_only], site_id, unit_path)


def with_role(person: Actor, roles: Collection[str], site_id: Any, unit_path: Any) -> ColumnElement[bool]:
    """Return the condition that the person holds one of some roles at a record's site and unit."""
    return _within([grant for grant in person.grants if grant.role in roles], site_id, unit_path)


def _within(grants: Iterable[Grant], site_id: Any, unit_path: Any) -> ColumnElement[bool]:
    return or_(false(), *(
        and_(true() if grant.site_id is None else site_id == grant.site_id,
             true() if grant.unit_path is None else unit_path.startswith(grant.unit_path, autoescape=True))
        for grant in grants))
