"""Which rejections count in scores, as conditions for queries. Knows no figure."""

from sqlalchemy import ColumnElement, and_, or_

from qms.models.rejections import Rejection
from qms.rules.rejections import SETTLED


def counts_in_scores() -> ColumnElement[bool]:
    """Return the condition that a rejection's origin counts: confirmed or decided, and not void (R-34)."""
    return and_(Rejection.origin_state.in_(sorted(SETTLED)), Rejection.state != "void")


def counts_against_origin() -> ColumnElement[bool]:
    """Return the condition that a rejection counts against its origin.

    What a unit found on its own work before handing it over never does (R-36).
    """
    return and_(counts_in_scores(), or_(Rejection.escape_steps.is_(None), Rejection.escape_steps > 0))
