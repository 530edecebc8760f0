"""How two revisions of a standard differ, line by line. Changes nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from qms.db.ledger import plain
from qms.models.acceptance import Characteristic, Standard
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.trail import column_words, value_words
from qms.rules.words import Words
from qms.workflows.acceptance_characteristics import PLANNED
from qms.workflows.acceptance_shown import characteristics_of, whole_standard

HEAD = ("title_zh", "title_en", "reaction_zh", "reaction_en")


@dataclass(frozen=True)
class Line:
    """One field of both revisions, each as people read it; None: empty."""

    words: Words
    old: Words | str | None
    new: Words | str | None

    @property
    def is_changed(self) -> bool:
        """Tell whether the revisions differ here."""
        return self.old != self.new


@dataclass(frozen=True)
class Pair:
    """The same characteristic in both revisions; None where one of them does not ask for it."""

    old: Characteristic | None
    new: Characteristic | None
    lines: tuple[Line, ...]

    @property
    def is_changed(self) -> bool:
        """Tell whether anything about it differs."""
        return any(line.is_changed for line in self.lines)


@dataclass(frozen=True)
class Comparison:
    """Two revisions of one standard, the older first."""

    old: Standard
    new: Standard
    head: tuple[Line, ...]
    pairs: tuple[Pair, ...]


def compare(session: Session, person: Actor, one_id: int, other_id: int) -> Comparison:
    """Compare two revisions under the same form number. Raises NotFound, Invalid."""
    old, new = sorted((whole_standard(session, person, each) for each in (one_id, other_id)),
                      key=lambda standard: standard.revision)
    if (old.site_id, old.form_number) != (new.site_id, new.form_number):
        raise Invalid("Only revisions under the same form number are compared.", "只能比较同一表单号的版本。")
    before, after = characteristics_of(session, old.id), characteristics_of(session, new.id)
    known = {_name(each): each for each in before}
    pairs = [(known.pop(_name(each), None), each) for each in after]
    gone = [(each, None) for each in before if _name(each) in known]
    return Comparison(old, new, tuple(_line("standards", key, old, new) for key in HEAD),
                      tuple(_pair(*each) for each in (*pairs, *gone)))


def _name(characteristic: Characteristic) -> tuple[str, str]:
    return characteristic.name_zh, characteristic.name_en


def _pair(old: Characteristic | None, new: Characteristic | None) -> Pair:
    keys = ("position", *PLANNED)
    return Pair(old, new, tuple(_line("characteristics", key, old, new) for key in keys))


def _line(table: str, key: str, old: Any, new: Any) -> Line:
    return Line(column_words(key), _shown(table, key, old), _shown(table, key, new))


def _shown(table: str, key: str, record: Any) -> Words | str | None:
    if record is None or (key == "confidence_percent" and record.sampling != "zero_acceptance"):
        return None
    if key == "defect_id":
        return record.defect and Words(f"{record.defect.code} {record.defect.name_en}",
                                       f"{record.defect.code} {record.defect.name_zh}")
    return value_words(table, key, plain(getattr(record, key)))
