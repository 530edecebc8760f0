"""Draws the items of the demo plant and says where their zones are; must not know who adds the pictures."""

from collections.abc import Callable
from typing import NamedTuple

from qms.demo.drawings import DARK_STEEL, LIGHT_STEEL, STEEL, Drawing
from qms.rules.pictures import Frame

SIZE = (960, 640)


class Zone(NamedTuple):
    """A named part of an item's picture."""

    zh: str
    en: str
    frame: Frame


def coil() -> Drawing:
    """Draw a coil of sheet, from the side."""
    d = Drawing(*SIZE)
    d.plate(170, 560, 620, 36, fill=DARK_STEEL)
    for radius in range(250, 90, -20):
        d.hole(480, 310, radius, fill=LIGHT_STEEL if radius % 40 else STEEL, line=3)
    d.hole(480, 310, 84)
    d.shape([(716, 392), (880, 520), (866, 540), (700, 412)], fill=LIGHT_STEEL)
    return d


def tubes() -> Drawing:
    """Draw a bundle of tubes, from their ends."""
    d = Drawing(*SIZE)
    for row in range(3):
        for n in range(6 - row):
            x, y = 215 + n * 106 + row * 53, 470 - row * 94
            d.hole(x, y, 50, fill=STEEL)
            d.hole(x, y, 36)
    d.plate(130, 530, 700, 34, fill=DARK_STEEL)
    return d


def nut() -> Drawing:
    """Draw a weld nut from above."""
    d = Drawing(*SIZE)
    d.nut(480, 320, 240, fill=STEEL)
    d.hole(480, 320, 190, fill=LIGHT_STEEL)
    d.hole(480, 320, 124)
    d.oval(480, 320, 214, 214, line=3)
    for x, y in ((300, 320), (570, 164), (570, 476)):
        d.hole(x, y, 20, fill=DARK_STEEL)
    return d


def side_plate() -> Drawing:
    """Draw a pressed side plate."""
    d = Drawing(*SIZE)
    d.shape([(150, 520), (150, 250), (330, 110), (640, 110), (820, 300), (820, 520)])
    d.shape([(150, 520), (820, 520), (800, 566), (170, 566)], fill=DARK_STEEL)
    d.hole(270, 400, 48)
    d.hole(700, 400, 48)
    d.slot(486, 240, 190, 76)
    d.line((190, 478), (780, 478), width=2)
    return d


def seat_bracket() -> Drawing:
    """Draw the seat-bracket assembly, left."""
    d = Drawing(*SIZE)
    d.plate(90, 400, 780, 150)
    d.shape([(180, 400), (240, 130), (430, 90), (560, 200), (560, 400)], fill=LIGHT_STEEL)
    d.plate(600, 260, 200, 140, fill=DARK_STEEL)
    for x in (150, 810):
        d.hole(x, 478, 34)
    d.hole(350, 210, 46)
    for x in range(250, 730, 44):
        d.spot(x, 430)
    for x in (650, 750):
        d.nut(x, 330, 32)
    d.seam((250, 398), (540, 398), size=9)
    return d


def seat_bracket_right() -> Drawing:
    """Draw the seat-bracket assembly, right: the left one in a mirror."""
    return seat_bracket().mirrored()


def track_bracket() -> Drawing:
    """Draw the seat-track bracket."""
    d = Drawing(*SIZE)
    d.plate(70, 250, 820, 170)
    d.plate(70, 210, 820, 52, fill=DARK_STEEL)
    d.shape([(330, 420), (390, 540), (570, 540), (630, 420)], fill=LIGHT_STEEL)
    for x in (150, 810):
        d.hole(x, 336, 36)
    for x in (300, 420, 540, 660):
        d.slot(x, 336, 74, 34)
    d.nut(480, 484, 34)
    for x in range(360, 620, 48):
        d.spot(x, 404)
    return d


def tube() -> Drawing:
    """Draw the machined tube, from the side with its end beside it."""
    d = Drawing(*SIZE)
    d.plate(70, 240, 570, 160, round_by=6)
    d.plate(70, 240, 66, 160, round_by=6, fill=LIGHT_STEEL)
    d.plate(574, 240, 66, 160, round_by=6, fill=LIGHT_STEEL)
    d.line((30, 320), (680, 320), width=2)
    d.hole(790, 320, 110, fill=STEEL)
    d.hole(790, 320, 78)
    return d


def column_bracket() -> Drawing:
    """Draw the steering-column bracket assembly."""
    d = Drawing(*SIZE)
    d.plate(110, 430, 740, 110)
    d.shape([(230, 430), (280, 180), (390, 180), (390, 430)], fill=LIGHT_STEEL)
    d.shape([(570, 430), (570, 180), (680, 180), (730, 430)], fill=LIGHT_STEEL)
    d.plate(200, 110, 560, 116, round_by=12, fill=DARK_STEEL)
    d.hole(334, 330, 34)
    d.hole(626, 330, 34)
    for x in (170, 790):
        d.nut(x, 486, 38)
    d.seam((236, 430), (386, 430), size=10)
    d.seam((576, 430), (726, 430), size=10)
    for x in (440, 520):
        d.hole(x, 486, 22, fill=LIGHT_STEEL)
    return d


