"""How lessons are written from a case, and found again. Knows no page and no form."""

from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.db import now
from qms.db.search import matches, searchable
from qms.models.actions import Action
from qms.models.actions_causes import Lesson
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, NotFound
from qms.workflows.actions_parts import VIEW, WORK, case, check_version, need_here, said, sees
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.numbers import LESSON, next_number


@dataclass(frozen=True, slots=True)
class Filter:
    """What lessons are asked for; empty and None ask for all."""

    sought: str = ""
    site_id: int | None = None
    action_id: int | None = None


def one(session: Session, person: Actor, lesson_id: int) -> Lesson:
    """Return a lesson of a site that the person may see, with its case. Raises NotFound."""
    found = session.get(Lesson, lesson_id, options=[joinedload(Lesson.action), joinedload(Lesson.written_by)])
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Lesson]:
    """Return a page of lessons, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Lesson).join(Lesson.action)
             .options(contains_eager(Lesson.action).options(joinedload(Action.item), joinedload(Action.defect)),
                      joinedload(Lesson.written_by)))
    sites = person.sites(VIEW)
    if sites is not None:
        query = query.where(Lesson.site_id.in_(sorted(sites)))
    if wanted.site_id is not None:
        query = query.where(Lesson.site_id == wanted.site_id)
    if wanted.action_id is not None:
        query = query.where(Lesson.action_id == wanted.action_id)
    found = matches(cast("Table", Lesson.__table__), wanted.sought,
                    sqlite=session.get_bind().dialect.name == "sqlite")
    if found is not None:
        query = query.where(found)
    return page(session, query, Lesson, {"written": Sorting(Lesson.id, "id")},
                wish._replace(sort=wish.sort or "-written"))


def write(session: Session, person: Actor, action_id: int, *, title: str | None, text: str | None) -> Lesson:
    """Write a lesson from a case. Raises Invalid, IllegalStep, NotAllowed, NotFound."""
    action = case(session, person, action_id)
    need_here(session, person, WORK, action)
    if action.state == "void":
        raise IllegalStep("This case is void: nothing is learnt from it.", "本案已作废, 不形成经验教训。")
    number = next_number(session, LESSON, action.site)
    made = Lesson(site_id=action.site_id, year=number.year, serial=number.serial, number=number.text,
                  action_id=action.id, title=said(title, "title"), text=said(text, "text"),
                  written_on=now(session).astimezone(ZoneInfo(action.site.time_zone)).date(), written_by_id=person.id)
    made.search_text = _words(made, action)
    session.add(made)
    session.flush()
    return made


def edit(session: Session, person: Actor, lesson_id: int, rev: int, *, title: str | None, text: str | None) -> Lesson:
    """Word a lesson anew. Raises Stale, Invalid, NotAllowed, NotFound."""
    lesson = one(session, person, lesson_id)
    need_here(session, person, WORK, lesson.action)
    check_version(lesson, rev, {"title": title, "text": text})
    lesson.title, lesson.text = said(title, "title"), said(text, "text")
    lesson.search_text = _words(lesson, lesson.action)
    session.flush()
    return lesson


def _words(lesson: Lesson, action: Action) -> str:
    """Return what a lesson is found by: its own words, its case, and the item, defect and unit of the case."""
    named: tuple[Any, ...] = (action.item, action.defect, action.origin_unit)
    return searchable(lesson.number, lesson.title, lesson.text, action.number, action.title,
                      *(part for record in named if record is not None
                        for part in (record.code, record.name_zh, record.name_en)))
