"""What is missing in evidence is told, and what is there is not: each gap on two records that differ only in the point.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from qms.db import Database
from qms.db.base import Base
from qms.models.trail import NumberSeries
from qms.rules.accounts import SYSTEM
from qms.rules.trail_evidence import Gap
from qms.workflows.attachments_store import keep
from qms.workflows.trail_evidence_gaps import gaps_of
from qms.workflows.trail_evidence_gathering import gather
from qms.workflows.trail_evidence_missing import PRODUCT
from qms.workflows.trail_evidence_missing_improvement import IMPROVEMENT
from qms.workflows.trail_evidence_question import Asked
from tests.habits.stocked import AT, fill
from tests.plant import Plant

WIDE = Asked((), date(2026, 1, 1), date(2027, 12, 31))
LATER = AT + timedelta(days=90)
Values = Mapping[str, Any]
_made = 0


@pytest.fixture
def stocked(db: Database, plant: Plant) -> Plant:
    """The plant with one record of every kind."""
    fill(db.connection)
    return plant


def again(connection: sa.Connection, table: str, **changed: Any) -> int:
    """Put another row like the first one of a table, under its own number, and return its id."""
    global _made  # noqa: PLW0603
    _made += 1
    held = Base.metadata.tables[table]
    row = dict(connection.execute(sa.select(held).order_by(held.c.id).limit(1)).mappings().one())
    highest = connection.execute(sa.select(sa.func.max(held.c.id))).scalar() or 0
    own = {name: _made + 100 for name in ("position", "run", "serial") if name in row}
    own |= {name: f"{table}-{_made}" for name in ("number", "client_id", "source_key", "code") if name in row}
    own |= {"state": "completed"} if table == "dispositions" else {}
    own |= {column.name: again(connection, key.column.table.name) for column in held.columns if column.unique
            for key in column.foreign_keys}
    row |= own | {"id": highest + 1} | changed
    connection.execute(sa.insert(held).values(row))
    return int(highest + 1)


def told(db: Database, photos: Path) -> list[Gap]:
    with db.reading() as session:
        return gaps_of(session, gather(session, SYSTEM, WIDE), photos)


DECIDED = {"decided_by_id": 1, "decided_at": AT, "accepted": 1}
BY = {"worked_by_id": 1, "finished_at": AT, "inspected_at": AT}
CASES: list[tuple[str, str, Values, Values]] = [
    ("Rework done, re-inspected by nobody else", "reworks", BY | {"inspected_by_id": 1}, BY | {"inspected_by_id": 2}),
    ("Rework done, re-inspected by nobody else", "reworks", BY | {"inspected_at": None, "inspected_by_id": None},
     BY | {"inspected_by_id": 3}),
    ("Held, nothing decided yet", "rejections", {"state": "held"}, {"state": "closed"}),
    ("Decided, but by what authority was not kept", "dispositions", {"role": None, "grant_id": None},
     {"role": "quality_engineer", "grant_id": None}),
    ("Accepted without a concession", "dispositions",
     {"code": "use_as_is", "state": "completed", "concession_id": None},
     {"code": "use_as_is", "state": "completed", "concession_id": 1}),
    ("Containment not answered for a place", "containment_lines", {"answered_at": None}, {"answered_at": AT}),
    ("Scrapped, without a witness", "scrap_tickets", {"witnessed_at": None, "witnessed_by_id": None},
     {"witnessed_at": AT, "witnessed_by_id": 2, "rendered_by_id": 1}),
    ("Customer not told that suspect product was shipped", "customer_notices", {"state": "due", "told_at": None},
     {"state": "told", "told_at": AT}),
    ("Void, its number stays", "rejections", {"state": "void", "void_reason": "twice"}, {"state": "closed"}),
    ("Handed over, neither accepted nor rejected", "handovers", {"state": "presented"},
     DECIDED | {"state": "accepted"}),
    ("Accepted without a standard in force", "handovers", DECIDED | {"state": "accepted", "standard_id": None},
     DECIDED | {"state": "accepted", "standard_id": 1}),
    ("First piece or patrol not done", "piece_checks", {"state": "missed"}, {"state": "passed"}),
    ("Called, and nobody arrived", "stops", {"arrived_at": None}, {"arrived_at": AT}),
    ("Running again without restart checks", "stops",
     {"restarted_at": AT, "stopped_at": AT, "product_affecting": True},
     {"restarted_at": AT, "stopped_at": AT, "product_affecting": False}),
    ("Bypass ended, control not verified", "bypasses", {"state": "ended", "ended_at": AT, "verified_at": None},
     {"state": "closed", "ended_at": AT, "verified_at": AT}),
    ("Device failed its test, nothing was held", "control_tests", {"good": False}, {"good": True}),
    ("Closed without figures of effectiveness", "actions", {"state": "closed", "route": "8d"},
     {"state": "closed", "route": "correction"}),
    ("Stock at a place not answered", "stock_lines", {"answered_at": None}, {"answered_at": AT}),
    ("Void, its number stays", "actions", {"state": "void", "void_reason": "twice"}, {"state": "open"}),
    ("Closed, neither origin nor why it is unknown", "customer_complaints",
     {"state": "closed", "origin_unit_id": None, "unknown_reason": None},
     {"state": "closed", "origin_unit_id": None, "unknown_reason": "part never came back"}),
    ("Closed without an answer to the customer", "customer_complaints", {"state": "closed", "reply": None},
     {"state": "closed", "reply": "told"}),
    ("Void, its number stays", "customer_complaints", {"state": "void", "void_reason": "twice"},
     {"state": "received"}),
    ("Special status, the certifier was not told", "special_statuses", {"body_told_on": None},
     {"body_told_on": AT.date()}),
    ("Held, not signed", "reviews", {"state": "actions_set"}, {"state": "draft"}),
    ("Decision not done", "review_decisions", {"state": "open", "place": 71}, {"state": "done", "place": 72}),
    ("Void, its number stays", "reviews", {"state": "void", "void_reason": "twice"}, {"state": "draft"}),
    ("Complaint without an answer", "internal_complaints", {"state": "filed", "answered_at": None},
     {"state": "filed", "answered_at": AT}),
    ("Ran out, followed by no newer one", "qualifications", {"kind": "sort", "valid_to": AT.date()},
     {"kind": "rework", "valid_to": None}),
]


def of_parents(connection: sa.Connection) -> list[tuple[str, str, Values, Values]]:
    """Return the cases that depend on what a record belongs to."""
    def new(table: str, **changed: Any) -> int:
        return again(connection, table, **changed)

    rework, sort = new("dispositions", code="rework"), new("dispositions", code="sort")
    given, asked = (new("concessions", customer_decided_on=day, expires_on=AT.date()) for day in (AT.date(), None))
    closed, running = new("actions", state="closed", route="correction"), new("actions", state="open")
    signed, draft = new("reviews", state="signed"), new("reviews", state="draft")
    standard = new("standards", revision=71, approved_at=AT)
    new("characteristics", standard_id=standard)
    return [
        ("Rework without instruction", "reworks", {"instruction_ref": None, "disposition_id": rework},
         {"instruction_ref": None, "disposition_id": sort}),
        ("Used, the customer has not authorised the concession", "concession_uses", {"concession_id": asked},
         {"concession_id": given}),
        ("Used before the first or after the last day of the concession", "concession_uses",
         {"concession_id": given, "at": LATER}, {"concession_id": given, "at": AT}),
        ("Accepted, a characteristic was not read", "handovers",
         DECIDED | {"state": "accepted", "standard_id": standard},
         {"state": "presented", "standard_id": standard}),
        ("Lot made under a bypass, not reviewed", "bypass_lots", {"reviewed_at": None, "lot_id": new("lots")},
         {"reviewed_at": AT, "lot_id": new("lots")}),
        ("Closed, a document was not answered", "document_updates", {"affected": None, "action_id": closed},
         {"affected": None, "action_id": running}),
        ("Closed, a similar place was not answered", "read_acrosses",
         {"applies": None, "active": True, "action_id": closed}, {"applies": False, "active": True,
                                                                 "action_id": closed}),
        ("Off target, neither action nor reason", "score_readings",
         {"colour": "red", "note": None, "action_id": None, "metric": "a", "month": date(2026, 3, 1)},
         {"colour": "red", "note": "strike", "action_id": None, "metric": "b", "month": date(2026, 3, 1)}),
        ("Input neither filled nor given a reason", "review_inputs", {"state": "missing", "review_id": signed},
         {"state": "missing", "review_id": draft}),
    ]


def test_what_is_missing_is_told_of_the_record_that_lacks_it_and_of_no_other(db: Database, stocked: Plant,
                                                                           tmp_path: Path):
    cases = [*CASES, *of_parents(db.connection)]
    made = [(what, table, again(db.connection, table, **lacking), again(db.connection, table, **whole))
            for what, table, lacking, whole in cases]
    found = {(gap.what.en, gap.table, gap.id) for gap in told(db, tmp_path)}
    assert not [one[:2] for one in made if one[:3] not in found]
    assert not [one[:2] for one in made if (*one[:2], one[3]) in found]
    looked_for = {(one.what.en, one.model.__tablename__) for one in (*PRODUCT, *IMPROVEMENT)}
    assert looked_for - {one[:2] for one in made} == {("A day without a look at the bypass", "bypass_misses"),
                                                      ("More used than the customer authorised", "concessions")}


def test_more_used_than_authorised_is_told_of_the_concession(db: Database, stocked: Plant, tmp_path: Path):
    over, just = (again(db.connection, "concessions", quantity_authorised=most) for most in (3, 4))
    for concession in (over, just):
        for _ in range(2):
            again(db.connection, "concession_uses", concession_id=concession, quantity=2)
    found = {gap.id for gap in told(db, tmp_path) if gap.what.en == "More used than the customer authorised"}
    assert found == {over}


def test_a_day_without_a_look_at_a_bypass_is_told_and_only_of_the_bypass_that_has_one(db: Database, stocked: Plant,
                                                                                     tmp_path: Path):
    looked_at = again(db.connection, "bypasses")
    numbers = dict(map(tuple, db.connection.execute(sa.text("select id, number from bypasses"))))
    missed = {gap.number for gap in told(db, tmp_path) if gap.table == "bypass_misses"}
    assert missed == {numbers[1]}
    assert numbers[looked_at] not in missed


def test_r47_a_number_that_no_record_bears_is_told_as_a_run(db: Database, stocked: Plant, tmp_path: Path):
    connection = db.connection
    connection.execute(sa.text("update rejections set serial = 1, year = 2026"))
    for serial in (2, 5, 7):
        again(connection, "rejections", serial=serial, year=2026)
    series = Base.metadata.tables[NumberSeries.__tablename__]
    connection.execute(sa.delete(series))
    connection.execute(sa.insert(series).values(kind="NC", site_id=stocked.site, year=2026, last=9))
    gaps = [gap for gap in told(db, tmp_path) if gap.rule == "R-47" and gap.table == "rejections"]
    assert [gap.number for gap in gaps] == ["NC-SH-2026-000003 … 000004", "NC-SH-2026-000006",
                                            "NC-SH-2026-000008 … 000009"]
    for serial in (3, 4, 6, 8, 9):
        again(connection, "rejections", serial=serial, year=2026)
    assert not [gap for gap in told(db, tmp_path) if gap.rule == "R-47" and gap.table == "rejections"]


def test_a_file_that_is_not_in_the_store_is_told(db: Database, stocked: Plant, tmp_path: Path):
    kept, lost = (again(db.connection, "attachments", sha256=digit * 64) for digit in "ab")
    keep(tmp_path, "a" * 64, b"a photo")
    found = {gap.id for gap in told(db, tmp_path) if gap.table == "attachments"}
    assert lost in found
    assert kept not in found
