"""Draws what is not good about each defect of the demo plant, with a red ring, and what is good; knows no item."""

from collections.abc import Callable

from qms.demo.drawings import (
    BLACK_COAT,
    DARK_STEEL,
    INK,
    LIGHT_STEEL,
    PAPER,
    RED,
    RUST,
    STEEL,
    Drawing,
)

SIZE = (480, 360)
Motif = Callable[[Drawing, bool], None]
"""Draws a part; True: with the fault on it."""


def _rust(d: Drawing, wrong: bool) -> None:
    d.plate(50, 50, 380, 260)
    if wrong:
        d.speckle(150, 110, 160, 120, 90, "rust", colour=RUST, size=10)
        d.ring(232, 170, 104)


def _thickness(d: Drawing, wrong: bool) -> None:
    d.plate(60, 150, 360, 92 if wrong else 44, round_by=4)
    d.arrow((150, 118), (150, 276 if wrong else 226))
    d.dashed((40, 194), (440, 194), colour=RED)
    if wrong:
        d.ring(330, 200, 84)


def _thread(d: Drawing, wrong: bool) -> None:
    d.plate(120, 40, 240, 280, fill=STEEL)
    d.plate(180, 40, 120, 280, round_by=0, fill=PAPER)
    for y in range(56, 316, 22):
        broken = wrong and 140 < y < 220
        d.jagged([(184, y), (296, y + 14)], 6 if broken else 0, f"thread {y}", width=5)
    if wrong:
        d.ring(240, 184, 78)


def _certificate(d: Drawing, wrong: bool) -> None:
    d.plate(130, 30, 220, 300, round_by=4, fill=(255, 255, 255))
    for n in range(7):
        d.line((156, 78 + n * 26), (324 if n % 3 else 260, 78 + n * 26), colour=DARK_STEEL, width=6)
    if wrong:
        d.line((140, 44), (340, 316), colour=RED, width=9)
        d.line((340, 44), (140, 316), colour=RED, width=9)
    else:
        d.hole(300, 282, 26, fill=STEEL)


def _burr(d: Drawing, wrong: bool) -> None:
    d.plate(40, 170, 400, 150, round_by=2)
    if wrong:
        for n in range(15):
            x, high = 128 + n * 15, (22, 46, 30, 58, 36)[n % 5]
            d.shape([(x, 172), (x + 9, 172 - high), (x + 15, 172)], line=3)
        d.ring(240, 150, 112)


def _outline(d: Drawing, wrong: bool) -> None:
    d.plate(90, 110, 330 if wrong else 280, 140, round_by=6)
    d.arrow((90, 290), (420 if wrong else 370, 290))
    d.dashed((370, 80), (370, 300), colour=RED)
    if wrong:
        d.ring(394, 180, 66)


def _mixed(d: Drawing, wrong: bool) -> None:
    for n in range(4):
        d.plate(60 + n * 96, 90, 76, 180, round_by=4, fill=LIGHT_STEEL if wrong and n == 2 else STEEL)
    if wrong:
        d.hole(290, 180, 18)
        d.ring(290, 180, 92)


def _crack(d: Drawing, wrong: bool) -> None:
    d.shape([(60, 60), (240, 60), (240, 200), (420, 200), (420, 310), (60, 310)])
    if wrong:
        d.jagged([(180, 120), (262, 250)], 9, "crack", colour=INK, width=6)
        d.ring(222, 186, 92)


def _wrinkle(d: Drawing, wrong: bool) -> None:
    d.plate(50, 60, 380, 240)
    for n in range(5 if wrong else 0):
        d.oval(180 + n * 26, 180, 20, 150, line=4)
    if wrong:
        d.ring(232, 180, 104)


def _angle(d: Drawing, wrong: bool) -> None:
    d.line((90, 290), (330, 290), width=34, colour=DARK_STEEL)
    d.line((100, 300), (190 if wrong else 100, 60), width=34, colour=DARK_STEEL)
    d.dashed((100, 300), (100, 50), colour=RED)
    if wrong:
        d.ring(140, 140, 90)


def _hole_off(d: Drawing, wrong: bool) -> None:
    d.plate(50, 60, 380, 240)
    d.hole(268 if wrong else 240, 196 if wrong else 180, 52)
    d.dashed((240, 70), (240, 290), colour=RED)
    d.dashed((120, 180), (360, 180), colour=RED)
    if wrong:
        d.ring(256, 188, 100)


def _dent(d: Drawing, wrong: bool) -> None:
    d.plate(50, 50, 380, 260)
    if wrong:
        for radius, fill in ((62, DARK_STEEL), (46, STEEL), (28, LIGHT_STEEL)):
            d.oval(240, 180, radius * 2, radius * 1.5, fill=fill, line=2)
        d.ring(240, 180, 100)


