"""What a tablet says of itself, and what is noticed by it: records missing, refused, a server set back in time.

A contact overwrites the one before. The trail hears of it only when an incident opens, changes or settles.
Source: protocol A8 of the reliability reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.ledger import ledger
from qms.models.accounts_devices import DeviceContact, DeviceIncident
from qms.models.rejections_intake import Intake, IntakeDiscard
from qms.rules.devices import MOST_SPANS, OVERTAKEN_WITHIN, KnownDevice, missing, ranges
from qms.workflows import trail_checkpoints
from qms.workflows.accounts_devices_incidents import incidents_of, open_incident, open_once, settle

MOST_REFUSED = 100
MOST_SEQS = 500
"""Numbers that a tablet lists at most; where more wait it lists the lowest."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the trail as somebody saw it: how many entries, and the hash of the last in hexadecimal."""

    size: int
    hash: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a tablet says of itself. None: not said. `waiting` counts records of which only photos are missing, too."""

    last_seq: int
    waiting: int
    waiting_seqs: Sequence[int] = ()
    attention: int = 0
    refused: Sequence[dict[str, Any]] = field(default=())
    oldest_at: datetime | None = None
    persisted: bool | None = None
    installed: bool | None = None
    quota_percent: int | None = None
    skew_ms: int | None = None
    app_version: str | None = None
    agent: str | None = None
    head: Head | None = None
    let_go: Sequence[str] = ()
    checkpoint: str | None = None

    @property
    def listed_to(self) -> int:
        """Return up to which number it is known whether it waits: all, unless more wait than could be listed."""
        return _listed_to(self.last_seq, self.waiting_seqs)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tablet is told. `discard`: records given up, to be let go of. `reoffer`: send the last 30 days again.

    `checkpoint`: the newest one of the trail, to be kept and sent back; None while there is none.
    """

    next_seq: int
    head: Head | None
    discard: Sequence[str]
    reoffer: bool
    checkpoint: str | None = None


def contact(session: Session, device: KnownDevice, said: Said) -> Answer:
    """Take in what a tablet says, open and settle incidents by it, and answer.

    A tablet that saw more of the trail than there is holds what the server lost: its numbers are compared only after
    it has sent the last 30 days again. One that misses numbers does so once as well: it may have their receipts.
    """
    held = session.get(DeviceContact, device.id, with_for_update=True)
    if held is None:
        held = DeviceContact(device_id=device.id, seen_at=now(session), last_seq=0, waiting=0, waiting_seqs=[])
        session.add(held)
    head, agrees = _compare_trail(session, said.head)
    lacks = not agrees
    discards = session.scalars(select(IntakeDiscard).where(
        IntakeDiscard.device_id == device.id, IntakeDiscard.done_at.is_(None)).order_by(IntakeDiscard.id)).all()
    if not _is_overtaken(held, said, now(session)):
        given_up = len(discards)
        for discard in discards:
            if discard.client_id in said.let_go:
                discard.done_at = now(session)
        incidents = incidents_of(session, [device.id])
        if agrees:
            lacks = _look_for_numbers(session, held, said, incidents, given_up)
            held.last_seq = max(held.last_seq, said.last_seq)
        elif said.head is not None:
            open_once(session, device.id, device.site_id, "rolled_back", detail=str(said.head.size))
        _look_for_refused(session, device.id, said, incidents)
        for incident in incidents:
            if incident.kind == "silent":
                settle(session, incident)
        _write_down(held, said)
    _compare_checkpoint(session, device, said.checkpoint)
    held.seen_at = now(session)
    session.flush()
    newest = trail_checkpoints.newest(session)
    received = session.scalar(select(func.max(Intake.device_seq)).where(Intake.device_id == device.id)) or 0
    return Answer(max(received, held.last_seq, said.last_seq) + 1, head,
                  [discard.client_id for discard in discards if discard.done_at is None], lacks,
                  newest.note if newest else None)


def _is_overtaken(held: DeviceContact, said: Said, at: datetime) -> bool:
    """Tell whether this is an older state of the tablet that a slow network brings after a newer one."""
    return 0 < said.last_seq < held.last_seq and at - held.seen_at < OVERTAKEN_WITHIN


