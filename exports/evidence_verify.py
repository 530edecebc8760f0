"""Checks an evidence package offline: plain Python from 3.9 on, nothing to install, nothing is sent anywhere.

Put it into the folder where the package was unpacked and run `python verify.py`, or `python verify.py PACKAGE.zip`.
It prints PASS, or FAIL with the file and the row. Exit code 0 or 1.
在证据包解压后的文件夹中运行 `python verify.py`, 或运行 `python verify.py 证据包.zip`。
输出 PASS, 或 FAIL 及文件和行号。
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

Point = tuple[int, int, int, int]
Key = tuple[str, bytes, bytes]
Newest = dict[tuple[str, int], tuple[int, int, bytes]]

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
NAMED = ("public-key.txt", "signature.txt", "manifest.json", "checkpoint.txt", "records.jsonl", "ledger-extract.jsonl",
         "proofs.jsonl", "README.txt", "verify.py")


class Wrong(Exception):
    """Something is not as it was written: the file and what about it."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(what)
        self.file = file
        self.what = what


# Ed25519, RFC 8032 section 5.1. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % PRIME
    b = (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c = 2 * p[3] * q[3] * CURVE % PRIME
    d = 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def _times(number: int, p: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, p)
        p = _add(p, p)
        number >>= 1
    return found


def _point(coded: bytes) -> Point | None:
    """Return the point that 32 bytes stand for; None when they stand for none."""
    y = int.from_bytes(coded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(coded) != 32 or y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return (x, y, 1, x * y % PRIME)


_BASE = (4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")


@lru_cache(maxsize=64)
def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature of 64 bytes fits a message and a public key of 32 bytes."""
    a, r, base = _point(public), _point(signature[:32]), _point(_BASE)
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or base is None or len(signature) != 64 or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(s, base), _add(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % PRIME == 0 and (
        left[1] * right[2] - right[1] * left[2]) % PRIME == 0


# Signed notes, keys and the tree: C2SP signed-note, RFC 9162 section 2.1.3.2.


def _decode(text: str) -> bytes:
    decoded = base64.b64decode(text, validate=True)
    if base64.b64encode(decoded).decode() != text:
        raise ValueError("not the one way to write these bytes")
    return decoded


def read_key(text: str) -> Key:
    """Return the name, the id and the 32 bytes of a public key as it is printed."""
    try:
        name, given, coded = text.rstrip("\n").split("+", 2)
        decoded = _decode(coded)
        key_id = hashlib.sha256(name.encode() + b"\n" + decoded).digest()[:4]
        if len(decoded) != 33 or decoded[0] != 1 or key_id.hex() != given or not text.endswith("\n"):
            raise ValueError("it does not fit its own id")
    except ValueError as error:
        raise Wrong("public-key.txt", f"this is not a public key: {error}") from error
    return name, key_id, decoded[1:]


def read_note(file: str, text: str, key: Key) -> list[str]:
    """Return the lines of a note that the key signed."""
    name, key_id, public = key
    try:
        said, signed = text.split("\n\n")
        dash, signer, coded = signed.split(" ")
        decoded = _decode(coded[:-1])
        if dash != "\u2014" or signer != name or decoded[:4] != key_id or coded[-1] != "\n":
            raise ValueError("it is not signed by the key of this package")
        if not is_signed(public, said.encode() + b"\n", decoded[4:]):
            raise ValueError("its signature does not fit")
    except ValueError as error:
        raise Wrong(file, str(error)) from error
    return said.split("\n")


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a path leads from a leaf to the root."""
    place, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hashlib.sha256(b"\x01" + beside + found).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + beside).digest()
        place, last = place >> 1, last >> 1
    return 0 <= index < size and last == 0 and found == root


# The files, from a folder or from the package itself.


class Files:
    """The files of a package: `names` lists them; None where a folder may hold others as well."""

    def __init__(self, place: str) -> None:
        self.zip = zipfile.ZipFile(place) if Path(place).is_file() else None
        self.place = place
        self.names = self.zip.namelist() if self.zip else None

    def open(self, name: str) -> IO[bytes]:
        """Open a file to be read as bytes."""
        try:
            return self.zip.open(name) if self.zip else Path(self.place, name).open("rb")
        except (OSError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
            raise Wrong(name, "the file is not there, or cannot be read") from error

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file piece by piece."""
        with self.open(name) as file:
            try:
                chunk = file.read(2**16)
                while chunk:
                    yield chunk
                    chunk = file.read(2**16)
            except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
                raise Wrong(name, f"the file is damaged: {error}") from error

    def text(self, name: str) -> str:
        """Return a file as text."""
        try:
            return b"".join(self.chunks(name)).decode("utf-8")
        except ValueError as error:
            raise Wrong(name, "the file is not text") from error

    def rows(self, name: str) -> Iterator[tuple[int, Any]]:
        """Yield (row number, content) of a file of JSON lines."""
        rest, number = b"", 0
        for chunk in self.chunks(name):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                number += 1
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise Wrong(name, f"row {number} cannot be read: {error}") from error
        if rest:
            raise Wrong(name, f"row {number + 1} is cut off")


def _digest(files: Files, name: str) -> str:
    digest = hashlib.sha256()
    for chunk in files.chunks(name):
        digest.update(chunk)
    return digest.hexdigest()


def _same(value: object) -> bytes:
    """Return what stands for a row of a record when two are compared."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


# What is checked, in this order. Each step yields what is wrong.


def check_files(files: Files, key: Key) -> Iterator[Wrong]:
    """Check that the manifest is the one that was signed, and every file the one that it names."""
    lines = read_note("signature.txt", files.text("signature.txt"), key)
    if len(lines) != 2 or lines[0] != key[0] + " evidence":
        raise Wrong("signature.txt", "it does not sign a manifest")
    if _digest(files, "manifest.json") != lines[1]:
        raise Wrong("manifest.json", "it is not the manifest that was signed")
    listed = json.loads(files.text("manifest.json"))["files"]
    for name in sorted(listed):
        try:
            if _digest(files, name) != listed[name]:
                yield Wrong(name, "its SHA-256 is not the one in the manifest")
        except Wrong as wrong:
            yield wrong
    for name in sorted(set(files.names or ()) - set(listed) - {"manifest.json", "signature.txt"}):
        yield Wrong(name, "the file is not in the manifest")
    for name in NAMED:
        if name not in listed and name not in ("manifest.json", "signature.txt"):
            yield Wrong("manifest.json", f"it does not name {name}")


def check_entries(files: Files, checkpoint: tuple[int, bytes], newest: Newest) -> Iterator[Wrong]:
    """Check that each entry is in the ledger that the checkpoint covers; fill `newest` with the rows they tell of.

    `newest` maps (table, id) to (versions, highest version, what stands for its row).
    """
    size, root = checkpoint
    proofs, before = files.rows("proofs.jsonl"), dict[int, str]()
    for number, row in files.rows("ledger-extract.jsonl"):
        place = f"row {number}"
        try:
            entry = row["entry"].encode("utf-8")
            said, seq = json.loads(entry), row["seq"]
            leaf = hashlib.sha256(b"\x00" + entry).digest()
            linked = hashlib.sha256(b"\x02" + bytes.fromhex(row["prev"]) + seq.to_bytes(8, "big") + leaf).hexdigest()
            if linked != row["hash"] or said["seq"] != seq:
                yield Wrong("ledger-extract.jsonl", f"{place}: entry {seq} does not give its hash")
            if before.get(seq - 1, row["prev"]) != row["prev"]:
                yield Wrong("ledger-extract.jsonl", f"{place}: entry {seq} does not link to the one before it")
            before[seq] = row["hash"]
            about = (said["entity"], said["entity_id"])
            versions, last, same = newest.get(about, (0, 0, b""))
            after = _same(said["after"]) if said["rev"] > last else same
            newest[about] = (versions + 1, max(last, said["rev"]), after)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            yield Wrong("ledger-extract.jsonl", f"{place} cannot be read: {error}")
            continue
        try:
            _number, proof = next(proofs)
            path = [bytes.fromhex(one) for one in proof["path"]]
            if proof["seq"] != seq or not is_included(leaf, seq - 1, size, path, root):
                yield Wrong("proofs.jsonl", f"{place}: no proof that entry {seq} is in the ledger")
        except (ValueError, KeyError, TypeError, StopIteration) as error:
            yield Wrong("proofs.jsonl", f"{place} cannot be read: {error}")


def check_records(files: Files, newest: Newest, attached: set[str]) -> Iterator[Wrong]:
    """Check that each record is the newest version that the entries tell of, and that none is missing.

    Fills `attached` with the SHA-256 of every attachment that the records name.
    """
    seen = 0
    for number, row in files.rows("records.jsonl"):
        try:
            about = (row["table"], row["id"])
            versions, last, same = newest.get(about, (0, 0, b""))
            what = f"row {number}: {about[0]} {about[1]}"
            if row["rev"] != last or _same(row["row"]) != same:
                yield Wrong("records.jsonl", f"{what} differs from the trail")
            if versions != last:
                yield Wrong("ledger-extract.jsonl", f"{versions} of {last} versions of {about[0]} {about[1]}")
            if row["table"] == "attachments":
                attached.add(row["row"]["sha256"])
            seen += 1
        except (ValueError, KeyError, TypeError) as error:
            yield Wrong("records.jsonl", f"row {number} cannot be read: {error}")
    if seen != len(newest):
        yield Wrong("records.jsonl", f"{seen} records, the entries tell of {len(newest)}")


def check_attachments(files: Files, attached: set[str]) -> Iterator[Wrong]:
    """Check that what is attached is named by a record, under the hash of its own bytes."""
    for name in sorted(json.loads(files.text("manifest.json"))["files"]):
        if name.startswith("attachments/"):
            given = name.split("/")[1].split(".")[0]
            if given not in attached or _digest(files, name) != given:
                yield Wrong(name, "no record names a file with these bytes")


def check(place: str) -> tuple[list[Wrong], dict[str, Any]]:
    """Return (what is wrong, what was counted) of a package in a folder or in a ZIP file."""
    wrong: list[Wrong] = []
    counted: dict[str, Any] = {}
    newest: Newest = {}
    attached: set[str] = set()
    try:
        files = Files(place)
        key = read_key(files.text("public-key.txt"))
        counted["key"] = files.text("public-key.txt").strip()
        wrong.extend(check_files(files, key))
        lines = read_note("checkpoint.txt", files.text("checkpoint.txt"), key)
        try:
            origin, checkpoint = lines[0], (int(lines[1]), _decode(lines[2]))
        except (ValueError, IndexError) as error:
            raise Wrong("checkpoint.txt", "this is not a checkpoint") from error
        if origin != key[0]:
            raise Wrong("checkpoint.txt", "it is of another installation")
        wrong.extend(check_entries(files, checkpoint, newest))
        wrong.extend(check_records(files, newest, attached))
        wrong.extend(check_attachments(files, attached))
        counted["records"], counted["size"] = len(newest), checkpoint[0]
        counted["entries"] = sum(one[0] for one in newest.values())
    except Wrong as found:
        wrong.append(found)
    except zipfile.BadZipFile as error:
        wrong.append(Wrong(str(place), str(error)))
    return wrong, counted


def main(arguments: Sequence[str]) -> int:
    """Check a package and say how it is; return the exit code."""
    place = arguments[1] if len(arguments) > 1 else str(Path(__file__).resolve().parent)
    wrong, counted = check(place)
    for found in wrong[:50]:
        sys.stdout.write(f"FAIL {found.file}: {found.what}\n")
    if wrong:
        return 1
    sys.stdout.write("PASS: {records} records, {entries} entries of a ledger of {size}\n".format(**counted))
    sys.stdout.write("Compare this key with the one in the plant's setup sheet:\n{key}\n".format(**counted))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
