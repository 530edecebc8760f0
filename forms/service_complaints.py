"""Knows the fields of internal complaints, appeals and follow-ups, and their filter rows. Knows no record."""

from typing import Any, ClassVar

from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from forms.trail_signatures import SignedForm
from qms.rules.chain import LINK_KINDS
from qms.rules.service_appeals import STATES as APPEAL_STATES
from qms.rules.service_complaints import LISTED, STATES
from qms.rules.service_complaints_scores import CONCLUSIONS
from qms.rules.service_follow_ups import CHANNELS
from qms.rules.service_follow_ups import LISTED as FOLLOW_UPS
from qms.rules.words import Words

_SHORT, _LONG = Length(max=500), Length(max=4000)
RATINGS: dict[str, Words] = {
    "5": Words("5, very satisfied", "5, 非常满意"), "4": Words("4, satisfied", "4, 满意"),
    "3": Words("3, neither", "3, 一般"), "2": Words("2, dissatisfied", "2, 不满意"),
    "1": Words("1, very dissatisfied", "1, 非常不满意"),
}
YES_NO: dict[str, Words] = {"no": Words("No, it did not come back", "没有复发"),
                            "yes": Words("Yes, it came back: reopen the complaint", "已复发, 重新打开投诉")}
DECISIONS: dict[str, Words] = {"uphold": Words("Uphold the first decision", "维持原决定"),
                               "overturn": Words("Overturn the first decision", "推翻原决定")}


class ComplaintFilter(RegisterFilter):
    """What internal complaints are asked for."""

    complaining = SelectField(mark("Complaining unit"), coerce=id_or_none, choices=[])
    accused = SelectField(mark("Unit complained of"), coerce=id_or_none, choices=[])
    state = SelectField(mark("State"), default="")
    kind = SelectField(mark("Kind of customer"), default="")
    first = DateField(mark("Filed from"), [Optional()])
    last = DateField(mark("until"), [Optional()])
    vocabularies: ClassVar = {"state": LISTED | STATES, "kind": LINK_KINDS}


class AppealFilter(RegisterFilter):
    """What appeals are asked for."""

    unit = SelectField(mark("Unit"), coerce=id_or_none, choices=[])
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"state": APPEAL_STATES}


class FollowUpFilter(RegisterFilter):
    """What follow-ups are asked for."""

    unit = SelectField(mark("Unit"), coerce=id_or_none, choices=[])
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"state": FOLLOW_UPS}


class FileForm(Form):
    """A complaint of one unit on another."""

    complaining_id = SelectField(mark("Complaining unit"), [InputRequired()], coerce=id_or_none, choices=[])
    accused_id = SelectField(mark("Unit complained of"), [InputRequired()], coerce=id_or_none, choices=[])
    kind = SelectField(mark("Kind of customer"),
                       description=mark("Left open, it is taken from the link between the two."))
    standard_ref = StringField(mark("Commitment or standard that was not kept"), [Optional(), Length(max=200)])
    matter = TextAreaField(mark("Matter"), [DataRequired(), _SHORT],
                           description=mark("What happened, when and where. Facts, no persons."))
    evidence = TextAreaField(mark("Evidence"), [Optional(), _LONG])
    impact = TextAreaField(mark("Impact"), [Optional(), _SHORT])
    expectation = TextAreaField(mark("What you expect"), [Optional(), _SHORT])
    source_ref = StringField(mark("Number of the record"), [Optional(), Length(max=120)],
                             description=mark("Where it is about another record than those of this system."))
    source_kind = HiddenField(default="free")
    record_id = HiddenField()

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [SelectChoice("", self.meta.translate(mark("As the link says"))),
                             *worded(LINK_KINDS, self.language)]

    def values(self) -> dict[str, Any]:
        """Return what was entered; the id of the record as a number."""
        given = super().values()
        sent = str(given["record_id"] or "")
        given["record_id"] = int(sent) if sent.isdecimal() and len(sent) < 16 else None
        if given["source_ref"] and given["source_kind"] == "free":
            given["source_kind"] = "other"
        return given


class AcceptForm(EditForm):
    """The acceptance of a complaint."""

    answer = TextAreaField(mark("First answer"), [Optional(), _SHORT])


class RefuseForm(EditForm):
    """Why a complaint is not accepted."""

    answer = TextAreaField(mark("Why it is not accepted"), [DataRequired(), _SHORT],
                           description=mark("The complaining unit reads this, and may appeal."))


class PlanForm(EditForm):
    """What will be done, by whom, until when."""

    cause = TextAreaField(mark("Cause"), [Optional(), _SHORT],
                          description=mark("Why the process let it happen; a person is never the cause."))
    plan = TextAreaField(mark("Measures"), [DataRequired(), _LONG])
    owner_id = SelectField(mark("Owner"), [InputRequired()], coerce=id_or_none, choices=[])
    promised_on = DateField(mark("To be done by"), [InputRequired()])


class FinishForm(EditForm):
    """What was done."""

    result = TextAreaField(mark("What was done"), [DataRequired(), _LONG])


class ConfirmForm(EditForm):
    """The complaining unit's word that it is solved."""

    satisfied = RadioField(mark("How satisfied are you with how it was solved?"), [InputRequired()])
    confirmation = TextAreaField(mark("In your words"), [Optional(), _SHORT])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.satisfied.choices = worded(RATINGS, self.language)

    def values(self) -> dict[str, Any]:
        """Return what was entered; the rating as a number."""
        given = super().values()
        return given | {"satisfied": int(given["satisfied"])}


class ReasonForm(EditForm):
    """Why a complaint is reopened or withdrawn."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), _SHORT])


class AppealForm(EditForm):
    """The grounds of an appeal."""

    grounds = TextAreaField(mark("Grounds"), [DataRequired(), _LONG],
                            description=mark("Nobody is worse off for having appealed. The score rests meanwhile."))


class DecideForm(SignedForm):
    """The decision of an appeal."""

    decision = RadioField(mark("Ruling"), [InputRequired()])
    reasons = TextAreaField(mark("Reasons"), [DataRequired(), _LONG], description=mark("Both parties read this."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.decision.choices = worded(DECISIONS, self.language)


class FollowUpForm(EditForm):
    """One follow-up visit."""

    recurred = RadioField(mark("Did it come back?"), [InputRequired()])
    satisfied = SelectField(mark("How satisfied is the complaining unit?"), [Optional()])
    channel = SelectField(mark("How they were asked"), [InputRequired()])
    note = TextAreaField(mark("In their words"), [Optional(), _SHORT])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.recurred.choices = worded(YES_NO, self.language)
        self.satisfied.choices = [SelectChoice("", "–"), *worded(RATINGS, self.language)]
        self.channel.choices = worded(CHANNELS, self.language)

    def values(self) -> dict[str, Any]:
        """Return what was entered; the rating as a number, None where it was not given."""
        given = super().values()
        return given | {"recurred": given["recurred"] == "yes",
                        "satisfied": int(given["satisfied"]) if given["satisfied"] else None}


class LookForm(EditForm):
    """What a person says of a marked complaint."""

    conclusion = RadioField(mark("Conclusion"), [InputRequired()])
    note = TextAreaField(mark("Why"), [DataRequired(), _SHORT])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.conclusion.choices = worded(CONCLUSIONS, self.language)

