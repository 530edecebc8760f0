"""The migrations make exactly the schema that the models say, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import qms.models  # noqa: F401
from qms.db import Base, Database, record_classes
from qms.db.engine import open_engine


def _ours(_object, name, kind, _reflected, _compare) -> bool:
    return not (name and "_search" in name) and name != "alembic_version"


def test_migrations_make_the_schema_of_the_models(fresh_db: Database):
    engine = open_engine(fresh_db.url, writes=False, owner=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": False})
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert not found


def test_every_record_table_has_an_id_and_a_version():
    for name, cls in record_classes().items():
        assert {"id", "rev"} <= set(cls.__table__.columns.keys()), name


def test_every_foreign_key_of_a_register_is_indexed():
    for name in ("handovers", "rejections"):
        table = Base.metadata.tables[name]
        assert len(table.indexes) >= 7, name
