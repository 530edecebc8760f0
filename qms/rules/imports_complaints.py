"""Knows what one line of a file of complaints tells; must not know the file or where it is kept."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ImportedComplaint:
    """One line as a complaint. `received` is wall-clock time of the site; None: the file does not say."""

    line: int
    key: str
    received: datetime
    description: str
    reference: str | None = None
    item: str | None = None
    lots: str | None = None
    quantity: int | None = None
    answer: str | None = None
    timely: bool | None = None
    disputed: bool | None = None
    fields: str = "{}"
