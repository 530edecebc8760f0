"""What people do with standards: draft, edit, approve, withdraw, revise. Knows no hand-over."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, func, or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.acceptance import Characteristic, Standard
from qms.models.chain import Item, Link, Site
from qms.rules.acceptance import STANDARD, CharacteristicPlan
from qms.rules.acceptance_plans import refuse_accepting_faults
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, Invalid, NotAllowed
from qms.rules.steps import step
from qms.rules.trail_signatures import Signing
from qms.workflows.acceptance_characteristics import PLANNED, add_characteristics
from qms.workflows.acceptance_records import (
    asked,
    check_version,
    draft_of,
    link_of,
    need_of_customer,
    one_standard,
    required,
    today,
)
from qms.workflows.trail_signatures import sign

IN_FORCE_STATES = ("approved", "superseded")
_day = bindparam("day", type_=Date)
_IN_FORCE = (
    select(Standard)
    .where(
        Standard.link_id == bindparam("link_id"),
        or_(Standard.item_id == bindparam("item_id"), Standard.item_id.is_(None)),
        Standard.state.in_(IN_FORCE_STATES),
        Standard.valid_from <= _day,
        or_(Standard.valid_to.is_(None), Standard.valid_to >= _day),
    )
    .order_by(Standard.item_id.is_(None), Standard.valid_from.desc(), Standard.id.desc())
    .limit(1)
)


def standard_in_force(session: Session, link_id: int, item_id: int, on: date) -> Standard | None:
    """Return the revision by which the customer of a link accepts an item on a day (R-50).

    The item's own goes before the link's general one. None: there is none, and nothing can be accepted (R-03).
    """
    return session.scalar(_IN_FORCE, {"link_id": link_id, "item_id": item_id, "day": on})


def draft_standard(
    session: Session,
    person: Actor,
    *,
    link_id: int,
    form_number: str,
    title_zh: str,
    title_en: str,
    item_id: int | None = None,
    reaction_zh: str | None = None,
    reaction_en: str | None = None,
    characteristics: Sequence[CharacteristicPlan] = (),
    reason: str | None = None,
) -> Standard:
    """Begin the first revision of a standard of a link, for one item or for all of them.

    Raises Invalid, Doubled, NotFound, NotAllowed, Refused and NeedsReason (R-04).
    """
    link = link_of(session, person, link_id)
    need_of_customer(session, person, "acceptance.draft", link)
    _check_item(session, link, item_id)
    form_number = required(form_number, "form_number")
    if (
        session.scalar(
            select(Standard.id).where(Standard.site_id == link.site_id, Standard.form_number == form_number).limit(1)
        )
        is not None
    ):
        raise Doubled(
            "This form number is taken: revise its standard instead.",
            "此表单号已使用：请修订该标准。",
            field="form_number",
        )
    standard = Standard(
        site_id=link.site_id,
        link_id=link_id,
        item_id=item_id,
        form_number=form_number,
        revision=1,
        state="draft",
        title_zh=title_zh,
        title_en=title_en,
        reaction_zh=reaction_zh,
        reaction_en=reaction_en,
        drafted_by_id=person.id,
        edits=0,
    )
    _check_titles(standard)
    session.add(standard)
    session.flush()
    add_characteristics(session, standard, characteristics, reason)
    return standard


def edit_draft(session: Session, person: Actor, standard_id: int, rev: int, **fields: Any) -> Standard:
    """Change a draft's title_zh, title_en, reaction_zh, reaction_en. Raises Stale, IllegalStep, Invalid, NotAllowed."""
    standard = draft_of(session, person, standard_id, "edit")
    check_version(standard, rev, fields)
    for key, value in fields.items():
        setattr(standard, key, value)
    _check_titles(standard)
    standard.drafted_by_id = person.id
    session.flush()
    return standard


