"""Knows the fields of concessions, of the steps on them, and the filter row. Knows no record."""

from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from forms.trail_signatures import SignedForm
from qms.rules.dispositions_concessions import ENDING, KIND_HINTS, KINDS, ORIGINATORS, STATES
from qms.rules.rejections import LARGEST

_SOME_PIECES = NumberRange(1, LARGEST)


class ConcessionFilter(RegisterFilter):
    """What concessions are asked for."""

    state = SelectField(mark("State"), default="")
    kind = SelectField(mark("Kind"), default="")
    customer = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[])
    vocabularies: ClassVar = {"state": ENDING | STATES, "kind": KINDS}


class ConcessionForm(EditForm):
    """A request to the customer; item, lot and defect are typed and looked up."""

    rejection_id = HiddenField()
    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    kind = RadioField(mark("What is asked for"), [InputRequired()], default="concession")
    originator = RadioField(mark("Who asks"), [InputRequired()], default="own")
    item = StringField(mark("Item"), [DataRequired(), Length(max=200)])
    drawing_rev = StringField(mark("Drawing revision"), [Optional(), Length(max=20)],
                              description=mark("Empty: the item's present revision."))
    lot = StringField(mark("Only for the lot"), [Optional(), Length(max=80)], description=mark("Empty: any lot."))
    defect = StringField(mark("Permitted defect"), [Optional(), Length(max=200)],
                         description=mark("Only product with this defect code is accepted under it."))
    characteristic = StringField(mark("Characteristic"), [DataRequired(), Length(max=200)])
    deviation = TextAreaField(mark("Permitted deviation"), [DataRequired(), Length(max=1000)],
                              description=mark("Required value, and the value that is to be permitted."))
    operations = StringField(mark("Operations"), [Optional(), Length(max=200)])
    customer_id = SelectField(mark("Outside customer"), [InputRequired()], coerce=id_or_none, choices=[])
    quantity_authorised = IntegerField(mark("Quantity"), [Optional(), _SOME_PIECES])
    starts_on = DateField(mark("First day"), [Optional()], description=mark("Empty: the day of the approval."))
    expires_on = DateField(mark("Last day"), [Optional()], description=mark("Empty: until the quantity is used up."))
    sub_components = BooleanField(mark("Sub-components are used again"),
                                  description=mark("The customer has to be told so."))
    label_text = StringField(mark("Text on each container label"), [Optional(), Length(max=200)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [SelectChoice(code, f"{words.to(self.language)}: {KIND_HINTS[code].to(self.language)}")
                             for code, words in KINDS.items()]
        self.originator.choices = worded(ORIGINATORS, self.language)


class SendForm(EditForm):
    """What the request says to the customer."""

    customer_told = BooleanField(mark("The request says that sub-components are used again"))


class ApproveForm(SignedForm):
    """The approval of a draft inside."""


class ApprovalForm(SignedForm):
    """What the customer authorised."""

    customer_ref = StringField(mark("Customer's number"), [DataRequired(), Length(max=120)])
    customer_approver = StringField(mark("Who approved at the customer"), [DataRequired(), Length(max=120)])
    customer_approver_role = StringField(mark("Their role"), [Optional(), Length(max=120)])
    customer_decided_on = DateField(mark("Decided on"), [InputRequired()])
    quantity_authorised = IntegerField(mark("Quantity authorised"), [Optional(), _SOME_PIECES],
                                       description=mark("A quantity or a last day is needed, or both."))
    starts_on = DateField(mark("First day"), [Optional()], description=mark("Empty: the day of the decision."))
    expires_on = DateField(mark("Last day"), [Optional()], description=mark("Empty: until the quantity is used up."))


class ReasonForm(EditForm):
    """Why a request is refused or withdrawn."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])
