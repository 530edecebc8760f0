"""Knows the fields of qualifications, and the one that asks why somebody goes on without. Knows no record."""

from typing import Any, ClassVar

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none
from forms.chain_filters import RegisterFilter
from qms.rules.accounts_qualifications import KINDS, STATES
from qms.rules.errors import NeedsReason
from qms.rules.words import Words


class UnqualifiedForm(Form):
    """A step that R-51 looks at. The reason is asked for only once the rule has warned."""

    reason = TextAreaField(mark("Why without a valid qualification"), [Optional(), Length(max=500)],
                           description=mark("Kept in the history beside the rule."))

    @property
    def asks_reason(self) -> bool:
        """Tell whether the field of the reason is to be shown."""
        return bool(self.reason.data) or (isinstance(self.refusal, NeedsReason) and self.refusal.rule == "R-51")


class QualificationFields(EditForm):
    """What somebody was trained for, by whom, until when it holds."""

    kind = SelectField(mark("What for"), [InputRequired()])
    trained_on = DateField(mark("Trained on"), [InputRequired()])
    valid_to = DateField(mark("Last day"), [Optional()], description=mark("Empty: does not run out."))
    trainer = StringField(mark("Trainer"), [DataRequired(), Length(max=120)],
                          description=mark("Who trained or tested, of the plant or from outside."))
    evidence_ref = StringField(mark("Evidence"), [Optional(), Length(max=120)],
                               description=mark("Number of the certificate or of the test."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [(code, words.to(self.language)) for code, words in KINDS.items()]


class QualificationForm(QualificationFields):
    """A qualification to be recorded."""

    person_id = SelectField(mark("Person"), [InputRequired()], coerce=id_or_none, choices=[])


class CorrectQualificationForm(QualificationFields):
    """A correction; whose qualification it is stays as it was."""

    reason = StringField(mark("Reason for the correction"), [DataRequired(), Length(max=500)])


class EndQualificationForm(EditForm):
    """Why a qualification is taken back."""

    reason = StringField(mark("Reason"), [DataRequired(), Length(max=500)],
                         description=mark("For example: failed the yearly test."))


class QualificationFilter(RegisterFilter):
    """The filter row of the register of qualifications."""

    site = None
    kind = SelectField(mark("What for"), default="")
    state = SelectField(mark("State"), default="")
    unit = SelectField(mark("Works in"), coerce=id_or_none, choices=[])
    vocabularies: ClassVar[dict[str, dict[str, Words]]] = {"kind": KINDS, "state": STATES}
