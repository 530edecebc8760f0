"""The verifier of evidence packages tells each single thing that is wrong, and nothing else. No database is needed.

`python -m tests.torture.mutants --part verifier` holds that each of its lines is needed by one of these.
"""

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exports import evidence_verify as verify
from tests.trail.packages import (
    ASKED,
    LEDGER,
    ORIGIN,
    PHOTO,
    RECORDS,
    Told,
    key_id,
    linked,
    made,
    path,
    printed,
    public_key,
    put_rows,
    root,
    rows_of,
    signed,
    signed_anew,
)

Change = Callable[[Path], object]
PUBLIC = public_key()
KEY = (ORIGIN, key_id(PUBLIC), PUBLIC)
PHOTO_NAME = f"attachments/{sha256(PHOTO).hexdigest()}.webp"
ONE = (1).to_bytes(32, "little")
"""The point that changes nothing: as a key it fits a signature whose r is s times the base, whatever was signed."""


def _wrong(place: Path) -> list[str]:
    return [f"{one.file}: {one.what}" for one in verify.check(str(place))[0]]


@pytest.fixture(scope="module")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("package"))


@pytest.fixture
def unpacked(_once: Path, tmp_path: Path) -> Path:
    """The files of a package that is right, and beside them the package itself."""
    with ZipFile(_once.parent / "pkg.zip") as file:
        file.extractall(tmp_path / "unpacked")
    (tmp_path / "pkg.zip").write_bytes((_once.parent / "pkg.zip").read_bytes())
    return tmp_path / "unpacked"


# Signatures.


def test_signatures_of_another_library_fit_and_only_they():
    for n in range(4):
        key = Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)
        public, signature = key.public_key().public_bytes_raw(), key.sign(b"said")
        assert verify.is_signed(public, b"said", signature) is True
    assert verify.is_signed(public, b"Said", signature) is False
    assert verify.is_signed(public, b"said", signature + b"\0") is False
    assert verify.is_signed(public, b"said", signature[:-1]) is False
    assert verify.is_signed(public, b"said", signature[:32] + bytes(32)) is False
    assert verify.is_signed(public[:31], b"said", signature) is False


def test_numbers_have_one_form_and_a_point_needs_both_coordinates():
    base, zero, one = verify._BASE, bytes(32), ONE
    mirrored = base[:31] + bytes([base[31] ^ 0x80])
    upside_down = (verify.PRIME - int.from_bytes(base, "little")).to_bytes(32, "little")
    assert verify.is_signed(ONE, b"", base + one) is True
    assert verify.is_signed(ONE, b"", mirrored + one) is False
    assert verify.is_signed(ONE, b"", upside_down + one) is False
    assert verify.is_signed(ONE, b"", ONE + zero) is True
    assert verify.is_signed(ONE, b"", ONE + verify.ORDER.to_bytes(32, "little")) is False
    assert verify.is_signed(ONE, b"", (verify.PRIME + 1).to_bytes(32, "little") + zero) is False


@pytest.mark.parametrize(("coded", "is_point"), [
    (ONE, True), (ONE[:31] + b"\x80", False), (verify.PRIME.to_bytes(32, "little"), False), (bytes(32), True),
    ((2).to_bytes(32, "little"), False), (ONE + b"\0", False), (ONE[:31], False), (b"\xff" * 32, False)])
def test_bytes_that_stand_for_no_point_are_none(coded: bytes, is_point: bool):
    assert (verify._point(coded) is not None) is is_point


def test_the_base_is_the_point_that_the_standard_names():
    found = verify._point(verify._BASE)
    assert found is not None
    assert found[0] == 15112221349535400772501151409588531511454012693041857206046113283949847762202


def test_a_key_is_read_and_what_is_none_is_refused():
    keys = [public_key(bytes([n]) * 32) for n in range(20)]
    plus = next(key for key in keys if "+" in base64.b64encode(key).decode())
    assert verify.read_key(f"{printed(plus)}\n") == (ORIGIN, key_id(plus), plus)
    right = printed(PUBLIC) + "\n"
    assert verify.read_key(right) == KEY
    for text in (right.strip(), printed(bytes(33)) + "\n", printed(bytes(31)) + "\n",
                 printed(PUBLIC, kind=b"\x02") + "\n", right.replace("plant", "plane"), "", "+" + right,
                 right.replace("A", "AA", 1)):
        with pytest.raises(verify.Wrong) as found:
            verify.read_key(text)
        assert found.value.file == "public-key.txt"
    assert str(verify.Wrong("file", "what")) == "what"


