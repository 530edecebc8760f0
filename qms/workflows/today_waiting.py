"""What a section of the Today page is: the first records that wait, and how many do. Knows no feature's table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qms.workflows.accounts_scope import in_scope

__all__ = ["COUNTED", "SHOWN", "Waiting", "first_of", "in_scope"]

SHOWN = 6
COUNTED = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first records of one kind that wait, and how many do; counting stops at COUNTED."""

    records: Sequence[Any]
    total: int

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more than were counted."""
        return self.total >= COUNTED


def first_of(session: Session, query: Select[Any], key: Any, *options: Any) -> Waiting:
    """Return the oldest records of a query and how many there are, counting no further than COUNTED."""
    counted = query.with_only_columns(key).limit(COUNTED).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    if total == 0:
        return Waiting((), 0)
    return Waiting(session.scalars(query.options(*options).order_by(key).limit(SHOWN)).all(), total)
