"""Knows the fields of quality objectives and the filter rows of objectives and dashboard."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, DateField, DecimalField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import worded
from forms.chain_filters import ChainFilter
from qms.rules.review_measures import MEASURES


class ObjectivesFilter(ChainFilter):
    """Which objectives are asked for."""

    ended = BooleanField(mark("Ended ones as well"), default=False)


class DashboardForm(ChainFilter):
    """Of which part of a site the measures are shown, and for which days."""

    part = SelectField(mark("Which part"), [InputRequired()], choices=[])
    first = DateField(mark("First day"), [InputRequired()])
    last = DateField(mark("Last day"), [InputRequired()])


class ObjectiveForm(Form):
    """What a measure is to reach, for which part, from when on."""

    measure = SelectField(mark("Measure"), [InputRequired()])
    part = SelectField(mark("Which part"), [InputRequired()], choices=[])
    target = DecimalField(mark("Target"), [InputRequired()], places=None,
                          description=mark("Of a share in per cent, as 98.5; of anything else in its own unit."))
    valid_from = DateField(mark("In force from"), [InputRequired()])
    why = TextAreaField(mark("Where it comes from, or why it changes"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.measure.choices = worded({code: one.words for code, one in MEASURES.items()}, self.language)

    def values(self) -> dict[str, Any]:
        """Return what a workflow takes: a share from 0 to 1, and the part with its id apart."""
        given = super().values()
        kind, _, part_id = str(given["part"]).partition(":")
        target: Decimal = given["target"]
        is_share = given["measure"] in MEASURES and MEASURES[given["measure"]].kind == "percent"
        return given | {"part": kind, "part_id": int(part_id) if part_id else None,
                        "target": target / 100 if is_share else target}


class EndForm(EditForm):
    """The last day of an objective, and why it ends."""

    last = DateField(mark("Last day"), [InputRequired()])
    reason = TextAreaField(mark("Reason"), [InputRequired(), Length(max=500)])
