"""Knows what a management review says on paper, as plain texts of one language; must not know how it is set."""

from collections.abc import Iterable
from typing import Any

from exports import review_words as words
from exports.fonts import settable
from exports.review_data import heading
from qms.rules.review_packs import Pack, PackDecision, PackInput
from qms.rules.review_shown import NOTHING, between, changed, shown, unit_of_kind
from qms.rules.review_snapshots import Column, Figure, Table
from qms.rules.words import Words

MOST_ROWS = 50
"""Rows of a table on paper; the workbook has them all."""
MOST_COLUMNS = 10
"""Columns of a table on paper."""
LONGEST = 300
"""Characters of a cell on paper."""
_REST = Words("… {count} more rows in the attached workbook.", "… 另有 {count} 行, 见所附工作簿。")
_BESIDE = Words("… {count} more columns in the attached workbook.", "… 另有 {count} 列, 见所附工作簿。")
_TONES = {"missing": "bad", "filled": "good", "not_applicable": "plain"}
_NUMBERS = ("count", "decimal", "percent", "ppm", "money", "minutes", "hours", "days", "index")
_LEAST, _MOST, _WIDE = 4, 26, 0x2E7F


class Paper:
    """A review told in one language."""

    def __init__(self, pack: Pack, language: str) -> None:
        self.pack, self.language = pack, language

    def say(self, said: Words) -> str:
        """Return a wording as it can be set."""
        return settable(said.to(self.language))

    def words(self) -> dict[str, str]:
        """Return the fixed words of the template."""
        return {name: self.say(said) for name, said in (
            ("figure", words.FIGURE), ("now", words.NOW), ("n", words.COUNTED), ("interval", words.INTERVAL),
            ("before", words.BEFORE), ("change", words.CHANGE), ("index", words.INDEX), ("clause", words.CLAUSE),
            ("input", words.INPUT), ("state", words.STATE), ("targets", words.TARGETS), ("decisions", words.DECISIONS),
            ("glossary", words.GLOSSARY), ("open", words.OPEN), ("how", words.HOW), ("customer", words.CUSTOMER),
            ("metric", words.METRIC), ("months", words.MONTHS), ("plan", words.PLAN), ("owner", words.OWNER),
            ("due", words.DUE), ("no", words.NO), ("decision", words.DECISION), ("output", words.OUTPUT),
            ("resource", words.RESOURCE), ("result", words.RESULT), ("none_decided", words.NONE_DECIDED),
            ("none_missed", words.NONE_MISSED), ("page", Words("Page", "页码")))}

    def line(self, place: int, one: PackInput) -> dict[str, Any]:
        """Return the line of an input in the index."""
        return {"number": f"{place:02}", "clauses": words.clauses_of(one), "name": self.say(one.rule.words),
                **self.state(one)}

    def state(self, one: PackInput) -> dict[str, str]:
        """Return the state of an input and its colour; what nobody asks for is not owed."""
        tone = "plain" if one.state == "missing" and not self.pack.is_owed(one) else _TONES[one.state]
        return {"state": self.say(words.state_of(one)), "tone": tone}

    def targets(self) -> list[dict[str, Any]]:
        """Return the missed targets, each with its plans; without one, what is owed."""
        return [{"customer": self.say(missed.customer), "metric": self.say(words.metric_of(missed)),
                 "months": words.months_of(missed), "owed": "" if plans else self.say(words.NO_PLAN),
                 "plans": [settable(f"{one.body} ({one.owner}, {one.due_on}, {self.state_of(one)})") for one in plans]}
                for missed, plans in ((missed, list(self.pack.plans(missed))) for missed in self.pack.missed)]

    def decisions(self, found: Iterable[PackDecision]) -> list[list[str]]:
        """Return decisions as rows."""
        return [[str(one.place), settable(one.body), self.say(words.output_of(one.output)), settable(one.owner),
                 one.due_on.isoformat(), settable(one.resource or NOTHING), self.state_of(one),
                 settable(one.result or NOTHING)] for one in found]

    def state_of(self, one: PackDecision) -> str:
        """Return the state of a decision."""
        return self.say(words.decision_state(one.state))

    def section(self, place: int, one: PackInput) -> dict[str, Any]:
        """Return an input: what is said of it, its figures and tables."""
        texts = [(words.REASON, one.reason), (words.TYPED, one.body), (words.NOTE, one.note), (words.IMPORTED, (
            f"{one.imported_name}, SHA-256 {one.imported_sha256}" if one.imported_name else None))]
        owed = f"{self.say(words.MISSING)}. {self.say(one.rule.ask)}" if self.pack.is_owed(one) else ""
        return self.line(place, one) | {
            "owed": owed, "warned": [self.say(said) for said in words.warnings_of(one)],
            "said": [self.say(said) for said in one.snapshot.said],
            "texts": [{"label": self.say(label), "text": settable(text)} for label, text in texts if text],
            "figures": [self.figure(figure) for figure in one.snapshot.figures],
            "tables": [self.table(table) for table in one.tables],
            "decisions": self.decisions(made for made in self.pack.decisions if made.input_code == one.code)}

    def figure(self, figure: Figure) -> dict[str, str]:
        """Return a figure as it is shown everywhere."""
        before, unit, kind = figure.before, unit_of_kind(figure.kind), figure.kind
        return {"name": self.say(figure.words) + (f" [{self.say(unit)}]" if unit else ""),
                "now": shown(figure.now.value, kind, self.language), "n": shown(figure.now.n, "count", self.language),
                "interval": between(figure.now, kind, self.language) or NOTHING,
                "before": shown(before.value if before else None, kind, self.language),
                "before_n": shown(before.n if before else None, "count", self.language),
                "change": changed(figure.now, before, kind, self.language), "query": self.say(figure.query),
                "link": self.pack.link(figure.path)}

    def table(self, table: Table) -> dict[str, Any]:
        """Return a table, cut to the rows that paper takes."""
        columns = table.columns[:MOST_COLUMNS]
        rows = [[_cut(settable(shown(cell, column.kind, self.language))) for cell, column in zip(
            row.cells, columns, strict=False)] for row in table.rows[:MOST_ROWS]]
        more = ((_REST, len(table.rows) - len(rows)), (_BESIDE, len(table.columns) - len(columns)))
        return {"title": self.say(table.words), "query": self.say(table.query), "rows": rows,
                "rest": " ".join(self.say(words).format(count=f"{count:,}") for words, count in more if count),
                "heads": [self.head(column, [row[place] for row in rows])
                          for place, column in enumerate(columns)]}

    def head(self, column: Column, cells: list[str]) -> dict[str, Any]:
        """Return a heading with its share of the page."""
        text = settable(heading(column, self.language))
        widest = max([_characters(word) for word in text.split()] + [min(_characters(cell), _MOST) for cell in cells])
        return {"text": text, "number": column.kind in _NUMBERS, "width": max(min(widest, _MOST), _LEAST) + 2}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST - 1]}…"


def _characters(text: str) -> int:
    return sum(2 if ord(sign) > _WIDE else 1 for sign in text)
