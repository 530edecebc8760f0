"""How quality objectives are set, changed and ended. A change ends the one before; none is edited (R-43, R-50)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import acted, now
from qms.models.chain import Link, Site, Unit
from qms.models.review import Objective
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound, Refused
from qms.rules.review import PREPARE, VIEW
from qms.rules.review_measures import check_objective
from qms.workflows.chain_records import check_version, optional, required
from qms.workflows.review_records import sees, site_of
from qms.workflows.review_series import Part


def set_objective(session: Session, person: Actor, *, site_id: int, measure: str, part: str, part_id: int | None = None,
                  target: Decimal | None, valid_from: date | None, why: str | None = None) -> Objective:
    """Set what a measure is to reach from a day on; one in force for the same ends the day before.

    `target` of a share is from 0 to 1. `part_id` None: the whole site. A change needs `why`. Raises Invalid,
    Refused (R-50), NotFound, NotAllowed.
    """
    site = site_of(session, person, site_id, PREPARE)
    session.get(Site, site.id, with_for_update=True)
    check_objective(measure, part, target)
    if valid_from is None:
        raise Invalid("Give a day.", "请填写日期。", field="valid_from")
    unit_id, link_id = _placed(session, site.id, part, part_id)
    former = _latest(session, site.id, measure, unit_id, link_id)
    if former is not None:
        _replace(session, former, valid_from, why)
    made = Objective(site_id=site.id, measure=measure, unit_id=unit_id, link_id=link_id, target=target,
                     valid_from=valid_from, why=optional(why), set_by_id=person.id, set_at=now(session))
    session.add(made)
    session.flush()
    return made


def end_objective(session: Session, person: Actor, objective_id: int, rev: int, *, last: date | None,
                  reason: str) -> Objective:
    """End an objective after a day, for a reason; it stays readable. Raises Stale, Invalid, NotFound, NotAllowed."""
    held = one(session, person, objective_id)
    person.need(PREPARE, site_id=held.site_id)
    check_version(held, rev, {"valid_to": last})
    session.info["reason"] = required(reason, "reason")
    if held.valid_to is not None:
        raise Invalid(f"It has ended: {held.valid_to} is its last day.", f"该目标已结束, 最后一天为 {held.valid_to}。",
                      field="last")
    if last is None or last < held.valid_from:
        raise Invalid(f"It begins on {held.valid_from}: its last day is not earlier.",
                      f"该目标自 {held.valid_from} 起生效, 最后一天不得更早。", field="last")
    held.valid_to = last
    session.flush()
    return held


def one(session: Session, person: Actor, objective_id: int) -> Objective:
    """Return an objective of a site whose reviews the person may see. Raises NotFound."""
    found = session.get(Objective, objective_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def objectives(session: Session, person: Actor, site_id: int, *, ended: bool = False) -> Sequence[Objective]:
    """Return the objectives of a site by measure and part; `ended`: the ended ones as well. Raises NotFound..."""
    site_of(session, person, site_id, VIEW)
    met: list[ColumnElement[bool]] = [] if ended else [Objective.valid_to.is_(None)]
    return _read(session, Objective.site_id == site_id, *met)


def in_force(session: Session, site_ids: Sequence[int], on: date) -> Sequence[Objective]:
    """Return the objectives of sites that were in force on a day, by measure and part."""
    return _read(session, Objective.site_id.in_(site_ids), Objective.valid_from <= on,
                 or_(Objective.valid_to.is_(None), Objective.valid_to >= on))


def parts(session: Session, site_id: int) -> tuple[Sequence[Unit], Sequence[Link]]:
    """Return the units and links of a site in use, of which an objective can be set, by code."""
    units = session.scalars(select(Unit).where(Unit.site_id == site_id, Unit.active).order_by(Unit.code)).all()
    links = session.scalars(
        select(Link).where(Link.site_id == site_id, Link.active).order_by(Link.id)
        .options(joinedload(Link.supplier), joinedload(Link.customer))).all()
    return units, links


def kind_of(unit: Unit) -> str:
    """Return which kind of part a unit is."""
    return "customer" if unit.kind == "customer" else "unit"


def part_of(objective: Objective) -> Part:
    """Return what an objective is for."""
    if objective.link_id is not None:
        return Part("link", objective.link_id)
    if objective.unit is None:
        return Part("site")
    return Part(kind_of(objective.unit), objective.unit_id)


def _read(session: Session, *met: ColumnElement[bool]) -> Sequence[Objective]:
    return session.scalars(
        select(Objective).where(*met).order_by(
            Objective.measure, func.coalesce(Objective.unit_id, 0), func.coalesce(Objective.link_id, 0),
            Objective.valid_from, Objective.id)
        .options(joinedload(Objective.unit), joinedload(Objective.set_by),
                 joinedload(Objective.link).joinedload(Link.supplier),
                 joinedload(Objective.link).joinedload(Link.customer))).all()


def _placed(session: Session, site_id: int, part: str, part_id: int | None) -> tuple[int | None, int | None]:
    """Return unit and link of a part of the site. Raises Invalid for one that is not there."""
    if part == "site":
        return None, None
    link = session.get(Link, part_id or 0) if part == "link" else None
    unit = session.get(Unit, part_id or 0) if part != "link" else None
    if link is not None and link.site_id == site_id:
        return None, link.id
    if unit is not None and unit.site_id == site_id and kind_of(unit) == part:
        return unit.id, None
    raise Invalid("There is no such part at this site.", "该工厂没有此单元或链接。", field="part")


def _latest(session: Session, site_id: int, measure: str, unit_id: int | None, link_id: int | None) -> Objective | None:
    return session.scalars(
        select(Objective).where(Objective.site_id == site_id, Objective.measure == measure,
                                Objective.unit_id.is_not_distinct_from(unit_id),
                                Objective.link_id.is_not_distinct_from(link_id))
        .order_by(Objective.valid_from.desc(), Objective.id.desc()).limit(1)).first()


def _replace(session: Session, former: Objective, valid_from: date, why: str | None) -> None:
    """End the one before on the day before. Raises Refused (R-50) for two on one day."""
    until = former.valid_to or former.valid_from
    if valid_from <= until:
        raise Refused("R-50", f"There is an objective for this already; the next begins after {until}.",
                      f"已有相同的目标, 新目标须晚于 {until} 生效。", field="valid_from")
    if former.valid_to is None:
        session.info["reason"] = required(why, "why")
        former.valid_to = valid_from - timedelta(days=1)
        acted(session, "R-50")
        session.flush()
