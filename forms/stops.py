"""Knows the fields of calls, stops and the steps that follow them, and the filter row. Knows no record."""

from typing import Any, ClassVar

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.stops import CHECKS, FIRST_PIECES, REASONS, STATES
from qms.rules.words import Words

_PIECES = NumberRange(0, 1_000_000_000)
OPEN: dict[str, Words] = {"open": Words("All that are open", "所有未结束")}
SIGNALS: dict[str, Words] = {
    "yellow": Words("Call: the line runs on for 60 s, then it stops", "呼叫: 产线继续运行60秒, 无人处理则停线"),
    "red": Words("Stop: the line stands now", "停线: 产线立即停止"),
}


class StopFilter(RegisterFilter):
    """What calls and stops are asked for."""

    unit = SelectField(mark("Unit"), coerce=id_or_none, choices=[])
    state = SelectField(mark("State"), default="")
    reason = SelectField(mark("Reason"), default="")
    first = DateField(mark("From"), [Optional()])
    last = DateField(mark("To"), [Optional()])
    vocabularies: ClassVar = {"state": OPEN | STATES, "reason": REASONS}


class CallForm(Form):
    """A call or stop as it is made at a desk."""

    unit_id = SelectField(mark("Which line"), [InputRequired()], coerce=id_or_none, choices=[])
    signal = RadioField(mark("Signal"), [InputRequired()], default="red")
    reason = SelectField(mark("Reason"), [InputRequired()])
    note = TextAreaField(mark("Note"), [Optional(), Length(max=500)])
    lot = StringField(mark("Lot"), [Optional(), Length(max=80)])
    critical = BooleanField(mark("Critical: safety, or a customer has to be told"),
                            description=mark("Only a quality engineer or manager restarts the line then."))
    from_upstream = BooleanField(mark("It came from upstream"),
                                 description=mark("Opens a rejection of what came in and holds it at once."))
    quantity = IntegerField(mark("Pieces found wrong"), [Optional(), NumberRange(1, 2_000_000_000)],
                            description=mark("Leave it empty if nobody has counted: then the whole lot is held."))
    defect = StringField(mark("Defect"), [Optional(), Length(max=200)])
    customer_id = SelectField(mark("Stopped by the receiving operation"), coerce=id_or_none, choices=[],
                              description=mark("Then it has to agree before the line restarts."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.signal.choices = worded(SIGNALS, self.language)
        self.reason.choices = [SelectChoice("", self.meta.translate(mark("Choose a reason"))),
                               *worded(REASONS, self.language)]


class NoteForm(EditForm):
    """A step that asks for a few words."""

    note = TextAreaField(mark("Note"), [DataRequired(), Length(max=500)])


class ContainForm(EditForm):
    """What was done so that nothing suspect goes on."""

    containment = TextAreaField(mark("What was contained, and the clean point"), [DataRequired(), Length(max=500)],
                                description=mark("Where suspect product lies now, and from which piece on it is good."))
    cause_known = BooleanField(mark("The cause is known"))
    measure = TextAreaField(mark("Temporary measure"), [Optional(), Length(max=500)])
    product_affecting = BooleanField(mark("The product may be wrong"),
                                     description=mark("Then the restart needs first pieces and quality."))


class AskRestartForm(EditForm):
    """The measure with which the line is to run again."""

    measure = TextAreaField(mark("Temporary measure"), [DataRequired(), Length(max=500)])
    extra_checks = IntegerField(mark("Extra pieces to inspect after the restart"), [Optional(), _PIECES])
    lost_units = IntegerField(mark("Pieces not made meanwhile"), [Optional(), _PIECES])


class CheckForm(EditForm):
    """One restart check."""

    kind = SelectField(mark("Check"), [InputRequired()])
    good = RadioField(mark("Verdict"), [InputRequired()])
    pieces = IntegerField(mark("Pieces looked at"), [Optional(), _PIECES])
    nonconforming = IntegerField(mark("Nonconforming"), [Optional(), _PIECES])
    note = TextAreaField(mark("Note"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(CHECKS, self.language)
        self.good.choices = [SelectChoice("yes", self.meta.translate(mark("Good"))),
                             SelectChoice("no", self.meta.translate(mark("Not good")))]
        self.pieces.description = self.meta.translate(
            mark("Only for first pieces: at least %(count)s in a row.")) % {"count": FIRST_PIECES}


class ReviewForm(EditForm):
    """What was learnt from a stop, and what it cost."""

    note = TextAreaField(mark("What was learnt"), [DataRequired(), Length(max=500)])
    lost_units = IntegerField(mark("Pieces not made meanwhile"), [Optional(), _PIECES])
