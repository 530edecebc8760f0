"""Knows which characters the printed documents can set, and cuts their fonts; must not run on a user's machine.

A maintainer runs `python -m tools.fonts` with Debian's fonts-noto-cjk at hand. What it writes is committed, so that a
document looks the same wherever it is made. The regular cut holds every Chinese character of the basic plane; the bold
one what GB2312 holds, and the typesetter takes the rest of a bold text from the regular one.
"""

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).resolve().parent.parent / "exports" / "fonts"
FAMILY = "Noto Sans CJK SC"
LETTERS = ((0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x2FF), (0x370, 0x3FF), (0x400, 0x45F), (0x1E00, 0x1EFF),
           (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218F), (0x2190, 0x21FF),
           (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x257F), (0x2580, 0x25FF), (0x2600, 0x27BF),
           (0x2E80, 0x2FDF), (0x3000, 0x312F), (0x3200, 0x33FF), (0xFE10, 0xFE1F), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF))
"""Latin, Greek, Cyrillic, kana, punctuation, arrows, ticks and other signs, as far as the source has them."""
HANZI = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))


def main() -> None:
    """Cut both weights anew."""
    letters = {sign for first, last in LETTERS for sign in range(first, last + 1)}
    hanzi = {sign for first, last in HANZI for sign in range(first, last + 1)}
    for weight, signs in (("Regular", letters | hanzi), ("Bold", letters | gb2312())):
        target = TARGET / f"NotoSansCJKsc-{weight}.otf"
        cut(SOURCE / f"NotoSansCJK-{weight}.ttc", signs, target)
        print(f"{target.name}: {target.stat().st_size / 2**20:.1f} MiB")


def gb2312() -> set[int]:
    """Return every character of the national standard set."""
    pairs = (bytes((first, second)) for first in range(0xA1, 0xF8) for second in range(0xA1, 0xFF))
    return {ord(sign) for pair in pairs if len(sign := pair.decode("gb2312", "ignore")) == 1}


def cut(source: Path, signs: set[int], target: Path) -> None:
    """Write the font of the family with these characters only."""
    font = _of_family(source)
    options = Options(hinting=False, layout_features=["kern"],
                      name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True, glyph_names=False,
                      drop_tables=["vhea", "vmtx", "VORG", "BASE", "DSIG"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=signs)
    subsetter.subset(font)
    font.save(target)


def _of_family(source: Path) -> TTFont:
    return next(font for font in TTCollection(source) if font["name"].getDebugName(1) == FAMILY)


if __name__ == "__main__":
    main()