def _spots(d: Drawing, wrong: bool) -> None:
    d.plate(40, 70, 400, 220)
    for n in range(5):
        x = 90 + n * 75
        if wrong and n == 2:
            d.dashed((x - 26, 180), (x, 154), (x + 26, 180), (x, 206), (x - 26, 180), colour=RED)
        else:
            d.spot(x, 180, 26)
    if wrong:
        d.ring(240, 180, 70)


def _cold_weld(d: Drawing, wrong: bool) -> None:
    d.plate(40, 70, 400, 220)
    d.spot(150, 180, 34)
    d.spot(330, 180, 16 if wrong else 34)
    if wrong:
        d.ring(330, 180, 78)


def _burnt(d: Drawing, wrong: bool) -> None:
    d.plate(40, 70, 400, 220)
    d.spot(150, 180, 34)
    d.hole(330, 180, 40, fill=DARK_STEEL)
    d.hole(330, 180, 24 if wrong else 12, fill=INK if wrong else LIGHT_STEEL)
    if wrong:
        d.ring(330, 180, 82)


def _spatter(d: Drawing, wrong: bool) -> None:
    d.plate(40, 60, 400, 240)
    d.seam((80, 180), (400, 180), size=16)
    if wrong:
        d.speckle(170, 90, 180, 60, 34, "spatter", colour=INK, size=7)
        d.ring(260, 124, 92)


def _nut_missing(d: Drawing, wrong: bool) -> None:
    d.plate(40, 60, 400, 240)
    d.nut(140, 180, 54)
    if wrong:
        d.hole(340, 180, 28)
        d.ring(340, 180, 84)
    else:
        d.nut(340, 180, 54)


def _pores(d: Drawing, wrong: bool) -> None:
    d.plate(40, 60, 400, 240)
    d.seam((70, 180), (410, 180), size=26, pores=5 if wrong else 0)
    if wrong:
        d.ring(230, 180, 96)


def _seam_off(d: Drawing, wrong: bool) -> None:
    d.plate(40, 60, 400, 120, round_by=2)
    d.plate(40, 180, 400, 120, round_by=2, fill=LIGHT_STEEL)
    d.seam((70, 180), (410, 226 if wrong else 180), size=16)
    if wrong:
        d.ring(350, 212, 78)


def _tube_length(d: Drawing, wrong: bool) -> None:
    d.plate(50, 120, 350 if wrong else 300, 110, round_by=4)
    d.arrow((50, 280), (400 if wrong else 350, 280))
    d.dashed((350, 80), (350, 300), colour=RED)
    if wrong:
        d.ring(376, 176, 72)


def _tube_burr(d: Drawing, wrong: bool) -> None:
    d.hole(240, 180, 130, fill=STEEL)
    d.hole(240, 180, 92)
    if wrong:
        d.jagged([(170, 118), (240, 84), (310, 118)], 14, "tube", width=7)
        d.ring(240, 106, 80)


def _bore(d: Drawing, wrong: bool) -> None:
    d.hole(240, 180, 140, fill=STEEL)
    d.hole(240, 180, 112 if wrong else 88)
    d.dashed((240, 92), (302, 118), (328, 180), (302, 242), (240, 268), (178, 242), (152, 180), (178, 118), (240, 92),
             colour=RED)
    if wrong:
        d.ring(338, 180, 66)


def _out_of_round(d: Drawing, wrong: bool) -> None:
    d.oval(240, 180, 320 if wrong else 260, 220 if wrong else 260, fill=STEEL)
    d.oval(240, 180, 270 if wrong else 210, 170 if wrong else 210, fill=PAPER)
    d.dashed((240, 50), (332, 88), (370, 180), (332, 272), (240, 310), (148, 272), (110, 180), (148, 88), (240, 50),
             colour=RED)
    if wrong:
        d.ring(394, 180, 62)


def _rough(d: Drawing, wrong: bool) -> None:
    d.plate(60, 50, 360, 260)
    for y in range(80, 300, 16):
        d.jagged([(80, y), (400, y)], 6 if wrong and 130 < y < 230 else 0, f"rough {y}", colour=DARK_STEEL, width=3)
    if wrong:
        d.ring(240, 180, 100)


def _thin_coat(d: Drawing, wrong: bool) -> None:
    d.plate(50, 50, 380, 260, fill=BLACK_COAT)
    if wrong:
        for size, fill in ((190, (86, 93, 102)), (150, (116, 124, 134)), (104, DARK_STEEL)):
            d.oval(240, 180, size, size * 0.7, fill=fill, line=0)
        d.ring(240, 180, 112)


