"""Knows the fields of enrolling, editing and revoking tablets, and of closing their incidents. Knows no record."""

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none


class UnitsField(SelectMultipleField):
    """Operations to be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DeviceFields(Form):
    """What a tablet is called and which operations it serves."""

    name = StringField(mark("Name of the tablet"), [InputRequired(), Length(max=60)],
                       description=mark("As written on it, for example T-07."))
    unit_ids = UnitsField(mark("Operations"), coerce=int, choices=[],
                          description=mark("What is done there: accept, hand over, reject, call."))


class EnrolForm(DeviceFields):
    """A tablet to be enrolled."""


class DeviceForm(DeviceFields, EditForm):
    """A tablet to be changed."""


class RevokeForm(EditForm):
    """Why a tablet is refused from now on."""

    reason = StringField(mark("Reason"), [InputRequired(), Length(max=500)])


class CloseIncidentForm(EditForm):
    """What was done about an incident."""

    reason = StringField(mark("What was done about it"), [InputRequired(), Length(max=500)],
                         description=mark("For example: the records were written again from paper."))


class DevicesFilter(Form):
    """The filter row of the register of tablets."""

    q = StringField(mark("Name of the tablet"), [Length(max=60)])
    site = SelectField(mark("Site"), coerce=id_or_none, choices=[], default="")
    state = SelectField(mark("State"), choices=[], default="")
