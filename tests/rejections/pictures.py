"""Pictures for tests, small and good, and such as would hurt a server that unpacked them."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image


def picture(colour: tuple[int, int, int] = (200, 30, 30), kind: str = "JPEG",
            size: tuple[int, int] = (60, 40)) -> bytes:
    """Return a good photo."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(width: int, height: int, *, colour: int = 2, depth: int = 8, data: bytes = b"", extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + extra + _chunk(b"IDAT", zlib.compress(data, 9))
            + _chunk(b"IEND", b""))


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield twelve files, by name, none of which is a photo that may be kept."""
    yield "81 million pixels of nothing", _png(9000, 9000, data=bytes(9000 * 27001))
    yield "one pixel too high", _png(5001, 5000)
    yield "declared without pixels", _png(60_000, 60_000)
    yield "sides beyond 31 bits", _png(2**31 - 1, 2**31 - 1)
    yield "one bit a pixel", _png(30_000, 30_000, colour=0, depth=1, data=bytes(1000))
    text = _chunk(b"zTXt", b"k\x00\x00" + zlib.compress(bytes(60_000_000), 9))
    yield "text that unpacks to 60 MB", _png(10, 10, data=b"", extra=text)
    yield "an animation", _gif()
    yield "a drawing with a script", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    frame = b"\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    yield "JPEG with a huge frame", picture()[:2] + frame + b"\xff\xd9"
    yield "TIFF in tiles", b"II*\x00\x08\x00\x00\x00" + bytes(200)
    yield "WebP cut off", picture(kind="WEBP")[:40]
    yield "random bytes behind a PNG's head", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400


def _gif() -> bytes:
    out = io.BytesIO()
    Image.new("P", (10, 10)).save(out, "GIF", save_all=True, append_images=[Image.new("P", (10, 10), 1)])
    return out.getvalue()
