"""Draws with shaded metal, holes, welds and red rings, the same each time; must not know any item or defect."""

import io
import math
import random
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

INK = (43, 56, 68)
STEEL = (186, 196, 206)
DARK_STEEL = (146, 158, 170)
LIGHT_STEEL = (214, 221, 228)
PAPER = (244, 246, 248)
RED = (206, 38, 28)
RUST = (158, 84, 40)
BLACK_COAT = (62, 68, 76)
GREEN = (26, 127, 55)
FINER = 2
"""Everything is drawn so many times as large and shrunk at the end, which smooths its edges."""

Colour = tuple[int, int, int]
Point = tuple[float, float]


class Drawing:
    """A picture drawn in units of its own; (0, 0) is the upper left corner."""

    def __init__(self, width: int, height: int, background: Colour = PAPER) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * FINER, height * FINER), background)
        self._pen = ImageDraw.Draw(self._image)

    def png(self) -> bytes:
        """Return the picture as a file."""
        out = io.BytesIO()
        self._image.reduce(FINER).save(out, "PNG", compress_level=1)
        return out.getvalue()

    def plate(self, x: float, y: float, width: float, height: float, *, round_by: float = 16, fill: Colour = STEEL,
              line: int = 4) -> None:
        """Draw a plate with round corners, lighter along its upper edge."""
        self._pen.rounded_rectangle(_scaled(x, y, x + width, y + height), round_by * FINER, fill, INK, line * FINER)
        self._pen.line(_scaled(x + round_by, y + 9, x + width - round_by, y + 9), _lighter(fill), 5 * FINER)

    def shape(self, points: Sequence[Point], *, fill: Colour = STEEL, line: int = 4) -> None:
        """Draw a closed shape."""
        spread = _scaled(*(value for point in points for value in point))
        self._pen.polygon(spread, fill)
        self._pen.line([*spread, *spread[:4]], INK, line * FINER, joint="curve")

    def hole(self, x: float, y: float, radius: float, *, fill: Colour = PAPER, line: int = 4) -> None:
        """Draw a hole, or with another fill a disc."""
        self._pen.ellipse(_scaled(x - radius, y - radius, x + radius, y + radius), fill, INK, line * FINER)

    def oval(self, x: float, y: float, width: float, height: float, *, fill: Colour | None = None,
             line: int = 4) -> None:
        """Draw an oval around a point."""
        self._pen.ellipse(_scaled(x - width / 2, y - height / 2, x + width / 2, y + height / 2), fill, INK,
                          line * FINER)

    def slot(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a slot with round ends around a point."""
        self._pen.rounded_rectangle(_scaled(x - width / 2, y - height / 2, x + width / 2, y + height / 2),
                                    min(width, height) / 2 * FINER, PAPER, INK, 4 * FINER)

    def spot(self, x: float, y: float, radius: float = 9) -> None:
        """Draw a weld spot."""
        self.hole(x, y, radius, fill=DARK_STEEL, line=2)
        self.hole(x, y, radius * 0.45, fill=LIGHT_STEEL, line=1)

    def nut(self, x: float, y: float, radius: float, *, fill: Colour = LIGHT_STEEL) -> None:
        """Draw a nut from above."""
        corners = [(x + radius * math.cos(math.pi / 3 * n), y + radius * math.sin(math.pi / 3 * n)) for n in range(6)]
        self.shape(corners, fill=fill)
        self.hole(x, y, radius * 0.5)

    def line(self, *points: Point, colour: Colour = INK, width: float = 4) -> None:
        """Draw a line through points."""
        self._pen.line(_scaled(*(value for point in points for value in point)), colour, round(width * FINER),
                       joint="curve")

    def seam(self, start: Point, end: Point, *, size: float = 12, pores: int = 0) -> None:
        """Draw a weld seam of overlapping scales, with so many pores."""
        steps = max(round(math.dist(start, end) / (size * 0.7)), 2)
        spots = [(start[0] + (end[0] - start[0]) * n / steps, start[1] + (end[1] - start[1]) * n / steps)
                 for n in range(steps + 1)]
        for x, y in spots:
            self.hole(x, y, size, fill=DARK_STEEL, line=2)
        for x, y in spots[2:-1:max(len(spots) // (pores + 1), 1)][:pores]:
            self.hole(x, y, size * 0.35, fill=INK, line=1)

    def arrow(self, start: Point, end: Point, *, colour: Colour = INK) -> None:
        """Draw a dimension line with a head at both ends."""
        self.line(start, end, colour=colour, width=3)
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        for (x, y), turn in ((start, 0.0), (end, math.pi)):
            for side in (-0.45, 0.45):
                self.line((x, y), (x + 18 * math.cos(angle + turn + side), y + 18 * math.sin(angle + turn + side)),
                          colour=colour, width=3)

    def dashed(self, *points: Point, colour: Colour = INK) -> None:
        """Draw dashes through points."""
        for (x, y), (to_x, to_y) in pairwise(points):
            parts = max(round(math.dist((x, y), (to_x, to_y)) / 12), 1)
            for n in range(0, parts, 2):
                self.line((x + (to_x - x) * n / parts, y + (to_y - y) * n / parts),
                          (x + (to_x - x) * (n + 1) / parts, y + (to_y - y) * (n + 1) / parts), colour=colour, width=3)

    def jagged(self, points: Sequence[Point], depth: float, seed: str, *, colour: Colour = INK,
               width: float = 4) -> None:
        """Draw a line through points that trembles by up to `depth`."""
        chance = random.Random(seed)  # noqa: S311
        found: list[Point] = []
        for (x, y), (to_x, to_y) in pairwise(points):
            parts = max(round(math.dist((x, y), (to_x, to_y)) / 10), 1)
            found += [(x + (to_x - x) * n / parts + chance.uniform(-depth, depth),
                       y + (to_y - y) * n / parts + chance.uniform(-depth, depth)) for n in range(parts + 1)]
        self.line(*found, colour=colour, width=width)

    def speckle(self, x: float, y: float, width: float, height: float, many: int, seed: str, *, colour: Colour,
                size: float = 6) -> None:
        """Scatter spots over an area."""
        chance = random.Random(seed)  # noqa: S311
        for _each in range(many):
            at, down = x + chance.random() * width, y + chance.random() * height
            radius = size * (0.4 + 0.9 * chance.random())
            self._pen.ellipse(_scaled(at - radius, down - radius, at + radius, down + radius), colour)

    def ring(self, x: float, y: float, radius: float) -> None:
        """Draw the red ring that shows what is wrong."""
        self._pen.ellipse(_scaled(x - radius, y - radius, x + radius, y + radius), None, RED, 9 * FINER)

    def tick(self) -> None:
        """Draw a green tick in the lower right corner: this is how it should be."""
        x, y = self.width - 62, self.height - 60
        self.hole(x, y, 40, fill=GREEN, line=0)
        self.line((x - 18, y + 1), (x - 4, y + 16), (x + 20, y - 14), colour=(255, 255, 255), width=9)

    def mirrored(self) -> "Drawing":
        """Return the same picture seen in a mirror."""
        other = Drawing(self.width, self.height)
        other._image = self._image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        other._pen = ImageDraw.Draw(other._image)
        return other


def _scaled(*values: float) -> list[float]:
    return [value * FINER for value in values]


def _lighter(colour: Colour) -> Colour:
    red, green, blue = (min(255, part + 26) for part in colour)
    return red, green, blue
