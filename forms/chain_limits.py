"""Knows the fields of a site's limits. Knows no site."""

from wtforms import DecimalField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from forms.base import EditForm, mark


class LimitsForm(EditForm):
    """From which value on, and within how long."""

    scrap_limit = DecimalField(
        mark("Scrap is decided by the quality manager above"), [InputRequired(), NumberRange(min=0)], places=None,
        description=mark("Value of all scrap of a rejection, in the currency of the site's rates (R-06)."))
    notice_hours = IntegerField(
        mark("A customer is told of shipped suspect product within"), [InputRequired(), NumberRange(1, 720)],
        description=mark("Hours after it is known, day and night (R-16). Notices that are open keep their clock."))
    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)],
                           description=mark("For example: the delegation of authority or the customer agreement."))
