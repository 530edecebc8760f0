"""Measures what internal service and satisfaction reach: each part is a function that yields lines of HEADER."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.requests_http import MadeDatabase
from qms.db import Database
from qms.db.upgrade import upgrade
from qms.models.chain import Link, Site, Unit
from qms.models.satisfaction import Survey
from qms.models.satisfaction_answers import SurveySheet
from qms.rules.accounts import SYSTEM
from qms.rules.satisfaction_questions import INTERNAL
from qms.workflows import accounts, satisfaction
from qms.workflows.satisfaction_drafting import targets_of

HEADER = ("what", "database", "rows", "seconds", "target s")
LINKS, PEOPLE, PUBLISH_TARGET_S = 200, 25, 5.0


def surveys(kind: str, *, quick: bool) -> Iterator[tuple[object, ...]]:
    """Yield how long opening, inviting, closing and publishing a survey of 200 links takes, each one transaction."""
    links = LINKS // 10 if quick else LINKS
    with tempfile.TemporaryDirectory() as folder, MadeDatabase(kind, Path(folder), "service") as url:
        upgrade(url)
        database = Database(url)
        try:
            yield from _survey(database, kind, links)
        finally:
            database.dispose()


def _survey(database: Database, kind: str, links: int) -> Iterator[tuple[object, ...]]:
    site_id, link_ids = _chain(database, links)
    today = date.today()  # noqa: DTZ011
    with database.transaction(SYSTEM, "satisfaction.draft") as session:
        made = satisfaction.draft(session, SYSTEM, site_id=site_id, kind="internal", name_zh="基准", name_en="Made up",
                                  opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=1),
                                  targets=dict.fromkeys(link_ids, PEOPLE))
        satisfaction.open_survey(session, SYSTEM, made.id, made.rev)
    people = links * PEOPLE
    yield ("make survey tokens", kind, people, *_timed(database, lambda s: satisfaction.invite(s, SYSTEM, made.id)), "")
    _answer(database, made.id)
    for what, work, target in (("close and seal a survey", satisfaction.close, ""),
                               ("publish a survey", satisfaction.publish, PUBLISH_TARGET_S)):
        with database.reading() as session:
            rev = session.get_one(Survey, made.id).rev
        yield (what, kind, people, *_timed(database, partial(work, person=SYSTEM, survey_id=made.id, rev=rev)), target)


def _timed(database: Database, work: Any) -> tuple[float]:
    start = time.perf_counter()
    with database.transaction(SYSTEM, "satisfaction.benchmark") as session:
        work(session)
    return (round(time.perf_counter() - start, 2),)


def _chain(database: Database, links: int) -> tuple[int, list[int]]:
    """Make a plant of ten workshops whose operations hand over to the next."""
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
        site = Site(code="BM", name_zh="基准", name_en="Benchmark")
        session.add(site)
        session.flush()
        shops = [Unit(site_id=site.id, kind="department", code=f"W{n}", name_zh="车间", name_en="Workshop", path="")
                 for n in range(10)]
        session.add_all(shops)
        session.flush()
        units = [Unit(site_id=site.id, kind="operation", code=f"OP{n}", name_zh="工序", name_en="Operation", path="",
                      parent_id=shops[n % 10].id) for n in range(links + 1)]
        session.add_all(units)
        session.flush()
        made = [Link(site_id=site.id, supplier_id=a.id, customer_id=b.id, kind="operation", output_zh="件",
                     output_en="Parts") for a, b in pairwise(units)]
        session.add_all(made)
        session.flush()
        return site.id, [link.id for link in made]


def _answer(database: Database, survey_id: int) -> None:
    """Write the answers of everybody who was invited, but to every seventh question."""
    codes = [q.code for q in INTERNAL if q.kind != "open"]
    with database.transaction(SYSTEM, "satisfaction.answer") as session:
        for target in targets_of(session, survey_id):
            session.add_all([SurveySheet(key=f"{target.id:08d}{n:024d}", target_id=target.id, answers={
                code: "dk" if (n + at) % 7 == 0 else (n * at) % 5 + 1 for at, code in enumerate(codes)} | {
                f"{code}.w": (n + at) % 5 + 1 for at, code in enumerate(codes[:-1])}) for n in range(PEOPLE)])


PARTS = (surveys,)


def main(databases: list[str], *, quick: bool = False) -> Iterator[tuple[object, ...]]:
    """Yield every line of every part on each database."""
    for kind in databases:
        for part in PARTS:
            yield from part(kind, quick=quick)
