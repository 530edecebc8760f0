"""Knows the fields of requests between units, of their steps, and the filter row. Knows no record."""

from typing import Any, ClassVar

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.service_requests import LISTED, RATINGS, REASONS, STATES

_WORDS = Length(max=500)


class RequestFilter(RegisterFilter):
    """What requests are asked for."""

    provider = SelectField(mark("Provider"), coerce=id_or_none, choices=[])
    asker = SelectField(mark("Asked by"), coerce=id_or_none, choices=[])
    commitment = SelectField(mark("Commitment"), coerce=id_or_none, choices=[])
    state = SelectField(mark("State"), default="")
    first = DateField(mark("From"), [Optional()])
    last = DateField(mark("To"), [Optional()])
    vocabularies: ClassVar = {"state": LISTED | STATES}


class AskForm(Form):
    """What is asked of another unit, through one of its commitments."""

    commitment_id = SelectField(mark("Commitment"), [InputRequired()], coerce=id_or_none, choices=[])
    asker_id = SelectField(mark("For which unit do you ask?"), [InputRequired()], coerce=id_or_none, choices=[])
    title = StringField(mark("What is needed"), [DataRequired(), Length(max=200)])
    detail = TextAreaField(mark("Details"), [Optional(), Length(max=4000)])


class PauseForm(EditForm):
    """Why the clock stands."""

    reason = SelectField(mark("What is waited for"), [InputRequired()])
    note = TextAreaField(mark("Note"), [Optional(), _WORDS])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = worded(REASONS, self.language)


class PassForm(EditForm):
    """To whom a request is handed over, and why."""

    to_id = SelectField(mark("New provider"), [InputRequired()], coerce=id_or_none, choices=[])
    reason = TextAreaField(mark("Reason"), [DataRequired(), _WORDS])


class FinishForm(EditForm):
    """What was done."""

    answer = TextAreaField(mark("What was done"), [DataRequired(), Length(max=1000)])


class ReasonForm(EditForm):
    """Why a request is refused, withdrawn or reopened."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), _WORDS])


class ConfirmForm(EditForm):
    """How whoever asked finds what was done."""

    rating = RadioField(mark("How satisfied are you?"), [InputRequired()])
    words = TextAreaField(mark("In your words"), [Optional(), Length(max=1000)],
                          description=mark("Needed for 1 and 2."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.rating.choices = worded(RATINGS, self.language)


class ConfirmQualityForm(ConfirmForm):
    """The same, with the verdict on a promised quality."""

    met = RadioField(mark("Was the promised quality kept?"), [InputRequired()])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.met.choices = [SelectChoice("yes", self.meta.translate(mark("Yes, kept"))),
                            SelectChoice("no", self.meta.translate(mark("No, missed")))]
