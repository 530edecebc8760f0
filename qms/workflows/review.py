"""What is done with a management review as a whole: opened, edited, held, settled, signed, voided. Knows no page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.accounts import Person
from qms.models.review import Review, ReviewAttendee, ReviewInput, ReviewSite
from qms.rules import review as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.review_inputs import INPUTS
from qms.rules.trail_signatures import Signing
from qms.workflows import trail_signatures
from qms.workflows.chain_records import change, check_version, optional, required
from qms.workflows.numbers import REVIEW, next_number
from qms.workflows.review_missed import frozen_misses
from qms.workflows.review_records import attendees, begun, decisions_of, inputs_of, site_of, sites_of, today

EDITED = ("title", "first_on", "last_on", "before_first_on", "before_last_on", "meeting_on", "place")
COUNTED = frozenset({"first_on", "last_on", "before_first_on", "before_last_on"})


def open_review(session: Session, person: Actor, *, site_id: int, more_sites: Sequence[int] = (),
                **fields: Any) -> Review:
    """Open a review of a site, and of more sites where named, with every input still missing.

    Raises Invalid, NotFound, NotAllowed.
    """
    site = site_of(session, person, site_id, rules.PREPARE)
    others = [site_of(session, person, other, rules.PREPARE) for other in dict.fromkeys(more_sites) if other != site_id]
    given = _checked(fields, today(session, site))
    number = next_number(session, REVIEW, site)
    made = Review(site_id=site.id, year=number.year, serial=number.serial, number=number.text,
                  state=rules.STEPS.first, profile=site.profile, prepared_by_id=person.id, prepared_at=now(session),
                  **given)
    session.add(made)
    session.flush()
    session.add_all([ReviewSite(review_id=made.id, site_id=other.id) for other in others])
    session.add_all([ReviewInput(review_id=made.id, code=code, state="missing") for code in INPUTS])
    session.flush()
    return made


def edit(session: Session, person: Actor, review_id: int, rev: int, **fields: Any) -> Review:
    """Change title, days, meeting and place; once figures are frozen the periods stay as they are.

    Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    held, _state, _grant = begun(session, person, review_id, "edit", rev=rev, **fields)
    given = _checked(fields, today(session, sites_of(session, held)[0]))
    if held.state != "draft" and any(getattr(held, name) != given[name] for name in COUNTED):
        raise Invalid("The figures are frozen: go back to draft to change the periods.",
                      "数据已冻结: 如需更改期间, 请先退回草稿。", field="first_on")
    change(held, given)
    session.flush()
    return held


def thaw(session: Session, person: Actor, review_id: int, rev: int, *, reason: str) -> Review:
    """Go back to draft for a reason; the frozen figures stay in the trail. Raises Stale, Invalid, IllegalStep..."""
    held, state, _grant = begun(session, person, review_id, "thaw", rev=rev)
    session.info["reason"] = required(reason, "reason")
    held.state, held.frozen_at, held.content_hash, held.missed = state, None, None, None
    session.flush()
    return held


def meet(session: Session, person: Actor, review_id: int, rev: int) -> Review:
    """Open the meeting. Raises Stale, IllegalStep (nobody chairs it), NotFound, NotAllowed."""
    held, state, _grant = begun(session, person, review_id, "meet", rev=rev)
    rules.check_attended(one.role for one in attendees(session, held))
    held.state = state
    held.meeting_on = held.meeting_on or today(session, sites_of(session, held)[0])
    session.flush()
    return held


def settle(session: Session, person: Actor, review_id: int, rev: int, *, conclusion: str) -> Review:
    """Say that the actions are set, with the conclusion on the system. Raises Refused (R-41), Stale, Invalid..."""
    held, state, _grant = begun(session, person, review_id, "settle", rev=rev, conclusion=conclusion)
    held.conclusion = required(conclusion, "conclusion")
    _check_targets(session, held)
    held.state, held.settled_at = state, now(session)
    session.flush()
    return held


def resume(session: Session, person: Actor, review_id: int, rev: int) -> Review:
    """Go back into the meeting. Raises Stale, IllegalStep, NotFound, NotAllowed."""
    held, state, _grant = begun(session, person, review_id, "resume", rev=rev)
    held.state, held.settled_at = state, None
    session.flush()
    return held


def sign(session: Session, person: Actor, review_id: int, rev: int, *, signing: Signing | None) -> Review:
    """Sign a review (R-45) once every input is answered and every missed target planned for.

    Nothing changes in it afterwards (R-40). Raises Refused (R-40, R-41, R-45), Stale, Invalid, IllegalStep, NotFound...
    """
    held, state, grant_id = begun(session, person, review_id, "sign", rev=rev)
    owed = [INPUTS[one.code].words for one in inputs_of(session, held)
            if one.state == "missing" and INPUTS[one.code].asked_by(held.profile)]
    rules.check_inputs(owed)
    _check_targets(session, held)
    held.state, held.signed_at, held.grant_id = state, now(session), grant_id
    acted(session, "R-40")
    trail_signatures.sign(session, person, held, "review", signing, grant_id=grant_id, number=held.number)
    return held


def void(session: Session, person: Actor, review_id: int, rev: int, *, reason: str) -> Review:
    """Void a review that was not signed; its number stays (R-43). Raises Stale, Invalid, IllegalStep..."""
    held, state, _grant = begun(session, person, review_id, "void", rev=rev)
    held.state, held.void_reason = state, required(reason, "reason")
    session.flush()
    return held


def attend(session: Session, person: Actor, review_id: int, *, role: str, person_id: int | None = None,
           name: str | None = None) -> ReviewAttendee:
    """Name somebody who takes part: a person of the system, or a guest by name. Raises Invalid, IllegalStep..."""
    held, _state, _grant = begun(session, person, review_id, "attend")
    if role not in rules.ROLES:
        raise Invalid("There is no such role.", "没有该角色。", field="role")
    known = session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (known is None or not known.active):
        raise Invalid("There is no such person.", "没有此人。", field="person_id")
    called = known.name if known else required(name, "name")
    if any((one.person_id, one.name) == (person_id, called) for one in attendees(session, held)):
        raise Invalid("This person takes part already.", "此人已在参会名单中。", field="person_id")
    made = ReviewAttendee(review_id=held.id, person_id=person_id, name=called, role=role)
    session.add(made)
    session.flush()
    return made


def attended(session: Session, person: Actor, attendee_id: int, rev: int, *, was_there: bool | None = None,
             active: bool = True) -> ReviewAttendee:
    """Say whether somebody was there, or take them off the list. Raises Stale, IllegalStep, NotFound, NotAllowed."""
    found = session.get(ReviewAttendee, attendee_id)
    if found is None or not found.active:
        raise NotFound
    begun(session, person, found.review_id, "attend")
    check_version(found, rev, {"was_there": was_there, "active": active})
    found.was_there, found.active = was_there, active
    session.flush()
    return found


def _checked(fields: dict[str, Any], on: date) -> dict[str, Any]:
    given: dict[str, Any] = {name: fields.get(name) for name in EDITED}
    for name in sorted(COUNTED):
        if given[name] is None:
            raise Invalid("Give a day.", "请填写日期。", field=name)
    rules.check_span(given["first_on"], given["last_on"], given["before_first_on"], given["before_last_on"], on)
    return given | {"title": required(given["title"], "title"), "place": optional(given["place"])}


def _check_targets(session: Session, held: Review) -> None:
    rules.check_targets(frozen_misses(held), [one.missed for one in decisions_of(session, held)
                                              if one.state != "dropped"])
