"""Knows the fields of standards, characteristics and hand-overs. Knows no record."""

from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.trail_signatures import SignedForm
from qms.rules.acceptance import CHARACTERISTIC_KINDS, SAMPLINGS, SELF_CHECKS, CharacteristicPlan
from qms.rules.acceptance_plans import exact_number
from qms.rules.chain import SPECIAL_CLASSES
from qms.rules.errors import Invalid

MOST_PIECES = 2_000_000_000


class ExactField(StringField):
    """A number kept exactly as typed; `data` is a Decimal, or None when nothing was typed."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format(self.data, "f")

    def process_formdata(self, _valuelist: list[str]) -> None:
        """Leave what was typed for `pre_validate`, which knows the reader's language."""
        self.data = None

    def pre_validate(self, form: Any) -> None:
        """Read the number. Raises StopValidation, in the reader's language, for what is not one."""
        typed = str(self.raw_data[0]).strip() if self.raw_data else ""
        try:
            self.data = exact_number(typed) if typed else None
        except Invalid as error:
            raise StopValidation(error.words.to(form.language)) from error


class PresentForm(Form):
    """A hand-over presented for the first time."""

    link_id = SelectField(mark("From, to"), [InputRequired()], coerce=id_or_none)
    lot = StringField(mark("Lot"), [InputRequired(), Length(max=80)],
                      description=mark("Lot, batch, work order or serial number; scan or type it."))
    quantity = IntegerField(mark("Quantity"), [InputRequired(), NumberRange(1, MOST_PIECES)])
    self_check = SelectField(mark("Self-check"), [InputRequired()],
                             description=mark("What was found on one's own work before handing it over."))
    rework = BooleanField(mark("This quantity was reworked"))
    remark = TextAreaField(mark("Remark"), [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.self_check.choices = worded(SELF_CHECKS, self.language)


class AgainForm(PresentForm):
    """What was not accepted, presented again: link and lot are known."""

    link_id = None  # type: ignore[assignment]
    lot = None  # type: ignore[assignment]


class ReasonForm(EditForm):
    """A step that needs a reason."""

    reason = TextAreaField(mark("Reason"), [InputRequired(), Length(max=1000)])


class NewStandardForm(Form):
    """The first revision of a standard."""

    link_id = SelectField(mark("From, to"), [InputRequired()], coerce=id_or_none)
    item_id = SelectField(mark("Item"), coerce=id_or_none,
                          description=mark("An item's own standard goes before the general one of its link."))
    form_number = StringField(mark("Form number"), [InputRequired(), Length(max=40)],
                              description=mark("As in your document system; every revision keeps it."))
    title_zh = StringField(mark("Title in Chinese"), [Length(max=200)])
    title_en = StringField(mark("Title in English"), [Length(max=200)])


class DraftForm(EditForm):
    """The head of a draft."""

    title_zh = StringField(mark("Title in Chinese"), [Length(max=200)])
    title_en = StringField(mark("Title in English"), [Length(max=200)])
    reaction_zh = TextAreaField(mark("Reaction when it fails, in Chinese"), [Optional(), Length(max=1000)],
                                description=mark("What whoever finds the fault does at once."))
    reaction_en = TextAreaField(mark("Reaction when it fails, in English"), [Optional(), Length(max=1000)])


class CharacteristicForm(EditForm):
    """One thing that a standard asks to be checked."""

    name_zh = StringField(mark("Name in Chinese"), [Length(max=200)])
    name_en = StringField(mark("Name in English"), [Length(max=200)])
    kind = SelectField(mark("Kind"), [InputRequired()])
    unit = StringField(mark("Unit of measure"), [Optional(), Length(max=20)])
    lower = ExactField(mark("Lower limit"), description=mark("On the limit is good."))
    upper = ExactField(mark("Upper limit"), description=mark("For a count: the most faults allowed."))
    target = ExactField(mark("Target"))
    special = SelectField(mark("Special characteristic"))
    method = StringField(mark("Method"), [Optional(), Length(max=200)])
    gauge = StringField(mark("Gauge"), [Optional(), Length(max=60)])
    sampling = SelectField(mark("Sampling"), [InputRequired()])
    sampling_value = IntegerField(
        mark("Number of the sampling rule"), [Optional(), NumberRange(1, MOST_PIECES)],
        description=mark("c=0: the nonconforming share that must be found, per mille. Every k-th: k."))
    confidence_percent = IntegerField(mark("Confidence in percent"), [Optional(), NumberRange(50, 99)], default=95)
    accept_number = IntegerField(mark("Accept number"), [Optional(), NumberRange(0, 1000)], default=0)
    defect_id = SelectField(mark("Defect code when it fails"), coerce=id_or_none)
    detectable = BooleanField(mark("This check can find the defect here"), default=True)
    reason = StringField(mark("Reason for an accept number above 0"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(CHARACTERISTIC_KINDS, self.language)
        self.special.choices = worded(SPECIAL_CLASSES, self.language)
        self.sampling.choices = worded(SAMPLINGS, self.language)

    def plan(self) -> CharacteristicPlan:
        """Return what was entered; what does not belong to the kind or the sampling rule is left out."""
        measured, counted = self.kind.data == "measured", self.kind.data == "count"
        return CharacteristicPlan(
            name_zh=(self.name_zh.data or "").strip(), name_en=(self.name_en.data or "").strip(),
            kind=self.kind.data, unit=(self.unit.data or "").strip() or None if measured else None,
            lower=self.lower.data if measured else None, upper=self.upper.data if measured or counted else None,
            target=self.target.data if measured else None, special=self.special.data or "",
            method=(self.method.data or "").strip() or None, gauge=(self.gauge.data or "").strip() or None,
            sampling=self.sampling.data,
            sampling_value=None if self.sampling.data == "all" else self.sampling_value.data,
            confidence_percent=self.confidence_percent.data or 95, accept_number=self.accept_number.data or 0,
            defect_id=self.defect_id.data, detectable=bool(self.detectable.data))


class ApproveForm(SignedForm):
    """The approval of a draft."""

    valid_from = DateField(mark("In force from"), [InputRequired()],
                           description=mark("The revision before it ends the day before."))
    reason = TextAreaField(mark("Reason"), [Optional(), Length(max=500)],
                           description=mark("Needed where an accept number is above 0."))
