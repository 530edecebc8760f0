"""What is asked for narrows the evidence, is refused with what to do, and never reaches beyond what the person sees."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from qms.db import Database
from qms.models.acceptance import Handover
from qms.models.accounts import Grant
from qms.models.actions import Action, ActionSource
from qms.models.chain import Item, Lot, LotSource, Site, Unit
from qms.models.rejections import Rejection
from qms.models.satisfaction import SurveyResult
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts import Grant as Held
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.rules.trail_evidence import CLAUSES
from qms.workflows.trail_evidence_gathering import Gathered, gather
from qms.workflows.trail_evidence_question import Asked, asked_of, fields_of, query_of
from tests.habits.stocked import AT, fill
from tests.plant import Plant

DAY = date(2026, 5, 4)
WIDE = Asked((), date(2026, 1, 1), date(2026, 12, 31))
Find = Callable[..., Gathered]


@pytest.fixture
def stocked(db: Database, plant: Plant) -> Plant:
    """The plant with one record of every kind, all of one day."""
    fill(db.connection)
    return plant


@pytest.fixture
def find(db: Database, stocked: Plant) -> Find:
    """Gather, as the auditor unless told otherwise, what is asked for by the fields of a form."""
    def found(person: Actor | None = None, **fields: str | list[str]) -> Gathered:
        texts = {"first": "2026-05-01", "last": "2026-05-31"} | fields
        asked = asked_of({name: [text] if isinstance(text, str) else text for name, text in texts.items()})
        with db.reading() as session:
            return gather(session, person or stocked.auditor, asked)
    return found


def held(found: Gathered) -> set[str]:
    return {model.__tablename__ for model, ids in found.kinds.items() if ids}


def at_site(site_id: int, role: str = "auditor") -> Actor:
    return Actor(id=1, name="Elsewhere", grants=(Held(1, role, site_id=site_id),), method="test")


def test_every_clause_has_evidence_of_its_own_when_everything_is_asked_for(find: Find):
    found = find()
    assert [clause.code for clause, _tables in found.clauses] == list(CLAUSES)
    tables = held(found)
    assert {"rejections", "handovers", "lots", "stops", "bypasses", "actions", "customer_complaints", "reviews",
            "internal_complaints", "qualifications", "signatures"} <= tables
    assert held(find(clause="9.3")) == {"reviews", "review_sites", "review_attendees", "review_inputs",
                                        "review_decisions", "sites"}


def test_r35_r37_nothing_that_is_hidden_is_evidence_of_any_clause(find: Find, db: Database):
    db.connection.execute(sa.text("update surveys set published_at = :at, state = 'published'"), {"at": AT})
    tables = held(find())
    assert "survey_results" in tables
    assert not tables & {"protected_reports", "protected_looks", "surveys", "survey_targets", "survey_comments",
                         "complaint_flags", "badges", "customer_contacts", "intakes", "devices"}
    db.connection.execute(sa.update(sa.table("surveys", sa.column("published_at"))).values(published_at=None))
    assert not find().kinds[SurveyResult]


def test_days_are_those_of_the_site(find: Find):
    assert find(first="2026-05-04", last="2026-05-04").kinds[Rejection]
    assert not find(first="2026-05-05", last="2026-05-05").kinds[Rejection]


@pytest.mark.parametrize(("field", "here", "none"), [
    ("site", "SH", "BJ"), ("item", "BR-100", "BR-200"), ("lot", "L-0001", "L-0002"), ("customer", "C01", "C02")])
def test_a_place_or_thing_narrows_the_evidence(find: Find, stocked: Plant, db: Database, field: str, here: str,
                                               none: str):
    with db.transaction(SYSTEM, "tests.more") as session:
        session.add_all([
            Site(code="BJ", name_zh="北京", name_en="Beijing", time_zone="Asia/Shanghai", profile="iatf", demo=False),
            Item(site_id=stocked.site, code="BR-200", drawing_rev="A", name_zh="右支架", name_en="Right bracket",
                 unit="pcs"),
            Lot(site_id=stocked.site, number="L-0002", item_id=stocked.item, quantity=1),
            Unit(site_id=stocked.site, kind="customer", code="C02", name_zh="乙", name_en="B", path="")])
        session.get_one(Rejection, 1).item_id = stocked.item
        session.get_one(Rejection, 1).lot_id = stocked.lot
    assert list(find(clause="8.7", **{field: here}).kinds[Rejection]) == [1]
    assert not find(clause="8.7", **{field: none}).kinds[Rejection]


def test_what_is_asked_for_narrows_together(find: Find):
    assert find(clause="8.6", link="OP10 > OP20").kinds[Handover]
    assert not find(clause="8.6", link="OP20 > OP30").kinds[Handover]
    assert not find(clause="8.6", link="OP10→OP20", first="2026-05-20").kinds[Handover]
    assert not find(clause="8.7", lot="L-0001", customer="C01", record="x", first="2026-05-20").kinds[Rejection]


def test_a_record_by_number_brings_its_story_without_days(find: Find, stocked: Plant, db: Database):
    with db.transaction(SYSTEM, "tests.numbers") as session:
        rejection, action = session.get_one(Rejection, 1), session.get_one(Action, 1)
        rejection.number, rejection.handover_id, rejection.lot_id = "NC-1", 1, stocked.lot
        action.number = "CA-1"
        session.get_one(Handover, 1).number = "HO-1"
        for source in session.scalars(sa.select(ActionSource)):
            source.kind, source.record_id, source.active = "rejections", 1, True
        older = Lot(site_id=stocked.site, number="L-OLD", item_id=stocked.item, quantity=1)
        oldest = Lot(site_id=stocked.site, number="L-OLDEST", item_id=stocked.item, quantity=1)
        session.add_all([older, oldest])
        session.flush()
        session.add_all([LotSource(lot_id=stocked.lot, source_id=older.id),
                         LotSource(lot_id=older.id, source_id=oldest.id)])
        session.flush()
        family = {stocked.lot, older.id, oldest.id}
    found = find(record="NC-1", first="", last="")
    assert (list(found.kinds[Rejection]), list(found.kinds[Action]), list(found.kinds[Handover])) == ([1], [1], [1])
    assert family <= set(found.kinds[Lot])
    assert "stops" not in held(found)
    assert list(find(record="CA-1", clause="8.7").kinds[Rejection]) == [1]


@pytest.mark.parametrize(("fields", "field", "told"), [
    ({"clause": "9.9"}, "clause", "There is: 8.7"), ({"first": ""}, "first", "first and the last day"),
    ({"last": "2026-04-01"}, "last", "before the first"), ({"first": "1.5.2026"}, "first", "2026-01-31"),
    ({"first": "0001-01-01"}, "first", "not a day"), ({"customer": "OP10"}, "customer", "OP10"),
    ({"item": "no"}, "item", "no"), ({"lot": "no"}, "lot", "no"), ({"link": "OP10"}, "link", "OP10"),
    ({"record": "NC-SH-2026-000099, no"}, "record", "NC-SH-2026-000099, no"),
    ({"record": [f"N-{n}" for n in range(201)]}, "record", "at most 200"),
])
def test_what_cannot_be_asked_is_refused_beside_its_field(find: Find, fields: dict, field: str, told: str):
    with pytest.raises(Invalid, match=told) as refused:
        find(**fields)
    assert refused.value.field == field


def test_an_auditor_of_another_site_finds_nothing_and_learns_of_nothing(find: Find, db: Database):
    with db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="BJ", name_zh="北京", name_en="Beijing", time_zone="Asia/Tokyo", profile="iatf", demo=False)
        session.add(other)
        session.flush()
        session.get_one(Rejection, 1).number = "NC-1"
        elsewhere = at_site(other.id)
    assert not held(find(elsewhere)) - {"sites"}
    with pytest.raises(NotFound):
        find(elsewhere, site="SH")
    for fields in ({"record": "NC-1"}, {"lot": "L-0001"}, {"customer": "C01"}, {"link": "OP10 > OP20"}):
        with pytest.raises(Invalid):
            find(elsewhere, **fields)
    assert list(find(record="NC-1").kinds[Rejection]) == [1]


def test_whoever_may_not_see_a_clause_gets_the_others(find: Find, stocked: Plant):
    engineer = stocked.quality_engineer
    codes = [clause.code for clause, _tables in find(engineer).clauses]
    assert codes == [code for code in CLAUSES if code != "7.2"]
    assert Grant not in find(engineer).kinds
    with pytest.raises(NotAllowed):
        find(engineer, clause="7.2")
    with pytest.raises(NotAllowed):
        find(stocked.operator)


def test_a_question_goes_into_an_address_and_back():
    asked = Asked(("8.7", "10.2"), DAY, DAY, "SH", "C01", "BR-100", "L-0001", "OP10 > OP20", ("NC-1", "NC-2"))
    assert asked_of(fields_of(asked)) == asked
    assert query_of(asked).startswith("clause=8.7&clause=10.2&first=2026-05-04&last=2026-05-04&site=SH&customer=C01&")
    assert asked_of({"clause": ["all"], "first": ["2026-05-04"], "last": ["2026-05-04"]}) == Asked((), DAY, DAY)
