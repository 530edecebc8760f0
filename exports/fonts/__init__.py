"""Knows the fonts of printed documents and which characters they can set; must not know any document."""

import struct
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
FAMILY = "Noto Sans CJK SC"
REGULAR = FOLDER / "NotoSansCJKsc-Regular.otf"
BOLD = FOLDER / "NotoSansCJKsc-Bold.otf"

_SEGMENTS = 4
"""Format of the character map that these fonts have: segments of the basic plane, in which every code has a glyph."""
_END = 0xFFFF


def settable(text: str) -> str:
    """Return the text with every character that the fonts lack shown by its code, as [U+1F600].

    The typesetter itself leaves such a character out and says nothing. Line breaks stay.
    """
    known = characters(REGULAR)
    return "".join(sign if ord(sign) in known or sign == "\n" else f"[U+{ord(sign):04X}]" for sign in text)


@cache
def characters(font: Path) -> frozenset[int]:
    """Return the code points that a font maps to a glyph. Source: OpenType 1.9, cmap format 4."""
    content = font.read_bytes()
    table = _table(content, b"cmap")
    start = next(place for place in _maps(content, table) if struct.unpack_from(">H", content, place)[0] == _SEGMENTS)
    doubled = struct.unpack_from(">H", content, start + 6)[0]
    last, first = (struct.unpack_from(f">{doubled // 2}H", content, start + at) for at in (14, 16 + doubled))
    return frozenset(code for low, high in zip(first, last, strict=True) for code in range(low, high + 1)
                     if code != _END)


def _table(content: bytes, name: bytes) -> int:
    for place in range(struct.unpack_from(">H", content, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", content, 12 + 16 * place)
        if tag == name:
            return int(offset)
    raise ValueError(f"a font without {name!r}")


def _maps(content: bytes, table: int) -> list[int]:
    count = struct.unpack_from(">H", content, table + 2)[0]
    return [table + struct.unpack_from(">I", content, table + 8 + 8 * place)[0] for place in range(count)]