def test_a_base64_text_that_is_not_the_one_form_of_its_bytes_is_refused():
    assert verify._decode("AA==") == b"\0"
    with pytest.raises(ValueError, match="one way"):
        verify._decode("AB==")


NOTE = signed("said\nso\n")


@pytest.mark.parametrize("text", [
    signed("said\nso\n", "qms/other"), NOTE.replace("plant", "other"), NOTE.replace("\u2014", "-"), NOTE[:-1],
    NOTE[:-1] + "x", signed("said\nso\n", seed=bytes(32)), "said\nso\n", NOTE + "\n\n"])
def test_a_note_that_the_key_did_not_sign_in_this_form_is_refused(text: str):
    assert verify.read_note("file", NOTE, KEY) == ["said", "so"]
    with pytest.raises(verify.Wrong) as found:
        verify.read_note("file", text, KEY)
    assert (found.value.file, found.value.what != "its signature does not fit") == ("file", True)


def test_a_note_whose_signature_does_not_fit_says_so():
    with pytest.raises(verify.Wrong, match="its signature does not fit"):
        verify.read_note("file", NOTE.replace("said", "Said"), KEY)


# The tree.


def test_a_path_leads_from_its_own_place_in_a_tree_of_its_own_size_only():
    all_leaves = [sha256(bytes([n])).digest() for n in range(9)]
    for size in range(1, 10):
        leaves = all_leaves[:size]
        top = root(leaves)
        for index in range(size):
            leaf, up = leaves[index], path(leaves, index)
            assert verify.is_included(leaf, index, size, up, top) is True
            assert verify.is_included(leaf, index, size, [*up, top], top) is False
            assert verify.is_included(leaf, index, size, up[:-1], top) is (size == 1)
            assert verify.is_included(leaf, index, size, up, bytes(32)) is False
            others = [n for n in range(-2, 12) if n != index]
            assert not any(verify.is_included(leaf, n, size, up, top) for n in others)
        assert verify.is_included(top, 0, size + 1, [], top) is False


# The files.


def test_a_package_that_is_right_passes_packed_and_unpacked(unpacked: Path):
    for place in (unpacked, unpacked.parent / "pkg.zip"):
        wrong, counted = verify.check(str(place))
        assert wrong == []
        assert counted == {"key": printed(PUBLIC), "records": 3, "size": 7, "entries": 5}


def _said(text: bytes, name: str) -> Change:
    return lambda folder: (folder / name).write_bytes(text)


