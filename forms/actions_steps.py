"""Knows the fields of each discipline of a corrective action: D0 to D3, D8. Knows no record."""

from typing import Any

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from qms.rules.rejections import LARGEST, SEVERITIES

_PIECES = NumberRange(0, LARGEST)
_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def _text(label: str, most: int, description: str = "") -> Any:
    return TextAreaField(label, [Optional(), Length(max=most)], description=description)


def _at(label: str) -> Any:
    return DateTimeLocalField(label, [Optional()], format=_MINUTES)


def _yes_no(form: EditForm) -> list[SelectChoice]:
    return [SelectChoice("yes", form.meta.translate(mark("Yes"))), SelectChoice("no", form.meta.translate(mark("No"))),
            SelectChoice("", form.meta.translate(mark("Not checked yet")))]


class CaseForm(EditForm):
    """D0: the case itself and the emergency response."""

    title = StringField(mark("Title"), [DataRequired(), Length(max=200)])
    severity = SelectField(mark("Severity"), [InputRequired()])
    safety = BooleanField(mark("It touches safety or the law"),
                          description=mark("Then it is critical and takes the whole 8D."))
    item = StringField(mark("Item"), [Optional(), Length(max=200)])
    defect = StringField(mark("Defect"), [Optional(), Length(max=200)])
    lot = StringField(mark("Lot"), [Optional(), Length(max=80)])
    customer_id = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[],
                              description=mark("Only where it reached one; then it takes the whole 8D."))
    customer_ref = StringField(mark("Customer's reference"), [Optional(), Length(max=120)])
    symptom = _text(mark("What was seen"), 1000)
    emergency = _text(mark("Emergency response"), 1000, mark("What was done at once, or why nothing had to be."))
    emergency_verified = BooleanField(mark("Somebody saw that the emergency response works"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.severity.choices = worded(SEVERITIES, self.language)


class HeadsForm(EditForm):
    """D1: who owns the process and who leads the team."""

    sponsor_id = SelectField(mark("Sponsor"), coerce=id_or_none, choices=[],
                             description=mark("Owns the process, frees the people, closes the case."))
    leader_id = SelectField(mark("Leader"), coerce=id_or_none, choices=[])


class MemberForm(Form):
    """D1: one more of the team."""

    person_id = SelectField(mark("Person"), [InputRequired()], coerce=id_or_none, choices=[])
    unit_id = SelectField(mark("Speaks for"), coerce=id_or_none, choices=[],
                          description=mark("The origin and the operation that found it each need somebody."))
    function = StringField(mark("Function"), [DataRequired(), Length(max=120)])


class ProblemForm(EditForm):
    """D2: 5W2H, requirement and actual, origin and place of detection."""

    problem_what = _text(mark("What: object and defect"), 1000)
    problem_where = _text(mark("Where it occurs"), 500)
    problem_when = _text(mark("When it occurs"), 500)
    problem_who = _text(mark("Who found it, by function"), 500, mark("A function, never a name: nobody is blamed."))
    problem_why = _text(mark("Why it is a problem"), 500)
    problem_how = _text(mark("How it was found"), 500)
    problem_quantity = IntegerField(mark("How many pieces"), [Optional(), _PIECES])
    requirement = _text(mark("What is required"), 500)
    actual = _text(mark("Actual, with a figure"), 500)
    customer_view = _text(mark("How the customer sees it"), 1000)
    first_seen_at = _at(mark("First seen"))
    last_seen_at = _at(mark("Last seen"))
    detecting_unit_id = SelectField(mark("Where it was found"), coerce=id_or_none, choices=[])
    origin_unit_id = SelectField(mark("Origin"), coerce=id_or_none, choices=[])
    origin_unknown_reason = _text(mark("Why origin or escape path is not known"), 500,
                                  mark("Only where one of the two stays open."))
    reproduced = RadioField(mark("Confirmed on a real part"), default="")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reproduced.choices = _yes_no(self)


class ContainmentForm(EditForm):
    """D3: what protects the customer until the cause is gone."""

    containment = _text(mark("Interim containment"), 1000,
                        mark("What is sorted, blocked or checked, and how it is marked."))
    containment_from = _at(mark("Contained from"))
    containment_to = _at(mark("Removed"))
    clean_point = StringField(mark("Clean point"), [Optional(), Length(max=200)],
                              description=mark("First good lot or serial number."))
    containment_effective = RadioField(mark("It was checked that the containment works"), default="")
    containment_evidence = _text(mark("What the check found"), 1000)
    customer_informed_at = _at(mark("Customer informed"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.containment_effective.choices = _yes_no(self)


class ComparisonForm(EditForm):
    """One question of is / is-not."""

    is_so = _text(mark("Is"), 500)
    is_not = _text(mark("Is not"), 500)
    difference = _text(mark("What is special or has changed"), 500)

    @property
    def changed(self) -> dict[str, Any] | None:
        """Return the answer if it is not what was stored before; None when nothing was entered or changed."""
        given = {name: (self[name].data or "").strip() or None for name in ("is_so", "is_not", "difference")}
        return None if given == {name: self[name].object_data for name in given} else given


class ClosingForm(EditForm):
    """D8: thanks to the team, and the customer's acceptance."""

    thanks = _text(mark("Thanks to the team"), 1000)
    customer_accepted_on = DateField(mark("Accepted by the customer on"), [Optional()])
    customer_accepted_by = StringField(mark("Accepted by"), [Optional(), Length(max=120)])