def approve_standard(
    session: Session,
    person: Actor,
    standard_id: int,
    rev: int,
    *,
    signing: Signing | None,
    valid_from: date | None = None,
    reason: str | None = None,
) -> Standard:
    """Sign a draft (R-45), put it into force from a day (None: today) and end what it replaces the day before (R-50).

    Raises Stale when it is no longer the draft that was read, IllegalStep, Invalid, NotFound, NotAllowed (also for
    whoever changed the draft last), Refused (R-45) and NeedsReason (R-04).
    """
    standard = one_standard(session, person, standard_id)
    link = session.get_one(Link, standard.link_id, with_for_update=True)
    grant_id = need_of_customer(session, person, "acceptance.approve", link)
    state = step(STANDARD, standard.state, "approve")
    first = valid_from or today(session, standard.site_id)
    check_version(standard, rev, {"state": state, "valid_from": first})
    if person.is_for(standard.drafted_by_id):
        raise NotAllowed(
            "acceptance.approve",
            "Whoever wrote the draft does not approve it: ask another person.",
            "起草人不能批准自己起草的标准：请由他人批准。",
        )
    _check_approvable(session, standard, first, reason)
    _supersede(session, standard, first)
    standard.state, standard.valid_from = state, first
    standard.approved_by_id, standard.approved_at, standard.grant_id = person.id, now(session), grant_id
    sign(session, person, standard, "standard", signing, grant_id=grant_id, number=standard.form_number,
         revision=standard.revision)
    return standard


def withdraw_draft(session: Session, person: Actor, standard_id: int, rev: int, *, reason: str) -> Standard:
    """Give a draft up; its number stays (R-43). Raises Stale, IllegalStep, Invalid, NotFound, NotAllowed."""
    standard = draft_of(session, person, standard_id, "withdraw")
    required(reason, "reason")
    state = step(STANDARD, standard.state, "withdraw")
    check_version(standard, rev, {"state": state})
    standard.state = state
    session.flush()
    return standard


def revise_standard(session: Session, person: Actor, standard_id: int) -> Standard:
    """Begin the next revision as a draft that asks for the same.

    Raises IllegalStep, Doubled when there is a draft already, NotFound, NotAllowed.
    """
    former = one_standard(session, person, standard_id)
    need_of_customer(session, person, "acceptance.draft", session.get_one(Link, former.link_id))
    step(STANDARD, former.state, "revise")
    series = (Standard.site_id == former.site_id) & (Standard.form_number == former.form_number)
    if session.scalar(select(Standard.id).where(series, Standard.state == "draft").limit(1)) is not None:
        raise Doubled("There is a draft of the next revision already.", "下一版本的草稿已存在。")
    last = session.scalar(select(func.max(Standard.revision)).where(series)) or former.revision
    draft = Standard(
        site_id=former.site_id,
        link_id=former.link_id,
        item_id=former.item_id,
        form_number=former.form_number,
        revision=last + 1,
        state="draft",
        title_zh=former.title_zh,
        title_en=former.title_en,
        reaction_zh=former.reaction_zh,
        reaction_en=former.reaction_en,
        drafted_by_id=person.id,
        edits=0,
    )
    session.add(draft)
    session.flush()
    for each in asked(session, former.id):
        session.add(
            Characteristic(standard_id=draft.id, position=each.position, **{key: getattr(each, key) for key in PLANNED})
        )
    session.flush()
    return draft


def _check_item(session: Session, link: Link, item_id: int | None) -> None:
    item = session.get(Item, item_id) if item_id is not None else None
    if item_id is not None and (item is None or item.site_id != link.site_id):
        raise Invalid("There is no such item at this site.", "本工厂没有此产品。", field="item_id")


def _check_titles(standard: Standard) -> None:
    required(standard.title_zh or standard.title_en, "title_zh")


def _check_approvable(session: Session, standard: Standard, first: date, reason: str | None) -> None:
    if first < today(session, standard.site_id):
        raise Invalid("A standard does not take effect before today.", "生效日期不得早于今天。", field="valid_from")
    characteristics = asked(session, standard.id)
    if not characteristics:
        raise Invalid("The standard asks for nothing yet: add a characteristic.", "标准中尚无检验项目，请先添加。")
    if any(c.accept_number > 0 for c in characteristics):
        refuse_accepting_faults(session.get_one(Site, standard.site_id).profile, reason)


def _supersede(session: Session, standard: Standard, first: date) -> None:
    """End, the day before, every approved standard of the same link and item."""
    same_item = Standard.item_id.is_(None) if standard.item_id is None else Standard.item_id == standard.item_id
    for former in session.scalars(
        select(Standard).where(
            Standard.link_id == standard.link_id, same_item, Standard.state == "approved", Standard.id != standard.id
        )
    ):
        if former.valid_from is not None and former.valid_from > first:
            raise Invalid(
                f"A revision is approved from {former.valid_from} already: choose that day or a later one.",
                f"已有版本自 {former.valid_from} 起生效：请选择该日或更晚的日期。",
                field="valid_from",
            )
        former.state = step(STANDARD, former.state, "supersede")
        former.valid_to = first - timedelta(days=1)
