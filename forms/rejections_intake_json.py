"""The shapes of what tablets send and get (protocol A), as the OpenAPI document tells them. Nothing is read by them.

A record is kept byte for byte and read by rules.rejections_intake_body, which repairs what does not have its shape.
"""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from qms.rules.rejections_intake import MOST_PHOTOS, REVIEWS

Hash = Field(pattern="^[0-9a-f]{64}$")
Id = Field(default=None, ge=1)


class PinAuthor(BaseModel):
    """Whoever had signed in by badge and PIN when the record was made."""

    auth: Literal["online-pin"]
    person_id: int
    sign_in: str = Field(description="public id of the sign-in under which it was made")


class BadgeAuthor(BaseModel):
    """Whose badge was scanned while the server could not be reached."""

    auth: Literal["offline-badge"]
    badge_sha256: str = Hash


class Fields(BaseModel):
    """What the worker tapped."""

    kind: Literal["not_accepted", "not_made", "not_passed_on"]
    found_unit_id: int
    lot_id: int | None = Id
    lot_number: str | None = Field(default=None, max_length=80, description="as scanned; wins over lot_id")
    item_id: int | None = Id
    defect_id: int | None = Id
    handover_id: int | None = Id
    zone: str | None = Field(default=None, max_length=60)
    quantity: int = Field(ge=1)
    note: str | None = Field(default=None, max_length=4000)
    whole_lot: bool = False


class Photo(BaseModel):
    """A photo that belongs to the record."""

    slot: int = Field(ge=1, le=MOST_PHOTOS)
    sha256: str = Hash
    bytes: int
    type: str


class Record(BaseModel):
    """A record in form 1. Whole numbers only; what is not listed here is kept and ignored."""

    v: Literal[1]
    id: str = Field(description="UUID, the one of the address")
    device_id: str = Field(description="public id of the tablet that made it")
    device_seq: int = Field(ge=0)
    actor: PinAuthor | BadgeAuthor
    device_time: AwareDatetime
    monotonic_ms: int
    skew_ms: int | None = Field(default=None, description="the tablet's clock minus the server's; null: not measured")
    app_version: str
    fields: Fields
    photos: list[Photo] = Field(default_factory=list, max_length=MOST_PHOTOS)


class Head(BaseModel):
    """Where the trail ended when the record was taken."""

    size: int
    hash: str


class Receipt(BaseModel):
    """What was taken, and where the trail says so."""

    id: str
    sha256: str = Hash
    seq: int
    entry_hash: str = Hash
    received_at: AwareDatetime
    head: Head
    number: str
    review: list[Literal[tuple(REVIEWS)]]  # type: ignore[valid-type]
    checkpoint: str | None = Field(description="newest signed checkpoint of the trail, to be kept and sent back")


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    title_en: str
    title_zh: str
    status: int
    code: str | None = None
    field: str | None = None


class KeptProblem(Problem):
    """A refusal of a body that is kept on the server all the same."""

    id: str
    sha256: str = Hash


class PhotoTaken(BaseModel):
    """A photo that was taken; the hash is that of the bytes as they were sent."""

    id: str
    slot: int
    sha256: str = Hash


class What(BaseModel):
    """What a report is about."""

    client_id: str | None
    number: str
    at: AwareDatetime
    item: str | None
    item_zh: str | None
    item_en: str | None
    lot: str | None
    defect_zh: str | None
    defect_en: str | None
    quantity: int


class Step(BaseModel):
    """One thing that happens to a report; `at` null: not yet."""

    code: Literal["received", "held", "contained", "closed", "thanked"]
    at: AwareDatetime | None
    words_en: str
    words_zh: str


class Thanks(BaseModel):
    """A word of thanks."""

    at: AwareDatetime
    note: str | None


class Report(What):
    """A report and what became of it."""

    id: int
    state: str
    state_en: str
    state_zh: str
    photos_pending: int
    steps: list[Step]
    thanks: list[Thanks]


class Reports(BaseModel):
    """The last reports of a person, newest first."""

    reports: list[Report]


class Records(BaseModel):
    """The records that wait for their author's word."""

    records: list[What]


class Standing(BaseModel):
    """How a record made offline stands."""

    client_id: str
    review: list[str]
    confirmed_at: AwareDatetime | None
