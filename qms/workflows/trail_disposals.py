"""How disposal is proposed, approved by somebody else with a signature, and carried out (R-44).

Nothing goes unless it is due, nothing that stays refers to it, and no hold covers it: asked when it is proposed, and
again when it is carried out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, joinedload

from qms.db import acted, now
from qms.db.disposed import dispose, last_leaf
from qms.models.chain import Site
from qms.models.trail import Attachment
from qms.models.trail_retention import Disposal, DisposalLine, Tombstone
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound, Refused
from qms.rules.trail_retention import MOST_AT_ONCE
from qms.rules.trail_retention_classes import ALL, CLASS_OF, CLASSES
from qms.rules.trail_signatures import Signing
from qms.workflows import jobs
from qms.workflows.chain_records import check_version
from qms.workflows.numbers import DISPOSAL, next_number
from qms.workflows.trail_disposals_reach import (
    Key,
    Reach,
    Refers,
    held,
    in_order,
    reach,
    record_tables,
    table_of,
    with_referrers,
)
from qms.workflows.trail_holds import covering
from qms.workflows.trail_retention import SET, Due, Kept, due, kept_by, site_seen, still_due
from qms.workflows.trail_signatures import sign

APPROVE, KIND = "trail.dispose", "trail.dispose"
MOST_LOOKED_AT = 5 * MOST_AT_ONCE


@dataclass(frozen=True)
class Offered:
    """What is due of a class: what may go, with how many records, and what stays, because of which record or hold."""

    may_go: list[tuple[Due, int]]
    held: list[tuple[Due, Key]]
    referred: list[tuple[Due, Key]]
    links: list[Refers]


def offered(session: Session, person: Actor, site_id: int, code: str) -> Offered:
    """Return what is due of a class of a site, or of all, and whether it may go. Raises NotFound, NotAllowed."""
    site = site_seen(session, person, site_id)
    today = _today(session, site)
    listed = sorted((one for name in _classes(code) for one in due(session, site_id, name, today, MOST_LOOKED_AT)),
                    key=lambda one: (one.due_on, one.key))
    found, stopped = _reached(session, site, [one.key for one in listed])
    sizes = Counter(found.owner.values())
    return Offered(
        [(one, sizes[one.key]) for one in listed if one.key not in stopped and one.key not in found.kept],
        [(one, stopped[one.key]) for one in listed if one.key in stopped],
        [(one, found.kept[one.key]) for one in listed if one.key in found.kept and one.key not in stopped],
        found.links)


def propose(session: Session, person: Actor, site_id: int, code: str, *, reason: str | None) -> Disposal:
    """Propose to dispose of what is due of a class and may go, the longest due first.

    Raises Invalid when there is nothing, NotFound, NotAllowed.
    """
    site = site_seen(session, person, site_id, SET)
    why = (reason or "").strip()
    if not why:
        raise Invalid("Say why, for the history.", "请说明理由, 以便追溯。", field="reason")
    chosen = _chosen(offered(session, person, site_id, code))
    if not chosen:
        raise Invalid("Nothing of this class is due that may go.", "该类别没有可销毁的到期记录。", field="class_code")
    number = next_number(session, DISPOSAL, site)
    made = Disposal(site_id=site_id, year=number.year, serial=number.serial, number=number.text, state="proposed",
                    class_code=code, reason=why, proposed_at=now(session), proposed_by_id=person.id)
    session.add(made)
    session.flush()
    session.add_all([DisposalLine(
        disposal_id=made.id, entity=one.key[0], entity_id=one.key[1], entity_rev=one.rev, named=one.named[:80],
        started_on=one.started_on, due_on=one.due_on, records=records) for one, records in chosen])
    acted(session, "R-44")
    session.flush()
    return made


def approve(session: Session, person: Actor, disposal_id: int, rev: int, *, signing: Signing | None) -> Disposal:
    """Approve a proposal of somebody else by signature, and ask for the job that carries it out.

    Raises Refused (R-44, R-45), Stale, IllegalStep, NotFound, NotAllowed.
    """
    disposal, grant_id = _to_decide(session, person, disposal_id, rev)
    disposal.state, disposal.decided_at = "approved", now(session)
    disposal.decided_by_id, disposal.grant_id = person.id, grant_id
    sign(session, person, disposal, "disposal", signing, grant_id=grant_id, number=disposal.number)
    jobs.ask(session, person, KIND, {"disposal_id": disposal.id})
    acted(session, "R-44")
    session.flush()
    return disposal


def refuse(session: Session, person: Actor, disposal_id: int, rev: int, *, reason: str | None) -> Disposal:
    """Refuse a proposal, with the reason: everything stays. Raises as `approve` does, and Invalid."""
    disposal, grant_id = _to_decide(session, person, disposal_id, rev)
    why = (reason or "").strip()
    if not why:
        raise Invalid("Say why, for the history.", "请说明理由, 以便追溯。", field="reason")
    disposal.state, disposal.decided_at, disposal.refused_reason = "refused", now(session), why
    disposal.decided_by_id, disposal.grant_id = person.id, grant_id
    session.flush()
    return disposal


def carry_out(session: Session, disposal_id: int) -> list[str]:
    """Dispose of what an approved proposal names and still may go; the last thing in a session of the owner.

    Returns the SHA-256 of the files that nothing names any more. Nothing when it is done already.
    """
    disposal = session.get(Disposal, disposal_id, with_for_update=True)
    if disposal is None or disposal.state != "approved":
        return []
    connection = session.connection()
    site = session.get_one(Site, disposal.site_id)
    lines = {(line.entity, line.entity_id): line for line in session.scalars(
        select(DisposalLine).where(DisposalLine.disposal_id == disposal_id))}
    today = _today(session, site)
    revs = {key: rev for code in _classes(disposal.class_code)
            for key, rev in still_due(session, site.id, code, today, list(lines)).items()}
    ready = [key for key, line in lines.items() if revs.get(key) == line.entity_rev]
    roots, found = _settled(session, site, ready, {key: line.records for key, line in lines.items()})
    files = _files(connection, found, roots)
    kept, going = kept_by(session, site.id), set(roots)
    stones = [_stone(session, disposal, lines[root], record, kept[CLASS_OF[root[0]]])
              for record, root in found.owner.items() if root in going]
    session.add_all(stones)
    disposal.state, disposal.done_at = "done", now(session)
    disposal.disposed, disposal.held_back = len(stones), len(lines) - len(roots)
    acted(session, "R-44")
    session.flush()
    by_record = {(stone.entity, stone.entity_id): stone.id for stone in stones}
    dispose(connection, [(by_record[record], *record) for record in in_order(by_record)], record_tables())
    return sorted(sha for sha in set(files) if not _is_named(connection, sha))


def disposals(session: Session, person: Actor, site_id: int) -> Sequence[Disposal]:
    """Return a site's proposals, the newest first. Raises NotFound, NotAllowed."""
    site_seen(session, person, site_id)
    return session.scalars(select(Disposal).where(Disposal.site_id == site_id).options(
        joinedload(Disposal.proposed_by), joinedload(Disposal.decided_by)).order_by(Disposal.id.desc())).all()


