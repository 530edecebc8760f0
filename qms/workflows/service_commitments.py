"""What is done with commitments: drafted, published, revised, looked through, withdrawn. Knows no page."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.accounts import Person
from qms.models.chain import Link, Site, Unit
from qms.models.service_commitments import Commitment
from qms.rules import service_commitments as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid
from qms.workflows.chain_records import change, check_version, optional, required
from qms.workflows.numbers import COMMITMENT, next_number
from qms.workflows.service_commitments_records import begun, holds_on, need, one, today, unit_of

COMMIT = "service.commit"
TEXTS = ("standard_zh", "standard_en", "source_zh", "source_en", "exclusions_zh", "exclusions_en", "remedy_zh",
         "remedy_en")
PROMISED = ("customer_id", "link_id", "service_zh", "service_en", "kind", "within_minutes", "target_percent",
            "pausable", "owner_id", "next_review_on", *TEXTS)
"""What a revision says, besides whose it is."""


def draft(session: Session, person: Actor, *, provider_id: int, **fields: Any) -> Commitment:
    """Draft the first revision of a commitment of a unit. Raises Invalid, NotAllowed."""
    provider = unit_of(session, person, provider_id, "provider_id")
    need(person, COMMIT, provider)
    given = _checked(session, person, provider, fields)
    number = next_number(session, COMMITMENT, session.get_one(Site, provider.site_id))
    made = Commitment(site_id=provider.site_id, year=number.year, serial=number.serial, number=number.text, revision=1,
                      state=rules.STEPS.first, provider_id=provider.id, drafted_by_id=person.id,
                      drafted_at=now(session), **given)
    session.add(made)
    session.flush()
    return made


def edit(session: Session, person: Actor, commitment_id: int, rev: int, **fields: Any) -> Commitment:
    """Change a draft. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed."""
    held, _state, _grant = begun(session, person, commitment_id, rev, "edit", **fields)
    change(held, _checked(session, person, session.get_one(Unit, held.provider_id), fields))
    session.flush()
    return held


def revise(session: Session, person: Actor, commitment_id: int, rev: int, *, reason: str) -> Commitment:
    """Draft the next revision of what is published, for a reason; what is published stays in force until then.

    Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    held, _state, _grant = begun(session, person, commitment_id, rev, "revise")
    drafted = select(Commitment.id).where(Commitment.number == held.number, Commitment.state == "draft")
    if session.scalar(drafted.limit(1)) is not None:
        raise IllegalStep("There is a draft of the next revision already.", "下一版本的草稿已存在。")
    newest = session.scalar(select(func.max(Commitment.revision)).where(Commitment.number == held.number)) or 1
    made = Commitment(site_id=held.site_id, year=held.year, serial=held.serial, number=held.number,
                      revision=newest + 1, state=rules.STEPS.first, provider_id=held.provider_id,
                      drafted_by_id=person.id, drafted_at=now(session), change=required(reason, "reason"),
                      **{name: getattr(held, name) for name in PROMISED})
    session.add(made)
    session.flush()
    return made


def publish(session: Session, person: Actor, commitment_id: int, rev: int, *, published_from: date | None = None,
            next_review_on: date | None = None) -> Commitment:
    """Publish a draft from a day (None: today); it ends the revision that it replaces the day before (R-50).

    `next_review_on` None: as drafted. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    held, state, grant_id = begun(session, person, commitment_id, rev, "publish")
    on = today(session, held.site_id)
    first, review_on = published_from or on, next_review_on or held.next_review_on
    if review_on is None:
        raise Invalid("Say when it is reviewed next.", "请填写下次复核日期。", field="next_review_on")
    former = session.scalar(select(Commitment).where(
        Commitment.number == held.number, Commitment.state == "published").with_for_update())
    rules.check_published(first, on, former.published_from if former else None, review_on)
    if former is not None:
        former.state, former.valid_to = "superseded", first - timedelta(days=1)
        acted(session, "R-50")
    held.state, held.published_from, held.next_review_on = state, first, review_on
    held.published_by_id, held.published_at, held.grant_id = person.id, now(session), grant_id
    session.flush()
    return held


def look_through(session: Session, person: Actor, commitment_id: int, rev: int, *, next_review_on: date) -> Commitment:
    """Say that what is published was reviewed and still holds. Raises Stale, Invalid, IllegalStep, NotFound..."""
    held, _state, _grant = begun(session, person, commitment_id, rev, "review", next_review_on=next_review_on)
    if next_review_on <= today(session, held.site_id):
        raise Invalid("The next review lies in the future.", "下次复核日期须在将来。", field="next_review_on")
    change(held, {"next_review_on": next_review_on})
    session.flush()
    return held


def withdraw(session: Session, person: Actor, commitment_id: int, rev: int, *, reason: str) -> Commitment:
    """Withdraw a draft, or what is published from today on; requests that run keep it. Raises Stale, Invalid..."""
    held, state, _grant = begun(session, person, commitment_id, rev, "withdraw")
    if held.published_from is not None:
        held.valid_to = max(held.published_from, today(session, held.site_id))
    held.state, held.withdrawn_reason = state, required(reason, "reason")
    held.withdrawn_by_id, held.withdrawn_at = person.id, now(session)
    session.flush()
    return held


def in_force(session: Session, number: str, day: date) -> Commitment | None:
    """Return the revision of a commitment that holds on a day (R-50); None: none does."""
    return session.scalar(select(Commitment).where(Commitment.number == number, holds_on(day))
                          .order_by(Commitment.revision.desc()).limit(1))


def _checked(session: Session, person: Actor, provider: Unit, fields: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {name: fields.get(name) for name in PROMISED}
    given |= {name: optional(fields.get(name)) for name in TEXTS}
    given |= {name: required(fields.get(name), name) for name in ("service_zh", "service_en")}
    given["pausable"] = bool(given["pausable"])
    if given["customer_id"] is not None:
        unit_of(session, person, given["customer_id"], "customer_id", provider.site_id)
    _check_link(session, provider, given)
    owner = session.get(Person, given["owner_id"]) if given["owner_id"] is not None else None
    if owner is None or not owner.active:
        raise Invalid("Name who answers for it.", "请指定负责人。", field="owner_id")
    rules.check_promise(rules.Promise(
        given["kind"], given["within_minutes"], given["standard_zh"], given["standard_en"], given["target_percent"],
        provider.id, given["customer_id"], given["pausable"]))
    return given


def _check_link(session: Session, provider: Unit, given: dict[str, Any]) -> None:
    """Take the customer from the link where one is named. Raises Invalid for a link of other units."""
    if given["link_id"] is None:
        return
    link = session.get(Link, given["link_id"])
    if link is None or link.supplier_id != provider.id or given["customer_id"] not in {None, link.customer_id}:
        raise Invalid("This link does not lead from the provider to that customer.", "该链接不是从提供方到此客户方。",
                      field="link_id")
    given["customer_id"] = link.customer_id


__all__ = ["check_version", "draft", "edit", "in_force", "look_through", "one", "publish", "revise", "withdraw"]
