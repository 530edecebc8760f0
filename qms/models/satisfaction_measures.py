"""Holds measures of units that were published elsewhere and imported: no answers, and mostly no n behind them."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.db import Record
from qms.db.types import Exact
from qms.models.chain import Site
from qms.models.imports import Import


class UnitMeasure(Record):
    """One measure of one unit in one period, as its source gives it."""

    __tablename__ = "unit_measures"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    source: Mapped[str] = mapped_column(String(120), comment="what the values are from, as the importer says")
    unit_code: Mapped[str] = mapped_column(String(80), comment="as the source writes it, leading zeros kept")
    unit_name: Mapped[str] = mapped_column(String(200), default="")
    measure: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20), comment="internal or external")
    period: Mapped[str] = mapped_column(String(40))
    value: Mapped[Decimal] = mapped_column(Exact)
    is_percent: Mapped[bool] = mapped_column(default=False, comment="written with a percent sign")
    n: Mapped[int | None] = mapped_column(Integer, comment="None: the source gives none, so there is no interval")
    line: Mapped[int] = mapped_column(Integer, comment="of the file in which it came first")

    site: Mapped[Site] = relationship(viewonly=True)
    origin: Mapped[Import] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("site_id", "source", "unit_code", "measure", "period"),
                      CheckConstraint("kind IN ('internal', 'external')", name="kind"),
                      Index("ix_unit_measures_unit", "site_id", "unit_code", "id"),
                      Index("ix_unit_measures_measure", "site_id", "measure", "unit_code", "id"),
                      Index("ix_unit_measures_unit_code", "unit_code", "id"))
