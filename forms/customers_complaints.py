"""Knows the fields of complaints of outside customers and of each step on them, and the filter row."""

from typing import Any, ClassVar

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.customers_complaints import KINDS, LISTED, PLACES, RESPONSIBILITIES, STATES
from qms.rules.rejections import SEVERITIES

_PIECES = NumberRange(0, 1_000_000_000)
_LONG = Length(max=4000)


class ComplaintFilter(RegisterFilter):
    """What complaints are asked for."""

    customer = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[])
    kind = SelectField(mark("Kind"), default="")
    state = SelectField(mark("State"), default="")
    first = DateField(mark("Received from"), [Optional()])
    last = DateField(mark("until"), [Optional()])
    vocabularies: ClassVar = {"kind": KINDS, "state": LISTED | STATES}


class ComplaintForm(EditForm):
    """What the customer said, as far as it is known."""

    kind = SelectField(mark("Kind"), [InputRequired()])
    severity = SelectField(mark("Severity"), [InputRequired()], default="MA")
    place = SelectField(mark("Where the customer found it"))
    customer_ref = StringField(mark("Customer's reference"), [Optional(), Length(max=120)])
    plant_id = SelectField(mark("Plant of the customer"), coerce=id_or_none, choices=[])
    item = StringField(mark("Item"), [Optional(), Length(max=200)])
    item_text = StringField(mark("Product in the customer's words"), [Optional(), Length(max=200)])
    lot = StringField(mark("Lot"), [Optional(), Length(max=80)])
    lots_text = StringField(mark("More lots, serials, delivery notes"), [Optional(), Length(max=500)])
    defect = StringField(mark("Defect"), [Optional(), Length(max=160)])
    quantity_claimed = IntegerField(mark("Quantity claimed"), [Optional(), _PIECES],
                                    description=mark("Empty: not told."))
    description = TextAreaField(mark("What the customer says"), [DataRequired(), _LONG])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(KINDS, self.language)
        self.severity.choices = worded(SEVERITIES, self.language)
        self.place.choices = [SelectChoice("", self.meta.translate(mark("Not a matter of product"))),
                              *worded(PLACES, self.language)]


class NewComplaintForm(ComplaintForm):
    """A complaint that is recorded; its clocks run from when it was received."""

    customer_id = SelectField(mark("Outside customer"), [InputRequired()], coerce=id_or_none, choices=[])
    received_at = DateTimeLocalField(mark("Received at"), [InputRequired()],
                                     description=mark("When it reached us, not when it is recorded: the clocks start "
                                                      "here."))


class SentForm(EditForm):
    """Something that is sent to the customer."""

    sent_at = DateTimeLocalField(mark("Sent to the customer at"), [InputRequired()])


class ContainForm(SentForm):
    """What was contained where (D3)."""

    containment = TextAreaField(mark("What was contained where"), [DataRequired(), _LONG],
                                description=mark("Quantities by place: in work, in stock, on the way, at the "
                                                 "customer."))


class AnalyseForm(SentForm):
    """What the analysis found (D5)."""

    analysis = TextAreaField(mark("What the analysis found"), [DataRequired(), _LONG],
                             description=mark("Of the returned parts and of the process, with causes."))
    quantity_confirmed = IntegerField(mark("Quantity confirmed"), [Optional(), _PIECES])
    responsibility = SelectField(mark("Responsibility"), [InputRequired()])
    share_percent = IntegerField(mark("Our share"), [Optional(), NumberRange(1, 99)],
                                 description=mark("Only where it is shared."))
    no_fault_found = BooleanField(mark("No fault found"))
    criteria_ref = StringField(mark("Criteria agreed with the customer"), [Optional(), Length(max=120)],
                               description=mark("Needed when no fault was found."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.responsibility.choices = worded(RESPONSIBILITIES, self.language)


class AnswerForm(SentForm):
    """The final answer (D8)."""

    reply = TextAreaField(mark("What was answered"), [DataRequired(), _LONG])
    told_inside = StringField(mark("Who inside got the answer"), [DataRequired(), Length(max=500)],
                              description=mark("The operation of origin and those that let it pass."))


class AcceptForm(EditForm):
    """The customer's word."""

    accepted_by = StringField(mark("Who at the customer accepted"), [DataRequired(), Length(max=120)])


class ReasonForm(EditForm):
    """A step that needs a reason."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])


class ReturnForm(EditForm):
    """Complained parts that came back."""

    return_received_on = DateField(mark("Received on"), [InputRequired()])
    return_quantity = IntegerField(mark("Pieces returned"), [InputRequired(), NumberRange(1, 1_000_000_000)])


class TraceForm(EditForm):
    """Where the defect was made, or why that is not known."""

    origin_unit_id = SelectField(mark("Origin"), coerce=id_or_none, choices=[])
    unknown_reason = TextAreaField(mark("Why origin or escape path is not known"), [Optional(), Length(max=1000)])


class LinkForm(EditForm):
    """The rejection under which the same is dealt with inside."""

    number = StringField(mark("Rejection no."), [DataRequired(), Length(max=40)])
