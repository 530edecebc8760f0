"""Knows how a slide of a management review is laid out: texts that fit, tables, links; must not know what they say."""

import io
import re
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from exports.cells import Marks, clean

INK, MUTED, ACCENT = "1B2733", "56646F", "0B5CAD"
RED, AMBER, GREEN = "B42318", "7A4D00", "1A7F37"
WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.6
"""Inches of a wide slide and of its margin."""
_LATIN, _CHINESE = "Calibri", "Microsoft YaHei"
_FACES = re.compile(rb'(<a:latin typeface=")[^"]*("[^>]*>\s*<a:ea typeface=")[^"]*"')
_BLANK, _WIDE, _NARROW, _LINE = 6, 0x2E7F, 0.53, 1.25
_INCH = 72
_PAD = 0.05


Row = Sequence[tuple[str, str]]
"""The texts of a table's row, each with its colour."""


class Deck:
    """The slides being made, all with the same foot."""

    def __init__(self, title: str, author: str, made_at: Any, foot: str) -> None:
        self.file = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(WIDTH), Inches(HEIGHT)
        told = self.file.core_properties
        told.title, told.author, told.created, told.modified = title, author, made_at, made_at
        told.last_modified_by = author
        _set_fonts(self.file)
        self.foot = foot

    def slide(self, title: str, mark: str = "", colour: str = MUTED) -> Any:
        """Add a slide with a title, a mark at its right, the foot and its number."""
        slide = self.file.slides.add_slide(self.file.slide_layouts[_BLANK])
        self.text(slide, title, EDGE, 0.4, WIDTH - 2 * EDGE - 2.2, 0.75, size=26, bold=True, anchor="middle")
        self.text(slide, mark, WIDTH - EDGE - 2.1, 0.4, 2.1, 0.75, size=14, bold=True, colour=colour, align="right",
                  anchor="middle")
        self.text(slide, self.foot, EDGE, 7.05, WIDTH - 2 * EDGE - 1, 0.3, size=10, colour=MUTED)
        self.text(slide, str(len(self.file.slides)), WIDTH - EDGE - 0.9, 7.05, 0.9, 0.3, size=10, colour=MUTED,
                  align="right")
        return slide

    def text(self, slide: Any, text: str, x: float, y: float, width: float, height: float, *, size: float,
             bold: bool = False, colour: str = INK, align: str = "left", anchor: str = "top", link: str = "") -> Any:
        """Write a text into a box; what has no room there ends in an ellipsis."""
        box = slide.shapes.add_textbox(Inches(x), Inches(y), Inches(width), Inches(height))
        frame = box.text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE if anchor == "middle" else MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Inches(_PAD)
        _fill(frame, fitted(text, width, height, size), size, colour, align, bold=bold, link=link)
        return box

    def table(self, slide: Any, heads: Sequence[str], rows: Sequence[Row], widths: Sequence[float], x: float, y: float,
              height: float, *, size: float = 12) -> None:
        """Write rows of (text, colour) under headings; each row has the same height and its texts fit into it."""
        shape = slide.shapes.add_table(len(rows) + 1, len(heads), Inches(x), Inches(y), Inches(sum(widths)),
                                       Inches(height * (len(rows) + 1)))
        table = shape.table
        table.horz_banding = False
        for place, width in enumerate(widths):
            table.columns[place].width = Inches(width)
        told = [[(head, MUTED) for head in heads], *rows]
        for line, row in enumerate(told):
            table.rows[line].height = Inches(height)
            for place, (text, colour) in enumerate(row):
                cell = table.cell(line, place)
                cell.margin_left = cell.margin_right = Inches(_PAD)
                cell.margin_top = cell.margin_bottom = Inches(0.02)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.fill.solid()
                cell.fill.fore_color.rgb = rgb("F4F6F8" if line == 0 else "FFFFFF")
                _fill(cell.text_frame, fitted(text, widths[place], height, size), size, colour, "left",
                      bold=colour not in {INK, MUTED})

    def content(self) -> bytes:
        """Return the file."""
        target = io.BytesIO()
        self.file.save(target)
        return target.getvalue()


def rgb(colour: str) -> RGBColor:
    """Return a colour from its six digits."""
    return RGBColor(*bytes.fromhex(colour))


def fitted(text: str, width: float, height: float, size: float) -> str:
    """Return a text that fits into a box of inches at a size of points, cut with an ellipsis."""
    with Marks(None) as marks:
        plain = clean(text, marks)
    room = max((width - 2 * _PAD) * _INCH / size, 1)
    left = max(int((height - 0.04) * _INCH / (size * _LINE) + 0.15), 1)
    kept: list[str] = []
    used = 0.0
    for sign in plain:
        wide = 1.0 if ord(sign) > _WIDE else _NARROW
        if sign == "\n" or used + wide > room * (1 if ord(sign) > _WIDE else 0.97):
            left, used = left - 1, 0.0
            if left == 0:
                return "".join(kept)[:-2].rstrip() + "…"
        kept.append(sign)
        used += 0 if sign == "\n" else wide
    return "".join(kept)


def _fill(frame: Any, text: str, size: float, colour: str, align: str, *, bold: bool, link: str = "") -> None:
    for place, line in enumerate(text.split("\n")):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if align == "right" else PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = line, Pt(size), bold
        run.font.color.rgb = rgb(colour)
        if link:
            run.hyperlink.address = link


def _set_fonts(file: Any) -> None:
    """Name fonts in the theme that show both languages; text, tables and charts all take them from there."""
    part = next(one.target_part for one in file.slide_masters[0].part.rels.values() if one.reltype.endswith("/theme"))
    part._blob = _FACES.sub(f'\\1{_LATIN}\\2{_CHINESE}"'.encode(), part.blob)
