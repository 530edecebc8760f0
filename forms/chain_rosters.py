"""Knows the fields of shifts and roster lines. Knows no record."""

from datetime import time
from typing import Any

from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from forms.base import EditForm, mark
from forms.chain import id_or_none
from qms.rules.accounts import ROLES
from qms.rules.chain_rosters import ON_CALL
from qms.rules.words import Words

WEEKDAYS: tuple[Words, ...] = (
    Words("Monday", "星期一"), Words("Tuesday", "星期二"), Words("Wednesday", "星期三"), Words("Thursday", "星期四"),
    Words("Friday", "星期五"), Words("Saturday", "星期六"), Words("Sunday", "星期日"))


class ShiftForm(EditForm):
    """A shift."""

    code = StringField(mark("Code"), [InputRequired(), Length(max=20)])
    name_zh = StringField(mark("Chinese name"), [InputRequired(), Length(max=60)])
    name_en = StringField(mark("English name"), [InputRequired(), Length(max=60)])
    starts = TimeField(mark("Begins"), [InputRequired()])
    ends = TimeField(mark("Ends"), [InputRequired()],
                     description=mark("Earlier than it begins: the shift runs past midnight."))
    weekdays = SelectMultipleField(mark("Days on which it begins"), widget=ListWidget(prefix_label=False),
                                   option_widget=CheckboxInput(), default=list("01234"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.weekdays.choices = [SelectChoice(str(n), words.to(self.language)) for n, words in enumerate(WEEKDAYS)]

    @staticmethod
    def shown(shift: Any) -> dict[str, Any]:
        """Return what the form of a shift begins with."""
        return {"rev": shift.rev, "code": shift.code, "name_zh": shift.name_zh, "name_en": shift.name_en,
                "starts": time.fromisoformat(shift.starts), "ends": time.fromisoformat(shift.ends),
                "weekdays": [str(n) for n, works in enumerate(shift.weekdays) if works == "1"]}

    def values(self) -> dict[str, Any]:
        """Return what was entered as a shift keeps it: times as 06:00, days as 1111100."""
        given = super().values()
        chosen = set(given["weekdays"] or ())
        return given | {key: f"{given[key]:%H:%M}" for key in ("starts", "ends")} | {
            "weekdays": "".join("1" if str(n) in chosen else "0" for n in range(len(WEEKDAYS)))}


class EditShiftForm(ShiftForm):
    """A shift that is there, and whether it still runs."""

    active = BooleanField(mark("In use"))


class RosterLineForm(EditForm):
    """Who stands for a role in a unit, when."""

    unit_id = SelectField(mark("For which unit"), coerce=id_or_none, choices=[],
                          description=mark("And everything below it, unless a unit below has its own roster."))
    role = SelectField(mark("Role"), [InputRequired()])
    shift_id = SelectField(mark("Shift"), coerce=id_or_none, choices=[])
    person_id = SelectField(mark("Person"), [InputRequired()], coerce=id_or_none, choices=[])
    deputy_id = SelectField(mark("Deputy"), coerce=id_or_none, choices=[],
                            description=mark("Stands in when the person's account is out of use."))
    starts_on = DateField(mark("First day"), [InputRequired()])
    ends_on = DateField(mark("Last day"), [Optional()], description=mark("Empty: until further notice."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.role.choices = [SelectChoice(role, ROLES[role].to(self.language)) for role in ON_CALL]


class EditRosterLineForm(RosterLineForm):
    """A roster line that is there, and whether it holds at all."""

    active = BooleanField(mark("It holds"), description=mark("Untick it if it was entered by mistake."))
