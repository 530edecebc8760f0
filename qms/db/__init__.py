"""Engines, Base, and transaction(): the write session that also writes the trail. Knows no feature."""

import qms.db.checkpoints
import qms.db.disposed  # noqa: F401  (their tables belong to the metadata)
from qms.db.base import Base, Record, record_classes
from qms.db.session import Database, acted, is_full, now
from qms.db.types import Exact, Id, UtcTime, Verbatim

__all__ = ["Base", "Database", "Exact", "Id", "Record", "UtcTime", "Verbatim", "acted", "is_full", "now",
           "record_classes"]
