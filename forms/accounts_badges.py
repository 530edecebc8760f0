"""Knows the fields of badges and PINs. Knows no record."""

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none

_HINT = mark("Six figures; no repeats, no runs like 123456.")
_DIFFER = mark("The two PINs differ.")


class PinForm(Form):
    """A PIN for someone else, typed by them."""

    pin = PasswordField(mark("New PIN"), [InputRequired(), Length(max=20)], description=_HINT,
                        render_kw={"inputmode": "numeric"})
    again = PasswordField(mark("New PIN once more"), [InputRequired(), EqualTo("pin", _DIFFER)],
                          render_kw={"inputmode": "numeric"})


class MyPinForm(PinForm):
    """A change of one's own PIN."""

    password = PasswordField(mark("Present password"), [InputRequired(), Length(max=200)])


class EndBadgeForm(EditForm):
    """Why a badge ends."""

    reason = StringField(mark("Reason"), [InputRequired(), Length(max=500)],
                         description=mark("For example: lost, left the plant."))


class BadgesFilter(Form):
    """The filter row of the list of badges."""

    q = StringField(mark("Name or sign-in name"), [Length(max=60)])
    unit = SelectField(mark("Works in"), coerce=id_or_none, choices=[], default="")
    lacks = SelectField(mark("Lacks"), choices=[], default="")
