"""Knows the fields of days that differ from the week. Knows no record."""

from typing import Any

from wtforms import BooleanField, DateField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from qms.rules.words import Words

WORKS: dict[str, Words] = {
    "": Words("Nobody works: a holiday, a shutdown", "不上班: 节假日、停产"),
    "y": Words("Every shift works: a free day made up for", "所有班次上班: 调休"),
}
"""What is said of a day, as the form sends it."""


class _DayFields(Form):
    """What is said of a day."""

    works = RadioField(mark("On these days"), default="")
    name_zh = StringField(mark("Chinese name"), [InputRequired(), Length(max=60)])
    name_en = StringField(mark("English name"), [InputRequired(), Length(max=60)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.works.choices = [(code, words.to(self.language)) for code, words in WORKS.items()]

    def values(self) -> dict[str, Any]:
        """Return what was entered, and whether the plant works."""
        given = super().values()
        return given | {"works": given["works"] == "y"}


class CalendarDaysForm(_DayFields):
    """One day or a stretch of days that differ from the week."""

    starts_on = DateField(mark("First day"), [InputRequired()])
    ends_on = DateField(mark("Last day"), [Optional()], description=mark("Empty: one day only."))


class CalendarDayForm(_DayFields, EditForm):
    """A day that is there, and whether it differs from the week at all."""

    active = BooleanField(mark("It differs from the week"),
                          description=mark("Untick it to give the day back to the week."))
