"""Knows the parts of an .xlsx file that are the same in every streamed workbook: styles, types, relations; must not
know any sheet.

Source: ECMA-376 part 1, SpreadsheetML.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DRAWING = "application/vnd.openxmlformats-officedocument.drawing+xml"

_RED, _GREEN, _ACCENT, _WASH = "FFB42318", "FF1A7F37", "FF0B5CAD", "FFF4F6F8"
_FONTS = ("", "<b/>", '<u/>{size}<color rgb="' + _ACCENT + '"/>', '<b/>{size}<color rgb="' + _RED + '"/>',
          '<b/>{size}<color rgb="' + _GREEN + '"/>')
_SIZE = '<sz val="11"/>'


class _Look(NamedTuple):
    """How the cells of a style look: numbers into the lists of formats and fonts, and more."""

    number: int = 0
    font: int = 0
    fill: int = 0
    border: int = 0
    quoted: bool = False
    across: str = ""


_DATE, _MOMENT, _WHOLE, _AMOUNT, _TEXT = 164, 165, 1, 0, 49
_LOOKS = {
    "text": _Look(), "quoted": _Look(quoted=True), "header": _Look(font=1, fill=2, border=1),
    "integer": _Look(_WHOLE, across="right"), "decimal": _Look(_AMOUNT, across="right"),
    "date": _Look(_DATE, across="left"), "datetime": _Look(_MOMENT, across="left"), "link": _Look(font=2),
    "red": _Look(font=3), "green": _Look(font=4), "label": _Look(font=1, fill=2),
    "left": _Look(_WHOLE, across="left"),
    "red_left": _Look(_WHOLE, font=3, across="left"),
}
STYLES: dict[str, int] = {name: place for place, name in enumerate(_LOOKS)}
"""The number of each style, as cells name it."""


def styles() -> str:
    """Return the part that holds every style."""
    fonts = "".join(f'<font>{(more if "{size}" in more else more + "{size}").format(size=_SIZE)}'
                    '<name val="Calibri"/><family val="2"/></font>' for more in _FONTS)
    return (
        f'{HEADER}<styleSheet xmlns="{MAIN}"><numFmts count="2">'
        f'<numFmt numFmtId="{_DATE}" formatCode="yyyy\\-mm\\-dd"/>'
        f'<numFmt numFmtId="{_MOMENT}" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
        f'<fonts count="{len(_FONTS)}">{fonts}</fonts>'
        f'<fills count="3">{_fill("none")}{_fill("gray125")}{_fill("solid", _WASH)}</fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/>'
        '<bottom style="thin"><color rgb="FF56646F"/></bottom><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_LOOKS)}">{"".join(map(_xf, _LOOKS.values()))}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        f'<dxfs count="1"><dxf><font><b/><color rgb="{_RED}"/></font></dxf></dxfs></styleSheet>')


def _fill(pattern: str, colour: str = "") -> str:
    inside = f'<fgColor rgb="{colour}"/><bgColor indexed="64"/>' if colour else ""
    return f'<fill><patternFill patternType="{pattern}">{inside}</patternFill></fill>'


def _xf(look: _Look) -> str:
    across = f' horizontal="{look.across}"' if look.across else ""
    across += ' indent="1"' if look.across == "right" else ""
    quoted = ' quotePrefix="1"' if look.quoted else ""
    return (f'<xf numFmtId="{look.number}" fontId="{look.font}" fillId="{look.fill}" borderId="{look.border}" xfId="0"'
            f'{quoted} applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<alignment{across} vertical="top" wrapText="1"/></xf>')


def types(sheets: int, drawn: Sequence[int]) -> str:
    """Return the part that tells what kind of part each one is; `drawn` are the numbers of sheets with pictures."""
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles"),
             *((f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1))]
    over = "".join(f'<Override PartName="{name}" ContentType="{_TYPES}.{kind}+xml"/>' for name, kind in parts)
    over += "".join(f'<Override PartName="/xl/drawings/drawing{number}.xml" ContentType="{_DRAWING}"/>'
                    for number in drawn)
    pictures = '<Default Extension="jpg" ContentType="image/jpeg"/>' if drawn else ""
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    return (f'{HEADER}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{pictures}{over}'
            f'<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>')


def relations(targets: Iterable[tuple[str, str, bool]]) -> str:
    """Return a part of relations: (kind, target, whether it lies outside of the file), named rId1 and so on."""
    said = "".join(f'<Relationship Id="rId{number}" Type="{kind if "//" in kind else f"{RELATIONS}/{kind}"}" '
                   f'Target="{escape(target)}"{" TargetMode=" + chr(34) + "External" + chr(34) if outside else ""}/>'
                   for number, (kind, target, outside) in enumerate(targets, start=1))
    return f'{HEADER}<Relationships xmlns="{_PACKAGE}/relationships">{said}</Relationships>'


def package_relations() -> str:
    """Return the part that says where the workbook is, and what the file says of itself."""
    return relations([("officeDocument", "xl/workbook.xml", False),
                      (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml", False)])


def workbook_relations(sheets: int) -> str:
    """Return the part that says where sheets and styles are: rId1 and on are the sheets."""
    return relations([*(("worksheet", f"worksheets/sheet{number}.xml", False) for number in range(1, sheets + 1)),
                      ("styles", "styles.xml", False)])


def core(title: str, creator: str, at: str) -> str:
    """Return the part that says what the file is, who made it, and when (UTC)."""
    return (f'{HEADER}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f'<dc:title>{escape(title)}</dc:title><dc:creator>{escape(creator)}</dc:creator>'
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created></cp:coreProperties>')


def workbook(sheets: Sequence[tuple[int, str]], names: str) -> str:
    """Return the part that lists the sheets, (number of its part, name), in the order shown, and the defined names."""
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in sheets)
    return (f'{HEADER}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView xWindow="0" yWindow="0" '
            f'windowWidth="28800" windowHeight="15000" tabRatio="850"/></bookViews><sheets>{listed}</sheets>'
            f'<definedNames>{names}</definedNames><calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>')
