"""Knows the fields of dispositions, of the steps on them, and the filter row. Knows no record."""

from typing import Any, ClassVar

from wtforms import DateField, DecimalField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.accounts_qualifications import UnqualifiedForm
from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from forms.trail_signatures import SignedForm
from qms.rules.dispositions import BRINGS, CODE_HINTS, CODES, METHODS, OPEN, STATES
from qms.rules.rejections import LARGEST, SEVERITIES
from qms.rules.words import Words

_PIECES = NumberRange(0, LARGEST)
UNDECIDED: dict[str, Words] = {"undecided": Words("Nothing decided", "待决定")}
ASKED_FOR: dict[str, tuple[str, ...]] = {"customer_ref": ("rework",), "criteria_ref": ("no_fault",)}
"""Codes that may have to bring a field, by case."""


class BoardFilter(RegisterFilter):
    """What open holds are asked for."""

    state = SelectField(mark("State"), default="")
    code = SelectField(mark("Disposition"), default="")
    severity = SelectField(mark("Severity"), default="")
    customer = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[])
    unit = SelectField(mark("Unit"), coerce=id_or_none, choices=[])
    vocabularies: ClassVar = {"state": UNDECIDED | {code: STATES[code] for code in OPEN}, "code": CODES,
                              "severity": SEVERITIES}


class DecideForm(SignedForm):
    """The head of a decision: the version of the rejection, and how many lines the page has."""

    rows = HiddenField()


class LineForm(Form):
    """One line of a decision; without a code and a quantity it says nothing."""

    hold_id = SelectField(mark("Of the quantity"), [Optional()], coerce=id_or_none, choices=[], validate_choice=False)
    code = SelectField(mark("Disposition"), [Optional()])
    quantity = IntegerField(mark("Quantity"), [Optional(), NumberRange(1, LARGEST)])
    justification = TextAreaField(mark("Justification"), [Optional(), Length(max=1000)])
    risk_ref = StringField(mark("Risk analysis"), [Optional(), Length(max=120)],
                           description=mark("Number and line, as PFMEA 30.4."))
    risk_rev = StringField(mark("Revision"), [Optional(), Length(max=20)])
    risk_on = DateField(mark("Day of the risk analysis"), [Optional()])
    customer_ref = StringField(mark("Customer's approval"), [Optional(), Length(max=120)],
                               description=mark("Asked for before special parts are reworked, and for re-grading."))
    customer_approver = StringField(mark("Who approved at the customer"), [Optional(), Length(max=120)])
    customer_approved_on = DateField(mark("Approved on"), [Optional()])
    supplier_claim = StringField(mark("Claim to the supplier"), [Optional(), Length(max=120)])
    criteria_ref = StringField(mark("Agreed criteria"), [Optional(), Length(max=120)],
                               description=mark("Asked for when the customer found it."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.code.choices = [SelectChoice("", self.meta.translate(mark("Choose a disposition"))), *(
            SelectChoice(code, f"{words.to(self.language)}: {CODE_HINTS[code].to(self.language)}")
            for code, words in CODES.items())]

    @property
    def pieces(self) -> int:
        """Return the quantity that was entered; 0 for none."""
        return int(self.quantity.data or 0)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was decided here."""
        return not self.code.data and not self.quantity.data

    def codes_of(self, name: str) -> str:
        """Name the codes that bring a field, for the page to show it with them; empty: every code."""
        codes = [code for code, names in BRINGS.items() if name in names] + [*ASKED_FOR.get(name, ())]
        return "" if name == "justification" else " ".join(codes)


class StartForm(EditForm, UnqualifiedForm):
    """What has to be at hand before a line is carried out."""

    place = StringField(mark("Place"), [Optional(), Length(max=120)])
    instruction_ref = StringField(mark("Work instruction"), [Optional(), Length(max=120)])
    instruction_rev = StringField(mark("Revision"), [Optional(), Length(max=20)])
    instruction_on = DateField(mark("Released on"), [Optional()])


class ReportForm(EditForm):
    """What was done."""

    result = TextAreaField(mark("What was done"), [DataRequired(), Length(max=1000)])
    hours = DecimalField(mark("Hours worked"), [Optional(), NumberRange(0, 1_000_000)])
    rma = StringField(mark("Supplier's return number"), [Optional(), Length(max=120)])
    method = SelectField(mark("How it was made unusable"), [Optional()])
    weight_kg = DecimalField(mark("Weight"), [Optional(), NumberRange(0, 1_000_000)])
    certificate = StringField(mark("Contractor's certificate"), [Optional(), Length(max=120)])
    containers = StringField(mark("Containers that carry the number of the concession"), [Optional(), Length(max=500)],
                             description=mark("Separated by commas."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.method.choices = [SelectChoice("", self.meta.translate(mark("Choose"))), *worded(METHODS, self.language)]


class VerifyForm(EditForm, UnqualifiedForm):
    """What the verification found."""

    good = IntegerField(mark("Good"), [Optional(), _PIECES])
    scrapped = IntegerField(mark("Not good"), [Optional(), _PIECES],
                            description=mark("Stays held and is decided again, like what is left over."))
    verification = TextAreaField(mark("What the verification found"), [DataRequired(), Length(max=1000)],
                                 description=mark("What was checked against the specification, how, and the result."))


class SaidForm(EditForm):
    """A step that asks for what was found."""

    verification = TextAreaField(mark("What the verification found"), [DataRequired(), Length(max=1000)])


class WitnessForm(EditForm):
    """What a witness has seen."""

    verification = TextAreaField(mark("What you have seen"), [Optional(), Length(max=1000)])


class WithdrawForm(EditForm):
    """Why a decision is taken back."""

    reason = TextAreaField(mark("Why is it withdrawn"), [DataRequired(), Length(max=500)])


class CoverForm(EditForm):
    """The concession under which a line is carried out."""

    concession_id = SelectField(mark("Concession"), [InputRequired()], coerce=id_or_none, choices=[])
