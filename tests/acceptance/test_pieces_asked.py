"""First-piece and patrol inspections are asked for once, by whatever asks for them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.acceptance_pieces import PieceCheck
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.workflows.acceptance_pieces import ask_for, open_checks, report_change
from tests.plant import Plant

AT = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)


def asked(db: Database, plant: Plant, **given: Any) -> int:
    """Ask for a first piece at the press, and return its id."""
    values = {"unit_id": plant.press, "kind": "first_piece", "reason": "restart", "due_at": AT,
              "source_key": "restart:1"}
    with db.transaction(SYSTEM, "acceptance.ask_piece_check") as session:
        return ask_for(session, SYSTEM, **(values | given)).id


def test_the_same_source_asks_once(db: Database, plant: Plant):
    assert asked(db, plant) == asked(db, plant)
    assert asked(db, plant, source_key="restart:2") != asked(db, plant)


def test_a_lot_tells_its_item(db: Database, plant: Plant):
    made = asked(db, plant, lot_id=plant.lot)
    with db.reading() as session:
        check = session.get_one(PieceCheck, made)
    assert (check.item_id, check.lot_id, check.state) == (plant.item, plant.lot, "due")


@pytest.mark.parametrize(("given", "field"), [({"kind": "last_piece"}, "kind"), ({"reason": "mood"}, "reason"),
                                              ({"lot_id": 999_999}, "lot_id"), ({"item_id": 999_999}, "item_id")])
def test_what_cannot_be_inspected_is_refused(db: Database, plant: Plant, given: dict[str, Any], field: str):
    with pytest.raises(Invalid) as refused:
        asked(db, plant, **given)
    assert refused.value.field == field


def test_a_reported_change_waits_once(db: Database, plant: Plant):
    for _tap in range(2):
        with db.transaction(plant.operator, "acceptance.ask_piece_check") as session:
            report_change(session, plant.operator, unit_id=plant.press, reason="machine")
    with db.transaction(plant.operator, "acceptance.ask_piece_check") as session:
        report_change(session, plant.operator, unit_id=plant.press, reason="material", lot_id=plant.lot)
    with db.reading() as session:
        waiting = open_checks(session, (plant.press,))
    assert [(c.reason, c.kind) for c in waiting] == [("machine", "first_piece"), ("material", "first_piece")]


def test_only_a_change_is_reported(db: Database, plant: Plant):
    with (pytest.raises(Invalid) as refused,
          db.transaction(plant.operator, "acceptance.ask_piece_check") as session):
        report_change(session, plant.operator, unit_id=plant.press, reason="shift_start")
    assert refused.value.field == "reason"


def test_a_change_is_reported_where_one_works(db: Database, plant: Plant):
    elsewhere = Actor(id=plant.operator.id, name="x", grants=(Grant(1, "operator", plant.site, f"{plant.weld}."),))
    stranger = Actor(id=plant.operator.id, name="x", grants=(Grant(1, "operator", plant.site + 1),))
    with pytest.raises(NotAllowed), db.transaction(elsewhere, "acceptance.ask_piece_check") as session:
        report_change(session, elsewhere, unit_id=plant.press, reason="machine")
    with pytest.raises(NotFound), db.transaction(stranger, "acceptance.ask_piece_check") as session:
        report_change(session, stranger, unit_id=plant.press, reason="machine")
    with db.reading() as session:
        assert session.scalars(select(PieceCheck)).all() == []
