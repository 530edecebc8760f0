"""Knows the fields of notices to customers and their filter row. Knows no record."""

from typing import Any, ClassVar

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.dispositions_notices import CHANNELS, STATES
from qms.rules.words import Words

OPEN: dict[str, Words] = {"open": Words("All that are open", "所有未结束")}


class NoticeFilter(RegisterFilter):
    """What notices are asked for."""

    state = SelectField(mark("State"), default="")
    customer = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[])
    vocabularies: ClassVar = {"state": OPEN | STATES}


class TellForm(EditForm):
    """When, how and whom the customer was told, and what."""

    customer_id = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[])
    told_at = DateTimeLocalField(mark("Told at"), [InputRequired()])
    channel = SelectField(mark("How"), [InputRequired()])
    person_told = StringField(mark("Person told"), [DataRequired(), Length(max=120)])
    notice = TextAreaField(mark("What was said"), [DataRequired(), Length(max=2000)])
    shipments = StringField(mark("Delivery notes and lots"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.channel.choices = worded(CHANNELS, self.language)


class FollowUpForm(EditForm):
    """The detail that was sent after the first notice."""

    follow_up = TextAreaField(mark("What was sent"), [DataRequired(), Length(max=2000)],
                              description=mark("Lots and quantities by site, what was found, what the customer can do, "
                                               "and the report it belongs to."))


class AnswerForm(EditForm):
    """What the customer answered."""

    answer = TextAreaField(mark("What the customer answered"), [DataRequired(), Length(max=2000)])


class VoidNoticeForm(EditForm):
    """Why a notice is void."""

    reason = TextAreaField(mark("Why is it void"), [DataRequired(), Length(max=500)])