def lower_bracket() -> Drawing:
    """Draw the lower steering-column bracket."""
    d = Drawing(*SIZE)
    d.shape([(140, 540), (200, 240), (760, 240), (820, 540)])
    d.hole(480, 250, 140, fill=DARK_STEEL)
    d.hole(480, 250, 96)
    for x in (250, 710):
        d.nut(x, 460, 46)
    d.seam((330, 322), (400, 392), size=11)
    d.seam((560, 392), (630, 322), size=11)
    d.slot(480, 486, 150, 54)
    return d


_CUT_EDGE = ("切边", "cut edge")
_WELD = ("焊点", "weld spot")
_SEAM = ("焊缝", "seam")
_NUT = ("螺母座", "nut seat")
_FACE = ("外表面", "outer face")
_FLANGE = ("折边", "flange")
_THREAD = ("螺纹", "thread")

_LEFT, _RIGHT = ("安装孔左", "mounting hole left"), ("安装孔右", "mounting hole right")
_SEAT = (Zone(*_LEFT, Frame(100, 660, 120, 180)), Zone(*_RIGHT, Frame(780, 660, 130, 180)),
         Zone(*_WELD, Frame(230, 615, 540, 115)), Zone(*_NUT, Frame(625, 405, 210, 215)),
         Zone(*_FACE, Frame(200, 145, 360, 425)), Zone("下边缘", "lower edge", Frame(85, 845, 830, 50)))


def _mirrored(zones: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """Return the zones of the same item seen in a mirror; left and right change their names."""
    names = {_LEFT: _RIGHT, _RIGHT: _LEFT}
    return tuple(Zone(*names.get((z.zh, z.en), (z.zh, z.en)),
                      z.frame._replace(x=1000 - z.frame.x - z.frame.width)) for z in zones)


ITEM_DRAWINGS: dict[str, tuple[Callable[[], Drawing], tuple[Zone, ...]]] = {
    "RM-510": (coil, (Zone("表面", "surface", Frame(240, 100, 520, 340)),
                      Zone("板材", "sheet", Frame(720, 590, 220, 270)))),
    "RM-530": (tubes, (Zone("管端", "tube end", Frame(140, 330, 720, 490)),)),
    "PP-620": (nut, (Zone(*_THREAD, Frame(350, 270, 300, 460)),
                     Zone("焊凸", "weld projection", Frame(270, 420, 80, 160)))),
    "SP-110": (side_plate, (
        Zone(*_CUT_EDGE, Frame(325, 130, 360, 75)), Zone(*_LEFT, Frame(215, 530, 135, 190)),
        Zone(*_RIGHT, Frame(660, 530, 135, 190)), Zone("R 角", "radius", Frame(150, 745, 710, 65)),
        Zone("法兰", "flange", Frame(150, 815, 710, 80)), Zone(*_FACE, Frame(380, 290, 260, 400)))),
    "SB-210": (seat_bracket, _SEAT),
    "SB-220": (seat_bracket_right, _mirrored(_SEAT)),
    "SB-310": (track_bracket, (
        Zone(*_FLANGE, Frame(70, 315, 860, 95)), Zone(*_LEFT, Frame(105, 450, 105, 150)),
        Zone(*_RIGHT, Frame(790, 450, 110, 150)), Zone(*_WELD, Frame(350, 595, 290, 80)),
        Zone(*_NUT, Frame(430, 680, 140, 160)), Zone(*_FACE, Frame(250, 425, 500, 160)))),
    "CP-130": (tube, (Zone("管端", "tube end", Frame(60, 350, 100, 310)),
                      Zone("端面", "face", Frame(590, 350, 95, 310)),
                      Zone("内孔", "bore", Frame(735, 375, 180, 260)))),
    "CB-410": (column_bracket, (
        Zone(*_SEAM, Frame(225, 630, 560, 65)), Zone(*_THREAD, Frame(125, 695, 105, 135)),
        Zone("装配位", "fitting place", Frame(200, 165, 600, 200)), Zone("铆钉", "rivet", Frame(425, 700, 150, 120)),
        Zone(*_FACE, Frame(240, 385, 170, 235)))),
    "CB-420": (lower_bracket, (
        Zone(*_SEAM, Frame(320, 470, 360, 170)), Zone(*_THREAD, Frame(205, 635, 110, 165)),
        Zone("螺纹右", "thread right", Frame(685, 635, 110, 165)), Zone("内孔", "bore", Frame(400, 240, 200, 220)),
        Zone("下边缘", "lower edge", Frame(140, 805, 720, 60)))),
}
"""Of each item its picture and the zones on it; zones that defect codes name are called the same."""
