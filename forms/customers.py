"""Knows the fields of outside customers, their grade and the rule behind it, and the filter row. Knows no record."""

from typing import Any, ClassVar

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, Form, mark
from forms.chain import worded
from forms.chain_filters import RegisterFilter
from qms.rules.customers import CLASSES, GRADES, LANGUAGES, LISTED, RISKS

_PERCENT = NumberRange(0, 100)


class CustomerFilter(RegisterFilter):
    """What customers are asked for."""

    sales_class = SelectField(mark("Class of the customer"), default="")
    grade = SelectField(mark("Grade"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"sales_class": {str(code): words for code, words in CLASSES.items()}, "grade": GRADES,
                              "state": LISTED}


class CustomerForm(EditForm):
    """What is kept of a customer beside its unit."""

    share_percent = IntegerField(mark("Share of sales"), [Optional(), _PERCENT],
                                 description=mark("Of the site's sales in the last year. Empty: not known."))
    risk = SelectField(mark("Risk of its products"))
    strategic = BooleanField(mark("Strategic: chosen for growth, technology or name"))
    written_in = SelectField(mark("Written to in"))
    portal_url = StringField(mark("Portal"), [Optional(), Length(max=300)])
    portal_note = StringField(mark("What is read there"), [Optional(), Length(max=500)],
                              description=mark("Scorecard, complaints, forms. No passwords."))
    note = TextAreaField(mark("Note"), [Optional(), Length(max=2000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.risk.choices = [SelectChoice("", self.meta.translate(mark("Not judged yet"))),
                             *worded(RISKS, self.language)]
        self.written_in.choices = worded(LANGUAGES, self.language)


class ChangedCustomerForm(CustomerForm):
    """A customer that is changed, or taken out of use."""

    active = BooleanField(mark("In use"))


class OverrideForm(EditForm):
    """Another grade than the rule's."""

    grade = SelectField(mark("Grade"), [InputRequired()])
    reason = TextAreaField(mark("Why not the rule's grade"), [DataRequired(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.grade.choices = worded(GRADES, self.language)


class GradeRuleForm(Form):
    """The next version of the rule behind the grades."""

    effective_on = DateField(mark("In force from"), [InputRequired()])
    sales_weight = IntegerField(mark("Weight of the share of sales"), [InputRequired(), _PERCENT])
    strategic_weight = IntegerField(mark("Weight of strategic"), [InputRequired(), _PERCENT])
    risk_weight = IntegerField(mark("Weight of risk"), [InputRequired(), _PERCENT])
    complaints_weight = IntegerField(mark("Weight of complaints"), [InputRequired(), _PERCENT])
    key_share_percent = IntegerField(mark("Key share of sales"), [InputRequired(), NumberRange(1, 100)],
                                     description=mark("From here on class 1 and full points."))
    full_complaints = IntegerField(mark("Complaints that make full points"), [InputRequired(), NumberRange(1, 1000)])
    a_from = IntegerField(mark("Grade A from"), [InputRequired(), NumberRange(1, 100)])
    b_from = IntegerField(mark("Grade B from"), [InputRequired(), NumberRange(1, 100)])
    reason = TextAreaField(mark("Why this version"), [DataRequired(), Length(max=500)])
