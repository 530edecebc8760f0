"""How a completed line that no rate priced is priced afterwards, once finance knows the rate. Sets no rate."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.dispositions import Disposition
from qms.models.dispositions_costs import CostLine
from qms.rules.accounts import Actor
from qms.rules.dispositions_costs import period_of
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows.dispositions_costing import lock_site, need_finance, post_costs, today
from qms.workflows.dispositions_costs_unpriced import COMPLETED_AT


def price(session: Session, person: Actor, line_id: int) -> CostLine:
    """Post what a completed line cost by the rate of the day it was completed on, else by the rate of today.

    It goes to the month of its completion, or the next one that is open (R-54).
    Raises Invalid where no rate is known yet, IllegalStep, NotFound, NotAllowed.
    """
    line = session.get(Disposition, line_id)
    if line is None:
        raise NotFound
    need_finance(session, person, line.site_id)
    lock_site(session, line.site_id)
    if line.state != "completed":
        raise IllegalStep("A line is priced once it is completed.", "处置完成后才能计价。")
    if session.scalar(select(CostLine.id).where(CostLine.disposition_id == line_id).limit(1)) is not None:
        raise IllegalStep("This line is priced already.", "该处置行已计价。")
    completed = _completed_on(session, line)
    for on in (completed, today(session, line.site_id)):
        posted = post_costs(session, person, line, on=on, wanted_on=completed)
        if posted is not None:
            return posted
    raise Invalid("No rate is known for it, neither on the day of completion nor today. Enter the rate first.",
                  "完成当日及今日均无适用费率。请先录入费率。")


def listed_in(session: Session, person: Actor, line_id: int) -> tuple[int, str]:
    """Return the site and the month in whose list of unpriced lines a line stands. Raises NotFound, NotAllowed."""
    line = session.get(Disposition, line_id)
    if line is None:
        raise NotFound
    need_finance(session, person, line.site_id)
    return line.site_id, period_of(_completed_on(session, line))


def _completed_on(session: Session, line: Disposition) -> date:
    at = session.scalars(select(COMPLETED_AT).where(Disposition.id == line.id)).one()
    day: date = at.astimezone(ZoneInfo(session.get_one(Site, line.site_id).time_zone)).date()
    return day
