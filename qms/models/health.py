"""Holds when the database was proved last. What it says can be found out again at any time: no record."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from qms.db import Base, UtcTime


class Proof(Base):
    """How the newest proof of one kind went, and when one went well last."""

    __tablename__ = "proofs"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True, comment="verify or backup")
    at: Mapped[datetime] = mapped_column(UtcTime)
    good: Mapped[bool] = mapped_column()
    told: Mapped[str] = mapped_column(String(500), comment="what it looked at, or the first thing that was wrong")
    good_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="None: never yet")
