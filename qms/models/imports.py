"""Holds each import of a file: what it was, what it gave, every line refused, and the reports of production logs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Base, Id, Record, UtcTime
from qms.models.accounts import Person
from qms.models.chain import Lot, Site, Unit


class Import(Record):
    """One run of an importer over one file."""

    __tablename__ = "imports"

    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str] = mapped_column(String(20), comment="kinds are in rules.imports")
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64), index=True)
    mapping: Mapped[str | None] = mapped_column(Text, comment="the mapping file, as used")
    state: Mapped[str] = mapped_column(String(20), default="prepared", comment="states are in rules.imports")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    rows: Mapped[int] = mapped_column(Integer, default=0, comment="read from the file")
    taken: Mapped[int] = mapped_column(Integer, default=0, comment="newly stored")
    known: Mapped[int] = mapped_column(Integer, default=0, comment="already there from an earlier run")
    refused: Mapped[int] = mapped_column(Integer, default=0)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    person: Mapped[Person] = relationship(viewonly=True)
    site: Mapped[Site | None] = relationship(viewonly=True)


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


class ProductionReport(Record):
    """One row of a production log, kept whole: hand-overs and rejections of its lot are derived from all of them.

    Whose work it was is not kept: what is derived is of operations, never of persons (R-35).
    """

    __tablename__ = "production_reports"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    source_key: Mapped[str] = mapped_column(String(120), unique=True, comment="identity in every file that holds it")
    line: Mapped[int] = mapped_column(Integer, comment="of the file in which it came first")
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True, comment="the operation")
    resource: Mapped[str] = mapped_column(String(200), default="", comment="machine as recorded")
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    completed_at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(20), comment="D work, S set-up, B breakdown; only D moves pieces")
    completed: Mapped[int | None] = mapped_column(Integer, comment="pieces; None: the row does not say")
    rejected: Mapped[int | None] = mapped_column(Integer, comment="pieces; None: the row does not say")
    for_review: Mapped[int | None] = mapped_column(Integer, comment="pieces for the review board (MRB); None: unsaid")
    rework: Mapped[bool] = mapped_column(default=False)
    repeated: Mapped[bool] = mapped_column(default=False, comment="repeats another row of its file cell by cell")
    double_reason: Mapped[str | None] = mapped_column(
        String(500), comment="why it is the same report twice; None: it counts as one of its own")
    double_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    double_at: Mapped[datetime | None] = mapped_column(UtcTime)

    lot: Mapped[Lot] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    __table_args__ = (
        CheckConstraint("completed >= 0 AND rejected >= 0 AND for_review >= 0", name="parts"),
        Index("ix_production_reports_lot", "lot_id", "started_at"),
    )
