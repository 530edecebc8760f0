"""Knows the fields of steps on records from tablets and of thanks. Knows no record."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from forms.base import EditForm, Form, mark


class ReviewForm(EditForm):
    """What somebody found who looked a record through."""

    note = TextAreaField(mark("What you found or did"), [Optional(), Length(max=500)],
                         description=mark("Kept in the history of the record."))


class CountersignForm(EditForm):
    """How a leader made sure who made a record."""

    note = TextAreaField(mark("How you made sure"), [DataRequired(), Length(max=500)],
                         description=mark("For example: asked the author at the shift meeting."))


class SettleForm(EditForm):
    """Which of two bodies is right."""

    resolution = TextAreaField(mark("Which one is right, and what you did about it"), [DataRequired(), Length(max=500)])


class DiscardForm(Form):
    """Why a record that a tablet keeps may go."""

    reason = TextAreaField(
        mark("Why may it go"), [DataRequired(), Length(max=500)],
        description=mark("Why nothing is lost by it, or under which number it was reported again."))


class ThankForm(Form):
    """A word of thanks."""

    note = TextAreaField(mark("A word to the reporter"), [Optional(), Length(max=300)],
                         description=mark("They read it at the station. It may stay empty."))
