"""How a register's filter travels: as fields of a form or job and back, and in the words of a cover sheet.

A filter is a frozen dataclass whose fields are ids, codes, days, texts and flags; its names are the fields' names.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.service_commitments import Commitment
from qms.models.stops import Stop
from qms.rules.errors import Invalid
from qms.rules.words import Words

F = TypeVar("F")

_LARGEST_ID = 10**18
_YES = Words("yes", "是")


class Meaning(NamedTuple):
    """What a field of a filter is called, and the wordings of its codes or the model of its ids."""

    words: Words
    codes: Mapping[str, Words] | None = None
    model: type[Any] | None = None


COMMON: dict[str, Meaning] = {
    "site_id": Meaning(Words("Site", "工厂"), model=Site),
    "item_id": Meaning(Words("Item", "产品"), model=Item),
    "lot_id": Meaning(Words("Lot", "批次"), model=Lot),
    "defect_id": Meaning(Words("Defect", "缺陷"), model=Defect),
    "link_id": Meaning(Words("Link", "链接"), model=Link),
    "import_id": Meaning(Words("Import", "导入")),
    "first": Meaning(Words("From", "起始日期")),
    "last": Meaning(Words("To", "截止日期")),
    "sought": Meaning(Words("Search", "搜索")),
}


def fields_of(wanted: Any) -> dict[str, str]:
    """Return what a filter asks for as texts, without what it leaves at its default."""
    asked = {}
    for one in dataclasses.fields(wanted):
        value = getattr(wanted, one.name)
        if value not in (one.default, None, "") and isinstance(value, bool | int | str | date):
            asked[one.name] = value.isoformat() if isinstance(value, date) else str(value)
    return asked


def query_of(wanted: Any) -> str:
    """Return a filter as a query string, as the trail keeps it."""
    return urlencode(fields_of(wanted))


def filter_of(kind: type[F], fields: Mapping[str, str]) -> F:
    """Return the filter that these texts ask for; names it does not have, and lists, are ignored. Raises Invalid."""
    values: dict[str, Any] = {}
    for one in dataclasses.fields(kind):  # type: ignore[arg-type]
        text = fields.get(one.name, "").strip()
        if text and "tuple" not in str(one.type):
            values[one.name] = _value(one.name, str(one.type), text)
    return kind(**values)


def _value(name: str, annotation: str, text: str) -> Any:
    try:
        if "int" in annotation:
            return _id(text)
        if "date" in annotation:
            return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{name}: this cannot be asked for: {text[:40]}", f"{name}: 无法按此筛选: {text[:40]}",
                      field=name) from None
    return text == "True" if "bool" in annotation else text


def _id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < _LARGEST_ID):
        raise ValueError(text)
    return int(text)


def told(session: Session, wanted: Any, meanings: Mapping[str, Meaning], language: str) -> list[tuple[str, str]]:
    """Return label and wording of everything a filter asks for, in the reader's language.

    A field without a meaning only says how the register is sorted.
    """
    return [(meanings[name].words.to(language), _worded(session, meanings[name], text, language))
            for name, text in fields_of(wanted).items() if name in meanings]


def _worded(session: Session, meaning: Meaning, text: str, language: str) -> str:
    if meaning.codes is not None:
        return meaning.codes[text].to(language) if text in meaning.codes else text
    if meaning.model is not None:
        record = session.get(meaning.model, int(text))
        return text if record is None else _named(record, language)
    return _YES.to(language) if text == "True" else text


def _named(record: Any, language: str) -> str:
    if isinstance(record, Link):
        return f"{_named(record.supplier, language)} → {_named(record.customer, language)}"
    if isinstance(record, Person):
        return record.name
    if isinstance(record, Lot | Stop | Commitment | CustomerComplaint):
        return record.number
    own = record.name_zh if language == "zh" else record.name_en
    return f"{record.code} {own}" if isinstance(record, Site | Unit | Item | Defect) else str(own)