def _look_for_numbers(session: Session, held: DeviceContact, said: Said, incidents: Sequence[DeviceIncident],
                      given_up: int) -> bool:
    """Notice numbers that were given and are neither here nor waiting, and those that turned up again; tell whether
    some were noticed now.

    Only what can have changed is looked at: what waited and waits no more, and what was given since.
    """
    waiting = set(said.waiting_seqs)
    gone = ranges(set(held.waiting_seqs) - waiting)
    seen_to = _listed_to(held.last_seq, held.waiting_seqs)
    given = [(seen_to + 1, said.listed_to)] if seen_to < said.listed_to else []
    looked_for = [i for i in incidents if i.kind in {"gap", "emptied"} and i.first_seq is not None]
    here = _received(session, held.device_id, [*gone, *given, *((i.first_seq or 0, i.last_seq or 0)
                                                                for i in looked_for)]) | waiting
    for incident in looked_for:
        if not missing(incident.first_seq or 1, incident.last_seq or 0, here):
            settle(session, incident)
    lost = [span for first, last in gone for span in missing(first, last, here)]
    _note_emptied(session, held, said, lost, given_up, incidents)
    gaps = _told_apart([span for first, last in given for span in missing(first, last, here)])
    for span in gaps:
        open_incident(session, held.device_id, "gap", spans=span, count=_count(span))
    return bool(lost or gaps)


def _note_emptied(session: Session, held: DeviceContact, said: Said, lost: Sequence[Span], given_up: int,
                  incidents: Sequence[DeviceIncident]) -> None:
    """Notice that an outbox lost records, but for those that were given up and that it is told to let go of."""
    if _count(lost) > given_up:
        open_incident(session, held.device_id, "emptied", spans=lost, count=_count(lost) - given_up)
    elif said.last_seq < held.last_seq and not any(i.kind == "emptied" for i in incidents):
        open_incident(session, held.device_id, "emptied")


def _look_for_refused(session: Session, device_id: int, said: Said, incidents: Sequence[DeviceIncident]) -> None:
    """Keep one incident for all records that were refused and stay on the tablet."""
    held = next((i for i in incidents if i.kind == "refused"), None)
    if held is None and said.attention:
        open_incident(session, device_id, "refused", count=said.attention)
    elif held is not None and not said.attention:
        settle(session, held)
    elif held is not None:
        held.count = said.attention


def _compare_trail(session: Session, seen: Head | None) -> tuple[Head | None, bool]:
    """Return the end of our trail (None: it is empty) and whether what the tablet saw is part of it."""
    last = session.execute(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)).first()
    head = Head(last.seq, bytes(last.hash).hex()) if last else None
    if seen is None or seen == head or seen.size == 0:
        return head, True
    ours = session.scalar(select(ledger.c.hash).where(ledger.c.seq == seen.size))
    return head, ours is not None and bytes(ours).hex() == seen.hash


def _compare_checkpoint(session: Session, device: KnownDevice, kept: str | None) -> None:
    """Notice that a checkpoint which a tablet kept is not of this trail's history; the incident holds what it kept."""
    if kept is not None and not trail_checkpoints.is_ours(session, kept):
        open_once(session, device.id, device.site_id, "other_trail", detail=kept[:500])


def _received(session: Session, device_id: int, spans: Sequence[Span]) -> set[int]:
    """Return which numbers of the tablet within some ranges have come in."""
    if not spans:
        return set()
    if len(spans) > MOST_SPANS:
        spans = [(min(first for first, _ in spans), max(last for _, last in spans))]
    within = or_(*(Intake.device_seq.between(first, last) for first, last in spans))
    return set(session.scalars(select(Intake.device_seq).where(Intake.device_id == device_id, within)))


def _told_apart(spans: Sequence[Span]) -> list[list[Span]]:
    """Return ranges one by one, but those beyond the most that are told apart as one list."""
    apart = [[span] for span in spans[:MOST_SPANS]]
    return [*apart, list(spans[MOST_SPANS:])] if len(spans) > MOST_SPANS else apart


def _count(spans: Sequence[Span]) -> int:
    return sum(last - first + 1 for first, last in spans)


def _listed_to(last_seq: int, listed: Sequence[int]) -> int:
    return last_seq if len(listed) < MOST_SEQS else max(listed)


def _write_down(held: DeviceContact, said: Said) -> None:
    held.waiting, held.waiting_seqs, held.oldest_at = said.waiting, list(said.waiting_seqs), said.oldest_at
    held.attention, held.refused = said.attention, list(said.refused[:MOST_REFUSED])
    held.persisted, held.installed = said.persisted, said.installed
    held.quota_percent, held.skew_ms = said.quota_percent, said.skew_ms
    held.app_version, held.agent = said.app_version, said.agent
    if said.head is not None:
        held.head_size, held.head_hash = said.head.size, said.head.hash
