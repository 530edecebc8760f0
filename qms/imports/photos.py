"""Knows how a photo from outside becomes a small, clean WebP; must not know where it is kept.

Only the pixels survive: no EXIF, no position, no bytes after the picture. Source: reliability.md 5.
"""

import hashlib
import io

from PIL import Image, ImageOps

from qms.rules.errors import Invalid
from qms.rules.photos import LONGEST_SIDE_PX, Photo
from qms.rules.pictures import SMALLEST_SIDE, WHOLE, WHOLE_SIDE, Frame, check_frame

MOST_BYTES = 12 << 20
MOST_PIXELS = 25_000_000
CONTENT_TYPE = "image/webp"

_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 80


def clean_photo(data: bytes, crop: Frame = WHOLE) -> Photo:
    """Return the photo upright, cut to `crop`, at most 1600 px long, as WebP without anything but its pixels.

    Raises Invalid (field `photo`) for what is not JPEG, PNG or WebP, is damaged, or has more than 12 MiB or
    25 million pixels; the size is known before any pixel is unpacked. Raises Invalid for a crop outside of it.
    """
    check_frame(crop)
    if len(data) > MOST_BYTES:
        raise Invalid("The photo has more than 12 MiB.", "照片超过 12 MiB。", field="photo")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_large()
            content, size = _encoded(image, crop)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise Invalid("This is not a whole JPEG, PNG or WebP photo.", "这不是完整的 JPEG、PNG 或 WebP 照片。",
                      field="photo") from None
    return Photo(content, CONTENT_TYPE, *size, hashlib.sha256(content).hexdigest(),
                 hashlib.sha256(data).hexdigest())


def _encoded(image: Image.Image, crop: Frame) -> tuple[bytes, tuple[int, int]]:
    """Shrink, turn upright, cut and encode the pixels; shrinking first keeps the memory small."""
    needed = LONGEST_SIDE_PX * WHOLE_SIDE // max(min(crop.width, crop.height), SMALLEST_SIDE)
    image.draft("RGB", (needed, needed))
    image.thumbnail((needed, needed))
    upright = _cut(ImageOps.exif_transpose(image), crop)
    upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    clear = "A" in upright.getbands() or "transparency" in upright.info
    pixels = upright.convert("RGBA" if clear else "RGB")
    out = io.BytesIO()
    pixels.save(out, "WEBP", quality=_QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue(), pixels.size


def _cut(image: Image.Image, crop: Frame) -> Image.Image:
    """Return the part of a picture inside a frame, at least one pixel each way."""
    if crop == WHOLE:
        return image
    left, top = (start * side // WHOLE_SIDE for start, side in zip((crop.x, crop.y), image.size, strict=True))
    right, bottom = (-(-(start + length) * side // WHOLE_SIDE) for start, length, side in
                     ((crop.x, crop.width, image.width), (crop.y, crop.height, image.height)))
    return image.crop((left, top, right, bottom))


def _too_large() -> Invalid:
    return Invalid("The photo has more than 25 million pixels.", "照片超过 2500 万像素。", field="photo")
