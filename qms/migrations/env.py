"""Runs migrations over the connection that `qms.db.upgrade` opened."""

from alembic import context

import qms.models  # noqa: F401
from qms.db import Base

connection = context.config.attributes["connection"]


def _include(_object: object, name: str | None, kind: str, _reflected: bool, _compare: object) -> bool:
    """Leave out what SQLite's search makes for itself."""
    return not (kind == "table" and name is not None and "_search" in name)


context.configure(connection=connection, target_metadata=Base.metadata, include_object=_include,
                  render_as_batch=False, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
