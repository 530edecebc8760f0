"""The thread of a lot: complete, in order, over its relatives, with what is missing said in its place."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from qms.db import Database
from qms.models.acceptance import Handover
from qms.models.chain import Lot, LotSource, Site
from qms.models.dispositions import Disposition, Rework
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts import Grant as Held
from qms.rules.chain_thread import Balance, order, passed_over
from qms.rules.errors import Invalid, NotFound
from qms.rules.words import Words
from qms.workflows.chain_thread import found, thread
from tests.plant import Plant

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def handed(plant: Plant, n: int, link: int, ends: tuple[int, int], *, hours: int = 0, **given) -> Handover:
    at = NOON + hours * HOUR
    return Handover(**{
        "site_id": plant.site, "year": 2026, "serial": n, "number": f"HO-{n}", "link_id": link, "supplier_id": ends[0],
        "customer_id": ends[1], "item_id": plant.item, "lot_id": plant.lot, "quantity": 200,
        "self_check": "ok", "state": "accepted", "accepted": 200, "presented_by_id": plant.operator.id,
        "presented_at": at, "decided_by_id": plant.inspector.id, "decided_at": at + HOUR} | given)


def refused(session, plant: Plant, n: int = 1, *, lot: int = 0, at: datetime = NOON, state: str = "held") -> Rejection:
    made = Rejection(site_id=plant.site, year=2026, serial=n, number=f"NC-{n}", kind="not_accepted", state="held",
                     item_id=plant.item, lot_id=lot or plant.lot, quantity=20, defect_id=plant.burr, severity="MA",
                     found_unit_id=plant.weld, origin_unit_id=plant.press, origin_state="confirmed", escape_steps=1,
                     escape_class="1", found_at=at, received_at=at, reported_by_id=plant.operator.id)
    session.add(made)
    session.flush()
    session.add(Hold(rejection_id=made.id, lot_id=lot or plant.lot, quantity=20, state=state, held_at=at))
    session.flush()
    return made


def writing(db: Database):
    return db.transaction(SYSTEM, "tests.thread")


def read(db: Database, plant: Plant, lot: int = 0, person: Actor | None = None, kinds=()):
    with db.reading() as session:
        return thread(session, person or plant.auditor, lot or plant.lot, kinds)


def said(shown) -> str:
    return " | ".join(gap.words.en for entry in shown.entries for gap in entry.gaps)


def way(plant: Plant) -> list[tuple[int, tuple[int, int]]]:
    return [(plant.press_weld, (plant.press, plant.weld)), (plant.weld_paint, (plant.weld, plant.paint)),
            (plant.paint_final, (plant.paint, plant.final)), (plant.final_customer, (plant.final, plant.customer))]


def test_a_lot_is_followed_from_its_making_to_the_customer_in_order(db: Database, plant: Plant):
    with writing(db) as session:
        session.get_one(Lot, plant.lot).made_at = NOON - HOUR
        session.add_all([handed(plant, n, link, ends, hours=2 * n) for n, (link, ends) in enumerate(way(plant), 1)])
    shown = read(db, plant)
    assert [e.kind for e in shown.entries] == ["made", "handover", "handover", "handover", "shipment"]
    assert sorted(e.at for e in shown.entries) == [e.at for e in shown.entries]
    assert shown.people[plant.operator.id] == plant.operator.name
    assert "presentation 1" in shown.entries[1].text.en
    assert "self-check: good" in shown.entries[1].text.en
    assert (shown.balance.shipped, shown.balance.left) == (200, 0)


def test_an_operation_that_was_gone_around_is_missing_and_one_not_reached_is_not(db: Database, plant: Plant):
    (first, ends), _second, (third, _later), _last = way(plant)
    with writing(db) as session:
        session.add(handed(plant, 1, first, ends))
    assert "Not passed" not in said(read(db, plant))
    with writing(db) as session:
        session.add(handed(plant, 2, third, (plant.press, plant.final), hours=4))
    shown = read(db, plant)
    assert [e.title.en for e in shown.entries if "Not passed" in " ".join(g.words.en for g in e.gaps)] == ["OP30 Paint"]


def test_what_a_handover_lacks_stands_at_it(db: Database, plant: Plant):
    link, ends = way(plant)[0]
    with writing(db) as session:
        session.add(handed(plant, 1, link, ends, state="presented", accepted=0, decided_at=None, decided_by_id=None,
                           self_check="none"))
    shown = read(db, plant)
    assert [gap.rule for gap in shown.entries[0].gaps] == ["R-03", "R-03", ""]
    assert "No decision" in said(shown)
    assert "without a self-check" in said(shown)
    assert shown.state == "gaps"


def test_a_hold_that_stands_although_the_lot_went_on_is_missing_its_release(db: Database, plant: Plant):
    link, ends = way(plant)[0]
    with writing(db) as session:
        refused(session, plant)
        refused(session, plant, 2, state="released", at=NOON + HOUR)
        session.add(handed(plant, 1, link, ends, hours=3))
    shown = read(db, plant)
    assert said(shown).count("still on hold, yet HO-1") == 1
    assert "Nothing is decided for 20 held pieces" in said(shown)
    told = next(e for e in shown.entries if e.kind == "rejection")
    assert "escape 1: found by the next operation, k = 1" in told.text.en


def test_r08_rework_before_its_decision_and_without_reinspection_is_said(db: Database, plant: Plant):
    with writing(db) as session:
        made = refused(session, plant)
        hold = session.query(Hold).filter_by(rejection_id=made.id).one()
        line = Disposition(site_id=plant.site, rejection_id=made.id, position=1, hold_id=hold.id, code="rework",
                           state="executing", quantity=20, decided_at=NOON + 4 * HOUR,
                           decided_by_id=plant.quality_engineer.id, risk_on=date(2026, 3, 5))
        session.add(line)
        session.flush()
        session.add(Rework(disposition_id=line.id, run=1, quantity=20, started_at=NOON + HOUR,
                           worked_by_id=plant.operator.id, finished_at=NOON + 2 * HOUR))
    told = said(read(db, plant))
    assert "the work is dated before the decision" in told
    assert "Not re-inspected" in told
    assert "the risk analysis is dated after the decision" in told


def test_r22_a_blank_place_of_containment_is_missing_and_zero_is_not(db: Database, plant: Plant):
    with writing(db) as session:
        made = refused(session, plant)
        session.add_all([
            ContainmentLine(rejection_id=made.id, place="wip"),
            ContainmentLine(rejection_id=made.id, place="warehouse", suspect=0, checked=0, nonconforming=0, good=0,
                            answered_at=NOON + HOUR, answered_by_id=plant.operator.id)])
    assert said(read(db, plant)).count("zero is an answer, blank is not") == 1


def family_of_three(db: Database, plant: Plant) -> tuple[int, int]:
    """A coil of which the lot was made, and what was made of the lot."""
    with writing(db) as session:
        coil = Lot(site_id=plant.site, number="COIL-1", item_id=plant.item, quantity=500, made_at=NOON - 9 * HOUR)
        kit = Lot(site_id=plant.site, number="KIT-1", item_id=plant.item, quantity=50, made_at=NOON + 9 * HOUR)
        session.add_all([coil, kit])
        session.flush()
        session.add_all([LotSource(lot_id=plant.lot, source_id=coil.id, quantity=200, active=True),
                         LotSource(lot_id=kit.id, source_id=plant.lot, quantity=50, active=True)])
        refused(session, plant, 7, lot=coil.id)
        session.flush()
        return coil.id, kit.id


def test_relatives_of_every_depth_are_on_the_thread_and_a_circle_ends(db: Database, plant: Plant):
    coil, kit = family_of_three(db, plant)
    shown = read(db, plant, kit)
    assert shown.family.distance == {kit: 0, plant.lot: -1, coil: -2}
    assert "NC-7" in [e.title.en for e in shown.entries]
    assert read(db, plant).balance.used == 50
    with writing(db) as session:
        session.add(LotSource(lot_id=coil, source_id=kit, quantity=1, active=True))
    assert set(read(db, plant, kit).family.distance) == {coil, plant.lot, kit}


def test_the_thread_is_read_in_as_many_queries_however_much_happened(db: Database, plant: Plant):
    asked = []
    with writing(db) as session:
        session.add_all([handed(plant, n, *way(plant)[n % 3], hours=n) for n in range(1, 30)])
        for n in range(1, 30):
            refused(session, plant, n)
    with db.reading() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
        shown = thread(session, plant.auditor, plant.lot)
    assert len(shown.entries) == 58
    assert len(asked) <= 26


def test_every_query_of_a_thread_is_served_by_an_index(db: Database, plant: Plant):
    if not db.is_sqlite:
        pytest.skip("SQLite tells its plan in words")
    with explained(db) as plans:
        read(db, plant)
    scanned = [plan for plan in plans if plan.startswith("SCAN ") and "CONSTANT" not in plan]
    assert not [plan for plan in scanned if plan.split()[1] in
                {"handovers", "rejections", "holds", "stops", "lots", "actions", "customer_complaints", "concessions",
                 "dispositions", "containment_lines", "bypass_lots", "checks", "readings", "lot_sources"}]


@contextmanager
def explained(db: Database):
    seen: list[str] = []

    def explain(connection, _cursor, statement, parameters, *_more) -> None:
        if statement.startswith(("SELECT", "WITH")):
            raw = connection.connection.dbapi_connection
            seen.extend(row[3] for row in raw.execute("EXPLAIN QUERY PLAN " + statement, parameters))

    with db.reading() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", explain)
    yield seen
    event.remove(engine, "before_cursor_execute", explain)


def test_a_lot_is_followed_only_at_ones_own_site_and_kinds_without_permission_are_named(db: Database, plant: Plant):
    with writing(db) as session:
        other = Site(code="BJ", name_zh="北京", name_en="Beijing", time_zone="Asia/Shanghai", profile="iatf",
                     demo=False)
        session.add(other)
        session.flush()
        refused(session, plant)
    stranger = Actor(id=plant.auditor.id, name="x", grants=(Held(1, "auditor", site_id=other.id),), method="test")
    with pytest.raises(NotFound):
        read(db, plant, person=stranger)
    survey = Actor(id=plant.auditor.id, name="x", grants=(Held(1, "survey_admin"),), method="test")
    shown = read(db, plant, person=survey)
    assert not shown.entries
    assert "rejection" in shown.hidden
    assert shown.balance is None


def test_only_the_kinds_asked_for_are_told_and_an_unknown_one_is_refused(db: Database, plant: Plant):
    with writing(db) as session:
        refused(session, plant)
        session.add(handed(plant, 1, *way(plant)[0]))
    shown = read(db, plant, kinds=["rejection"])
    assert {e.kind for e in shown.entries} == {"rejection"}
    assert shown.counts["handover"] == 1
    with pytest.raises(Invalid):
        read(db, plant, kinds=["gossip"])


def test_a_lot_is_found_by_the_first_characters_and_exactly(db: Database, plant: Plant):
    with writing(db) as session:
        session.add_all([Lot(site_id=plant.site, number=n, item_id=plant.item, quantity=1) for n in ("SN-1", "SN-10")])
    with db.reading() as session:
        assert [lot.number for lot in found(session, plant.auditor, "SN-")] == ["SN-1", "SN-10"]
        assert [lot.number for lot in found(session, plant.auditor, " SN-1 ")] == ["SN-1"]
        assert not found(session, plant.auditor, "")


def test_the_balance_says_by_how_much_it_does_not_add_up():
    def told(**given: int | None) -> str:
        return Balance(**({"made": 100, "rejected": 0, "held": 0, "scrapped": 10, "conceded": 0, "shipped": 90,
                           "used": 0} | given)).verdict.en
    assert told().startswith("Adds up")
    assert "5 pieces more went out" in told(shipped=95)
    assert told(shipped=80).startswith("10 pieces were made")
    assert "does not say" in told(used=None)


def test_steps_out_of_order_are_named_and_missing_dates_are_passed_over():
    steps = [(Words("a", "甲"), NOON), (Words("b", "乙"), None), (Words("c", "丙"), NOON - HOUR)]
    assert [gap.words.en for gap in order(*steps, rule="R-08")] == ["Out of order: c is dated before a"]
    assert not order(*steps[:2])
    assert passed_over([1, 2, 3, 4], {1, 3}) == [(2, 3)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_the_thread_and_its_filter_lives_in_the_address(sign_in, page, db, plant, language):
    browser = sign_in("auditor", language)
    empty = page(browser, f"/chain/lots/{plant.lot}/thread")
    assert ("尚无记录" if language == "zh" else "Nothing is recorded") in empty.text
    family_of_three(db, plant)
    with writing(db) as session:
        refused(session, plant)
        session.add(handed(plant, 1, *way(plant)[0], state="presented", decided_at=None, accepted=0))
    shown = page(browser, f"/chain/lots/{plant.lot}/thread")
    assert {"NC-1", "HO-1"} <= set(shown.links())
    assert ("无判定" if language == "zh" else "No decision") in shown.text
    filtered = page(browser, f"/chain/lots/{plant.lot}/thread?kind=rejection&kind=nonsense")
    assert "NC-1" in filtered.links()
    assert "HO-1" not in filtered.links()


def test_a_long_thread_is_read_page_by_page_and_every_entry_is_on_one_of_them(sign_in, page, db, plant):
    with writing(db) as session:
        for n in range(1, 121):
            refused(session, plant, n)
    browser, whole = sign_in("auditor"), len(read(db, plant).entries)
    first = page(browser, f"/chain/lots/{plant.lot}/thread?kind=rejection")
    second = page(browser, first.links()["Next"])
    seen = [{name for name in shown.links() if name.startswith("NC-")} for shown in (first, second)]
    assert [len(names) for names in seen] == [100, 20]
    assert not seen[0] & seen[1]
    assert "Next" not in second.links()
    assert second.links()["Previous"] == f"/chain/lots/{plant.lot}/thread?kind=rejection"
    assert whole > 100
    beyond = page(browser, f"/chain/lots/{plant.lot}/thread?kind=rejection&from=99999999999999999999")
    assert {name for name in beyond.links() if name.startswith("NC-")} == seen[1]


def test_the_search_opens_the_only_lot_and_lists_several(sign_in, page, db, plant):
    browser = sign_in("auditor")
    assert browser.get("/chain/lots/thread?q=L-0001").location.endswith(f"/chain/lots/{plant.lot}/thread")
    assert "Which lot?" in page(browser, "/chain/lots/thread").text
    assert "No lot or serial" in page(browser, "/chain/lots/thread?q=ZZ").text
    family_of_three(db, plant)
    with writing(db) as session:
        session.add(Lot(site_id=plant.site, number="COIL-2", item_id=plant.item, quantity=1))
    assert {"COIL-1", "COIL-2"} <= set(page(browser, "/chain/lots/thread?q=COIL").links())


def test_the_thread_is_read_as_json_with_what_is_missing(sign_in, db, plant):
    with writing(db) as session:
        session.add(handed(plant, 1, *way(plant)[0], state="presented", decided_at=None, accepted=0))
    told = sign_in("auditor").get(f"/api/v1/lots/{plant.lot}/thread").get_json()
    assert told["entries"][0]["missing"][0]["rule"] == "R-03"
    assert told["balance"]["made"] == 200
    assert told["state"] == "gaps"


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx"])
def test_r53_the_thread_is_exported_and_the_export_is_in_the_trail(sign_in, db, plant, suffix):
    from qms.models.trail import Export

    with writing(db) as session:
        refused(session, plant)
    sent = sign_in("auditor").post(f"/exports/documents/threads/{plant.lot}",
                                   data={"csrf": "test-csrf", "format": suffix, "language": "both"})
    assert sent.status_code == 200
    assert len(sent.data) > 2_000
    with db.reading() as session:
        assert session.query(Export).filter_by(kind="threads").one().file_name == f"L-0001-both{suffix}"
    refusing = sign_in("operator").post(f"/exports/documents/threads/{plant.lot}",
                                        data={"csrf": "test-csrf", "format": suffix})
    assert refusing.status_code == 403
