"""How the tree over the ledger is held against checkpoints: those in the database, and those that others kept.

The chain by itself cannot show that its tail was cut off, or that all of it was written anew; a checkpoint can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from qms.db.checkpoints import checkpoints
from qms.db.ledger import installation
from qms.db.notes import BadNote, Checkpoint, Note, PublicKey, origin_of, read
from qms.workflows.verify_findings import Finding

TABLE = "checkpoints"


class Given(NamedTuple):
    """A checkpoint that somebody brings: what it is called, and its text."""

    name: str
    text: str


class Known(NamedTuple):
    """A checkpoint to be held against the tree."""

    name: str
    note: Note
    said: Checkpoint

    @property
    def size(self) -> int:
        """Return how many entries it covers."""
        return self.said.size


@dataclass(slots=True)
class Held:
    """Every checkpoint that is known of an installation, and what is wrong with some before anything is hashed."""

    origin: str
    known: list[Known]
    wrong: list[Finding]


def held_by(connection: Connection, outside: Sequence[Given]) -> Held:
    """Read the stored checkpoints, and take apart those from outside."""
    identity = connection.execute(select(installation.c.identity)).scalar() or ""
    held = Held(origin_of(identity), [], [])
    for size, root, text in connection.execute(
            select(checkpoints.c.size, checkpoints.c.root, checkpoints.c.note).order_by(checkpoints.c.size)):
        taken = _take(held, Given(f"stored checkpoint {size}", text))
        if taken is not None and (taken.size, taken.said.root) != (size, bytes(root)):
            held.wrong.append(Finding("changed checkpoint", TABLE, size, None, "its columns differ from its note"))
    for given in outside:
        _take(held, given)
    return held


def check(held: Held, keys: Sequence[PublicKey], roots: Mapping[int, bytes], last: int,
          broken_at: int | None) -> list[Finding]:
    """Return what the checkpoints find. `roots`: of the tree at their sizes; `last`: the ledger's last entry; the tree
    says nothing from `broken_at` on.
    """
    found = [*held.wrong, *(_bad_signature(one) for one in held.known if keys and not _is_signed(one, keys))]
    agreed = 0
    for one in sorted(held.known, key=lambda known: known.size):
        if one.size > last:
            found.append(Finding("cut tail", "ledger", None, last + 1,
                                 f"{one.name} covers {one.size} entries, the ledger ends at {last}"))
        elif broken_at is not None and one.size >= broken_at:
            found.append(Finding("missing entries", "ledger", None, broken_at,
                                 f"{one.name} covers {one.size} entries, of which some are not there"))
        elif roots.get(one.size) != one.said.root:
            found.append(Finding("rewritten", "ledger", None, agreed + 1,
                                 f"{one.name}: something in entries {agreed + 1} to {one.size} is not what it was"))
        else:
            agreed = one.size
    return found


def _take(held: Held, given: Given) -> Known | None:
    try:
        note = read(given.text)
        known = Known(given.name, note, Checkpoint.of(note))
    except BadNote as error:
        held.wrong.append(Finding("changed checkpoint", TABLE, None, None, f"{given.name}: {error.words.en}"))
        return None
    if known.said.origin != held.origin:
        held.wrong.append(Finding("other installation", TABLE, None, None,
                                  f"{given.name} is of {known.said.origin}, this is {held.origin}"))
        return None
    held.known.append(known)
    return known


def _is_signed(one: Known, keys: Sequence[PublicKey]) -> bool:
    return any(one.note.is_signed_by(key) for key in keys)


def _bad_signature(one: Known) -> Finding:
    return Finding("bad signature", TABLE, one.size, None, f"{one.name} was not signed by the key that is known")
