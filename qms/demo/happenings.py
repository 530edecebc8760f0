"""Knows what one thing that happens in the demo plant is; must not know why it happens."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

PHASE_OF = {
    "lot": "lots", "accept": "decide", "partly_accept": "decide", "reject": "decide", "not_inspected": "decide",
    "report": "report", "ask": "ask", "answer": "answer", "assume": "assume", "confirm": "origin", "contest": "origin",
    "decide": "judge", "void": "judge", "release": "release", "present": "present", "revise": "judge",
    "approve": "lots", "tell": "assume", "follow_up": "judge",
}


class Happening(NamedTuple):
    """One thing someone does to the record named by `key`: a lot's number, then what of it."""

    at: datetime
    verb: str
    who: str
    key: str
    facts: dict[str, Any]

    @property
    def lot(self) -> str:
        """Return the number of the lot that it concerns."""
        return self.key.split("/")[0]

    @property
    def together(self) -> tuple[datetime, str, str]:
        """Return what happenings have in common that one person does in one go."""
        return self.at, self.who, self.verb


@dataclass
class Hidden:
    """A fault that a lot carries until somebody finds it. `course` names what then becomes of it.

    `certain`: whoever looks for it finds it.
    """

    defect: str
    origin: str
    pieces: int
    course: str = "usual"
    certain: bool = False


@dataclass
class MadeLot:
    """A lot on its way: begun in the half-shift `half`; of `free` pieces nothing was made yet."""

    number: str
    item: str
    quantity: int
    half: int
    free: int
    faults: list[Hidden] = field(default_factory=list)
    done: int | None = None
