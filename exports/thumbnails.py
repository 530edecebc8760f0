"""Knows how a kept photo becomes a thumbnail; must not know where photos lie or what shows the thumbnail."""

import io
from typing import NamedTuple

from PIL import Image

from qms.rules.photos import LONGEST_SIDE_PX

THUMBNAIL_PX = 96
"""Pixels of a thumbnail's longer side."""

_FORMATS = ("WEBP",)
_QUALITY = 80


class Thumbnail(NamedTuple):
    """A small picture: its JPEG, and its sides in pixels."""

    content: bytes
    width: int
    height: int


def thumbnail(content: bytes) -> Thumbnail | None:
    """Return a kept photo as a small JPEG, on white where it is clear; None for what is no whole photo as they are
    kept. The size is known before any pixel is unpacked, and the same photo gives the same bytes.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if max(image.size) > LONGEST_SIDE_PX:
                return None
            return _encoded(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, OSError, SyntaxError, ValueError, EOFError,
            MemoryError):
        return None


def _encoded(image: Image.Image) -> Thumbnail:
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    small = image.convert("RGBA")
    flat = Image.new("RGB", small.size, "white")
    flat.paste(small, mask=small.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=_QUALITY)
    return Thumbnail(out.getvalue(), *flat.size)
