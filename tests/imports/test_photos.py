import hashlib
import io
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from qms.imports.photos import clean_photo
from qms.rules.errors import Invalid
from qms.rules.pictures import Frame

ORIENTATION, GPS = 0x0112, 0x8825


def photo(size=(400, 300), kind="JPEG", colour=(200, 30, 30), exif=None, mode="RGB"):
    out = io.BytesIO()
    image = Image.new(mode, size, colour)
    image.putpixel((0, 0), (0, 0, 255, 255)[: len(image.getbands())])
    image.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def declared_png(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def exif(orientation=1):
    data = Image.Exif()
    data[ORIENTATION] = orientation
    data.get_ifd(GPS)[1] = "N"
    data.get_ifd(GPS)[2] = (31.0, 14.0, 9.0)
    return data.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_kinds_become_webp(kind):
    data = photo(kind=kind)
    kept = clean_photo(data)
    image = Image.open(io.BytesIO(kept.content))
    assert (image.format, image.size, kept.content_type) == ("WEBP", (400, 300), "image/webp")
    assert kept.sha256 == hashlib.sha256(kept.content).hexdigest()
    assert kept.sent_sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "ICO"])
def test_other_kinds_are_refused(kind):
    with pytest.raises(Invalid) as refusal:
        clean_photo(photo(kind=kind, size=(64, 64)))
    assert refusal.value.field == "photo"


@pytest.mark.parametrize("data", [
    b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"GIF89a", b"PK\x03\x04",
    b"\xff\xd8\xff", photo()[:200], photo(kind="PNG", size=(900, 900))[:700], photo(kind="WEBP")[:40],
    b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_whole_photo_is_refused(data):
    with pytest.raises(Invalid) as refusal:
        clean_photo(data)
    assert refusal.value.field == "photo"


@pytest.mark.parametrize("size", [
    (9000, 9000), (5001, 5000), (20_000, 20_000), (2**31 - 1, 2**31 - 1), (1, 2**30)])
def test_a_small_file_that_declares_a_huge_picture_is_refused(size):
    with pytest.raises(Invalid):
        clean_photo(declared_png(*size))


def test_the_largest_picture_allowed_is_taken():
    assert clean_photo(photo((5000, 5000))).width == 1600


def test_more_than_12_mib_are_refused():
    with pytest.raises(Invalid, match="12 MiB"):
        clean_photo(photo() + bytes(12 << 20))


def test_a_large_photo_is_shrunk_and_a_small_one_kept():
    assert (clean_photo(photo((4000, 3000))).width, clean_photo(photo((4000, 3000))).height) == (1600, 1200)
    assert clean_photo(photo((300, 4800))).height == 1600
    assert clean_photo(photo((20, 10))).width == 20


def test_position_and_all_other_exif_are_gone():
    data = photo(exif=exif())
    assert b"Exif" in data
    kept = clean_photo(data).content
    assert b"EXIF" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_photo_taken_sideways_stands_upright():
    kept = clean_photo(photo((400, 300), exif=exif(orientation=6)))
    assert (kept.width, kept.height) == (300, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_hides_after_the_picture_is_gone(kind):
    kept = clean_photo(photo(kind=kind) + b"<script>alert(1)</script>PK\x03\x04").content
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1"])
def test_unusual_pixels_are_taken(mode):
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (10, 20, 30, 90)).convert(mode).save(out, "PNG")
    assert clean_photo(out.getvalue()).width == 40


def test_refusing_a_bomb_takes_little_memory_and_time(tmp_path):
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(declared_png(5000, 5000))
    code = (
        "import sys, time, resource; from pathlib import Path; from qms.imports.photos import clean_photo\n"
        "from qms.rules.errors import Invalid\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.monotonic()\n"
        "try: clean_photo(Path(sys.argv[1]).read_bytes())\n"
        "except Invalid: print('refused')\n"
        "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "assert grown < 150 * 1024 and time.monotonic() - start < 2, (grown, time.monotonic() - start)\n")
    done = subprocess.run([sys.executable, "-c", code, str(bomb)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "refused"


def quarters(size, **more):
    image = Image.new("RGB", size, (255, 255, 255))
    image.paste((0, 0, 200), (size[0] // 2, 0, size[0], size[1] // 2))
    out = io.BytesIO()
    image.save(out, "PNG", **more)
    return out.getvalue()


def is_blue(content):
    red, _green, blue = Image.open(io.BytesIO(content)).convert("RGB").resize((1, 1)).getpixel((0, 0))
    return blue > 150 and red < 60


def test_a_photo_is_cut_before_it_is_kept():
    kept = clean_photo(quarters((400, 300)), Frame(500, 0, 500, 500))
    assert (kept.width, kept.height) == (200, 150)
    assert is_blue(kept.content)
    assert not is_blue(clean_photo(quarters((400, 300)), Frame(0, 500, 500, 500)).content)


def test_a_photo_is_cut_as_it_stands_upright():
    kept = clean_photo(quarters((400, 300), exif=exif(orientation=6)), Frame(500, 500, 500, 500))
    assert (kept.width, kept.height) == (150, 200)
    assert is_blue(kept.content)


def test_what_is_cut_out_of_a_large_photo_stays_sharp():
    assert clean_photo(photo((4000, 3000)), Frame(0, 0, 400, 400)).width == 1600


@pytest.mark.parametrize("crop", [Frame(0, 0, 1001, 1000), Frame(0, 0, 0, 1000), Frame(-5, 0, 500, 500)])
def test_a_frame_outside_of_the_photo_is_refused(crop):
    with pytest.raises(Invalid):
        clean_photo(photo(), crop)
