"""Knows what a workbook of evidence shows of a record: fields, references, day, page; must not know how it is read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from qms.rules.words import Words

FieldKind = Literal["text", "integer", "decimal", "date", "datetime"]
Shown = Words | str


class Field(NamedTuple):
    """One column of a kind of record. `longest` is how many characters a text may have; 0: any number."""

    name: str
    kind: FieldKind
    longest: int = 0


class Ref(NamedTuple):
    """Another record that a value refers to: its table, its id, and what it is called."""

    table: str
    id: int
    name: Shown


class Noted(NamedTuple):
    """An entry of the trail as people read it. `changes` lists (column, old, new); old is None in a new record.

    `behalf` names those on whose behalf it was done, empty where nobody delegated it.
    """

    seq: int
    at: datetime
    who: Words | str
    behalf: str
    roles: tuple[Words, ...]
    action: Words
    kind: Words
    record: Ref
    rev: int
    created: bool
    changes: tuple[tuple[Words, Shown | datetime | None, Shown | datetime | None], ...]
    reason: str | None
    rules: tuple[str, ...]
    hash: str


class Registered(NamedTuple):
    """One numbered record in a line; what its kind does not have is None."""

    record: Ref
    at: date | None
    state: Shown | None
    item: Ref | None
    lot: Ref | None
    quantity: int | None
    unit: str | None
    link: Ref | None


class Void(NamedTuple):
    """A record that counts no longer but keeps its number: why, since when, by whom. None: nobody said."""

    record: Ref
    state: Shown | None
    reason: str | None
    at: datetime
    who: str


class Series(NamedTuple):
    """The numbers of a kind in a site and year: the last one given, the records there are, and those in the workbook.

    `missing` lists serial numbers that no record bears; there must be none (R-47).
    """

    table: str
    site: Ref
    year: int
    prefix: str
    last: int
    records: int
    here: int
    missing: tuple[int, ...]


class Measured(NamedTuple):
    """The system's own value of a figure of a kind: how many records, or the sum of a column, of those whose column
    `by` holds the value `where`. `unit` is in the reader's words.
    """

    table: str
    sum_of: str | None
    by: str | None
    where: Shown | None
    unit: Shown | None
    value: int | Decimal


FULL, INITIALS = "full", "initials"
NAMES = (FULL, INITIALS)
"""How persons are named: in full, or by initials for a workbook that leaves the house."""

LEFT_OUT = frozenset({"search_text", "year", "serial", "client_id", "source_key", "content_hash", "path", "edits",
                      "initials"})
"""Columns that only the machine reads; `records.jsonl` has every column."""

KEPT = frozenset({("signatures", "content_hash")})
"""Columns that people read although others of their name are left out."""

UNITED = frozenset({"quantity", "suspect", "checked", "nonconforming", "good", "scrapped", "quantity_authorised",
                    "quantity_used", "accepted"})
"""Columns whose numbers are in the item's unit of measure."""

SUMMED: dict[str, tuple[str, ...]] = {
    "rejections": ("quantity",), "holds": ("quantity",), "dispositions": ("quantity",),
    "reworks": ("quantity", "good", "scrapped"), "concession_uses": ("quantity",),
    "concessions": ("quantity_authorised", "quantity_used"), "customer_notices": ("quantity",),
    "handovers": ("quantity", "accepted"), "containment_lines": ("suspect", "checked", "nonconforming", "good"),
}
"""Columns whose sums are key figures, where all items have the same unit of measure."""

GROUPED: dict[str, tuple[str, ...]] = {"rejections": ("kind",), "dispositions": ("code",)}
"""Columns, besides the state, by whose values records are counted, and their first SUMMED column added up."""

AMOUNTS: dict[str, str] = {"dispositions": "value", "cost_lines": "amount"}
"""Columns of money, added up by currency."""

DATED = ("found_at", "presented_at", "called_at", "opened_at", "received_at", "filed_at", "asked_at", "known_at",
         "segregated_at", "drafted_at", "started_at", "made_at", "planned_on", "opens_on", "meeting_on", "first_on",
         "written_on")
"""Columns that tell when a record was made, the one that says it best first."""

PAGES: dict[str, str] = {
    "actions": "/actions/", "bypasses": "/controls/bypasses/", "commitments": "/service/commitments/",
    "concessions": "/dispositions/concessions/", "customer_complaints": "/customers/complaints/",
    "customer_notices": "/dispositions/notices/", "customer_visits": "/customers/visits/",
    "handovers": "/acceptance/hand-overs/", "internal_complaints": "/service/complaints/",
    "lessons": "/actions/lessons/", "lots": "/chain/lots/", "protected_reports": "/service/protected-reports/",
    "rejections": "/rejections/", "reviews": "/review/", "service_requests": "/service/requests/", "stops": "/stops/",
    "suggestions": "/service/suggestions/", "surveys": "/satisfaction/",
}
"""Where the page of a numbered record is, before its id; those not listed have none of their own."""

PERSONAL = frozenset({("people", "name"), ("people", "login"), ("signatures", "printed_name"),
                      ("concessions", "customer_approver"), ("dispositions", "customer_approver"),
                      ("customer_notices", "person_told"), ("customer_contacts", "name"), ("review_attendees", "name"),
                      ("customer_contacts", "email"), ("customer_contacts", "phone"), ("people", "email")})
"""Columns whose text is a person's name, or leads to one."""
