"""Small evidence packages, made without a database, and how one is changed and signed again as only the plant can.

Nothing of the ledger is taken from the program: notes, hashes and the tree are written down as the standards have them.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exports.evidence_package import Entry, Package, write_package

SEED = bytes(range(32))
ORIGIN = "qms/plant"
PHOTO = b"bytes of a photo"
LONG = "x" * 70_000
"""A text that makes a file longer than what is read at once."""


def public_key(seed: bytes = SEED) -> bytes:
    """Return the 32 bytes of a public key."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def printed(raw: bytes, name: str = ORIGIN, kind: bytes = b"\x01") -> str:
    """Return a public key as it is printed, with the id that it has."""
    return f"{name}+{key_id(raw, name, kind).hex()}+{b64encode(kind + raw).decode()}"


def key_id(raw: bytes, name: str = ORIGIN, kind: bytes = b"\x01") -> bytes:
    """Return the bytes by which a signature names its key."""
    return sha256(name.encode() + b"\n" + kind + raw).digest()[:4]


def signed(text: str, name: str = ORIGIN, seed: bytes = SEED) -> str:
    """Return a text as a signed note."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"{text}\n\u2014 {name} {b64encode(key_id(public_key(seed), name) + signature).decode()}\n"


def linked(before: bytes, seq: int, said: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x02" + before + seq.to_bytes(8, "big") + sha256(b"\x00" + said).digest()).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over leaves. Source: RFC 9162 section 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the path from a leaf to the root. Source: RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path(leaves[:split], index), root(leaves[split:])]
    return [*path(leaves[split:], index - split), root(leaves[:split])]


class Told(NamedTuple):
    """One entry of the ledger: which version of which row it tells of; `seq` where it says another number."""

    table: str
    id: int
    rev: int
    row: dict[str, Any]
    seq: int | None = None


LEDGER = (
    Told("rejections", 1, 1, {"quantity": 10}), Told("rejections", 1, 2, {"quantity": 9}), Told("sites", 1, 1, {}),
    Told("rejections", 2, 1, {"note": LONG}), Told("attachments", 1, 1, {"sha256": sha256(PHOTO).hexdigest()}),
    Told("sites", 2, 1, {}), Told("rejections", 2, 2, {"note": "划痕"}))
ASKED = (1, 2, 4, 5, 7)
"""The numbers of the entries that are asked for, of a longer ledger."""
RECORDS = (LEDGER[1], LEDGER[6], LEDGER[4])


def made(place: Path, ledger: Sequence[Told] = LEDGER, asked: Sequence[int] = ASKED,
         records: Sequence[Told] = RECORDS) -> Path:
    """Make a package in a folder, as a ZIP file and unpacked; return where it is unpacked."""
    entries: list[Entry] = []
    leaves, before = [], bytes(32)
    for seq, one in enumerate(ledger, 1):
        said = json.dumps({"seq": one.seq or seq, "entity": one.table, "entity_id": one.id, "rev": one.rev,
                           "after": one.row}).encode()
        entries.append(Entry(seq, before, before := linked(before, seq, said), said))
        leaves.append(sha256(b"\x00" + said).digest())
    checkpoint = f"{ORIGIN}\n{len(leaves)}\n{b64encode(root(leaves)).decode()}\n"
    photo = place / "photo"
    photo.write_bytes(PHOTO)
    write_package(place / "pkg.zip", Package(
        ORIGIN, signed(checkpoint), printed(public_key()), signed, {}, [{
            "table": one.table, "id": one.id, "rev": one.rev, "row": one.row} for one in records],
        [entries[seq - 1] for seq in asked], [(seq, path(leaves, seq - 1)) for seq in asked],
        [(f"attachments/{sha256(PHOTO).hexdigest()}.webp", photo), ("evidence.xlsx", photo)]))
    with ZipFile(place / "pkg.zip") as file:
        file.extractall(place / "unpacked")
    return place / "unpacked"


def signed_anew(folder: Path, *left_out: str) -> None:
    """Make manifest and signature fit what the folder holds, as only the holder of the key can."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"] = {name: sha256((folder / name).read_bytes()).hexdigest() for name in manifest["files"]
                         if name not in left_out}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    origin = (folder / "checkpoint.txt").read_text().splitlines()[0]
    digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    (folder / "signature.txt").write_text(signed(f"{origin} evidence\n{digest}\n", origin))


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the content of a file of JSON lines."""
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def put_rows(folder: Path, name: str, content: Sequence[dict[str, Any]]) -> None:
    """Write a file of JSON lines."""
    (folder / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content))
