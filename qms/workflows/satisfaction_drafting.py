"""How a survey is drafted and opened: what it asks about, whom it invites, the tokens by which they answer.

Tokens are shown once, to whoever makes them; only their hashes are kept (models.satisfaction_answers).
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased, contains_eager

from qms.db import now
from qms.models.chain import Link, Site, Unit
from qms.models.satisfaction import Survey, SurveyTarget
from qms.models.satisfaction_answers import SurveyKiosk, SurveySheet, SurveyToken
from qms.rules import satisfaction as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows.numbers import SURVEY, next_number
from qms.workflows.satisfaction_questions import newest, one_set, take_default
from qms.workflows.satisfaction_records import MAKE, begun, said, site_of

TOKEN_BYTES = 32


class Invitation(NamedTuple):
    """A token as it is shown once, and what it lets one person answer about."""

    target: SurveyTarget
    token: str


def draft(session: Session, person: Actor, *, site_id: int, kind: str, name_zh: str, name_en: str, opens_on: date,
          closes_on: date, threshold: int = rules.USUAL, attributed: bool = False, set_id: int | None = None,
          targets: Mapping[int, int]) -> Survey:
    """Draft a survey. `targets` maps links, or outside customers, to how many people are invited.

    `set_id` None: the newest question set, or the default one. Raises Refused (R-37), Invalid, NotFound, NotAllowed.
    """
    site = site_of(session, person, site_id)
    person.need(MAKE, site_id=site.id)
    if kind not in rules.KINDS:
        raise Invalid(f"There is no kind of survey {kind}.", f"没有调查类型 {kind}。", field="kind")
    rules.check_threshold(threshold, attributed=attributed, kind=kind)
    rules.check_dates(opens_on, closes_on)
    number = next_number(session, SURVEY, site)
    made = Survey(site_id=site.id, year=number.year, serial=number.serial, number=number.text, kind=kind,
                  set_id=_set(session, person, site.id, kind, set_id), name_zh=said(name_zh, "name_zh"),
                  name_en=said(name_en, "name_en"), state=rules.STEPS.first, opens_on=opens_on, closes_on=closes_on,
                  threshold=threshold, attributed=attributed, drafted_by_id=person.id)
    session.add(made)
    session.flush()
    _aim(session, made, targets)
    return made


def edit(session: Session, person: Actor, survey_id: int, rev: int, *, targets: Mapping[int, int], **given: Any,
         ) -> Survey:
    """Change a draft. Raises Refused (R-37), Stale, IllegalStep, Invalid, NotFound, NotAllowed."""
    given = {"attributed": False} | given
    survey, _state = begun(session, person, survey_id, rev, "edit", **given)
    rules.check_threshold(given["threshold"], attributed=given["attributed"], kind=survey.kind)
    rules.check_dates(given["opens_on"], given["closes_on"])
    given["set_id"] = _set(session, person, survey.site_id, survey.kind, given.get("set_id"))
    for name, value in given.items():
        setattr(survey, name, said(value, name) if name in {"name_zh", "name_en"} else value)
    _aim(session, survey, targets)
    session.flush()
    return survey


def open_survey(session: Session, person: Actor, survey_id: int, rev: int) -> Survey:
    """Open a survey for answers. Raises Stale, IllegalStep, Invalid, NotFound, NotAllowed."""
    survey, state = begun(session, person, survey_id, rev, "open")
    if not targets_of(session, survey.id):
        raise Invalid("Choose what it asks about first.", "请先选择调查对象。", field="targets")
    survey.state, survey.opened_at = state, now(session)
    session.flush()
    return survey


def invite(session: Session, person: Actor, survey_id: int, target_ids: Sequence[int] = ()) -> list[Invitation]:
    """Make the token links of some targets, or of all; those made before and not used stop working.

    Raises IllegalStep, Invalid, NotFound, NotAllowed.
    """
    survey, _state = begun(session, person, survey_id, None, "invite")
    targets = [t for t in targets_of(session, survey.id) if not target_ids or t.id in target_ids]
    if not targets:
        raise Invalid("This survey asks about no such thing.", "本调查没有此对象。", field="target")
    ids = [t.id for t in targets]
    session.execute(delete(SurveyToken).where(SurveyToken.target_id.in_(ids)))
    taken = _taken_by_token(session, targets)
    made = [Invitation(t, secrets.token_urlsafe(TOKEN_BYTES)) for t in targets for _ in range(t.places - taken[t.id])]
    rows = [SurveyToken(token_hash=hashed(one.token), target_id=one.target.id) for one in made]
    secrets.SystemRandom().shuffle(rows)
    session.add_all(rows)
    session.flush()
    return made


def start_kiosk(session: Session, person: Actor, survey_id: int, *, unit_id: int, places: int) -> str:
    """Open places for a unit's people to answer at a tablet about what they receive; return the code of its address.

    Raises IllegalStep, Invalid, NotFound, NotAllowed.
    """
    survey, _state = begun(session, person, survey_id, None, "kiosk")
    unit = session.get(Unit, unit_id)
    if unit is None or unit.site_id != survey.site_id:
        raise NotFound("There is no such unit.", "没有这个单元。")
    person.need("satisfaction.kiosk", site_id=unit.site_id, unit_path=unit.path)
    rules.check_places(places)
    targets = [t for t in targets_of(session, survey.id) if t.link_id is not None
               and session.get_one(Link, t.link_id).customer_id == unit.id]
    if not targets:
        raise Invalid("This survey asks about nothing that this unit receives.", "本调查不涉及该单元接收的任何链接。",
                      field="unit_id")
    code = secrets.token_urlsafe(TOKEN_BYTES)
    for target in targets:
        target.kiosk_places += places
        session.add(SurveyKiosk(code_hash=hashed(code), target_id=target.id, places=places))
    session.flush()
    return code


def hashed(token: str) -> str:
    """Return what is kept of a token or code."""
    return hashlib.sha256(token.encode()).hexdigest()


def targets_of(session: Session, survey_id: int) -> Sequence[SurveyTarget]:
    """Return what a survey asks about."""
    return session.scalars(select(SurveyTarget).where(SurveyTarget.survey_id == survey_id, SurveyTarget.active)
                           .order_by(SurveyTarget.id)).all()


def counts_of(session: Session, cls: Any, target_ids: Sequence[int]) -> dict[int, int]:
    """Count the answers, tokens or comments of each target; 0 is left out."""
    rows = session.execute(select(cls.target_id, func.count()).where(cls.target_id.in_(target_ids))
                           .group_by(cls.target_id))
    return {row[0]: int(row[1]) for row in rows}


def _taken_by_token(session: Session, targets: Sequence[SurveyTarget]) -> dict[int, int]:
    ids = [t.id for t in targets]
    answered = counts_of(session, SurveySheet, ids)
    rows = session.execute(select(SurveyKiosk.target_id, func.sum(SurveyKiosk.places))
                           .where(SurveyKiosk.target_id.in_(ids)).group_by(SurveyKiosk.target_id))
    left = {target_id: int(n) for target_id, n in rows}
    return {t.id: answered.get(t.id, 0) - (t.kiosk_places - left.get(t.id, 0)) for t in targets}


def _set(session: Session, person: Actor, site_id: int, kind: str, set_id: int | None) -> int:
    """Return the question set that a survey uses. Raises Invalid, NotFound."""
    if set_id is None:
        held = newest(session, site_id, kind)
        return held.id if held is not None else take_default(session, person, site_id, kind).id
    chosen = one_set(session, person, set_id)
    if chosen.site_id != site_id or chosen.kind != kind:
        raise Invalid("This question set is of another kind or site.", "该问卷属于其他类型或工厂。", field="set_id")
    return chosen.id


def _aim(session: Session, survey: Survey, targets: Mapping[int, int]) -> None:
    """Make the targets of a draft those that are given; 0 invited people take one away."""
    is_internal = survey.kind == "internal"
    held = {t.link_id or t.unit_id or 0: t for t in session.scalars(
        select(SurveyTarget).where(SurveyTarget.survey_id == survey.id))}
    wanted = {key: places for key, places in targets.items() if places}
    allowed = set(wanted) if not wanted else {row.id for row in _choices(session, survey.site_id, survey.kind)}
    for key, places in wanted.items():
        rules.check_places(places)
        if key not in allowed:
            raise Invalid("This cannot be asked about here.", "此处不能调查该对象。", field="targets")
        if key in held:
            held[key].places, held[key].active = places, True
        else:
            session.add(SurveyTarget(survey_id=survey.id, link_id=key if is_internal else None,
                                     unit_id=None if is_internal else key, places=places))
    for key, target in held.items():
        if key not in wanted:
            target.active = False
    session.flush()


def choices(session: Session, person: Actor, site_id: int, kind: str) -> Sequence[Link | Unit]:
    """Return what a survey of a kind may ask about: links inside, or outside customers, by code. Raises NotFound."""
    return _choices(session, site_of(session, person, site_id).id, kind)


def _choices(session: Session, site_id: int, kind: str) -> Sequence[Any]:
    if kind == "customers":
        return session.scalars(select(Unit).where(Unit.site_id == site_id, Unit.kind == "customer", Unit.active)
                               .order_by(Unit.code)).all()
    supplier, customer = aliased(Unit), aliased(Unit)
    return session.scalars(
        select(Link).join(supplier, supplier.id == Link.supplier_id).join(customer, customer.id == Link.customer_id)
        .options(contains_eager(Link.supplier.of_type(supplier)), contains_eager(Link.customer.of_type(customer)))
        .where(Link.site_id == site_id, Link.active, ~Link.proposed, customer.kind != "customer")
        .order_by(supplier.code, customer.code, Link.id)).all()


def check_open(session: Session, survey: Survey) -> None:
    """Raise IllegalStep unless answers are taken, in the state and on the day of its site."""
    today = now(session).astimezone(ZoneInfo(session.get_one(Site, survey.site_id).time_zone)).date()
    if survey.state != "open" or not survey.opens_on <= today <= survey.closes_on:
        raise IllegalStep("This survey takes no answers now.", "本调查现在不接受答题。")
