"""How a site's master data becomes the lines of a workbook. Changes nothing."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.chain import Lot
from qms.rules.accounts import Actor
from qms.rules.chain_workbook import LOTS, MOST_LOTS, SHEETS, Line
from qms.workflows.chain_sites import one_site
from qms.workflows.chain_workbook_kinds import TAKERS
from qms.workflows.chain_workbook_lines import Ground

Rows = dict[str, list[dict[str, Any]]]


def present_rows(session: Session, person: Actor, site_id: int) -> Rows:
    """Return what a site has, as lines by sheet and column; lots are left out where there are more than MOST_LOTS.

    Raises NotFound.
    """
    ground = Ground(session, person, one_site(session, person, site_id), "")
    rows: Rows = {}
    for sheet in SHEETS:
        taker = TAKERS[sheet.key](sheet, ground, _lots(session, site_id) if sheet is LOTS else [])
        rows[sheet.key] = [{**dict(zip(sheet.identity, key, strict=True)), **taker.values(record)}
                           for key, record in sorted(taker.records.items())]
    return rows


def _lots(session: Session, site_id: int) -> list[Line]:
    counted = session.scalar(select(func.count(Lot.id)).where(Lot.site_id == site_id)) or 0
    if counted > MOST_LOTS:
        return []
    return [Line(LOTS, 0, {"number": number})
            for number in session.scalars(select(Lot.number).where(Lot.site_id == site_id))]
