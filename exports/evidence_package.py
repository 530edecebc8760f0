"""Knows what lies in an evidence package and how it is signed; must not know where records and entries come from.

A package is a ZIP that anybody checks offline by the one file in it (`exports/evidence_verify.py`). It is written row
by row. Source: protocol B, steps B8 and B9.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from exports.about import Written
from exports.evidence_readme import README
from exports.targets import delivered

FORMAT = 1
_VERIFY = Path(__file__).with_name("evidence_verify.py")


class Entry(NamedTuple):
    """One entry of the ledger, exactly as it was hashed."""

    seq: int
    prev: bytes
    hash: bytes
    entry: bytes


@dataclass(frozen=True)
class Package:
    """What goes into a package. `records` are {table, id, rev, row}; `proofs` follow the entries one by one.

    `sign` turns a text into a signed note; `origin` is the name that it signs under. `about` says what was asked for,
    in plain values. `files` are (name in the package, path).
    """

    origin: str
    checkpoint: str
    public_key: str
    sign: Callable[[str], str]
    about: Mapping[str, Any]
    records: Iterable[Mapping[str, Any]]
    entries: Iterable[Entry]
    proofs: Iterable[tuple[int, list[bytes]]]
    files: Iterable[tuple[str, Path]] = ()


@dataclass
class _Made:
    """What has been written so far: the SHA-256 of every file by name, and how many rows."""

    zip: zipfile.ZipFile
    sha256: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write a file; return how many pieces it had."""
        digest, count = hashlib.sha256(), 0
        with self.zip.open(name, "w", force_zip64=True) as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
                count += 1
        self.sha256[name] = digest.hexdigest()
        return count


def write_package(target: Path, package: Package) -> Written:
    """Write a package to a path, whole or not at all; tell how many records it holds, and its hash."""
    with delivered(target, ".zip") as unfinished, zipfile.ZipFile(unfinished.path, "w", zipfile.ZIP_DEFLATED) as made:
        rows = _fill(_Made(made), package)
    return Written(rows, unfinished.sha256)


def _fill(made: _Made, package: Package) -> int:
    made.write("README.txt", [README.encode()])
    made.write("verify.py", [_VERIFY.read_bytes()])
    made.write("public-key.txt", [package.public_key.encode() + b"\n"])
    made.write("checkpoint.txt", [package.checkpoint.encode()])
    rows = made.write("records.jsonl", (_line(record) for record in package.records))
    entries = made.write("ledger-extract.jsonl", (
        _line({"seq": one.seq, "prev": one.prev.hex(), "hash": one.hash.hex(), "entry": one.entry.decode()})
        for one in package.entries))
    made.write("proofs.jsonl", (_line({"seq": seq, "path": [step.hex() for step in path]})
                                for seq, path in package.proofs))
    for name, path in package.files:
        made.write(name, _chunks(path))
    about = {**package.about, "records": rows, "entries": entries}
    manifest = json.dumps({"format": FORMAT, "about": about, "files": made.sha256}, ensure_ascii=False, indent=1)
    made.write("manifest.json", [manifest.encode()])
    signed = package.sign(f"{package.origin} evidence\n{made.sha256['manifest.json']}\n")
    made.write("signature.txt", [signed.encode()])
    return rows


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _chunks(path: str | os.PathLike[str]) -> Iterator[bytes]:
    with Path(path).open("rb") as file:
        while chunk := file.read(2**20):
            yield chunk
