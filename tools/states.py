"""Draws the states of every kind of record from its table of steps: docs/states.en.md and docs/states.zh.md.

`python -m tools.states` writes both pages; a test fails when one is not what the tables say.
"""

import importlib
import pkgutil
from pathlib import Path

from qms import rules
from qms.rules.accounts import PERMISSIONS
from qms.rules.steps import StepTable, diagram
from qms.rules.words import Words

DOCS = Path(__file__).resolve().parent.parent / "docs"
LANGUAGES = ("en", "zh")
TITLE = Words("States", "状态图")
LEAD = Words(
    "What a record can be, and which step leads from one state to another, drawn from the tables that the program\n"
    "itself obeys (`python -m tools.states`). A step that is not drawn is refused. Below each drawing stands what one\n"
    "has to be permitted for a step.",
    "记录有哪些状态, 哪个步骤从一个状态通往另一个状态。本页由程序自身遵守的步骤表生成\n"
    "(`python -m tools.states`)。图中没有的步骤一律拒绝。每张图下列出各步骤所需的权限。")
HEAD = Words("| Step | Permission |", "| 步骤 | 权限 |")


def tables() -> list[StepTable]:
    """Return every table of steps, module by module, as each module declares them."""
    found: list[StepTable] = []
    for module in sorted(pkgutil.iter_modules(rules.__path__), key=lambda m: m.name):
        known = vars(importlib.import_module(f"{rules.__name__}.{module.name}")).values()
        found += [table for table in known if isinstance(table, StepTable) and table not in found]
    return found


def page(language: str) -> str:
    """Return the page of all state diagrams in a language."""
    parts = [f"# {TITLE.to(language)}", LEAD.to(language)]
    for table in tables():
        drawn = f"```mermaid\n{diagram(table, language)}```"
        parts += [f"## {table.what.to(language)}", drawn, _steps(table, language)]
    return "\n\n".join(parts) + "\n"


def _steps(table: StepTable, language: str) -> str:
    rows = [f"| {step.words.to(language)} | {PERMISSIONS[step.permission].to(language)} |" for step in table.steps]
    return "\n".join([HEAD.to(language), "|---|---|", *rows])


def main() -> None:
    """Write both pages."""
    for language in LANGUAGES:
        (DOCS / f"states.{language}.md").write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
