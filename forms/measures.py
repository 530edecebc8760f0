"""Knows the fields of the period that figures are shown for. Knows no figure."""

from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import InputRequired

from forms.base import Form, mark


class PeriodForm(Form):
    """From which day to which, and how the period is cut; carries along what else the page shows."""

    site = SelectField(mark("Site"), choices=[])
    first = DateField(mark("First day"), [InputRequired()])
    last = DateField(mark("Last day"), [InputRequired()])
    step = SelectField(mark("Points"), choices=[])
    of = HiddenField()
    side = HiddenField()
    by = HiddenField()
