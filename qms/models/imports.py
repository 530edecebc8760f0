"""Holds each import of a file: what it was, what it gave, and every line that was refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Base, Id, Record, UtcTime
from qms.models.accounts import Person


class Import(Record):
    """One run of an importer over one file."""

    __tablename__ = "imports"

    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str] = mapped_column(String(20), comment="inspections, production or chain")
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64), index=True)
    mapping: Mapped[str | None] = mapped_column(Text, comment="the mapping file, as used")
    state: Mapped[str] = mapped_column(String(20), default="running", comment="running, done, refused or cancelled")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    rows: Mapped[int] = mapped_column(Integer, default=0, comment="read from the file")
    taken: Mapped[int] = mapped_column(Integer, default=0, comment="newly stored")
    known: Mapped[int] = mapped_column(Integer, default=0, comment="already there from an earlier run")
    refused: Mapped[int] = mapped_column(Integer, default=0)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    person: Mapped[Person] = relationship(viewonly=True)


class ImportProblem(Base):
    """One thing wrong in an imported file."""

    __tablename__ = "import_problems"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    line: Mapped[int | None] = mapped_column(Integer)
    column: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    en: Mapped[str] = mapped_column(String(1000))
    zh: Mapped[str] = mapped_column(String(1000))

    __table_args__ = (Index("ix_import_problems_import", "import_id", "id"),)
