"""Holds long work that outlives a request: what, how far, by which worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from qms.db import Base, Id, UtcTime


class Job(Base):
    """One piece of long work. A worker holds it by a lease that it must keep renewing."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(20), default="waiting",
                                       comment="waiting, running, done, failed or cancelled")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    worker: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    cancel: Mapped[bool] = mapped_column(default=False, comment="someone asked to stop it")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int | None] = mapped_column(Integer, comment="None: not known yet")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error_en: Mapped[str | None] = mapped_column(String(1000))
    error_zh: Mapped[str | None] = mapped_column(String(1000))

    __table_args__ = (Index("ix_jobs_state", "state", "id"),)
