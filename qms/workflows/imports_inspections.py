"""How inspections of a file become hand-overs, checks, readings and rejections. Knows no file.

They are history: the file says what was decided and when, so that the live steps of a hand-over do not apply. What
was rejected is held from the moment it is loaded, whatever became of it, until someone releases it.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.bulk import add_many
from qms.db.search import searchable
from qms.models.acceptance import Check, Handover, Reading
from qms.models.chain import Defect, Item, Lot
from qms.models.rejections import Hold, OriginStatement, Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile
from qms.rules.escapes import escape_class
from qms.rules.imports import PERMISSION, UNDATED
from qms.rules.inspections import Inspection, Place
from qms.rules.words import Words
from qms.workflows.imports_inspections_places import Places
from qms.workflows.imports_places import by_code, fit_lots, item_of, lots_of
from qms.workflows.numbers import HANDOVER, REJECTION, Number, next_numbers


def source_key(line: Inspection) -> str:
    """Return the identity of an inspection's hand-over."""
    return f"inspection:{line.key}"


def known_keys(session: Session, lines: Iterable[Inspection]) -> dict[str, int | None]:
    """Map those of the lines that are stored already to the import that stored them."""
    keys = [source_key(line) for line in lines]
    found = session.execute(select(Handover.source_key, Handover.import_id).where(Handover.source_key.in_(keys)))
    return {key: import_id for key, import_id in found if key is not None}


def load(session: Session, person: Actor, run_id: int, places: Places, lines: Sequence[Inspection]) -> list[Inspection]:
    """Store those of the lines that are not stored yet; return all that this import has stored, now or before."""
    grant_id = person.need(PERMISSION, site_id=places.site.id)
    known = known_keys(session, lines)
    fresh = [line for line in lines if source_key(line) not in known]
    if fresh:
        _Batch(session, person, run_id, places, grant_id).store(fresh)
    return [line for line in lines if known.get(source_key(line), run_id) == run_id]


