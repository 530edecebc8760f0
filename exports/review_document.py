"""Knows how a management review becomes a PDF/A-3 with its workbook attached; must not know any input in particular.

Source: PDF/A-3a (ISO 19005-3), PDF/UA-1 (ISO 14289-1).
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from exports import review_words as words
from exports.about import DEMO
from exports.fonts import FAMILY, settable
from exports.review_cover import facts
from exports.review_drawings import svg
from exports.review_made import Made
from exports.review_paper import Paper
from exports.review_series import charts_of
from exports.review_workbook import review_workbook
from exports.typesetting import typeset
from qms.rules.review_glossary import GLOSSARY
from qms.rules.review_packs import Pack, PackInput
from qms.rules.words import Words

TEMPLATE = Path(__file__).parent / "typst" / "review.typ"
_ATTACHED = Words("The workbook {name} is attached to this file: every table whole, every share as a formula.",
                  "本文件附有工作簿 {name}: 包含完整表格, 比率均为公式。")
_DESCRIBED = Words("The same review as a workbook, with all rows", "同一管理评审的工作簿, 含全部数据行")


def review_document(pack: Pack, language: str) -> Made:
    """Return a review as PDF/A-3 in zh or en, with the workbook of the same language in it.

    Raises RuntimeError when the typesetter finds fault with the template.
    """
    workbook = review_workbook(pack, language)
    name = f"{pack.number}-{language}.xlsx"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copy(TEMPLATE, folder / "main.typ")
        (folder / name).write_bytes(workbook.content)
        told = _told(pack, language, folder) | {"workbook": name, "attached": _ATTACHED.to(language).format(name=name),
                                                "described": _DESCRIBED.to(language)}
        (folder / "data.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        made = typeset(folder, ("a-3a", "ua-1"), pack.generated_at, pack.zone)
    return Made(made, workbook.rows)


def _told(pack: Pack, language: str, folder: Path) -> dict[str, Any]:
    """Return everything that the template sets, as texts in one language; charts are put into the folder."""
    paper = Paper(pack, language)
    generated = f"{pack.generated_at.isoformat(' ', 'minutes')} ({pack.zone}) {settable(pack.generated_by)}"
    return {
        "title": paper.say(words.TITLE), "number": settable(pack.number), "subject": settable(pack.title),
        "state": paper.say(words.state_of_pack(pack)), "demo": paper.say(DEMO) if pack.demo else "", "foot": generated,
        "font": FAMILY, "lang": "en" if language == "en" else "zh", "words": paper.words(),
        "facts": [{"label": label, "text": settable(text)} for label, text in facts(pack, language)],
        "index": [paper.line(place, one) for place, one in enumerate(pack.inputs, start=1)],
        "targets": paper.targets(), "decisions": paper.decisions(pack.decisions),
        "sections": [paper.section(place, one) | {"charts": _charts(one, place, language, folder)}
                     for place, one in enumerate(pack.inputs, start=1)],
        "glossary": [[paper.say(term), paper.say(meaning)] for term, meaning in GLOSSARY],
    }


def _charts(one: PackInput, number: int, language: str, folder: Path) -> list[dict[str, str]]:
    """Draw the charts of an input into files, and return each with its title and what it shows in words."""
    told: list[dict[str, str]] = []
    for table, chart in charts_of(one.tables):
        file = f"{number}-{len(told) + 1}.svg"
        (folder / file).write_text(svg(table, chart, language), encoding="utf-8")
        title = settable(chart.words.to(language))
        told.append({"file": file, "title": title, "alt": f"{title}: {settable(table.words.to(language))}"})
    return told
