"""Knows how a template with its data becomes a PDF/A under our own fonts only; must not know any document."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal, cast
from zoneinfo import ZoneInfo

import typst

from exports.fonts import FOLDER

Standard = Literal["a-2a", "a-3a", "ua-1"]


def typeset(folder: Path, standards: Sequence[Standard], at: dt.datetime, zone: str) -> bytes:
    """Return `main.typ` of a folder as a PDF that keeps these standards, made at a naive local time of a zone.

    Raises RuntimeError when the typesetter finds fault with the template.
    """
    compiler = typst.Compiler(folder / "main.typ", root=folder, font_paths=_fonts(), ignore_system_fonts=True)
    made, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=list(standards),
                                                    timestamp=_fixed(at, zone))
    if warnings:
        raise RuntimeError(str(warnings[0]))
    return cast("bytes", made)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])


def _fixed(at: dt.datetime, zone: str) -> dt.datetime:
    """Return the time with the offset that its zone had then: the typesetter takes no named zone."""
    aware = at.replace(tzinfo=ZoneInfo(zone))
    return aware.replace(tzinfo=dt.timezone(aware.utcoffset() or dt.timedelta()))
