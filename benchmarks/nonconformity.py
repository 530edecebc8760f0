"""Measures the 8D report as a PDF/A and as a workbook, with twenty photos as a station sends them.

The photos are noise over a gradient, which packs worse than any real one.
"""

import datetime as dt
import io
import time
from collections.abc import Iterator
from typing import Any

from PIL import Image

from exports import actions
from exports.document import document
from exports.sections import Paper, Photo
from exports.sheets import workbook
from qms.rules.actions import CATEGORIES, DISCIPLINES, QUESTIONS, STATES, TRACKS
from qms.rules.rejections import PLACES
from qms.rules.trail_signatures import Given
from qms.rules.words import Words

HEADER = ("8D report", "photos", "seconds", "target", "MiB")
PHOTOS, SIZE = 20, (1600, 1200)
TARGET_SECONDS = 3.0

_AT = dt.datetime(2026, 11, 28, 9, 0)  # noqa: DTZ001
_TEXT = "冲压毛刺超过 0.1 mm，在焊接工序互检时发现；Burr on the left bracket, found by the next operation. "


class _Anything(dict[str, Any]):
    """A row in which whatever is not told is a text."""

    def __missing__(self, _key: str) -> str:
        return _TEXT


def measure() -> Iterator[tuple[str, int, float, float, float]]:
    """Yield one line per file, in the order of HEADER; the second of two runs, as a server has its fonts loaded."""
    photos = [Photo(_photo(n), f"NC-SH-2026-{n:06d}") for n in range(PHOTOS)]
    paper = Paper(
        title=actions.TITLE, number="CA-SH-2026-000001", subject=_TEXT, site=Words("Shanghai", "上海"),
        sections=actions.sections(whole_case(), photos), printed_at=_AT, printed_by="李雷", zone="Asia/Shanghai",
        state=STATES["closed"])
    for name, make in (("PDF/A, both languages", document), ("workbook", workbook)):
        make(paper, "both")
        start = time.perf_counter()
        content = make(paper, "both")
        yield (name, PHOTOS, round(time.perf_counter() - start, 2), TARGET_SECONDS,
               round(len(content) / 2**20, 1))


def _photo(seed: int) -> bytes:
    image = Image.blend(Image.effect_noise(SIZE, 30 + seed), Image.linear_gradient("L").resize(SIZE), 0.6)
    target = io.BytesIO()
    image.convert("RGB").save(target, "WEBP", quality=80)
    return target.getvalue()


def whole_case() -> dict[str, Any]:
    """Return a case with every part of it filled in."""
    case = _Anything(route="8d", severity="MA", safety=False, item=None, defect=None, origin=None, customer=None,
                     detecting=None, lot=None, repeat_of=None, opened_at=_AT, clock_from=_AT, reproduced=True,
                     containment_effective=True, problem_quantity=120, closed_at=_AT, route_by_rule="8d")
    causes = [_Anything(track=track, category=category, holds=True, contribution_percent=30,
                        whys=[_Anything(position=n) for n in range(1, 6)])
              for track in TRACKS for category in list(CATEGORIES)[:2]]
    return {"case": case, "title": _TEXT, "sources": [{"number": "NC-SH-2026-000001"}],
            "steps": {name: {"done_at": _AT, "due_at": _AT, "by": "李雷"} for name in DISCIPLINES},
            "team": [_Anything(unit=None) for _ in range(8)],
            "comparisons": [_Anything(question=question) for question in QUESTIONS],
            "stock": [_Anything(place=place, unit=None, suspect=9, checked=9, nonconforming=1, good=8, answered_at=_AT)
                      for place in PLACES],
            "causes": causes, "plans": [], "across": [], "lessons": [_Anything()], "documents": [],
            "tasks": [_Anything(kind="corrective", state="done", level="prevent", trial_pieces=200, due_at=_AT,
                                done_at=_AT) for _ in causes],
            "signatures": [Given(1, "closure", "李雷", "quality_manager", _AT, "password", 9, "f" * 64, _TEXT, None)]}
