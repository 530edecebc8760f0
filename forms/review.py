"""Knows the fields of management reviews, of who takes part and of the steps on them, and the filter row."""

from typing import Any, ClassVar

from wtforms import (
    DateField,
    FileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from forms.trail_signatures import SignedForm
from qms.rules.review import OUTPUTS, ROLES, STATES
from qms.rules.review_inputs import INPUTS

_LONG = Length(max=8000)


class ReviewFilter(RegisterFilter):
    """What management reviews are asked for."""

    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"state": STATES}


class ReviewForm(EditForm):
    """What a review covers, and when and where the meeting is."""

    title = StringField(mark("Title"), [DataRequired(), Length(max=200)])
    first_on = DateField(mark("Period from"), [InputRequired()])
    last_on = DateField(mark("Period to"), [InputRequired()])
    before_first_on = DateField(mark("Compared with, from"), [InputRequired()])
    before_last_on = DateField(mark("Compared with, to"), [InputRequired()])
    meeting_on = DateField(mark("Meeting on"), [Optional()])
    place = StringField(mark("Place"), [Optional(), Length(max=200)])


class OpenForm(ReviewForm):
    """A review that is opened: of one site, and of more where they are reviewed together."""

    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    more_sites: Any = SelectMultipleField(mark("Further sites"), coerce=id_or_none, choices=[], validate_choice=True,
                                          description=mark("Only where they are reviewed together."))


class AttendeeForm(Form):
    """Somebody who takes part: with an account, or a guest by name."""

    person_id = SelectField(mark("Person"), coerce=id_or_none, choices=[])
    name = StringField(mark("or a guest by name"), [Optional(), Length(max=120)])
    role = SelectField(mark("Role"), [InputRequired()])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.role.choices = worded(ROLES, self.language)


class ReasonForm(EditForm):
    """A step that needs a reason."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])


class SettleForm(EditForm):
    """What the review concludes on the quality system."""

    conclusion = TextAreaField(
        mark("Conclusion"), [DataRequired(), _LONG],
        description=mark("Whether the quality system is suitable, adequate, effective and goes the way the company "
                         "does."))


class SignForm(SignedForm):
    """The password again, as a signature."""


class NoteForm(EditForm):
    """What was said of an input in the meeting."""

    note = TextAreaField(mark("Note of the meeting"), [Optional(), _LONG])


class FillForm(EditForm):
    """What there is to say of an input."""

    body = TextAreaField(mark("Text"), [Optional(), _LONG])


class TableForm(EditForm):
    """A table that is put to an input."""

    file = FileField(mark("Table from a file"), [InputRequired()],
                     description=mark("An .xlsx or .csv file with its headings in the first line, at most 500 lines "
                                      "and 30 columns. The first sheet is read."),
                     render_kw={"accept": ".xlsx,.xlsm,.csv,.txt,.tsv"})


class DecisionForm(EditForm):
    """What is decided, who does it by when, and what it takes."""

    output = SelectField(mark("Kind of output"), [InputRequired()])
    missed = SelectField(mark("Missed customer target"), choices=[],
                         description=mark("Only for an action plan against it."))
    input_code = SelectField(mark("On the input"))
    body = TextAreaField(mark("What is decided"), [DataRequired(), Length(max=4000)])
    owner_id = SelectField(mark("Owner"), [InputRequired()], coerce=id_or_none, choices=[])
    due_on = DateField(mark("Due on"), [InputRequired()])
    resource = StringField(mark("What it takes"), [Optional(), Length(max=500)],
                           description=mark("People, money, equipment. Empty: nothing further."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.output.choices = worded(OUTPUTS, self.language)
        whole = self.meta.translate(mark("The system as a whole"))
        self.input_code.choices = [SelectChoice("", whole), *worded(
            {code: one.words for code, one in INPUTS.items()}, self.language)]


class ResultForm(EditForm):
    """What came of a decision."""

    result = TextAreaField(mark("What came of it"), [DataRequired(), Length(max=4000)])
