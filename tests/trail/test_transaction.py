"""What `transaction()` promises: a person, an action, every row in the trail, nothing past it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest
from sqlalchemy import select, text, update

from qms.db import Database
from qms.db.ledger import entry_hash, genesis, installation, ledger, plain
from qms.models.chain import Item, Unit
from qms.rules.errors import Doubled, Invalid, Stale
from tests.plant import Plant


def entries(db: Database) -> list[dict]:
    with db.reading() as session:
        return [orjson.loads(row.entry) for row in session.execute(select(ledger).order_by(ledger.c.seq))]


def test_a_change_is_in_the_trail_with_person_action_reason_before_and_after(db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "chain.edit_unit", "new name on the drawing") as session:
        session.get_one(Unit, plant.press).name_en = "Stamping"
    last = entries(db)[-1]
    assert last["actor"]["name"] == "Quality Engineer"
    assert (last["action"], last["reason"]) == ("chain.edit_unit", "new name on the drawing")
    assert last["before"] == {"name_en": "Press"}
    assert last["after"]["name_en"] == "Stamping"
    assert last["after"]["code"] == "OP10"
    assert last["rev"] == last["after"]["rev"] == 3


def test_what_was_never_set_was_none(db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "chain.add_unit") as session:
        made = Unit(site_id=plant.site, kind="operation", code="OP15", name_zh="折弯", name_en="Bend", path="")
        session.add(made)
        session.flush()
        made.line = "B"
        session.flush()
        made.line = None
    assert [e["before"] for e in entries(db)[-3:]] == [None, {"line": None}, {"line": "B"}]


def test_nothing_is_kept_of_a_transaction_that_fails(db: Database, plant: Plant):
    before = entries(db)
    with pytest.raises(ZeroDivisionError), db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        session.get_one(Unit, plant.press).name_en = "Stamping"
        session.flush()
        raise ZeroDivisionError
    assert entries(db) == before
    with db.reading() as session:
        assert session.get_one(Unit, plant.press).name_en == "Press"


def test_the_chain_links_every_entry_to_the_one_before(db: Database, plant: Plant):
    with db.reading() as session:
        prev = genesis(session.execute(select(installation.c.identity)).scalar_one())
        rows = session.execute(select(ledger).order_by(ledger.c.seq)).all()
    for seq, row in enumerate(rows, start=1):
        assert (row.seq, bytes(row.prev)) == (seq, prev)
        prev = entry_hash(prev, seq, bytes(row.entry))
        assert bytes(row.hash) == prev


def test_bulk_changes_of_records_are_refused(db: Database, plant: Plant):
    with pytest.raises(RuntimeError, match="R-46"), db.transaction(plant.quality_engineer, "chain.edit") as session:
        session.execute(update(Unit).values(name_en="x"))
    with pytest.raises(RuntimeError, match="R-46"), db.transaction(plant.quality_engineer, "chain.edit") as session:
        session.execute(text("UPDATE units SET name_en = 'x'"))


def test_r43_a_record_is_never_deleted(db: Database, plant: Plant):
    with pytest.raises(RuntimeError, match="R-43"), db.transaction(plant.quality_engineer, "chain.edit") as session:
        session.delete(session.get_one(Unit, plant.press))


def test_a_read_session_cannot_write(db: Database, plant: Plant):
    with pytest.raises(RuntimeError, match="only reads"), db.reading() as session:
        session.get_one(Unit, plant.press).name_en = "x"
        session.flush()


def test_text_is_kept_in_nfc_and_control_characters_are_refused(db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        session.get_one(Unit, plant.press).name_en = "Mu\u0308ller"
    assert entries(db)[-1]["after"]["name_en"] == "M\u00fcller"
    with pytest.raises(Invalid) as refused, db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        session.get_one(Unit, plant.press).name_en = "bell\x07"
    assert refused.value.field == "name_en"


def test_text_that_is_too_long_is_refused_by_field_on_both_databases(db: Database, plant: Plant):
    with pytest.raises(Invalid) as refused, db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        session.get_one(Unit, plant.press).name_en = "x" * 40_000
    assert refused.value.field == "name_en"


def test_a_double_is_told_in_words(db: Database, plant: Plant):
    with pytest.raises(Doubled), db.transaction(plant.quality_engineer, "chain.add_item") as session:
        session.add(Item(site_id=plant.site, code="BR-100", name_zh="x", name_en="x"))


def test_a_row_changed_since_it_was_loaded_is_stale(db: Database, plant: Plant):
    with pytest.raises(Stale), db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        held = session.get_one(Unit, plant.press)
        session.connection().execute(update(Unit).where(Unit.id == plant.press).values(rev=99))
        held.name_en = "Stamping"


@pytest.mark.parametrize(("value", "said"), [
    (None, None), (True, True), (7, 7), ("e\u0301", "\u00e9"), (date(2026, 11, 29), "2026-11-29"),
    (datetime(2026, 11, 29, 8, 30, tzinfo=UTC), "2026-11-29T08:30:00.000000Z"), (Decimal("2.50"), "2.50"),
    ({"e\u0301": (date(2026, 1, 2),)}, {"\u00e9": ["2026-01-02"]})])
def test_an_entry_says_each_kind_of_value_in_one_form_and_no_float(value: object, said: object):
    assert plain(value) == said
    with pytest.raises(TypeError, match="no place in a trail entry"):
        plain([value, 0.5])
