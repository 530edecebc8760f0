"""Knows a management review as its readers get it in a file: plain values, times local to the site; must not know where
they are stored or what the file looks like.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from qms.rules.review import Missed
from qms.rules.review_inputs import INPUTS, Input
from qms.rules.review_snapshots import Snapshot, Table
from qms.rules.trail_signatures import Given
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class PackInput:
    """One input: its answer, what was counted, what was imported, what was said. `moved`: figures that live data gives
    otherwise by now, None where it was not compared."""

    code: str
    state: str
    body: str | None = None
    reason: str | None = None
    snapshot: Snapshot = field(default_factory=Snapshot)
    sha256: str | None = None
    counted_at: datetime | None = None
    imported: Table | None = None
    imported_name: str | None = None
    imported_sha256: str | None = None
    moved: int | None = None
    note: str | None = None

    @property
    def rule(self) -> Input:
        """Return what is known of this input before anything was answered."""
        return INPUTS[self.code]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return what was counted as tables, then what was imported."""
        return (*self.snapshot.tables, *((self.imported,) if self.imported else ()))


@dataclass(frozen=True, slots=True)
class PackDecision:
    """One decision with what came of it so far. `missed`: key of the customer target that it plans against."""

    place: int
    input_code: str | None
    output: str
    missed: str | None
    body: str
    resource: str | None
    owner: str
    due_on: date
    state: str
    result: str | None


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who takes part. `was_there` None: not said yet."""

    name: str
    role: str
    was_there: bool | None


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole review. `address`: where this system answers, empty: paths lead nowhere; `demo`: no real plant.

    `checkpoint`: how many entries the audit trail had when it was exported, and its root in base64.
    """

    review_id: int
    number: str
    title: str
    state: str
    profile: str
    sites: tuple[Words, ...]
    first_on: date
    last_on: date
    before_first_on: date
    before_last_on: date
    prepared_by: str
    zone: str
    generated_by: str
    generated_at: datetime
    inputs: tuple[PackInput, ...]
    meeting_on: date | None = None
    place: str | None = None
    attendees: tuple[Attendee, ...] = ()
    decisions: tuple[PackDecision, ...] = ()
    missed: tuple[Missed, ...] = ()
    signatures: tuple[Given, ...] = ()
    conclusion: str | None = None
    void_reason: str | None = None
    content_hash: str | None = None
    assembled_at: datetime | None = None
    frozen_at: datetime | None = None
    compared_at: datetime | None = None
    address: str = ""
    demo: bool = False
    checkpoint: tuple[int, str] | None = None

    def link(self, path: str | None) -> str:
        """Return the address of a page of this system; empty where there is none."""
        return f"{self.address}{path}" if self.address and path else ""

    def is_owed(self, one: PackInput) -> bool:
        """Tell whether an input that the profile asks for is still unanswered (R-40)."""
        return one.state == "missing" and one.rule.asked_by(self.profile)

    def plans(self, missed: Missed) -> Iterator[PackDecision]:
        """Yield the decisions that plan against a missed customer target (R-41)."""
        return (one for one in self.decisions if one.missed == missed.key and one.state != "dropped")
