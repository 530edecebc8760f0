"""How evidence is asked for: clauses, days, a place or thing, single records. Knows nothing of what answers it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from qms.rules.errors import Invalid
from qms.rules.trail_evidence import CLAUSES
from qms.rules.words import Words

ALL = "all"
MOST_RECORDS = 200
FIRST_YEAR, LAST_YEAR = 1900, 2200
FIELDS: dict[str, Words] = {
    "clause": Words("Clause", "条款"),
    "first": Words("From", "起始日期"),
    "last": Words("To", "截止日期"),
    "site": Words("Site", "工厂"),
    "customer": Words("Customer", "顾客"),
    "item": Words("Item", "产品"),
    "lot": Words("Lot", "批次"),
    "link": Words("Link", "链接"),
    "record": Words("Records", "记录"),
}
_EVERY = Words("all that may be seen", "可查看的全部条款")


@dataclass(frozen=True, slots=True)
class Asked:
    """What evidence is asked for; everything given narrows it. Codes and numbers are as people type them.

    No clauses: every one that the person may see. `first` and `last` None: whenever; only with `lot` or `records`.
    `link` is "SUPPLIER > CUSTOMER" in codes of units.
    """

    clauses: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    site: str = ""
    customer: str = ""
    item: str = ""
    lot: str = ""
    link: str = ""
    records: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but clauses, days and site is asked for."""
        return bool(self.customer or self.item or self.lot or self.link or self.records)


def asked_of(fields: Mapping[str, Sequence[str]]) -> Asked:
    """Return the question of a form, an address, or a job: texts by FIELDS, each as often as it was given.

    Raises Invalid for what cannot be asked.
    """
    texts = {name: next((text.strip() for text in fields.get(name, ()) if text.strip()), "") for name in FIELDS}
    clauses = dict.fromkeys(one for one in _listed(fields.get("clause", ())) if one != ALL)
    wanted = Asked(tuple(clauses), _day(texts["first"], "first"), _day(texts["last"], "last"), texts["site"],
                   texts["customer"], texts["item"], texts["lot"], texts["link"],
                   tuple(dict.fromkeys(_listed(fields.get("record", ())))))
    check(wanted)
    return wanted


def check_names(names: Iterable[str]) -> None:
    """Raise Invalid for a name that nothing is asked by: left out, it would widen the answer unseen."""
    unknown = sorted(set(names) - set(FIELDS))
    if unknown:
        raise Invalid(f"Evidence cannot be asked for by {unknown[0][:60]!r}. There is: {', '.join(FIELDS)}.",
                      f"不能按 {unknown[0][:60]!r} 查询证据。可选: {', '.join(FIELDS)}。")


def check(asked: Asked) -> None:
    """Raise Invalid for a clause that is not known, and for days that are missing or turned round."""
    unknown = [code for code in asked.clauses if code not in CLAUSES]
    if unknown:
        raise Invalid(f"No evidence is collected of clause {unknown[0]}. There is: {', '.join(CLAUSES)}.",
                      f"不收集条款 {unknown[0]} 的证据。可选: {', '.join(CLAUSES)}。", field="clause")
    is_single = bool(asked.records or asked.lot)
    if (asked.first is None or asked.last is None) and (asked.first or asked.last or not is_single):
        raise Invalid("Give the first and the last day. Only a lot, or records asked for by number, need none.",
                      "请填写起始和截止日期; 仅按批次或编号查询时可不填。", field="first")
    for field, day in (("first", asked.first), ("last", asked.last)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise _no_day(day.isoformat(), field)
    if asked.first and asked.last and asked.last < asked.first:
        raise Invalid("The last day comes before the first.", "结束日期早于开始日期。", field="last")
    if len(asked.records) > MOST_RECORDS:
        raise Invalid(f"Ask for at most {MOST_RECORDS} records at once.", f"一次最多查询 {MOST_RECORDS} 条记录。",
                      field="record")


def fields_of(asked: Asked) -> dict[str, list[str]]:
    """Return what is asked for as texts by FIELDS, without what is left open."""
    days = {"first": asked.first, "last": asked.last}
    given = {"clause": list(asked.clauses), **{name: [day.isoformat()] for name, day in days.items() if day},
             **{name: [text] for name in ("site", "customer", "item", "lot", "link")
                if (text := str(getattr(asked, name)))},
             "record": list(asked.records)}
    return {name: texts for name, texts in given.items() if texts}


def query_of(asked: Asked) -> str:
    """Return the question as a query string, as the trail keeps it."""
    return urlencode(fields_of(asked), doseq=True)


def told(asked: Asked, language: str) -> list[tuple[str, str]]:
    """Return label and wording of everything that is asked for, in the reader's language."""
    given = {"clause": [_EVERY.to(language)], **fields_of(asked)}
    return [(FIELDS[name].to(language), ", ".join(_clause(text, language) if name == "clause" else text
                                                 for text in texts)) for name, texts in given.items()]


def _clause(code: str, language: str) -> str:
    return f"{code} {CLAUSES[code].words.to(language)}" if code in CLAUSES else code


def _listed(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from text.replace(",", " ").replace("，", " ").replace("、", " ").split()


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _no_day(text, field) from None


def _no_day(text: str, field: str) -> Invalid:
    return Invalid(f"This is not a day: {text[:40]}. Write it as 2026-01-31.",
                   f"日期无效: {text[:40]}。请写成 2026-01-31。", field=field)
