"""How the chain records that a mapping of inspections names are found or made. Knows no inspection."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.acceptance import Characteristic, Standard
from qms.models.chain import Defect, Item, Link, Site, Unit
from qms.rules.accounts import Actor
from qms.rules.inspections import Mapping, ReadingColumn
from qms.workflows import chain
from qms.workflows.imports_places import by_code, item_of, known_site, link_of, site_of, unit_of


@dataclass(frozen=True)
class Places:
    """Where the inspections of a mapping belong."""

    site: Site
    supplier: Unit
    customer: Unit
    link: Link
    defects: dict[str, Defect]
    standard_id: int | None
    characteristics: dict[str, int]


def missing(session: Session, person: Actor, mapping: Mapping) -> list[str]:
    """Name what the mapping needs and the chain lacks: it would be made."""
    site = known_site(session, person, mapping.site.code)
    codes = {
        Unit: [mapping.supplier.code, mapping.customer.code],
        Item: [mapping.item.code] if mapping.item else [],
        Defect: [defect.code for defect in mapping.defects],
    }
    if site is None:
        return [mapping.site.code, *(code for wanted in codes.values() for code in wanted)]
    known = (
        by_code(session, Unit, site.id, codes[Unit]).keys()
        | by_code(session, Item, site.id, codes[Item]).keys()
        | by_code(session, Defect, site.id, codes[Defect]).keys()
    )
    return [code for wanted in codes.values() for code in wanted if code not in known]


def places_of(session: Session, person: Actor, mapping: Mapping) -> Places:
    """Find or make what the mapping needs in the chain. Raises Invalid, NotAllowed."""
    site = site_of(session, person, mapping.site, mapping.timing.zone)
    supplier = unit_of(session, person, site, mapping.supplier)
    customer = unit_of(session, person, site, mapping.customer)
    link = link_of(session, person, supplier, customer, mapping.link, source="workbook")
    if mapping.item:
        item_of(session, person, site, mapping.item)
    defects = by_code(session, Defect, site.id, [defect.code for defect in mapping.defects])
    for defect in mapping.defects:
        if defect.code not in defects:
            defects[defect.code] = chain.add_defect(
                session,
                person,
                site_id=site.id,
                code=defect.code,
                name_zh=defect.name.zh,
                name_en=defect.name.en,
                severity=defect.severity,
            )
    standard = _standard(session, person, site, link, mapping) if mapping.readings else None
    characteristics = {} if standard is None else _characteristics(session, standard, mapping)
    return Places(site, supplier, customer, link, defects, standard.id if standard else None, characteristics)


def _standard(session: Session, person: Actor, site: Site, link: Link, mapping: Mapping) -> Standard:
    """Return the recorded standard that holds the mapping's readings; a new revision when they changed."""
    form = f"IMP-{mapping.source}"
    last = session.scalar(
        select(Standard)
        .where(Standard.site_id == site.id, Standard.form_number == form)
        .order_by(Standard.revision.desc())
        .limit(1)
    )
    if last is not None and _planned(session, last) == [_plan(column) for column in mapping.readings]:
        return last
    made = Standard(
        site_id=site.id,
        link_id=link.id,
        item_id=None,
        form_number=form,
        revision=last.revision + 1 if last else 1,
        state="recorded",
        title_zh=f"导入的检验结果 {mapping.source}",
        title_en=f"Imported inspection results {mapping.source}",
        drafted_by_id=person.id,
    )
    session.add(made)
    session.flush()
    for position, column in enumerate(mapping.readings, 1):
        session.add(
            Characteristic(
                standard_id=made.id,
                position=position,
                name_zh=column.name.zh,
                name_en=column.name.en,
                kind="measured",
                unit=column.unit,
                lower=column.lower,
                upper=column.upper,
            )
        )
    session.flush()
    return made


def _plan(column: ReadingColumn) -> tuple[object, ...]:
    return column.name.en, column.name.zh, column.unit, column.lower, column.upper


def _planned(session: Session, standard: Standard) -> list[tuple[object, ...]]:
    return [(each.name_en, each.name_zh, each.unit, each.lower, each.upper) for each in _in_order(session, standard)]


def _in_order(session: Session, standard: Standard) -> Sequence[Characteristic]:
    return session.scalars(
        select(Characteristic).where(Characteristic.standard_id == standard.id).order_by(Characteristic.position)
    ).all()


def _characteristics(session: Session, standard: Standard, mapping: Mapping) -> dict[str, int]:
    found = _in_order(session, standard)
    return {column.column: each.id for column, each in zip(mapping.readings, found, strict=True)}
