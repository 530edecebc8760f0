"""Knows how the body of a record from a tablet is read and what in it is repaired; must not know any stored record.

Only what is no JSON object, or belongs to another id, cannot be read. Everything else gets a value that can be stored
and a code that says what was wrong.
"""

import json
import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from qms.rules.errors import Invalid
from qms.rules.rejections import KINDS, LARGEST
from qms.rules.rejections_intake import MOST_PHOTOS, VERSION

NO_ID = 0
"""Stands for an id that was given but can be none."""

LONGEST_NOTE = 4000
LONGEST_ZONE = 60
LONGEST_LOT = 80
_LARGEST_ID = 10**18 - 1
_MOST_SKEW_MS = 100 * 366 * 86_400_000
_YEARS = range(1970, 9000)
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is said to have made a record, and how that can be proven."""

    auth: str = "unknown"
    person_id: int | None = None
    sign_in: str | None = None
    badge_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as it was sent, each part fit to be stored. An id of NO_ID was given but can be none."""

    version: int
    device: str | None
    device_seq: int
    claim: Claim
    device_time: datetime | None
    skew_ms: int | None
    app_version: str | None
    kind: str | None
    found_unit_id: int | None
    lot_id: int | None
    lot_number: str | None
    item_id: int | None
    defect_id: int | None
    handover_id: int | None
    zone: str | None
    quantity: int
    note: str | None
    whole_lot: bool
    photos: dict[int, str] = field(default_factory=dict)
    """SHA-256 of each photo that belongs to it, by slot; empty where it was not given as one."""
    codes: frozenset[str] = frozenset()


class _Reader:
    """Reads the parts of a body and gathers what was wrong with them."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.codes: set[str] = set()

    def part(self, key: str) -> "_Reader":
        """Return a reader of an object inside; an empty one where there is none."""
        inner = self.given.get(key)
        reader = _Reader(inner if isinstance(inner, dict) else {})
        reader.codes = self.codes
        return reader

    def whole(self, key: str, least: int, most: int) -> int | None:
        """Return a whole number within bounds, else None."""
        value = self.given.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most else None

    def record_id(self, key: str) -> int | None:
        """Return an id; None where none was given."""
        return None if self.given.get(key) is None else (self.whole(key, 1, _LARGEST_ID) or NO_ID)

    def text(self, key: str, longest: int, code: str = "cleaned") -> str | None:
        """Return a text that can be stored; None for none or an empty one."""
        value = self.given.get(key)
        if value is None:
            return None
        plain = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip() if isinstance(value, str) else None
        kept = "" if plain is None else cleaned(plain, longest)
        if kept != plain:
            self.codes.add(code)
        return kept or None

    def flag(self, key: str) -> bool:
        """Return a yes or no; anything else that is not empty counts as yes."""
        value = self.given.get(key)
        if value is not None and not isinstance(value, bool):
            self.codes.add("cleaned")
        return bool(value)


def read(body: str | bytes, client_id: str) -> Sent:
    """Read a body. Raises Invalid for what is no JSON object in UTF-8, or the record of another id."""
    given = as_object(body)
    if str(given.get("id", "")).lower() != client_id:
        raise Invalid("The body names another record than the address.", "内容中的标识与地址不符。", field="id")
    reader = _Reader(given)
    version = reader.whole("v", 1, 10**6)
    if version is None or version > VERSION:
        reader.codes.add("version")
    fields = reader.part("fields")
    kind = fields.text("kind", 20, "unknown_kind")
    if kind not in KINDS:
        reader.codes.add("unknown_kind")
    return Sent(
        version=version or 0, device=_Reader(given).text("device_id", 36),
        device_seq=reader.whole("device_seq", 0, LARGEST) or 0, claim=_claim(reader.part("actor")),
        device_time=_instant(given.get("device_time")),
        skew_ms=reader.whole("skew_ms", -_MOST_SKEW_MS, _MOST_SKEW_MS), app_version=reader.text("app_version", 40),
        kind=kind if kind in KINDS else None, found_unit_id=fields.record_id("found_unit_id"),
        lot_id=fields.record_id("lot_id"), lot_number=fields.text("lot_number", LONGEST_LOT),
        item_id=fields.record_id("item_id"), defect_id=fields.record_id("defect_id"),
        handover_id=fields.record_id("handover_id"), zone=fields.text("zone", LONGEST_ZONE),
        quantity=_quantity(fields), note=fields.text("note", LONGEST_NOTE), whole_lot=fields.flag("whole_lot"),
        photos=_photos(given.get("photos")), codes=frozenset(reader.codes))


def cleaned(text: str, longest: int) -> str:
    """Return a text without control characters, in NFC, no longer than can be stored."""
    kept = "".join(sign for sign in unicodedata.normalize("NFC", text)
                   if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept)[:longest].strip()


def visible(value: Any) -> str:
    """Return what was sent as it can be shown: every sign that no page may hold gives way to a mark."""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"} else "\ufffd"
                   for sign in said)


def as_object(body: str | bytes) -> dict[str, Any]:
    """Return a body as it is written. Raises Invalid for what is no JSON object in UTF-8."""
    try:
        text = body if isinstance(body, str) else body.decode()
        given = json.loads(text, parse_constant=_no_number, parse_int=_whole_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is no JSON: {error}"[:400], f"不是 JSON: {error}"[:400]) from error
    if not isinstance(given, dict):
        raise Invalid("A record is a JSON object.", "记录须为 JSON 对象。")
    return given


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _whole_number(text: str) -> int:
    """Return an integer; one with more digits than any id has only says that it is too large."""
    return int(text) if len(text) < 20 else 10**20


def _claim(actor: _Reader) -> Claim:
    auth = actor.text("auth", 20, "author_unknown")
    if auth == "online-pin":
        return Claim(auth, actor.whole("person_id", 1, _LARGEST_ID), actor.text("sign_in", 36, "author_unproven"))
    if auth == "offline-badge":
        badge = str(actor.given.get("badge_sha256")).lower()
        return Claim(auth, badge_sha256=badge if _HEX.fullmatch(badge) else None)
    return Claim()


def _instant(text: Any) -> datetime | None:
    """Return a time with its offset; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or at.year not in _YEARS:
            return None
        return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _quantity(fields: _Reader) -> int:
    """Return the quantity; for one that can be none, the next that can: rather too many held than too few."""
    good = fields.whole("quantity", 1, LARGEST)
    if good is not None:
        return good
    fields.codes.add("quantity")
    try:
        return min(max(math.ceil(float(fields.given.get("quantity") or 0)), 1), LARGEST)
    except (TypeError, ValueError):
        return 1
    except OverflowError:
        return LARGEST


def _photos(listed: Any) -> dict[int, str]:
    """Return the SHA-256 of each photo listed, by slot; what names no slot is left out."""
    found: dict[int, str] = {}
    for one in listed if isinstance(listed, list) else []:
        reader = _Reader(one if isinstance(one, dict) else {})
        slot = reader.whole("slot", 1, MOST_PHOTOS)
        if slot is not None:
            digest = str(reader.given.get("sha256")).lower()
            found.setdefault(slot, digest if _HEX.fullmatch(digest) else "")
    return found


