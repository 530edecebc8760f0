"""Knows how small pictures lie in the cells of a streamed sheet; must not know what they show.

A ZIP takes one file after the other, so pictures wait on disk until the rows of their sheet are written.
Source: ECMA-376 part 1, SpreadsheetDrawingML.
"""

import hashlib
import tempfile
import zipfile
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple, Self

from openpyxl.utils.cell import coordinate_to_tuple

from exports.streamed_parts import HEADER, RELATIONS, relations

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_EMU, _GAP_PX, _POINTS = 9525, 3, 0.75
_IN_MEMORY = 1 << 20


class Picture(NamedTuple):
    """A cell that shows a JPEG, sides in pixels; `name` is what a list of pictures calls it, `told` what it shows."""

    content: bytes
    width: int
    height: int
    name: str
    told: str

    @property
    def row_points(self) -> float:
        """The height of a row in which it fits."""
        return (self.height + 2 * _GAP_PX) * _POINTS


@dataclass
class Media:
    """The pictures that a workbook has: the number of each by its hash, and the sheets that show some."""

    numbers: dict[bytes, int] = field(default_factory=dict)
    sheets: list[int] = field(default_factory=list)


class _Placed(NamedTuple):
    """Where a picture stands, which one, and how it is told."""

    at: str
    number: int
    width: int
    height: int
    name: str
    told: str


class Pictures:
    """The pictures of a sheet that is being written; one that the workbook has already is not written again."""

    def __init__(self, media: Media) -> None:
        self.placed: list[_Placed] = []
        self._media = media
        self._waiting: list[tuple[int, int]] = []
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, at: str, picture: Picture) -> None:
        """Put a picture into a cell."""
        digest = hashlib.sha256(picture.content).digest()
        if digest not in self._media.numbers:
            self._media.numbers[digest] = len(self._media.numbers) + 1
            self._waiting.append((self._media.numbers[digest], self._file.write(picture.content)))
        self.placed.append(_Placed(at, self._media.numbers[digest], *picture[1:]))

    def write(self, file: zipfile.ZipFile, sheet: int) -> list[tuple[str, str, bool]]:
        """Write the pictures and how they lie on the sheet with this number; return the relation that leads there."""
        if not self.placed:
            return []
        self._file.seek(0)
        for number, length in self._waiting:
            file.writestr(f"xl/media/image{number}.jpg", self._file.read(length), zipfile.ZIP_STORED)
        shown = {one.number: place for place, one in enumerate({one.number: one for one in self.placed}.values(), 1)}
        file.writestr(f"xl/drawings/_rels/drawing{sheet}.xml.rels", relations(
            ("image", f"../media/image{number}.jpg", False) for number in shown))
        anchors = "".join(_anchor(place, one, shown[one.number]) for place, one in enumerate(self.placed, start=2))
        file.writestr(f"xl/drawings/drawing{sheet}.xml", (
            f'{HEADER}<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main" '
            f'xmlns:r="{RELATIONS}">{anchors}</xdr:wsDr>'))
        self._media.sheets.append(sheet)
        return [("drawing", f"../drawings/drawing{sheet}.xml", False)]


def _anchor(shape: int, one: _Placed, relation: int) -> str:
    """Return a picture that lies within its cell, and is hidden and sorted with it."""
    row, column = coordinate_to_tuple(one.at)
    ends = "".join(
        f"<xdr:{end}><xdr:col>{column - 1}</xdr:col><xdr:colOff>{(_GAP_PX + across) * _EMU}</xdr:colOff>"
        f"<xdr:row>{row - 1}</xdr:row><xdr:rowOff>{(_GAP_PX + down) * _EMU}</xdr:rowOff></xdr:{end}>"
        for end, across, down in (("from", 0, 0), ("to", one.width, one.height)))
    return (f'<xdr:twoCellAnchor editAs="twoCell">{ends}<xdr:pic><xdr:nvPicPr>'
            f'<xdr:cNvPr id="{shape}" name="{escape(one.name)}" descr="{escape(one.told)}"/>'
            '<xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr></xdr:nvPicPr>'
            f'<xdr:blipFill><a:blip r:embed="rId{relation}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>'
            '<xdr:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{one.width * _EMU}" cy="{one.height * _EMU}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/></xdr:twoCellAnchor>')
