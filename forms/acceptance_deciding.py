"""Knows the form that a standard generates: one field per characteristic, the faults, the decision. Knows no record."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from wtforms import BooleanField, Field, FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms import Form as WTForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from qms.rules.acceptance import CHECK_KINDS, Fault, Result
from qms.rules.acceptance_plans import exact_number
from qms.rules.errors import Invalid
from qms.rules.words import Words

MOST_BOXES = 60
"""Readings of one characteristic that get a box each; more are typed into one."""
FAULT_ROWS = 3


@dataclass(frozen=True)
class Box:
    """A characteristic as the form asks for it: so many pieces of `size`."""

    id: int
    name: str
    kind: str
    size: int
    unit: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None

    @property
    def key(self) -> str:
        """Return the name of its field."""
        return f"c{self.id}"


class ReadingsField(Field):
    """The readings of one characteristic by piece: `texts` as typed, `data` as (piece, value) of those there are."""

    widget = TextInput()
    texts: Sequence[str] = ()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take one reading per box, or split what was typed into one box at blanks and lines."""
        self.texts = [text for value in valuelist for text in (value.split() or [""])]
        self.data = []

    def pre_validate(self, form: Any) -> None:
        """Read the numbers; each that is not one is told by its piece."""
        self.data, wrong = [], []
        for piece, text in enumerate(self.texts, 1):
            try:
                if text:
                    self.data.append((piece, exact_number(text)))
            except Invalid as error:
                wrong.append(Words(f"piece {piece}: {error.words.en}", f"第 {piece} 件：{error.words.zh}"))
        if wrong:
            raise ValidationError(" ".join(each.to(form.language) for each in wrong[:5]))

    def text(self, piece: int) -> str:
        """Return what was typed for a piece, from 1."""
        return self.texts[piece - 1] if piece <= len(self.texts) else ""


class FaultForm(WTForm):
    """One reason why pieces are not accepted; a row that is left empty says nothing."""

    defect_id = SelectField(mark("Defect"), coerce=id_or_none)
    quantity = IntegerField(mark("Quantity"), [Optional(), NumberRange(1, 2_000_000_000)])
    zone = StringField(mark("Where on the item"), [Optional(), Length(max=60)])
    note = StringField(mark("Note"), [Optional(), Length(max=500)])
    for_review = BooleanField(mark("For the review board (MRB)"))


class ResultsForm(Form):
    """The results of a check; `boxed` adds the characteristics of a standard."""

    boxes: Sequence[Box] = ()

    kind = SelectField(mark("Kind of check"), [InputRequired()], default="mutual")

    def results(self) -> list[Result]:
        """Return what was found, as far as it was entered."""
        found = []
        for box in self.boxes:
            field: Any = self[box.key]
            if box.kind != "attribute":
                found += [Result(box.id, value=value, piece=piece) for piece, value in field.data]
            elif field.data is not None:
                of: Any = self[f"{box.key}_of"]
                found.append(Result(box.id, pieces=of.data or box.size, nonconforming=field.data))
        return found


class DecisionForm(ResultsForm, EditForm):
    """The acceptance form: the customer's own check, what is wrong, and the decision."""

    faults: Any = FieldList(FormField(FaultForm), min_entries=FAULT_ROWS, max_entries=20)
    sorted_all = BooleanField(mark("Every piece of the lot was inspected (sorted)"))
    remark = TextAreaField(mark("Remark"), [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded({k: v for k, v in CHECK_KINDS.items() if k != "self"}, self.language)
        for row in self.faults:
            for field in row.form:
                field.label.text = self.meta.translate(field.label.text)

    def offer(self, defects: Sequence[Any]) -> None:
        """Give every fault row the defect codes of the site."""
        for row in self.faults:
            row.form.defect_id.choices = defects

    def named(self) -> list[Fault]:
        """Return the faults that were entered. One without a quantity has 0 pieces, which no decision takes."""
        return [
            Fault(row.defect_id.data, row.quantity.data or 0, zone=(row.zone.data or "").strip() or None,
                  note=(row.note.data or "").strip() or None, for_review=bool(row.for_review.data))
            for row in (entry.form for entry in self.faults)
            if row.defect_id.data or row.quantity.data
        ]


class CheckForm(ResultsForm):
    """A check of a hand-over that waits, by results or by the numbers of pieces alone."""

    sample = IntegerField(mark("Pieces inspected"), [Optional(), NumberRange(1, 2_000_000_000)])
    nonconforming = IntegerField(mark("Pieces nonconforming"), [Optional(), NumberRange(0, 2_000_000_000)])
    note = TextAreaField(mark("Note"), [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(CHECK_KINDS, self.language)


F = TypeVar("F", bound=ResultsForm)


def boxed(boxes: Sequence[Box], base: type[F]) -> type[F]:
    """Return the form that a standard generates: a field for each characteristic, named by its id."""
    fields: dict[str, Any] = {"boxes": tuple(boxes)}
    for box in boxes:
        if box.kind == "attribute":
            fields[box.key] = IntegerField(box.name, [Optional(), NumberRange(0, 2_000_000_000)])
            fields[f"{box.key}_of"] = IntegerField(box.name, [Optional(), NumberRange(1, 2_000_000_000)],
                                                   default=box.size)
        else:
            fields[box.key] = ReadingsField(box.name)
    return type("StandardForm", (base,), fields)
