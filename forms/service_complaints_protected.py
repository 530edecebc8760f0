"""Knows the fields of protected reports. Knows no record."""

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import worded
from qms.rules.service_complaints_protected import KINDS


class ReportForm(Form):
    """A report under protection."""

    kind = SelectField(mark("What it is about"), [InputRequired()])
    account = TextAreaField(mark("What happened"), [DataRequired(), Length(max=4000)],
                            description=mark("In your words: what, when, who was there."))
    about_ref = StringField(mark("Number of the record that it follows"), [Optional(), Length(max=120)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(KINDS, self.language)


class ReplyForm(EditForm):
    """What whoever reported is told."""

    reply = TextAreaField(mark("What whoever reported is told"), [DataRequired(), Length(max=4000)])
