"""Knows the forms of first pieces and patrols: the verdict with its readings, a change, a plan, the filter row."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from forms.acceptance_deciding import Box, ReadingsField
from forms.acceptance_filters import IdField
from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import ChainFilter
from qms.rules.acceptance import conforms
from qms.rules.acceptance_pieces import CHANGES, KINDS, MOST_PIECES, REASONS, STATES, PieceResult

SHOWN_PIECES = 5
"""Pieces that a form has boxes for, as on paper."""


class PiecesField(SelectMultipleField):
    """The pieces that are not good; none chosen: all are good."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class JudgeForm(EditForm):
    """A verdict on pieces; `boxed` adds the characteristics of a standard."""

    boxes: Sequence[Box] = ()

    pieces = IntegerField(mark("Pieces looked at"), [InputRequired(), NumberRange(1, MOST_PIECES)])
    nonconforming = IntegerField(mark("Pieces not good"), [Optional(), NumberRange(0, MOST_PIECES)],
                                 description=mark("Empty: as many as the readings show."))
    note = TextAreaField(mark("Note"), [Optional(), Length(max=500)])
    report = BooleanField(mark("If not good: report these pieces as a rejection (not made) and hold them"))
    defect_id = SelectField(mark("Defect"), coerce=id_or_none, choices=[])

    def results(self) -> list[PieceResult]:
        """Return what was found; a characteristic judged by eye is good on every piece that is not marked."""
        found = []
        for box in self.boxes:
            field: Any = self[box.key]
            if box.kind == "attribute":
                bad = {int(piece) for piece in field.data or ()}
                found += [PieceResult(box.id, piece, good=piece not in bad)
                          for piece in range(1, max({self.pieces.data or 0, *bad}) + 1)]
            else:
                found += [PieceResult(box.id, piece, value) for piece, value in field.data or ()]
        return found

    def found_bad(self) -> int:
        """Return how many pieces are not good: as entered, else as the readings show."""
        if self.nonconforming.data is not None:
            return int(self.nonconforming.data)
        limits = {box.id: box for box in self.boxes}
        return len({r.piece for r in self.results() if not (
            r.good if r.value is None else conforms(limits[r.characteristic_id].lower,
                                                    limits[r.characteristic_id].upper, r.value))})


F = TypeVar("F", bound=JudgeForm)


def boxed(boxes: Sequence[Box], base: type[F]) -> type[F]:
    """Return the form that a standard generates: a field for each characteristic, named by its id."""
    fields: dict[str, Any] = {"boxes": tuple(boxes)}
    for box in boxes:
        if box.kind == "attribute":
            choices = [SelectChoice(str(piece), str(piece)) for piece in range(1, box.size + 1)]
            fields[box.key] = PiecesField(box.name, choices=choices)
        else:
            fields[box.key] = ReadingsField(box.name)
    return type("PiecesForm", (base,), fields)


class ProductForm(Form):
    """Which lot or item runs, where an inspection does not know it."""

    lot = StringField(mark("Lot"), [Optional(), Length(max=80)],
                      description=mark("A lot tells its item; without one choose the item."))
    item_id = SelectField(mark("Item"), coerce=id_or_none, choices=[])


class ChangeForm(Form):
    """A change (5M1E) after which first pieces are inspected."""

    unit_id = SelectField(mark("Operation"), [InputRequired()], coerce=id_or_none, choices=[])
    reason = SelectField(mark("What changed"), [InputRequired()])
    lot = StringField(mark("Lot"), [Optional(), Length(max=80)],
                      description=mark("May be left open until it is judged."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = worded({code: REASONS[code] for code in CHANGES}, self.language)


class PlanForm(EditForm):
    """How often an operation is patrolled while a shift runs."""

    every_min = IntegerField(mark("Patrol every (minutes)"), [InputRequired(), NumberRange(1, 100_000)], default=120)
    first_piece = BooleanField(mark("Ask for first pieces at each shift start"), default=True)
    active = BooleanField(mark("In use"), default=True)


class PiecesFilter(ChainFilter):
    """What inspections are asked for."""

    unit_id = SelectField(mark("Operation"), coerce=id_or_none, choices=[])
    kind = SelectField(mark("Kind"), default="")
    reason = SelectField(mark("Reason"), default="")
    state = SelectField(mark("State"), default="")
    first = DateField(mark("Due from"), [Optional()])
    last = DateField(mark("until"), [Optional()])
    waiting = BooleanField(mark("Only what waits"), default=False)
    item_id = IdField()
    lot_id = IdField()
    stop_id = IdField()
    vocabularies: ClassVar = {"kind": KINDS, "reason": REASONS, "state": STATES}
