"""Knows what makes a table a record table; must not know any feature's table."""

from typing import Any

from sqlalchemy import Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from qms.db.types import Id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The one metadata. Tables that are not records hold only what can be made again or must be forgotten."""

    metadata = MetaData(naming_convention=NAMING)


class Record(Base):
    """A row whose every version goes to the trail. It is never deleted; `rev` counts its versions from 1."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rev: Mapped[int] = mapped_column(Integer, nullable=False, comment="version of this row, from 1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.rev}


def record_classes() -> dict[str, type[Record]]:
    """Map the name of every record table to its class."""
    found: dict[str, type[Record]] = {}
    waiting = list(Record.__subclasses__())
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        table = getattr(cls, "__table__", None)
        if isinstance(table, Table):
            found[table.name] = cls
    return dict(sorted(found.items()))
