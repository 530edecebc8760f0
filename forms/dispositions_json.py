"""Knows the bodies of dispositions and board reviews by JSON. Knows no record."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.trail_signatures_json import SignedBody

MOST = 2_147_483_647
MOST_LINES = 100
Unqualified = Field(default=None, max_length=500, description="why without a valid qualification (R-51)")


class Line(Body):
    """What becomes of a quantity of one hold, and what its code asks to bring."""

    hold_id: int = Field(ge=1, le=LARGEST_ID)
    code: str = Field(max_length=20)
    quantity: int = Field(ge=1, le=MOST)
    justification: str | None = Field(default=None, max_length=1000)
    risk_ref: str | None = Field(default=None, max_length=120)
    risk_rev: str | None = Field(default=None, max_length=20)
    risk_on: date | None = None
    customer_ref: str | None = Field(default=None, max_length=120)
    customer_approver: str | None = Field(default=None, max_length=120)
    customer_approved_on: date | None = None
    supplier_claim: str | None = Field(default=None, max_length=120)
    criteria_ref: str | None = Field(default=None, max_length=120)
    concession_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)


class Decision(SignedBody):
    """Lines for every quantity of a rejection that is undecided, and the version at which the rejection was read."""

    rev: int = Field(ge=1)
    lines: list[Line] = Field(min_length=1, max_length=MOST_LINES)


class Step(Body):
    """A step and the version at which the record was read."""

    rev: int = Field(ge=1)


class Start(Step):
    """Where the work is done, and by which released instruction."""

    place: str | None = Field(default=None, max_length=120)
    instruction_ref: str | None = Field(default=None, max_length=120)
    instruction_rev: str | None = Field(default=None, max_length=20)
    instruction_on: date | None = None
    reason: str | None = Unqualified


class Report(Step):
    """What was done; of scrap how it was made unusable, of a concession the containers that carry its number."""

    result: str = Field(max_length=1000)
    hours: Decimal | None = Field(default=None, ge=0, le=1_000_000)
    rma: str | None = Field(default=None, max_length=120)
    method: str | None = Field(default=None, max_length=20)
    weight_kg: Decimal | None = Field(default=None, ge=0, le=1_000_000_000)
    certificate: str | None = Field(default=None, max_length=120)
    containers: str | None = Field(default=None, max_length=500)


class Verify(Step):
    """What the verification found; of work the good and the scrapped pieces."""

    verification: str = Field(max_length=1000)
    good: int | None = Field(default=None, ge=0, le=MOST)
    scrapped: int | None = Field(default=None, ge=0, le=MOST)
    reason: str | None = Unqualified


class SendBack(Step):
    """What was not done as decided."""

    verification: str = Field(max_length=1000)


class Witness(Step):
    """What the witness saw."""

    verification: str | None = Field(default=None, max_length=1000)


class Cover(Step):
    """The concession under which the line is carried out."""

    concession_id: int = Field(ge=1, le=LARGEST_ID)


class Reason(Step):
    """Why the decision is taken back."""

    reason: str = Field(max_length=500)


class Ask(Step):
    """What the board is asked about a rejection, and under whose chair."""

    chair_id: int = Field(ge=1, le=LARGEST_ID)
    proposal: str = Field(max_length=1000)


class Vote(Body):
    """One member's vote; it can be changed until the board closes."""

    function: str = Field(max_length=20)
    vote: str = Field(max_length=10)
    code: str | None = Field(default=None, max_length=20)
    note: str | None = Field(default=None, max_length=1000)


class Close(Step):
    """On which disposition the board agreed, in words as well."""

    code: str = Field(max_length=20)
    outcome: str = Field(max_length=1000)


class TakeBack(Step):
    """Why the question is taken back."""

    outcome: str = Field(max_length=1000)
