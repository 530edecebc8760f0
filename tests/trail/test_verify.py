"""What verification finds when someone goes behind the application; each attack is named by table, row and kind."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from qms.db import Database
from qms.db.engine import open_engine
from qms.models.chain import Unit
from qms.workflows.verify import Finding, verify
from tests.plant import make_plant
from tests.trail.attacks import unguard


@pytest.fixture
def broken_into(fresh_db: Database) -> Callable[..., list[Finding]]:
    """Return a function that changes the database as its owner could, and gives what verification then finds."""
    plant = make_plant(fresh_db)
    with fresh_db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        session.get_one(Unit, plant.press).name_en = "Stamping"

    def attack(*statements: str) -> list[Finding]:
        assert verify(fresh_db.url, together=False).good
        engine = open_engine(fresh_db.url, writes=True, owner=True)
        with engine.begin() as connection:
            unguard(connection)
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()
        return list(verify(fresh_db.url, together=False).findings)

    return attack


def test_an_untouched_database_is_good(fresh_db: Database):
    make_plant(fresh_db)
    report = verify(fresh_db.url)
    assert report.good
    assert report.disposed == 0
    assert report.entries == report.rows + 6  # Six units were written twice: their path needs their id.


def test_a_changed_row_is_named_with_its_column(broken_into):
    assert [(f.kind, f.table, f.row_id) for f in broken_into("UPDATE units SET name_en = 'x' WHERE id = 2")] == [
        ("changed row", "units", 2)]


def test_a_deleted_row_is_named(broken_into):
    found = broken_into("DELETE FROM routing_steps WHERE id = 1")
    assert [(f.kind, f.table, f.row_id) for f in found] == [("missing row", "routing_steps", 1)]


def test_an_inserted_row_is_named(broken_into):
    found = broken_into("INSERT INTO routing_steps (id, rev, routing_id, position, unit_id) VALUES (77, 1, 1, 9, 1)")
    assert [(f.kind, f.table, f.row_id) for f in found] == [("row without entry", "routing_steps", 77)]


def test_a_row_put_back_to_its_former_version_is_named(broken_into):
    found = broken_into("UPDATE units SET name_en = 'Press', rev = 2 WHERE id = 1")
    assert [(f.kind, f.table, f.row_id) for f in found] == [("older row", "units", 1)]


def test_a_deleted_entry_is_named(broken_into):
    found = broken_into("DELETE FROM ledger WHERE seq = 5")
    assert ("missing entries", "ledger", 5) in [(f.kind, f.table, f.seq) for f in found]


def test_a_changed_entry_is_named(broken_into):
    found = broken_into("UPDATE ledger SET entry = (SELECT entry FROM ledger WHERE seq = 3) WHERE seq = 4")
    assert ("changed entry", "ledger", 4) in [(f.kind, f.table, f.seq) for f in found]


def test_a_changed_index_column_is_named(broken_into):
    found = broken_into("UPDATE ledger SET action = 'chain.nothing' WHERE seq = 4")
    assert [(f.kind, f.seq, f.detail) for f in found] == [("changed index", 4, "differs from its entry in action")]


def test_a_cut_tail_shows_in_the_rows_it_spoke_of(broken_into):
    found = broken_into("DELETE FROM ledger WHERE seq = (SELECT MAX(seq) FROM ledger)")
    assert [(f.kind, f.table, f.row_id) for f in found if f.table == "units"] == [("row without entry", "units", 1)]
