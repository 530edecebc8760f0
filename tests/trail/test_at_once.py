"""What is written past the unit of work still owes the trail, the search and the reader all that it owed before."""

import orjson
import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.bulk import add_now, add_with
from qms.db.ledger import ledger
from qms.models.chain import Defect, Item, Lot
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Doubled, Invalid
from tests.plant import Plant


def entries(db: Database, entity: str) -> list[dict]:
    with db.reading() as session:
        return [orjson.loads(entry) for entry in session.scalars(
            select(ledger.c.entry).where(ledger.c.entity == entity).order_by(ledger.c.seq))]


def test_the_trail_says_the_same_of_a_record_written_at_once_and_of_a_flushed_one(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "chain.add_item") as session:
        add_now(session, Item(site_id=plant.site, code="N-1", name_zh="件", name_en="Mu\u0308ller"))
        session.add(Item(site_id=plant.site, code="N-2", name_zh="件", name_en="Mu\u0308ller"))
    now, flushed = entries(db, "items")[-2:]
    assert now["after"] | {"id": 0, "code": ""} == flushed["after"] | {"id": 0, "code": ""}
    assert (now["rev"], now["before"], now["entity_id"]) == (1, None, now["after"]["id"])
    with db.reading() as session:
        found = session.get_one(Item, now["entity_id"])
        assert (found.name_en, found.active, found.rev) == ("M\u00fcller", True, 1)


def test_a_record_written_at_once_is_the_sessions_own_and_can_be_changed(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "chain.add_item") as session:
        made = Item(site_id=plant.site, code="N-1", name_zh="件", name_en="part")
        add_now(session, made)
        assert session.get(Item, made.id) is made
        made.name_en = "piece"
    added, changed = entries(db, "items")[-2:]
    assert (added["after"]["name_en"], changed["before"], changed["rev"]) == ("part", {"name_en": "part"}, 2)


def test_records_written_at_once_follow_what_was_added_before_them(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "chain.add_item") as session:
        session.add(Item(site_id=plant.site, code="N-1", name_zh="件", name_en="part"))
        add_now(session, Item(site_id=plant.site, code="N-2", name_zh="件", name_en="part"),
                Defect(site_id=plant.site, code="N-3", name_zh="件", name_en="part", severity="MA"))
    assert [e["after"]["code"] for e in entries(db, "items")[-2:]] == ["N-1", "N-2"]
    assert entries(db, "defects")[-1]["after"]["code"] == "N-3"


def test_rows_written_with_their_record_refer_to_it_and_are_in_the_trail(db: Database, plant: Plant):
    def add(session, code: str) -> Item:
        made = Item(site_id=plant.site, code=code, name_zh="件", name_en="part")
        add_with(session, made, "item_id", [
            (Lot, {"site_id": plant.site, "number": f"{code}-u\u0308{n}", "quantity": n}) for n in (1, 2)])
        return made

    with db.transaction(SYSTEM, "chain.add_item") as session:
        made = add(session, "N-1")
        assert session.get(Item, made.id) is made
        session.add(Lot(site_id=plant.site, item_id=made.id, number="N-1-u\u03083", quantity=3))
    *written, flushed = entries(db, "lots")[-3:]
    assert [(lot["after"]["item_id"], lot["after"]["number"], lot["rev"]) for lot in written] == [
        (made.id, "N-1-\u00fc1", 1), (made.id, "N-1-\u00fc2", 1)]
    changing = {"id": 0, "number": "", "quantity": 0}
    assert written[0]["after"] | changing == flushed["after"] | changing
    with db.reading() as session:
        assert [lot["entity_id"] for lot in written] == list(session.scalars(
            select(Lot.id).where(Lot.item_id == made.id).order_by(Lot.id)))[:2]
    with pytest.raises(Doubled), db.transaction(SYSTEM, "chain.add_item") as session:
        add(session, "N-2")
        add(session, "N-2")
    with pytest.raises(Invalid) as refused, db.transaction(SYSTEM, "chain.add_item") as session:
        add_with(session, Item(site_id=plant.site, code="N-2", name_zh="件", name_en="part"), "item_id",
                 [(Lot, {"site_id": plant.site, "number": "bell\x07", "quantity": 1})])
    assert refused.value.field == "number"
    with pytest.raises(TypeError, match="colour"), db.transaction(SYSTEM, "chain.add_item") as session:
        add_with(session, Item(site_id=plant.site, code="N-2", name_zh="件", name_en="part"), "item_id",
                 [(Lot, {"site_id": plant.site, "number": "1", "quantity": 1, "colour": "red"})])
    assert "N-2" not in [e["after"]["code"] for e in entries(db, "items")]


def test_a_record_written_at_once_is_refused_as_a_flushed_one_is(db: Database, plant: Plant):
    for name, refusal in (("bell\x07", Invalid), ("x" * 201, Invalid)):
        with pytest.raises(refusal) as refused, db.transaction(SYSTEM, "chain.add_item") as session:
            add_now(session, Item(site_id=plant.site, code="N-1", name_zh="件", name_en=name))
        assert refused.value.field == "name_en"
    with pytest.raises(Doubled), db.transaction(SYSTEM, "chain.add_item") as session:
        for _ in range(2):
            add_now(session, Item(site_id=plant.site, code="N-1", name_zh="件", name_en="part"))
    with pytest.raises(Invalid, match="refers to"), db.transaction(SYSTEM, "chain.add_item") as session:
        add_now(session, Item(site_id=999_999_999, code="N-1", name_zh="件", name_en="part"))
    assert "N-1" not in [e["after"]["code"] for e in entries(db, "items")]