def disposal_seen(session: Session, person: Actor, disposal_id: int) -> Disposal:
    """Return a proposal of a site that the person sees. Raises NotFound, NotAllowed."""
    found = session.get(Disposal, disposal_id)
    if found is None:
        raise NotFound
    site_seen(session, person, found.site_id)
    return found


def tombstones(session: Session, disposal_id: int) -> Sequence[Tombstone]:
    """Return what is left of the records that a proposal disposed of."""
    return session.scalars(select(Tombstone).where(Tombstone.disposal_id == disposal_id).order_by(Tombstone.id)).all()


def _to_decide(session: Session, person: Actor, disposal_id: int, rev: int) -> tuple[Disposal, int | None]:
    disposal = session.get(Disposal, disposal_id, with_for_update=True)
    if disposal is None:
        raise NotFound
    site_seen(session, person, disposal.site_id)
    grant_id = person.need(APPROVE, site_id=disposal.site_id)
    check_version(disposal, rev, {"state": "approved"})
    if disposal.state != "proposed":
        raise IllegalStep("This proposal was decided already.", "该提案已处理。")
    if disposal.proposed_by_id == person.id:
        raise Refused("R-44", "Disposal is approved by somebody else than who proposed it.",
                      "销毁须由提案人以外的人员批准。")
    return disposal, grant_id


