"""Two bodies under one id: listed, shown side by side, and settled by a quality engineer who compared them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.accounts_devices import Device
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakeConflict, IntakeDiscard
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound, Stale
from qms.rules.rejections_intake_body import as_object, visible
from qms.workflows.rejections_intake_incidents import settle_incidents

SEE = "rejections.review"
SETTLE = "rejections.discard"
MOST = 200


class Difference(NamedTuple):
    """A part of the two bodies and what each says of it; None: it says nothing."""

    part: str
    first: str | None
    second: str | None

    @property
    def differs(self) -> bool:
        """Tell whether the two say something else."""
        return self.first != self.second


def conflicts(session: Session, person: Actor, *, settled: bool = False) -> Sequence[IntakeConflict]:
    """Return the conflicts of the sites where the person looks records through: open ones oldest first, or settled ones
    newest first. Raises NotAllowed.
    """
    person.need(SEE)
    query = (select(IntakeConflict).join(Device, Device.id == IntakeConflict.device_id)
             .where(*at_sites(person, SEE)).options(joinedload(IntakeConflict.device)).limit(MOST))
    if settled:
        query = query.where(IntakeConflict.resolved_at.is_not(None)).order_by(IntakeConflict.id.desc())
    else:
        query = query.where(IntakeConflict.resolved_at.is_(None)).order_by(IntakeConflict.id)
    return session.scalars(query).all()


def one_conflict(session: Session, person: Actor, conflict_id: int) -> IntakeConflict:
    """Return a conflict of a site where the person looks records through. Raises NotAllowed, NotFound."""
    found = session.get(IntakeConflict, conflict_id, options=[joinedload(IntakeConflict.device)])
    if found is None:
        raise NotFound
    person.need(SEE, site_id=found.device.site_id)
    return found


def first_of(session: Session, conflict: IntakeConflict) -> tuple[Intake | None, Rejection | None]:
    """Return the record that was taken first under the id, and its rejection; the interface records only the latter."""
    intake = session.scalar(select(Intake).where(Intake.client_id == conflict.client_id)
                            .options(joinedload(Intake.device), joinedload(Intake.author)))
    return intake, session.scalar(select(Rejection).where(Rejection.client_id == conflict.client_id))


def differences(first: str | None, second: str) -> list[Difference]:
    """Return every part of two bodies, in the order of the first, with what each says."""
    one, other = (dict(_parts(as_object(body))) if body else {} for body in (first, second))
    return [Difference(part, one.get(part), other.get(part)) for part in dict.fromkeys([*one, *other])]


def settle_conflict(session: Session, person: Actor, conflict_id: int, rev: int, *, resolution: str) -> IntakeConflict:
    """Settle a conflict with what was found; the tablet may then let go of the body that is kept here.

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    conflict = session.get(IntakeConflict, conflict_id, with_for_update=True)
    if conflict is None:
        raise NotFound
    person.need(SETTLE, site_id=session.get_one(Device, conflict.device_id).site_id)
    if conflict.rev != rev:
        raise Stale({}, {})
    if conflict.resolved_at is not None:
        raise IllegalStep("This conflict is settled.", "该冲突已处理。")
    said = resolution.strip()
    if not said:
        raise Invalid("Say which one is right, and what you did about it.", "请说明哪一条正确以及如何处理。",
                      field="resolution")
    at = now(session)
    conflict.resolved_by_id, conflict.resolved_at, conflict.resolution = person.id, at, said
    if session.scalar(select(IntakeDiscard.id).where(IntakeDiscard.client_id == conflict.client_id)) is None:
        session.add(IntakeDiscard(client_id=conflict.client_id, device_id=conflict.device_id, reason=said,
                                  person_id=person.id, at=at))
    settle_incidents(session, person, conflict.device_id, "conflict", conflict.client_id, said)
    return conflict


def at_sites(person: Actor, permission: str) -> list[ColumnElement[bool]]:
    """Return the condition that a tablet is of a site where the person holds a permission."""
    sites = person.sites(permission)
    return [] if sites is None else [Device.site_id.in_(sorted(sites))]


def _parts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every part of a body as (where, what)."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _parts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value, start=1):
            yield from _parts(inner, f"{path}[{place}]")
    else:
        yield path, masked(path, value)


def masked(path: str, value: Any) -> str:
    """Return a value as it may be shown: of a badge's hash only the beginning, for codes are short enough to guess."""
    said = visible(value)
    return f"{said[:8]}…" if path.endswith("badge_sha256") else said
