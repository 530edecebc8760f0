"""Knows what a table of states and steps is, and when a step is illegal; must not know a feature's states."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qms.rules.errors import IllegalStep
from qms.rules.words import Words


class State(NamedTuple):
    """A state in both languages and the tone in which pages show it."""

    words: Words
    tone: str


@dataclass(frozen=True, slots=True)
class Step:
    """What may be done from some states, where it leads (None: the state stays), the permission it needs."""

    name: str
    words: Words
    sources: tuple[str, ...]
    to: str | None
    permission: str


@dataclass(frozen=True, slots=True)
class StepTable:
    """Every state and step of a kind of record; `first` is the state in which it begins."""

    what: Words
    first: str
    states: Mapping[str, State]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for a step between states that are not there, or named twice."""
        named = {self.first, *(s for step in self.steps for s in (*step.sources, step.to) if s)}
        if named - set(self.states):
            raise ValueError(f"no such state: {sorted(named - set(self.states))}")
        if len({step.name for step in self.steps}) < len(self.steps):
            raise ValueError("a step is named twice")

    @property
    def words(self) -> dict[str, Words]:
        """Map each state to its wording."""
        return {code: state.words for code, state in self.states.items()}


def step(table: StepTable, state: str, name: str) -> str:
    """Return the state that a step leads to. Raises IllegalStep; KeyError for a step that the table lacks."""
    wanted = step_of(table, name)
    if state not in wanted.sources:
        here = table.states[state].words
        raise IllegalStep(
            f"{table.what.en}: {wanted.words.en.lower()} is not possible in the state {here.en.lower()}.",
            f"{table.what.zh}：当前状态为{here.zh}，不能{wanted.words.zh}。",
        )
    return wanted.to or state


def step_of(table: StepTable, name: str) -> Step:
    """Return a step by its name. Raises KeyError."""
    found = next((s for s in table.steps if s.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


def allowed(table: StepTable, state: str) -> tuple[Step, ...]:
    """Return the steps that are legal from a state, in the order of the table."""
    return tuple(s for s in table.steps if state in s.sources)


def diagram(table: StepTable, language: str) -> str:
    """Draw the table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {code}: {_label(state.words, language)}" for code, state in table.states.items()]
    lines.append(f"    [*] --> {table.first}")
    lines += [
        f"    {source} --> {s.to or source}: {_label(s.words, language)}"
        for s in table.steps
        for source in s.sources
    ]
    left = {source for s in table.steps for source in s.sources if s.to and s.to != source}
    lines += [f"    {code} --> [*]" for code in table.states if code not in left]
    return "\n".join(lines) + "\n"


def _label(words: Words, language: str) -> str:
    """Return words as a label; Mermaid cannot read a second colon in a line."""
    return words.to(language).replace(":", ",")
