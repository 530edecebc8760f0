"""Knows where everything of an Ishikawa diagram stands, so that no two texts meet; must not know how it is drawn.

Three bones stand above the spine and three below. Each cause has a place of its own on its bone, however many there
are.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from qms.rules.actions import CATEGORIES

WIDTH, HEAD, MEETS = 1080, 868, (288, 576, 864)
"""Width in pixels, where the head begins, and where the bones meet the spine."""
SLANT, RIB, LABEL, PLACE, EDGE = 48, 212, 32, 64, 8
"""Pixels: how far a bone leans, how long a rib is, how high a label, a cause's place, and the rim are."""
RIB_CELLS, HEAD_CELLS = 27, 25
"""Cells (half the width of a Chinese character) of a line of a cause and of the head."""


class Rib(NamedTuple):
    """One cause on its bone: a line from `left` to `right` at `y`, its text above it, its status below."""

    id: int
    left: float
    right: float
    y: float
    lines: tuple[str, ...]


class Bone(NamedTuple):
    """One bone: from (x, y) at its label to (x_spine, the spine)."""

    category: str
    x: float
    y: float
    label_y: float
    x_spine: float
    ribs: tuple[Rib, ...]


class Fish(NamedTuple):
    """The whole diagram: its size, its spine, its bones, and the lines of the problem in its head."""

    width: int
    height: float
    spine: float
    head: tuple[str, ...]
    bones: tuple[Bone, ...]


def fishbone(problem: str, causes: Mapping[str, Sequence[tuple[int, str]]]) -> Fish:
    """Place the causes (id, text) of each bone around the spine that leads to the problem."""
    names = list(CATEGORIES)
    above, below = names[:3], names[3:]
    spine = EDGE + _half(causes, above)
    height = spine + _half(causes, below) + EDGE
    bones = [_bone(name, x, spine, causes.get(name, ()), EDGE, up=True) for name, x in zip(above, MEETS, strict=True)]
    bones += [_bone(name, x, spine, causes.get(name, ()), height - EDGE, up=False)
              for name, x in zip(below, MEETS, strict=True)]
    return Fish(WIDTH, height, spine, wrapped(problem, HEAD_CELLS, 4), tuple(bones))


def wrapped(text: str, cells: int, most: int) -> tuple[str, ...]:
    """Break a text into at most so many lines of so many cells; what is left out is marked by an ellipsis."""
    lines, line = [], ""
    for word in _words(" ".join(text.split())):
        if line and width(line + word.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line += word
    lines.append(line.rstrip())
    if len(lines) > most:
        last = lines[most - 1]
        while width(last) > cells - 2:
            last = last[:-1]
        lines = [*lines[:most - 1], last.rstrip() + "…"]
    return tuple(lines)


def width(text: str) -> int:
    """Return the width of a text in cells: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _half(causes: Mapping[str, Sequence[tuple[int, str]]], names: Sequence[str]) -> float:
    return LABEL + PLACE * max(1, *(len(causes.get(name, ())) for name in names)) + 16


def _bone(name: str, x_spine: float, spine: float, causes: Sequence[tuple[int, str]], rim: float, *,
          up: bool) -> Bone:
    y = rim + LABEL if up else rim - LABEL
    ribs = []
    for n, (cause_id, text) in enumerate(causes):
        at = y + 44 + n * PLACE if up else spine + 48 + n * PLACE
        right = x_spine - SLANT * abs(spine - at) / abs(spine - y)
        ribs.append(Rib(cause_id, right - RIB, right, at, wrapped(text, RIB_CELLS, 2)))
    return Bone(name, x_spine - SLANT, y, rim if up else y, x_spine, tuple(ribs))


def _words(text: str) -> list[str]:
    """Cut a text where a line may end: after a space, and before and after every Chinese character."""
    words: list[str] = [""]
    for char in text:
        if width(char) == 2:
            words += [char, ""]
        else:
            words[-1] += char
            if char == " " or width(words[-1]) >= RIB_CELLS - 2:
                words.append("")
    return [word for word in words if word]