class _Batch:
    """Lines that become durable together, or not at all."""

    def __init__(self, session: Session, person: Actor, run_id: int, places: Places, grant_id: int | None) -> None:
        self.session = session
        self.person = person
        self.run_id = run_id
        self.places = places
        self.grant_id = grant_id

    def store(self, lines: Sequence[Inspection]) -> None:
        """Store the lines, parents before what hangs on them."""
        items, lots = self._items_and_lots(lines)
        numbers = next_numbers(self.session, HANDOVER, self.places.site, len(lines))
        handovers = [
            self._handover(line, items[line.item], lots[line.lot], number)
            for line, number in zip(lines, numbers, strict=True)
        ]
        self._keep(handovers)
        checks = [self._check(line, handover) for line, handover in zip(lines, handovers, strict=True)]
        rejections = self._rejections(lines, handovers, items, lots)
        self._keep([*checks, *rejections])
        readings = [
            {
                "check_id": check.id,
                "characteristic_id": self.places.characteristics[reading.column],
                "value": reading.value,
                "unit": reading.unit,
                "good": reading.good,
            }
            for line, check in zip(lines, checks, strict=True)
            for reading in line.readings
        ]
        add_many(self.session, Reading, readings)
        self._keep([part for rejection in rejections for part in self._held(rejection)])
        fit_lots(self.session, self.places.link.id, list(lots.values()))
        self.session.flush()

    def _keep(self, records: Sequence[object]) -> None:
        self.session.add_all(records)
        self.session.flush()

    def _items_and_lots(self, lines: Sequence[Inspection]) -> tuple[dict[str, Item], dict[str, Lot]]:
        site = self.places.site
        codes = list(dict.fromkeys(line.item for line in lines))
        items = by_code(self.session, Item, site.id, codes)
        for code in codes:
            if code not in items:
                items[code] = item_of(self.session, self.person, site, Place(code, Words(code, code)))
        wanted = {line.lot: (items[line.item].id, 0) for line in lines}
        return items, lots_of(self.session, self.person, site, wanted)

    def _handover(self, line: Inspection, item: Item, lot: Lot, number: Number) -> Handover:
        at = line.at or now(self.session)
        places = self.places
        state = "accepted" if not line.rejected else "rejected" if line.rejected == line.quantity else "partly_accepted"
        remark = " ".join(part for part in (line.piece, "" if line.at else UNDATED) if part) or None
        return Handover(
            site_id=places.site.id,
            year=number.year,
            serial=number.serial,
            number=number.text,
            link_id=places.link.id,
            supplier_id=places.supplier.id,
            customer_id=places.customer.id,
            item_id=item.id,
            lot_id=lot.id,
            quantity=line.quantity,
            standard_id=places.standard_id,
            presentation=1,
            state=state,
            self_check="none",
            presented_by_id=self.person.id,
            presented_at=at,
            decided_by_id=self.person.id,
            decided_at=at,
            grant_id=self.grant_id,
            accepted=line.quantity - line.rejected,
            rejected=line.rejected,
            for_review=0,
            rework=False,
            remark=remark,
            source="import",
            source_key=source_key(line),
            import_id=self.run_id,
            search_text=self._text(number.text, item, lot, line.piece),
        )

    def _text(self, number: str, item: Item, lot: Lot, *more: str) -> str:
        units = self.places.supplier, self.places.customer
        return searchable(
            number,
            lot.number,
            item.code,
            item.name_zh,
            item.name_en,
            *(name for unit in units for name in (unit.code, unit.name_zh, unit.name_en)),
            *more,
        )

    def _check(self, line: Inspection, handover: Handover) -> Check:
        return Check(
            handover_id=handover.id,
            kind="dedicated" if self.places.customer.inspects else "mutual",
            person_id=self.person.id,
            at=handover.presented_at,
            sample=line.quantity,
            nonconforming=line.rejected,
            good=not line.rejected,
        )

    def _rejections(
        self, lines: Sequence[Inspection], handovers: Sequence[Handover], items: dict[str, Item], lots: dict[str, Lot]
    ) -> list[Rejection]:
        faults = [
            (line, handover, code, pieces)
            for line, handover in zip(lines, handovers, strict=True)
            for code, pieces in line.defects
        ]
        numbers = next_numbers(self.session, REJECTION, self.places.site, len(faults)) if faults else []
        return [
            self._rejection(line, handover, items[line.item], lots[line.lot], self.places.defects[code], pieces, number)
            for (line, handover, code, pieces), number in zip(faults, numbers, strict=True)
        ]

    def _rejection(
        self, line: Inspection, handover: Handover, item: Item, lot: Lot, defect: Defect, pieces: int, number: Number
    ) -> Rejection:
        places = self.places
        origin = None if places.supplier.inspects else places.supplier
        outside = places.customer.kind == "customer"
        return Rejection(
            site_id=places.site.id,
            year=number.year,
            serial=number.serial,
            number=number.text,
            kind="not_accepted",
            state="held",
            item_id=item.id,
            lot_id=lot.id,
            quantity=pieces,
            defect_id=defect.id,
            severity=defect.severity,
            note=", ".join(line.further) or None,
            found_unit_id=places.customer.id,
            origin_unit_id=origin.id if origin else None,
            origin_state="assumed" if origin else "unknown",
            link_id=places.link.id,
            handover_id=handover.id,
            escape_steps=1 if origin else None,
            escape_class=escape_class(
                1 if origin else None, final=places.customer.final, outside=outside, in_field=False
            ),
            found_at=handover.presented_at,
            received_at=now(self.session),
            reported_by_id=self.person.id,
            source="import",
            source_key=f"{handover.source_key}:{defect.code}",
            import_id=self.run_id,
            search_text=self._text(number.text, item, lot, defect.code, defect.name_zh, defect.name_en, line.piece),
        )

    def _held(self, rejection: Rejection) -> list[object]:
        at = now(self.session)
        hold = Hold(rejection_id=rejection.id, lot_id=rejection.lot_id, quantity=rejection.quantity, held_at=at)
        if rejection.origin_unit_id is None:
            return [hold]
        return [
            hold,
            OriginStatement(
                rejection_id=rejection.id,
                state="assumed",
                unit_id=rejection.origin_unit_id,
                person_id=self.person.id,
                at=at,
            ),
        ]


def check_totals(
    session: Session, run_id: int, *, taken: int, pieces: int, rejected: int, by_defect: dict[str, int]
) -> None:
    """Hold what an import stored against the file, line by line and piece by piece. Raises BadFile."""
    stored = session.execute(
        select(
            func.count(), func.coalesce(func.sum(Handover.quantity), 0), func.coalesce(func.sum(Handover.rejected), 0)
        ).where(Handover.import_id == run_id)
    ).one()
    rows = session.execute(
        select(Defect.code, func.sum(Rejection.quantity))
        .join(Rejection, Rejection.defect_id == Defect.id)
        .where(Rejection.import_id == run_id)
        .group_by(Defect.code)
    ).all()
    codes = {code: int(pieces) for code, pieces in rows}
    if tuple(stored) != (taken, pieces, rejected) or codes != by_defect:
        raise BadFile(
            f"The records do not add up to the file: lines, pieces, rejected {tuple(stored)} stored, "
            f"{(taken, pieces, rejected)} in the file; by defect {codes} and {by_defect}.",
            f"记录与文件不符：行数、件数、拒收数已存 {tuple(stored)}，文件为 {(taken, pieces, rejected)}；"
            f"按缺陷 {codes} 与 {by_defect}。",
        )
