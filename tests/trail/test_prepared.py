"""A prepared statement reads, writes and fails as the same statement does through SQLAlchemy."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Integer, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from qms.db import Database, UtcTime
from qms.db.ledger import ledger
from qms.db.prepared import Prepared
from qms.models.accounts import SignIn
from qms.models.chain import Unit
from tests.plant import Plant

UNIT = Prepared(select(Unit.id, Unit.inspects, Unit.code).where(Unit.id == bindparam("id", type_=Integer)))
SINCE = Prepared(select(SignIn.public_id, SignIn.seen_at).where(SignIn.seen_at > bindparam("since", type_=UtcTime)))
LAST = Prepared(select(ledger.c.prev, ledger.c.at).order_by(ledger.c.seq.desc()).limit(1))


def test_a_prepared_statement_reads_the_values_that_the_same_statement_reads(db: Database, plant: Plant):
    with db.reading() as session:
        assert UNIT.rows(session.connection(), {"id": plant.press}) == [(plant.press, False, "OP10")]
        assert UNIT.rows(session.connection(), {"id": -1}) == []
        ((prev, at),) = LAST.rows(session.connection(), {})
        assert (prev, at) == tuple(session.execute(
            select(ledger.c.prev, ledger.c.at).order_by(ledger.c.seq.desc()).limit(1)).one())
        assert isinstance(prev, bytes)
        assert at.tzinfo is UTC


def test_a_prepared_statement_refuses_what_the_columns_type_refuses(db: Database):
    with db.reading() as session, pytest.raises(ValueError, match="naive"):
        SINCE.rows(session.connection(), {"since": datetime(2026, 1, 1)})  # noqa: DTZ001


def test_a_prepared_statement_needs_each_of_its_values(db: Database):
    with db.reading() as session, pytest.raises(KeyError, match="since"):
        SINCE.rows(session.connection(), {})


def test_a_prepared_statement_fails_as_sqlalchemy_does(db: Database, plant: Plant):
    doubled = Prepared(insert(Unit.__table__), ["id", "rev", "site_id", "kind", "code", "name_zh", "name_en", "path"])
    values = {"id": plant.press, "rev": 1, "site_id": plant.site, "kind": "operation", "code": "N", "name_zh": "",
              "name_en": "", "path": ""}
    with pytest.raises(IntegrityError), db.reading() as session, session.begin_nested():
        doubled.run(session.connection(), values)
    with pytest.raises(IntegrityError), db.reading() as session, session.begin_nested():
        doubled.run_many(session.connection(), [values, values])


def test_a_prepared_update_returns_what_it_wrote(db: Database, plant: Plant):
    renamed = Prepared(update(Unit.__table__).where(Unit.id == bindparam("of")).values(line=bindparam("line"))
                       .returning(Unit.id, Unit.line))
    with db.reading() as session, session.begin_nested():
        assert renamed.rows(session.connection(), {"of": plant.press, "line": "L9"}) == [(plant.press, "L9")]