def _reached(session: Session, site: Site, keys: Sequence[Key]) -> tuple[Reach, dict[Key, Key]]:
    connection = session.connection()
    found, covers = reach(connection, keys), covering(session, site)
    return found, held(connection, found, covers) if covers is not None else {}


def _chosen(found: Offered) -> list[tuple[Due, int]]:
    """Return as many as one proposal names, the longest due first, each with everything that refers to it."""
    taken: set[Key] = set()
    for one, _records in found.may_go:
        whole = taken | with_referrers(one.key, found.links)
        if len(whole) <= MOST_AT_ONCE:
            taken = whole
    return [(one, records) for one, records in found.may_go if one.key in taken]


def _classes(code: str) -> Iterable[str]:
    """Return the classes that a code means. Raises NotFound."""
    if code != ALL and code not in CLASSES:
        raise NotFound
    return CLASSES if code == ALL else [code]


def _settled(session: Session, site: Site, ready: list[Key], records: dict[Key, int]) -> tuple[list[Key], Reach]:
    """Return the roots that go, with what goes with them: asked again until nothing that stays refers to any."""
    while True:
        found, stopped = _reached(session, site, ready)
        sizes = Counter(found.owner.values())
        staying = [key for key in ready if key in found.kept or key in stopped or sizes[key] != records[key]]
        if not staying:
            return ready, found
        ready = [key for key in ready if key not in staying]


def _stone(session: Session, disposal: Disposal, line: DisposalLine, record: Key, kept: Kept) -> Tombstone:
    table = table_of(record[0])
    versions, leaf = last_leaf(session.connection(), *record)
    row = session.connection().execute(select(table).where(table.c.id == record[1])).mappings().one()
    number: dict[str, Any] = {name: row[name] if "serial" in row else None for name in ("site_id", "year", "serial")}
    return Tombstone(
        disposal_id=disposal.id, line_id=line.id, entity=record[0], entity_id=record[1],
        named=str(row.get("number") or line.named)[:80], class_code=kept.code, rule=kept.retention.kind,
        years=line.due_on.year - line.started_on.year if kept.retention.kind == "years" else kept.years or 0,
        started_on=line.started_on, due_on=line.due_on,
        approved_by_id=disposal.decided_by_id, disposed_at=now(session), versions=versions, content_hash=leaf.hex(),
        **number)


def _files(connection: Connection, found: Reach, roots: Sequence[Key]) -> list[str]:
    """Return the SHA-256 of the files of what goes."""
    going = set(roots)
    ids = [row_id for (table, row_id), root in found.owner.items() if table == "attachments" and root in going]
    return [sha for row_id in ids for sha in connection.execute(
        select(Attachment.sha256).where(Attachment.id == row_id)).scalars()]


def _is_named(connection: Connection, sha: str) -> bool:
    """Tell whether any record still names a file."""
    return any(connection.execute(select(table.c.sha256).where(table.c.sha256 == sha).limit(1)).first() is not None
               for table in record_tables().values() if "sha256" in table.c)


def _today(session: Session, site: Site) -> date:
    return now(session).astimezone(ZoneInfo(site.time_zone)).date()
