"""How a record of the chain is found for a person and its version checked. Knows no particular record."""

from typing import Any, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from qms.db import Record
from qms.db.ledger import plain
from qms.models.chain import Site, Unit
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, Invalid, NotFound, Stale

VIEW = "chain.view"
EDIT = "chain.edit"


class OfSite(Protocol):
    """A record that belongs to a site."""

    id: Any
    rev: Any
    site_id: Any


R = TypeVar("R", bound=OfSite)


def one(session: Session, person: Actor, cls: type[R], record_id: int) -> R:
    """Return a record of a site that the person may see. Raises NotFound."""
    found: R | None = session.get(cls, record_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's chain."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def site_of(session: Session, person: Actor, site_id: int, path: str = "") -> Site:
    """Return a site whose chain the person may edit below `path` (empty: all of it). Raises NotFound, NotAllowed."""
    site = session.get(Site, site_id)
    if site is None or not sees(person, site_id):
        raise NotFound
    person.need(EDIT, site_id=site_id, unit_path=path)
    return site


def for_edit(session: Session, person: Actor, cls: type[R], record_id: int, *, rev: int,
             given: dict[str, Any]) -> R:
    """Return a record at the version that the person read. Raises NotFound, NotAllowed, Stale."""
    record = one(session, person, cls, record_id)
    person.need(EDIT, site_id=record.site_id, unit_path=record.path if isinstance(record, Unit) else "")
    check_version(record, rev, given)
    return record


def check_version(record: Any, rev: int, given: dict[str, Any]) -> None:
    """Raise Stale, with both versions of the given fields, when the record is no longer at that version."""
    if record.rev != rev:
        raise Stale({key: plain(getattr(record, key, None)) for key in given},
                    {key: plain(value) for key, value in given.items()})


def change(record: Record, given: dict[str, Any]) -> None:
    """Give the record new values; what is the same stays untouched."""
    for key, value in given.items():
        if getattr(record, key) != value:
            setattr(record, key, value)


def check_free(session: Session, key: InstrumentedAttribute[Any], value: str, *, site_id: int | None,
               but: int | None = None) -> None:
    """Raise Doubled, for the field of `key`, when another record of the site has this value already."""
    cls = key.class_
    found = select(cls.id).where(key == value)
    if site_id is not None:
        found = found.where(cls.site_id == site_id)
    if but is not None:
        found = found.where(cls.id != but)
    if session.scalar(found.limit(1)) is not None:
        raise Doubled(f"{value} is already there.", f"{value} 已存在。", field=key.key)


def required(value: str | None, field: str) -> str:
    """Return the text, trimmed. Raises Invalid when nothing is left."""
    text = (value or "").strip()
    if not text:
        raise Invalid("This must not be empty.", "此项不能为空。", field=field)
    return text


def optional(value: str | None) -> str | None:
    """Return the text, trimmed, its line ends as the database keeps them; None when nothing is left."""
    return (value or "").replace("\r\n", "\n").strip() or None


def initials(name_zh: str, longest: int) -> str:
    """Return the pinyin initials of a Chinese name in lower case, other letters and digits as they are."""
    from pypinyin import Style, lazy_pinyin

    parts = lazy_pinyin(name_zh, style=Style.FIRST_LETTER)
    return "".join(c for part in parts for c in part.lower() if c.isalnum())[:longest]