def _sag(d: Drawing, wrong: bool) -> None:
    d.plate(50, 50, 380, 210, fill=BLACK_COAT)
    for n in range(5 if wrong else 0):
        d.plate(140 + n * 44, 230, 24, 46 + 22 * (n % 3), round_by=12, fill=BLACK_COAT, line=0)
    if wrong:
        d.ring(240, 272, 78)


def _clogged(d: Drawing, wrong: bool) -> None:
    d.nut(240, 180, 140, fill=BLACK_COAT)
    if wrong:
        d.speckle(196, 136, 88, 88, 46, "clogged", colour=BLACK_COAT, size=15)
        d.ring(240, 180, 92)


def _scratch(d: Drawing, wrong: bool) -> None:
    d.plate(50, 50, 380, 260, fill=BLACK_COAT)
    for n in range(3 if wrong else 0):
        d.jagged([(150 + n * 22, 110 + n * 10), (310 + n * 16, 216 + n * 12)], 3, f"scratch {n}", colour=LIGHT_STEEL,
                 width=5)
    if wrong:
        d.ring(244, 176, 112)


def _wrong_part(d: Drawing, wrong: bool) -> None:
    d.plate(40, 60, 400, 240)
    d.nut(130, 180, 50)
    if wrong:
        d.plate(296, 130, 96, 96, round_by=4, fill=LIGHT_STEEL)
        d.hole(344, 178, 22)
        d.ring(344, 178, 88)
    else:
        d.nut(344, 180, 50)


def _torque(d: Drawing, wrong: bool) -> None:
    d.plate(40, 200, 400, 100)
    d.plate(200, 130 if wrong else 166, 80, 70 if wrong else 34, round_by=2, fill=DARK_STEEL)
    d.nut(240, 118 if wrong else 150, 62)
    if wrong:
        d.arrow((330, 136), (330, 198), colour=RED)
        d.ring(268, 166, 98)


def _rivet(d: Drawing, wrong: bool) -> None:
    d.plate(40, 180, 400, 50, round_by=2)
    d.plate(40, 230, 400, 50, round_by=2, fill=LIGHT_STEEL)
    d.oval(240, 150 if wrong else 178, 130, 62, fill=DARK_STEEL)
    if wrong:
        d.line((214, 180), (214, 160), width=4)
        d.line((266, 180), (266, 160), width=4)
        d.ring(240, 164, 92)


def _label(d: Drawing, wrong: bool) -> None:
    d.plate(60, 40, 360, 280, fill=(214, 188, 152))
    d.plate(130, 110, 220, 140, round_by=4, fill=(255, 255, 255))
    for n in range(22):
        d.line((150 + n * 8, 134), (150 + n * 8, 190), width=2 + n * 5 % 3)
    d.line((150, 218), (290, 218), colour=RED if wrong else DARK_STEEL, width=10)
    if wrong:
        d.ring(240, 190, 120)


def _short(d: Drawing, wrong: bool) -> None:
    d.plate(60, 40, 360, 280, fill=(214, 188, 152))
    for n in range(12):
        x, y = 110 + n % 4 * 86, 96 + n // 4 * 84
        if wrong and n > 9:
            d.dashed((x - 28, y), (x, y - 28), (x + 28, y), (x, y + 28), (x - 28, y), colour=RED)
        else:
            d.hole(x, y, 30, fill=STEEL)
    if wrong:
        d.ring(325, 264, 84)


DEFECT_DRAWINGS: dict[str, Motif] = {
    "M01": _rust, "M02": _thickness, "M03": _thread, "M04": _out_of_round, "M05": _certificate,
    "B01": _burr, "B02": _outline, "B03": _mixed,
    "P01": _crack, "P02": _wrinkle, "P03": _angle, "P04": _hole_off, "P05": _dent,
    "W01": _cold_weld, "W02": _burnt, "W03": _spots, "W04": _spatter, "W05": _nut_missing, "W06": _pores,
    "W07": _seam_off,
    "T01": _tube_length, "T02": _tube_burr, "T03": _bore, "T04": _rough,
    "E01": _thin_coat, "E02": _sag, "E03": _clogged, "E04": _scratch,
    "A01": _wrong_part, "A02": _nut_missing, "A03": _torque, "A04": _rivet, "L01": _label, "L02": _short,
}


def defect_drawing(code: str, *, wrong: bool) -> Drawing:
    """Draw a defect, or the same part without it and with a green tick."""
    d = Drawing(*SIZE)
    DEFECT_DRAWINGS[code](d, wrong)
    if not wrong:
        d.tick()
    return d
