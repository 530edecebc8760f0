"""How imported complaints are kept: where they belong, which are there already, how they stand. Knows no file.

A file tells what became of a complaint, not how it was handled here: what was answered and not disputed is closed
without the customer's word, what was disputed is open again, what has no answer is received.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Item, Site, Unit
from qms.models.customers import Customer
from qms.models.customers_complaints import CustomerComplaint
from qms.rules import customers_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile
from qms.rules.imports_complaints import ImportedComplaint
from qms.rules.inspections import Place
from qms.rules.words import Words
from qms.workflows import customers
from qms.workflows.imports_places import by_code, known_site, site_of, unit_of
from qms.workflows.numbers import COMPLAINT, next_numbers

SITE = Words("Imported complaints", "投诉导入")
CUSTOMER = Words("Customers of the imported file", "导入文件的顾客")
SITE_CODE, CUSTOMER_CODE, ZONE = "EXT", "OUTSIDE", "UTC"
UNSAID = "The imported file does not say. 导入文件未注明。"
_IN_PROGRESS = ("in progress", "untimely", "open", "处理中", "未答复")


class Places(NamedTuple):
    """Where the complaints of a file belong."""

    site: Site
    customer: Unit
    items: Mapping[str, Item]


def named(session: Session, site: Mapping[str, str], customer: Mapping[str, str]) -> tuple[Place, Place, str]:
    """Return the site, the customer and the zone that are meant: what is said, else the only site that there is."""
    only = session.scalars(select(Site).order_by(Site.id).limit(2)).all()
    usual = only[0] if len(only) == 1 else None
    code = site.get("code") or (usual.code if usual else SITE_CODE)
    known = session.scalar(select(Site).where(Site.code == code))
    zone = site.get("zone") or (known.time_zone if known else ZONE)
    names = Words(site.get("name_en") or SITE.en, site.get("name_zh") or SITE.zh)
    called = Words(customer.get("name_en") or CUSTOMER.en, customer.get("name_zh") or CUSTOMER.zh)
    return (Place(code, names), Place(customer.get("code") or CUSTOMER_CODE, called, kind="customer"), zone)


def missing(session: Session, person: Actor, site: Place, customer: Place) -> list[str]:
    """Name what an import would make: site, customer. Raises NotAllowed."""
    known = known_site(session, person, site.code)
    if known is None:
        return [site.code, customer.code]
    return [] if customer.code in by_code(session, Unit, known.id, [customer.code]) else [customer.code]


def places_of(session: Session, person: Actor, site: Place, customer: Place, zone: str,
              items: Sequence[str]) -> Places:
    """Return where the complaints belong; site, customer and its registration are made where they are not there."""
    plant = site_of(session, person, site, zone)
    unit = unit_of(session, person, plant, customer)
    if unit.kind != "customer":
        raise BadFile(f"{unit.code} is no outside customer.", f"{unit.code} 不是外部顾客。")
    if session.scalar(select(Customer.id).where(Customer.unit_id == unit.id)) is None:
        customers.register(session, person, unit.id, written_in="en")
    return Places(plant, unit, by_code(session, Item, plant.id, [code for code in items if len(code) <= 60]))


def known_keys(session: Session, site_id: int | None, lines: Sequence[ImportedComplaint]) -> set[str]:
    """Return which of these lines are kept already, by their keys."""
    if site_id is None:
        return set()
    keys = {key_of(site_id, line): line.key for line in lines}
    found = session.scalars(select(CustomerComplaint.source_key).where(CustomerComplaint.source_key.in_(list(keys))))
    return {keys[key] for key in found if key is not None}


def key_of(site_id: int, line: ImportedComplaint) -> str:
    """Return the identity of a line across files and runs."""
    return f"complaint:{site_id}:{line.key}"


def load(session: Session, person: Actor, run_id: int, places: Places, lines: Sequence[ImportedComplaint], *, kind: str,
         severity: str) -> int:
    """Keep the lines that are not kept yet. Returns how many."""
    known = known_keys(session, places.site.id, lines)
    fresh = [line for line in lines if line.key not in known]
    numbers = next_numbers(session, COMPLAINT, places.site, len(fresh)) if fresh else []
    zone, at = ZoneInfo(places.site.time_zone), now(session)
    for number, line in zip(numbers, fresh, strict=True):
        received = line.received.replace(tzinfo=zone)
        due = rules.due_times(received, severity=severity, first_hours=None)
        item = places.items.get(line.item or "")
        session.add(CustomerComplaint(
            site_id=places.site.id, year=number.year, serial=number.serial, number=number.text,
            customer_id=places.customer.id, customer_ref=line.reference, kind=kind, severity=severity,
            received_at=received, recorded_at=at, recorded_by_id=person.id, item_id=item.id if item else None,
            item_text=line.item, lots_text=line.lots, quantity_claimed=line.quantity, description=line.description,
            responsibility="open", no_fault_found=False, source="import", import_id=run_id,
            source_key=key_of(places.site.id, line), source_fields=line.fields, disputed=line.disputed,
            answered_in_time=line.timely, **{f"{report}_due_at": when for report, when in due.items()},
            **_standing(line, at)))
    session.flush()
    return len(fresh)


def check_totals(session: Session, run_id: int, *, taken: int, disputed: int, late: int) -> None:
    """Raise BadFile when what is stored of a run is not what was read."""
    held = CustomerComplaint
    row = session.execute(select(
        func.count(), func.count().filter(held.disputed.is_(True)),
        func.count().filter(held.answered_in_time.is_(False)))
        .where(held.import_id == run_id)).one()
    if tuple(row) != (taken, disputed, late):
        raise BadFile(f"Stored are {tuple(row)}, read were {(taken, disputed, late)}.",
                      f"已存 {tuple(row)}, 已读 {(taken, disputed, late)}。")


def _standing(line: ImportedComplaint, at: datetime) -> dict[str, Any]:
    """Return state and answer as the file tells them."""
    answer = (line.answer or "").strip()
    if not answer or answer.casefold().startswith(_IN_PROGRESS):
        return {"state": "received", "times_reopened": 0, "reply": answer or None}
    if line.disputed:
        return {"state": "reopened", "reply": answer, "times_reopened": 1, "reopened_at": at,
                "reopen_reason": "Disputed, as the imported file says. 导入文件注明顾客有异议。"}
    return {"state": "lapsed", "reply": answer, "times_reopened": 0, "closed_at": at, "silence_reason": UNSAID,
            "unknown_reason": UNSAID, "no_action_reason": UNSAID}
