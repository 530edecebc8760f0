"""Knows the JSON bodies in which corrective actions are opened and taken on. Knows no record."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from forms.base_json import LARGEST_ID, Body
from forms.trail_signatures_json import SignedBody

LARGEST = 2_147_483_647


def _id(default: Any = None) -> Any:
    return Field(default=default, ge=1, le=LARGEST_ID)


def _text(most: int = 500) -> Any:
    return Field(default=None, max_length=most)


class SourceSent(Body):
    """A record that a case comes from: its table and id."""

    kind: str = Field(max_length=40)
    record_id: int = _id(...)


class Opening(Body):
    """A new case. What is not sent is taken from the first source."""

    site_id: int = _id(...)
    title: str = Field(max_length=200)
    sources: list[SourceSent] = Field(default_factory=list, max_length=50)
    route: str | None = _text(20)
    route_reason: str | None = _text()
    severity: str | None = _text(2)
    safety: bool | None = None
    item_id: int | None = _id()
    defect_id: int | None = _id()
    lot_id: int | None = _id()
    link_id: int | None = _id()
    origin_unit_id: int | None = _id()
    detecting_unit_id: int | None = _id()
    customer_id: int | None = _id()
    customer_ref: str | None = _text(120)
    symptom: str | None = _text(1000)
    requirement: str | None = _text()
    actual: str | None = _text()


class Versioned(Body):
    """A step and the version at which the case, or its line, was read."""

    rev: int = Field(ge=1)


class Closing(Versioned, SignedBody):
    """A case that is closed, or a discipline that is finished; D8 closes the case and is signed."""


class Filling(Versioned):
    """Fields of one discipline; only those that are sent are changed. Which belong to it is told by the refusal."""

    title: str | None = _text(200)
    severity: str | None = _text(2)
    safety: bool = False
    item_id: int | None = _id()
    defect_id: int | None = _id()
    lot_id: int | None = _id()
    customer_id: int | None = _id()
    customer_ref: str | None = _text(120)
    symptom: str | None = _text(1000)
    emergency: str | None = _text(1000)
    emergency_verified: bool = False
    sponsor_id: int | None = _id()
    leader_id: int | None = _id()
    problem_what: str | None = _text(1000)
    problem_where: str | None = _text()
    problem_when: str | None = _text()
    problem_who: str | None = _text()
    problem_why: str | None = _text()
    problem_how: str | None = _text()
    problem_quantity: int | None = Field(default=None, ge=0, le=LARGEST)
    requirement: str | None = _text()
    actual: str | None = _text()
    customer_view: str | None = _text(1000)
    first_seen_at: AwareDatetime | None = None
    last_seen_at: AwareDatetime | None = None
    reproduced: bool | None = None
    origin_unit_id: int | None = _id()
    detecting_unit_id: int | None = _id()
    origin_unknown_reason: str | None = _text()
    containment: str | None = _text(1000)
    containment_from: AwareDatetime | None = None
    containment_to: AwareDatetime | None = None
    containment_effective: bool | None = None
    containment_evidence: str | None = _text(1000)
    clean_point: str | None = _text(200)
    customer_informed_at: AwareDatetime | None = None
    thanks: str | None = _text(1000)
    customer_accepted_on: date | None = None
    customer_accepted_by: str | None = _text(120)


class Route(Versioned):
    """Another route, and why."""

    route: str = Field(max_length=20)
    reason: str | None = _text()


class Voiding(Versioned):
    """Why a case is void."""

    reason: str | None = _text()


class Tying(Versioned):
    """One more record that a case comes from."""

    kind: str = Field(max_length=40)
    record_id: int = _id(...)


class Member(Body):
    """One more of the team."""

    person_id: int = _id(...)
    unit_id: int | None = _id()
    function: str = Field(max_length=120)


class Compared(Versioned):
    """The answer to one question of is / is-not."""

    is_so: str | None = _text()
    is_not: str | None = _text()
    difference: str | None = _text()


class Answer(Versioned):
    """The answer of one place; 0 is an answer, blank is not."""

    suspect: int | None = Field(default=None, ge=0, le=LARGEST)
    checked: int | None = Field(default=None, ge=0, le=LARGEST)
    nonconforming: int | None = Field(default=None, ge=0, le=LARGEST)
    good: int | None = Field(default=None, ge=0, le=LARGEST)
    method: str | None = _text(200)
