"""How a record is signed, and whether what was signed is still there: proof again, meaning, hash (R-45). Knows no page.

Nothing is stored of a signature's standing: it is valid while the rows that it covers are what they were.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qms.db import Record, acted, now
from qms.db.ledger import ledger
from qms.models.accounts import Person
from qms.models.trail import Signature
from qms.rules.accounts import Actor
from qms.rules.trail_signatures import Given, Signing, check_signing, statement
from qms.workflows.trail_contents import Row, bytes_of, contents, in_chunks, signed_columns, signed_rows


def sign(session: Session, person: Actor, record: Record, meaning: str, signing: Signing | None, *,
         grant_id: int | None, **named: object) -> Signature:
    """Sign a record as this transaction leaves it; the last thing that it does to it. `named`: for the statement.

    Raises Refused (R-45) without a proof of one's own, or without the meaning.
    """
    proof = check_signing(signing, meaning, person.id)
    session.flush()
    rows = signed_rows(session, meaning, [record.id])[record.id]
    made = Signature(
        entity=record.__tablename__, entity_id=record.id, entity_rev=record.rev, meaning=meaning,
        person_id=person.id, printed_name=session.get_one(Person, person.id).name,
        role=next((grant.role for grant in person.grants if grant.id == grant_id), None), method=proof.method,
        proved_at=proof.at, statement=statement(meaning, signing.language if signing else "en", **named),
        signed_at=now(session), content_hash=_hash(meaning, rows))
    session.add(made)
    acted(session, "R-45")
    session.flush()
    return made


def signed_states(session: Session, entity: str, ids: Collection[int]) -> Mapping[int, int | None]:
    """Map each signature of these records to the version from which what was signed is not there; None: it is valid."""
    return _states(session, _signatures(session, entity, ids))


def signatures_of(session: Session, entity: str, ids: Collection[int], zone: str = "UTC") -> list[Given]:
    """Return the signatures of records in the order they were given, at local time, each with how it stands."""
    found = _signatures(session, entity, ids)
    states, behalf = _states(session, found), _behalf(session, found)
    return [Given(one.id, one.meaning, one.printed_name, one.role, one.signed_at.astimezone(ZoneInfo(zone)), one.method,
                  one.entity_rev, one.content_hash, one.statement, states[one.id], behalf.get(one.id, ""))
            for one in found]


def _behalf(session: Session, found: Collection[Signature]) -> dict[int, str]:
    """Map signatures to those on whose behalf they were given, as the trail says of each."""
    named: dict[int, str] = {}
    for chunk in in_chunks([one.id for one in found]):
        for given, entry in session.execute(select(ledger.c.entity_id, ledger.c.entry).where(
                ledger.c.entity == Signature.__tablename__, ledger.c.entity_id.in_(chunk), ledger.c.entity_rev == 1)):
            behalf = orjson.loads(entry).get("actor", {}).get("behalf", ())
            named[given] = ", ".join(dict.fromkeys(one["name"] for one in behalf))
    return named


def _states(session: Session, found: Collection[Signature]) -> dict[int, int | None]:
    states: dict[int, int | None] = {}
    for meaning in {one.meaning for one in found}:
        given = [one for one in found if one.meaning == meaning]
        rows = signed_rows(session, meaning, {one.entity_id for one in given})
        for one in given:
            here = rows.get(one.entity_id, [])
            states[one.id] = None if _hash(meaning, here) == one.content_hash else _void_since(session, one, here)
    return states


def _signatures(session: Session, entity: str, ids: Collection[int]) -> list[Signature]:
    found: list[Signature] = []
    for chunk in in_chunks(ids):
        found += session.scalars(select(Signature).where(Signature.entity == entity, Signature.entity_id.in_(chunk)))
    return sorted(found, key=lambda one: one.id)


def _hash(meaning: str, rows: Iterable[Row]) -> str:
    return hashlib.sha256(bytes_of(meaning, rows)).hexdigest()


def _void_since(session: Session, signature: Signature, rows: Collection[Row]) -> int:
    """Return the version that the record had when the trail first saw a signed column change.

    The present version where the trail saw none: something else changed what was signed.
    """
    model, covered = contents()[signature.meaning].model, signed_columns(signature.meaning)
    at = select(ledger.c.seq).where(ledger.c.entity == Signature.__tablename__, ledger.c.entity_id == signature.id,
                                    ledger.c.entity_rev == 1).scalar_subquery()
    ids: dict[str, list[int]] = {signature.entity: [signature.entity_id]}
    for row in rows:
        if row.table != signature.entity:
            ids.setdefault(row.table, []).append(row.id)
    changes = session.execute(
        select(ledger.c.entry, ledger.c.entity, ledger.c.entity_rev, ledger.c.at).where(ledger.c.seq > at, or_(*(
            and_(ledger.c.entity == table, ledger.c.entity_id.in_(some))
            for table, many in ids.items() for some in in_chunks(many)))).order_by(ledger.c.seq)).all()
    for change in changes:
        before = orjson.loads(change.entry)["before"]
        if before is None or covered[change.entity] & set(before):
            revs = [one.entity_rev for one in changes if one.entity == signature.entity and one.at <= change.at]
            return max(revs, default=signature.entity_rev)
    return session.scalar(select(model.rev).where(model.id == signature.entity_id)) or signature.entity_rev
