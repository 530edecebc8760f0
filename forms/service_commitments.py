"""Knows the fields of public commitments and the filter row of their register. Knows no record."""

from typing import Any, ClassVar

from wtforms import BooleanField, DateField, FloatField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.service_commitments import KINDS, MOST_MINUTES, STATES

_WORDS = Length(max=500)


class CommitmentFilter(RegisterFilter):
    """What commitments are asked for."""

    provider = SelectField(mark("Provider"), coerce=id_or_none, choices=[])
    customer = SelectField(mark("For whom"), coerce=id_or_none, choices=[])
    kind = SelectField(mark("Kind of standard"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": KINDS, "state": STATES}


class CommitmentForm(EditForm):
    """What a unit promises, to whom, and how it is measured."""

    customer_id = SelectField(mark("For whom"), coerce=id_or_none, choices=[])
    link_id = SelectField(mark("Chain link"), coerce=id_or_none, choices=[],
                          description=mark("Where the promise belongs to a link of the chain map."))
    service_zh = StringField(mark("Service (Chinese)"), [DataRequired(), Length(max=200)])
    service_en = StringField(mark("Service (English)"), [DataRequired(), Length(max=200)])
    kind = SelectField(mark("Kind of standard"), [InputRequired()])
    within_hours = FloatField(mark("Done within"), [Optional(), NumberRange(0.01, MOST_MINUTES / 60)],
                              description=mark("In plant hours, for a standard of time. The clock stands while no "
                                               "shift works."))
    standard_zh = TextAreaField(mark("What counts as kept (Chinese)"), [Optional(), _WORDS])
    standard_en = TextAreaField(mark("What counts as kept (English)"), [Optional(), _WORDS])
    target_percent = IntegerField(mark("Target"), [InputRequired(), NumberRange(1, 100)], default=95)
    pausable = BooleanField(mark("The clock may be paused for a listed reason"))
    source_zh = StringField(mark("Measured from (Chinese)"), [Optional(), Length(max=300)])
    source_en = StringField(mark("Measured from (English)"), [Optional(), Length(max=300)])
    exclusions_zh = TextAreaField(mark("Exclusions (Chinese)"), [Optional(), _WORDS])
    exclusions_en = TextAreaField(mark("Exclusions (English)"), [Optional(), _WORDS])
    remedy_zh = TextAreaField(mark("When it is not kept (Chinese)"), [Optional(), _WORDS])
    remedy_en = TextAreaField(mark("When it is not kept (English)"), [Optional(), _WORDS])
    owner_id = SelectField(mark("Who answers for it"), [InputRequired()], coerce=id_or_none, choices=[])
    next_review_on = DateField(mark("Next review"), [Optional()])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(KINDS, self.language)


class NewCommitmentForm(CommitmentForm):
    """The first revision of a commitment."""

    provider_id = SelectField(mark("Provider"), [InputRequired()], coerce=id_or_none, choices=[])


class PublishForm(EditForm):
    """From when a draft holds, and when it is looked at again."""

    published_from = DateField(mark("Published from"), [InputRequired()])
    next_review_on = DateField(mark("Next review"), [InputRequired()])


class LookThroughForm(EditForm):
    """That what is published was reviewed and still holds."""

    next_review_on = DateField(mark("Next review"), [InputRequired()])


class ChangeForm(EditForm):
    """Why something is revised or withdrawn."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), _WORDS])
