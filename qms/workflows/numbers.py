"""How records get their numbers: gap-free per kind, site and year (R-47)."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.prepared import Prepared
from qms.models.chain import Site
from qms.models.trail import NumberSeries
from qms.workflows.chain_briefs import SiteBrief

_series = NumberSeries.metadata.tables[NumberSeries.__tablename__]

HANDOVER = "HO"
REJECTION = "NC"
STOP = "ST"
SCRAP = "SC"
CONCESSION = "CN"
NOTICE = "NT"
BYPASS = "BP"
INTERNAL_COMPLAINT = "IC"
APPEAL = "AP"
PROTECTED = "PR"
SUGGESTION = "SG"
ACTION = "CA"
LESSON = "LL"
COMPLAINT = "CC"
COMMITMENT = "CM"
REQUEST = "SR"
SURVEY = "SV"
VISIT = "VS"
REVIEW = "MR"
DISPOSAL = "DP"


_RAISE = Prepared(
    update(_series)
    .where(_series.c.kind == bindparam("of_kind"), _series.c.site_id == bindparam("of_site"),
           _series.c.year == bindparam("of_year"))
    .values(last=_series.c.last + bindparam("more")).returning(_series.c.last))


class Number(NamedTuple):
    """A record's number, in parts and as people read it."""

    year: int
    serial: int
    text: str


def next_numbers(session: Session, kind: str, site: Site | SiteBrief, count: int = 1) -> list[Number]:
    """Give the next numbers of a series. They are lost, and given again, when the transaction fails.

    On PostgreSQL the series is locked until the transaction ends, so that numbers follow the order of commits.
    """
    year = now(session).astimezone(ZoneInfo(site.time_zone)).year
    given = {"of_kind": kind, "of_site": site.id, "of_year": year, "more": count}
    rows = _RAISE.rows(session.connection(), given)
    if not rows:
        _start(session, kind, site.id, year)
        rows = _RAISE.rows(session.connection(), given)
    last = rows[0][0]
    return [Number(year, n, f"{kind}-{site.code}-{year}-{n:06d}") for n in range(last - count + 1, last + 1)]


def next_number(session: Session, kind: str, site: Site | SiteBrief) -> Number:
    """Give the next number of a series."""
    return next_numbers(session, kind, site)[0]


def _start(session: Session, kind: str, site_id: int, year: int) -> None:
    """Start a series; another transaction may have done so at the same moment."""
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(insert(NumberSeries).values(kind=kind, site_id=site_id, year=year, last=0)
                    .on_conflict_do_nothing())
