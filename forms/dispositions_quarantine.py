"""Knows the fields of quarantine places and their count, and the filter row. Knows no record."""

from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none
from forms.chain_filters import RegisterFilter


class StockFilter(RegisterFilter):
    """What of the held product is asked for."""

    place = SelectField(mark("Place"), default="", choices=[])


class PlaceForm(EditForm):
    """A marked place for held product."""

    code = StringField(mark("Code"), [DataRequired(), Length(max=40)])
    name_zh = StringField(mark("Chinese name"), [DataRequired(), Length(max=120)])
    name_en = StringField(mark("English name"), [DataRequired(), Length(max=120)])
    unit_id = SelectField(mark("Beside the operation"), coerce=id_or_none, choices=[])
    locked = BooleanField(mark("Under lock"), description=mark("Critical defects go to a locked place."))


class NewPlaceForm(PlaceForm):
    """A place that is marked for the first time."""

    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])


class ChangedPlaceForm(PlaceForm):
    """A place that is changed, or taken out of use."""

    active = BooleanField(mark("In use"))


class BringForm(EditForm):
    """What is brought to a place."""

    hold_id = HiddenField()

    @property
    def hold(self) -> int:
        """Return the hold that is meant; 0 when it was lost on the way."""
        sent = str(self.hold_id.data or "")
        return int(sent) if sent.isdecimal() and len(sent) < 18 else 0


class CountForm(Form):
    """A count. Its lines are read from the fields counted-<hold>, why-<hold> and extra-*."""

    note = TextAreaField(mark("Note"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.wrong: dict[str, str] = {}

    def refuse(self, error: Any, language: str) -> None:
        """Keep a refusal beside the line it is about."""
        super().refuse(error, language)
        if error.field and error.field not in self._fields:
            self.wrong = {error.field: error.words.to(language)}
