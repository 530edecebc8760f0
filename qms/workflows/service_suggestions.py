"""How suggestions are filed, evaluated, tried, put in place, and told back to who had the idea. Knows no page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.chain import Site, Unit
from qms.models.service_recognition import Suggestion
from qms.rules import service_recognition as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound, Refused
from qms.rules.steps import allowed, step
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.numbers import SUGGESTION, next_number
from qms.workflows.rejections_records import check_version
from qms.workflows.service_complaints_records import VIEW, sees, told


@dataclass(frozen=True, slots=True)
class Filter:
    """What suggestions are asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    unit_id: int | None = None


def suggest(session: Session, person: Actor, *, unit_id: int, idea: str, benefit: str | None = None) -> Suggestion:
    """File a suggestion about a unit. Raises Invalid, NotAllowed."""
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.active:
        raise Invalid("There is no such unit.", "没有此单元。", field="unit_id")
    person.need(rules.COMPLAIN, site_id=unit.site_id)
    number = next_number(session, SUGGESTION, session.get_one(Site, unit.site_id))
    made = Suggestion(site_id=unit.site_id, year=number.year, serial=number.serial, number=number.text,
                      state=rules.SUGGESTION.first, unit_id=unit.id, idea=told(idea, "idea"),
                      benefit=(benefit or "").strip() or None, filed_at=now(session), filed_by_id=person.id)
    session.add(made)
    session.flush()
    return made


def evaluate(session: Session, person: Actor, suggestion_id: int, rev: int, *, decision: str,
             evaluation: str) -> Suggestion:
    """Adopt a suggestion, try it out, or do not adopt it, and say why; nobody judges the own idea.

    `decision` is try_out, adopt or not_adopt. Raises Refused (R-35), Invalid, Stale, IllegalStep, NotFound...
    """
    if decision not in {"try_out", "adopt", "not_adopt"}:
        raise Invalid("Choose a decision.", "请选择评价结果。", field="decision")
    found, state = _begun(session, person, suggestion_id, rev, decision)
    found.state, found.evaluation = state, told(evaluation, "evaluation")
    found.evaluated_at, found.evaluated_by_id = now(session), person.id
    session.flush()
    return found


def put_in_place(session: Session, person: Actor, suggestion_id: int, rev: int, *, outcome: str) -> Suggestion:
    """Say what an adopted suggestion brought. Raises Refused (R-35), Invalid, Stale, IllegalStep, NotFound..."""
    found, state = _begun(session, person, suggestion_id, rev, "put_in_place")
    found.state, found.outcome = state, told(outcome, "outcome")
    session.flush()
    return found


def offered(person: Actor, found: Suggestion) -> list[str]:
    """Return the names of the steps that a person may take."""
    if found.filed_by_id == person.id or not person.may(rules.RECOGNISE, site_id=found.site_id,
                                                        unit_path=found.unit.path):
        return []
    return [one.name for one in allowed(rules.SUGGESTION, found.state)]


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Suggestion]:
    """Return a page of suggestions, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Suggestion).join(Suggestion.unit).where(*conditions(person, wanted))
             .options(joinedload(Suggestion.unit), joinedload(Suggestion.filed_by),
                      joinedload(Suggestion.evaluated_by)))
    return page(session, query, Suggestion, {"number": Sorting(Suggestion.id, "id")},
                wish._replace(sort=wish.sort or "-number"))


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a suggestion of the register must fulfil; its unit is joined."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Suggestion.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {Suggestion.site_id: wanted.site_id, Suggestion.state: wanted.state,
                            Suggestion.unit_id: wanted.unit_id}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    met += [or_(*(column.icontains(word, autoescape=True) for column in (
        Suggestion.number, Suggestion.idea, Unit.code, Unit.name_zh, Unit.name_en)))
        for word in wanted.sought.split()]
    return met


def own(session: Session, person: Actor) -> Sequence[Suggestion]:
    """Return what a person suggested, newest first: what became of it."""
    return session.scalars(select(Suggestion).where(Suggestion.filed_by_id == person.id)
                           .order_by(Suggestion.id.desc()).limit(20)).all()


def whole(session: Session, person: Actor, suggestion_id: int) -> Suggestion:
    """Return a suggestion. Raises NotFound."""
    found = session.scalar(select(Suggestion).where(Suggestion.id == suggestion_id).options(
        joinedload(Suggestion.unit), joinedload(Suggestion.site), joinedload(Suggestion.filed_by),
        joinedload(Suggestion.evaluated_by)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def _begun(session: Session, person: Actor, suggestion_id: int, rev: int, name: str) -> tuple[Suggestion, str]:
    found = session.get(Suggestion, suggestion_id, with_for_update=True)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    person.need(rules.RECOGNISE, site_id=found.site_id, unit_path=session.get_one(Unit, found.unit_id).path)
    if person.is_for(found.filed_by_id):
        raise Refused("R-35", "Someone else evaluates your suggestion.", "您的建议须由其他人评价。")
    check_version(found, rev, {"state": found.state})
    return found, step(rules.SUGGESTION, found.state, name)
