"""The drawn states are those of the tables."""

import re
from pathlib import Path

import pytest

from tools.states import DOCS, LANGUAGES, page, tables

RULES = Path(__file__).resolve().parents[2] / "qms/rules"
NAME = r"\[\*\]|\w+"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_tables_say(language: str):
    assert (DOCS / f"states.{language}.md").read_text(encoding="utf-8") == page(language), "run: python -m tools.states"


def test_every_table_that_is_declared_is_drawn_once():
    declared = sum(len(re.findall(r"= StepTable\(", p.read_text(encoding="utf-8"))) for p in RULES.glob("*.py"))
    assert len(tables()) == page("en").count("```mermaid") == declared


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drawing_has_one_colon_in_a_line_as_mermaid_asks(language: str):
    drawn = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", page(language), re.DOTALL)
    assert drawn
    for line in "".join(drawn).splitlines():
        assert re.fullmatch(rf"    (?:{NAME})(?: --> (?:{NAME}))?(?:: [^:;#]+)?", line), line
