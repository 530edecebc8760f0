"""Knows the fields of the filter row of scorecards. Knows no record."""

from wtforms import DateField, SelectField
from wtforms.validators import Optional

from forms.base import Form, mark
from forms.chain import id_or_none


class ScorecardFilter(Form):
    """Which period of which site is shown."""

    site = SelectField(mark("Site"), coerce=id_or_none, choices=[])
    first = DateField(mark("From"), [Optional()])
    last = DateField(mark("To"), [Optional()])
