"""Knows what a photo is once it may be kept; must not know where it came from or where it lies."""

from typing import NamedTuple

MOST_PHOTOS = 20
"""Photos that one record holds."""
LONGEST_SIDE_PX = 1600
"""Pixels of the longer side of a photo as it is kept."""


class Photo(NamedTuple):
    """Checked and re-encoded pixels. Hashes are hex: `sha256` of the content, `sent_sha256` of what came."""

    content: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    sent_sha256: str
