"""Knows how a printed record becomes a PDF/A that looks the same everywhere; must not know any record.

The typesetter sees only our fonts and our template. What people wrote reaches it as JSON, never as markup; pictures lie
beside it as files. Source: PDF/A-2a (ISO 19005-2), PDF/UA-1 (ISO 14289-1).
"""

import io
import json
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PIL import Image

from exports.about import CHECKPOINT, DEMO
from exports.fonts import FAMILY, settable
from exports.sections import (
    OWED,
    RESULTS,
    Block,
    Facts,
    Fishbone,
    Paper,
    Photo,
    Photos,
    Section,
    Table,
    Value,
    say,
    shown,
)
from exports.typesetting import typeset
from qms.rules.words import Words

TEMPLATE = Path(__file__).parent / "typst" / "record.typ"
LARGEST_PICTURE = 1000
"""Pixels of a picture's longer side: 300 to the inch in a grid of two."""
_QUALITY = 82
_AT_ONCE = 2

_PRINTED = Words("Printed", "打印")


def document(paper: Paper, language: str) -> bytes:
    """Return the record as a PDF in zh, en or both. A character that cannot be set is shown by its code.

    Raises RuntimeError when the typesetter finds fault with the template.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(TEMPLATE, folder / "main.typ")
        told = _Told(folder, language).paper(paper)
        (folder / "data.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return typeset(folder, ("a-2a", "ua-1"), paper.printed_at, paper.zone)


class _Told:
    """Puts a paper into plain values in one language, and its pictures into a folder."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.language = folder, language
        self.pictures = 0

    def paper(self, paper: Paper) -> dict[str, Any]:
        foot = " ".join((self.say(_PRINTED), paper.printed_at.isoformat(" ", "minutes"), f"({paper.zone})",
                         settable(paper.printed_by)))
        return {"title": self.say(paper.title), "number": settable(paper.number), "subject": settable(paper.subject),
                "site": self.say(paper.site), "state": self.say(paper.state) if paper.state else "",
                "address": paper.address, "foot": foot, "checkpoint": self.checkpoint(paper),
                "demo": self.say(DEMO) if paper.demo else "", "font": FAMILY,
                "lang": "en" if self.language == "en" else "zh",
                "sections": [self.section(one) for one in paper.sections]}

    def checkpoint(self, paper: Paper) -> str:
        """Return size and root of the trail, short enough for a foot in two languages."""
        return f"{self.say(CHECKPOINT)}: {paper.checkpoint[0]} · {paper.checkpoint[1]}" if paper.checkpoint else ""

    def section(self, section: Section) -> dict[str, Any]:
        return {"mark": section.mark, "title": self.say(section.title),
                "done": self.say(section.done) if section.done else "",
                "blocks": [self.block(one) for one in section.blocks]}

    def block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Facts):
            return {"kind": "facts", "facts": [
                {"label": self.say(one.label, "\n"), "wide": one.wide, **self.value(one.value)} for one in block.facts]}
        if isinstance(block, Table):
            return {"kind": "table", "title": self.say(block.title), "empty": self.say(block.empty),
                    "heads": [{"text": self.say(head.words, "\n"), "width": head.width, "number": head.number}
                              for head in block.heads],
                    "rows": [[self.value(value) for value in row] for row in block.rows]}
        if isinstance(block, Fishbone):
            return {"kind": "fishbone", "problem": settable(block.problem),
                    "key": {mark: self.say(words) for mark, words in RESULTS.items()},
                    "bones": [{"name": self.say(name), "causes": [
                        {"mark": mark, "text": settable(text)} for mark, text in causes]}
                        for name, causes in block.bones]}
        return {"kind": "photos", "photos": self.photos(block)}

    def photos(self, block: Photos) -> list[dict[str, str]]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            drawn = list(pool.map(_picture, block.photos))
        told = []
        for photo, content in zip(block.photos, drawn, strict=True):
            self.pictures += 1
            name = f"{self.pictures}.jpg"
            (self.folder / name).write_bytes(content)
            told.append({"file": name, "caption": settable(photo.caption)})
        return told

    def value(self, value: Value) -> dict[str, Any]:
        return {"text": settable(shown(value, self.language)), "owed": value is OWED}

    def say(self, words: Words, between: str = " ") -> str:
        return settable(say(words, self.language, between))


def _picture(photo: Photo) -> bytes:
    """Return a picture as JPEG, which a PDF holds as it is, no larger than it is printed."""
    with Image.open(io.BytesIO(photo.content)) if photo.content else Image.new("RGB", (4, 3), "#d9e0e7") as image:
        small = image.convert("RGB")
    small.thumbnail((LARGEST_PICTURE, LARGEST_PICTURE))
    target = io.BytesIO()
    small.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()
