"""Knows how a few lines are signed so that anybody can check them: C2SP signed notes and checkpoints, by Ed25519.

Must not know where a key or a note is kept. Source: C2SP signed-note and tlog-checkpoint.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qms.rules.errors import Invalid

_ED25519 = b"\x01"
_DASH = "\u2014"


class BadNote(Invalid):
    """What was given is not a signed note, or not signed by the key that it should be signed by."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that notes are checked by, and the name that it signs under."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"

    @classmethod
    def read(cls, text: str) -> "PublicKey":
        """Read a key as it is printed. Raises BadNote."""
        try:
            name, given, coded = text.strip().split("+", 2)
            decoded = base64.b64decode(coded, validate=True)
        except (ValueError, binascii.Error):
            decoded = b""
        if len(decoded) != 33 or decoded[:1] != _ED25519:
            raise BadNote("This is not a public key as `qms checkpoint --public-key` prints it.",
                          "这不是 `qms checkpoint --public-key` 输出的公钥。")
        key = cls(name, decoded[1:])
        if key.id.hex() != given:
            raise BadNote("This public key was mistyped: it does not fit its own id.", "公钥有误: 与其标识不符。")
        return key


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs under a name."""

    name: str
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """Return the key that checks what this one signs."""
        return PublicKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return a text, which ends in a line feed, as a signed note."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n{_DASH} {self.name} {base64.b64encode(self.public.id + signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note taken apart; `signatures` are (name, key id, signature)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def is_signed_by(self, key: PublicKey) -> bool:
        """Tell whether the key signed exactly this text."""
        for name, key_id, signature in self.signatures:
            if name == key.name and key_id == key.id:
                try:
                    Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, self.text.encode())
                except InvalidSignature:
                    return False
                return True
        return False


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: of which installation, how many entries, and the root of the tree over them."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def of(cls, note: Note) -> "Checkpoint":
        """Read what a note says, if it is a checkpoint. Raises BadNote."""
        lines = note.text.splitlines()
        try:
            said = cls(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
        except (ValueError, IndexError) as error:
            raise _not_a_checkpoint() from error
        if len(said.root) != 32 or not note.text.startswith(str(said)):
            raise _not_a_checkpoint()
        return said


def read(text: str) -> Note:
    """Take a signed note apart. Raises BadNote."""
    said, blank, signed = text.rpartition("\n\n")
    signatures = []
    for line in signed.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, coded = rest.partition(" ")
        try:
            decoded = base64.b64decode(coded, validate=True)
        except (ValueError, binascii.Error):
            decoded = b""
        if dash != _DASH or not name or len(decoded) < 5:
            raise _not_a_checkpoint()
        signatures.append((name, decoded[:4], decoded[4:]))
    if not blank or not signatures:
        raise _not_a_checkpoint()
    return Note(said + "\n", tuple(signatures))


def origin_of(identity: str) -> str:
    """Return the name under which an installation signs."""
    return f"qms/{identity}"


def _not_a_checkpoint() -> BadNote:
    return BadNote("This is not a checkpoint, or it is damaged.", "这不是检查点文件, 或已损坏。")
