"""Writes the sheet of poor quality's costs to a file and into the trail (R-53). Knows no page."""

import hashlib
from zoneinfo import ZoneInfo

from sqlalchemy import select

from exports.about import About
from exports.dispositions_costs_sheet import NAME, Costs, cost_sheet
from qms.db import Database
from qms.jobs.exports import SEVERAL_ZONES, file_name
from qms.jobs.exports_documents import Sent
from qms.jobs.trail_checkpoints import under
from qms.models.chain import Site
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.dispositions_costs import check_period
from qms.rules.errors import Invalid
from qms.rules.words import Words
from qms.workflows import dispositions_costs_sheet as workflow
from qms.workflows.dispositions_costs_sheet import Filter
from qms.workflows.exports import record
from qms.workflows.exports_filters import Meaning, query_of, told

MOST_LINES = 200_000
MEANINGS = {"site_id": Meaning(Words("Site", "工厂"), model=Site), "first": Meaning(Words("From month", "起始月份")),
            "last": Meaning(Words("To month", "截止月份"))}


def write(database: Database, person: Actor, wanted: Filter, *, language: str,
          seed: bytes | None = None) -> Sent:
    """Return the workbook of these months as .xlsx, with the export in the trail.

    Raises NotAllowed, Invalid for what is no month and for more lines than a workbook should hold.
    """
    for text in (wanted.first, wanted.last):
        if text:
            check_period(text)
    person.need("exports.run")
    checkpoint = under(database, seed)
    with database.reading() as session:
        if workflow.count(session, person, wanted) > MOST_LINES:
            raise Invalid("These are more lines than a workbook should hold. Ask for fewer months.",
                          "明细行数过多, 请缩小月份范围。", field="first")
        sites = person.sites(workflow.VIEW) if wanted.site_id is None else {wanted.site_id}
        query = select(Site.time_zone, Site.demo)
        found = session.execute(query if sites is None else query.where(Site.id.in_(sites))).all()
        zones = {zone for zone, _ in found}
        zone = zones.pop() if len(zones) == 1 else SEVERAL_ZONES
        about = About(title=NAME.to(language), zone=zone, generated_by=person.name,
                      generated_at=utc_now().astimezone(ZoneInfo(zone)).replace(tzinfo=None),
                      filters=told(session, wanted, MEANINGS, language), demo=any(demo for _, demo in found),
                      checkpoint=checkpoint)
        content, rows = cost_sheet(Costs(
            workflow.months(session, person, wanted),
            workflow.lines(session, person, wanted, language, ZoneInfo(zone)),
            workflow.closed(session, person, wanted, ZoneInfo(zone), language)), language, about)
    name = file_name("costs", ".xlsx")
    with database.transaction(person, "exports.write") as session:
        record(session, person, kind="costs", filters=query_of(wanted), rows=rows, file_name=name,
               sha256=hashlib.sha256(content).hexdigest())
    return Sent(name, content)