def _replaced(name: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return change


def _with_row(name: str, place: int, **changed: object) -> Change:
    def change(folder: Path) -> None:
        rows = rows_of(folder, name)
        rows[place] |= changed
        put_rows(folder, name, rows)
    return change


def _without_row(name: str, place: int) -> Change:
    def change(folder: Path) -> None:
        rows = rows_of(folder, name)
        del rows[place]
        put_rows(folder, name, rows)
    return change


def _noted(name: str, text: str) -> Change:
    return lambda folder: (folder / name).write_text(signed(text))


def _relinked(folder: Path) -> None:
    """Let an entry follow on another than the one before it, and give the hash that it has then."""
    rows = rows_of(folder, "ledger-extract.jsonl")
    rows[1]["prev"] = bytes(32).hex()
    rows[1]["hash"] = linked(bytes(32), 2, rows[1]["entry"].encode()).hex()
    put_rows(folder, "ledger-extract.jsonl", rows)


@pytest.mark.parametrize(("change", "told"), [
    (_said(b"other", "README.txt"), ["README.txt: its SHA-256 is not the one in the manifest"]),
    (lambda folder: (folder / "README.txt").unlink(), ["README.txt: the file is not there, or cannot be read"]),
    (_replaced("manifest.json", " ", "  "), ["manifest.json: it is not the manifest that was signed"]),
    (_noted("signature.txt", "qms/plant evidence\n"), ["signature.txt: it does not sign a manifest"]),
    (_noted("signature.txt", "qms/plant evidence\nA\nB\n"), ["signature.txt: it does not sign a manifest"]),
    (_noted("signature.txt", "qms/plant\nA\n"), ["signature.txt: it does not sign a manifest"]),
    (_said(b"\xff\xfe", "public-key.txt"), ["public-key.txt: the file is not text"]),
    (_said(b"{}\n", "manifest.json"), ["manifest.json: it is not the manifest that was signed"]),
])
def test_a_file_that_is_not_the_one_that_was_signed_is_named(unpacked: Path, change: Change, told: list[str]):
    change(unpacked)
    assert _wrong(unpacked) == told


@pytest.mark.parametrize(("change", "told"), [
    (_noted("checkpoint.txt", "qms/plant\n7\n"), ["checkpoint.txt: this is not a checkpoint"]),
    (_noted("checkpoint.txt", "qms/plant\nseven\nAA==\n"), ["checkpoint.txt: this is not a checkpoint"]),
    (_with_row("ledger-extract.jsonl", 2, hash="00" * 32), [
        "ledger-extract.jsonl: row 3: entry 4 does not give its hash",
        "ledger-extract.jsonl: row 4: entry 5 does not link to the one before it"]),
    (_relinked, ["ledger-extract.jsonl: row 2: entry 2 does not link to the one before it"]),
    (_with_row("proofs.jsonl", 1, seq=4), ["proofs.jsonl: row 2: no proof that entry 2 is in the ledger"]),
    (_with_row("proofs.jsonl", 1, path=[]), ["proofs.jsonl: row 2: no proof that entry 2 is in the ledger"]),
    (_with_row("proofs.jsonl", 1, path=[1]), ["proofs.jsonl: row 2 cannot be read: "]),
    (_without_row("proofs.jsonl", 4), ["proofs.jsonl: row 5 cannot be read: "]),
    (_with_row("ledger-extract.jsonl", 4, prev="zz"), [
        "ledger-extract.jsonl: row 5 cannot be read: ", "records.jsonl: row 2: rejections 2 differs from the trail"]),
    (_replaced("records.jsonl", '"quantity":9', '"quantity":8'), [
        "records.jsonl: row 1: rejections 1 differs from the trail"]),
    (_with_row("records.jsonl", 0, rev=1), ["records.jsonl: row 1: rejections 1 differs from the trail"]),
    (_with_row("records.jsonl", 0, row={"quantity": 8}), ["records.jsonl: row 1: rejections 1 differs from the trail"]),
    (_without_row("records.jsonl", 0), ["records.jsonl: 2 records, the entries tell of 3"]),
    (lambda folder: put_rows(folder, "records.jsonl", [*rows_of(folder, "records.jsonl"), {}]), [
        "records.jsonl: row 4 cannot be read: "]),
    (_said(b'{"table":\n', "records.jsonl"), ["records.jsonl: row 1 cannot be read: "]),
    (lambda folder: (folder / "records.jsonl").write_bytes((folder / "records.jsonl").read_bytes()[:-1]), [
        "records.jsonl: row 3 is cut off"]),
    (_said(b"another photo", PHOTO_NAME), [f"{PHOTO_NAME}: no record names a file with these bytes"]),
])
def test_what_does_not_fit_together_is_named_though_it_was_signed(unpacked: Path, change: Change, told: list[str]):
    change(unpacked)
    signed_anew(unpacked)
    wrong = _wrong(unpacked)
    assert len(wrong) == len(told)
    assert all(one == said or (said.endswith(": ") and one.startswith(said))
               for one, said in zip(wrong, told, strict=True)), wrong


def test_a_checkpoint_of_another_installation_is_named(unpacked: Path):
    said = (unpacked / "checkpoint.txt").read_text().partition("\n\n")[0] + "\n"
    _noted("checkpoint.txt", said.replace("plant", "plane"))(unpacked)
    manifest = json.loads((unpacked / "manifest.json").read_bytes())
    manifest["files"]["checkpoint.txt"] = sha256((unpacked / "checkpoint.txt").read_bytes()).hexdigest()
    whole = json.dumps(manifest)
    (unpacked / "manifest.json").write_text(whole)
    _noted("signature.txt", f"{ORIGIN} evidence\n{sha256(whole.encode()).hexdigest()}\n")(unpacked)
    assert _wrong(unpacked) == ["checkpoint.txt: it is of another installation"]


@pytest.mark.parametrize(("ledger", "asked", "records", "told"), [
    (LEDGER, (2, 4, 5, 7), RECORDS, ["ledger-extract.jsonl: 1 of 2 versions of rejections 1"]),
    (LEDGER, ASKED, (*RECORDS, LEDGER[2]), ["records.jsonl: row 4: sites 1 differs from the trail",
                                            "records.jsonl: 4 records, the entries tell of 3"]),
    ((Told("sites", 1, 1, {"name": "A"}), Told("sites", 1, 1, {"name": "B"})), (1, 2),
     (Told("sites", 1, 1, {"name": "A"}),), ["ledger-extract.jsonl: 2 of 1 versions of sites 1"]),
    ((Told("sites", 1, 1, {}, seq=2),), (1,), (Told("sites", 1, 1, {}),),
     ["ledger-extract.jsonl: row 1: entry 1 does not give its hash"]),
])
def test_versions_that_are_missing_or_there_twice_are_named(tmp_path: Path, ledger: tuple[Told, ...],
                                                            asked: tuple[int, ...], records: tuple[Told, ...],
                                                            told: list[str]):
    wrong, counted = verify.check(str(made(tmp_path, ledger, asked, records)))
    assert [f"{one.file}: {one.what}" for one in wrong if not one.file.startswith("attachments/")] == told
    assert counted["entries"] == len(asked)


def test_a_file_that_no_record_names_is_named(tmp_path: Path):
    folder = made(tmp_path, records=RECORDS[:2], asked=(1, 2, 4, 7))
    assert _wrong(folder) == [f"{PHOTO_NAME}: no record names a file with these bytes"]


def test_a_file_that_the_manifest_does_not_name_is_named(unpacked: Path):
    package = unpacked.parent / "pkg.zip"
    with ZipFile(package, "a") as file:
        file.writestr("more.txt", "more")
    assert _wrong(package) == ["more.txt: the file is not in the manifest"]
    signed_anew(unpacked, "README.txt")
    assert _wrong(unpacked) == ["manifest.json: it does not name README.txt"]


@pytest.mark.parametrize(("place", "told"), [(40, "the file is damaged: "), (-20, "the file is damaged: ")])
def test_a_damaged_package_is_named(unpacked: Path, place: int, told: str):
    package = unpacked.parent / "pkg.zip"
    with ZipFile(package) as file:
        one = file.getinfo("records.jsonl")
    whole = bytearray(package.read_bytes())
    begin = whole.index(b"records.jsonl", one.header_offset) + len("records.jsonl")
    whole[begin + (place if place > 0 else one.compress_size + place)] ^= 0xFF
    package.write_bytes(whole)
    assert _wrong(package)[0].startswith(f"records.jsonl: {told}")


def test_a_package_of_files_that_cannot_be_opened_is_named(unpacked: Path):
    package = unpacked.parent / "pkg.zip"
    whole = bytearray(package.read_bytes())
    whole[whole.rindex(b"PK\x01\x02", 0, whole.rindex(b"records.jsonl")) + 8] |= 1  # It says that it is encrypted.
    package.write_bytes(whole)
    assert _wrong(package)[0] == "records.jsonl: the file is not there, or cannot be read"
    package.write_bytes(b"no package")
    assert _wrong(package) == [f"{package}: File is not a zip file"]
    assert _wrong(unpacked / "nothing") == ["public-key.txt: the file is not there, or cannot be read"]


# What it prints.


def test_it_prints_what_it_found_and_the_key(unpacked: Path, monkeypatch: pytest.MonkeyPatch,
                                             capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(verify, "__file__", str(unpacked / "verify.py"))
    for arguments in (["verify.py"], ["verify.py", str(unpacked.parent / "pkg.zip")]):
        assert verify.main(arguments) == 0
        assert capsys.readouterr().out == (
            "PASS: 3 records, 5 entries of a ledger of 7\n"
            f"Compare this key with the one in the plant's setup sheet:\n{printed(PUBLIC)}\n")
    put_rows(unpacked, "records.jsonl", [{} for _ in range(60)])
    assert verify.main(["verify.py"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 50
    assert told[0] == "FAIL records.jsonl: its SHA-256 is not the one in the manifest"
    assert verify.main(["verify.py", str(unpacked.parent / "pkg.zip")]) == 0
