"""Knows the fields with which a person uploads measures of units and says what its columns are. Knows no file."""

from typing import Any

from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import Form, mark
from forms.chain import id_or_none
from qms.rules.errors import Invalid
from qms.rules.satisfaction_measures import KINDS

MOST_COLUMNS = 50


class _Upload(Form):
    file = FileField(mark("File"), [InputRequired()],
                     description=mark("Text with any delimiter, or .xlsx. Nothing is stored before you have seen it."))
    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    source = StringField(mark("Source"), [Optional(), Length(max=120)],
                         description=mark("What the values are from; the same values of one source are stored once. "
                                          "Empty: the name of the file."))


class SurveyUpload(_Upload):
    """A table of survey results with one value per line."""

    period = StringField(mark("Period"), [DataRequired(), Length(max=40)], description=mark("Such as 2020 or 2024-Q1."))
    kind = SelectField(mark("Who was asked"), choices=[])
    unit = StringField(mark("Column of the unit"), [Optional(), Length(max=120)],
                       description=mark("Empty: found by its usual names."))
    measure = StringField(mark("Column of the measure"), [Optional(), Length(max=120)],
                          description=mark("Empty: found by its usual names."))
    value = StringField(mark("Column of the value"), [Optional(), Length(max=120)],
                        description=mark("Empty: found by its usual names."))
    names = FileField(mark("Table of unit codes and names"), [Optional()],
                      description=mark("Only when the file itself gives codes alone."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [SelectChoice(code, words.to(self.language)) for code, words in KINDS.items()]

    def said(self) -> dict[str, Any]:
        """Return what was said of the columns."""
        return {name: (self[name].data or "").strip() for name in ("unit", "measure", "value", "period", "kind")}


class UnitsUpload(_Upload):
    """A table of measures with one unit per line and a column per measure."""

    unit = StringField(mark("Column of the unit"), [DataRequired(), Length(max=120)])
    name = StringField(mark("Column of the unit's name"), [Optional(), Length(max=120)])
    period = StringField(mark("Column of the period"), [DataRequired(), Length(max=120)])
    internal = TextAreaField(mark("Columns of internal measures"), [Optional(), Length(max=4000)],
                             description=mark("One a line, as the header writes them."))
    external = TextAreaField(mark("Columns of external measures"), [Optional(), Length(max=4000)],
                             description=mark("One a line, as the header writes them."))

    def said(self) -> dict[str, Any]:
        """Return what was said of the columns. Raises Invalid when no measure was named."""
        own = {name: (self[name].data or "").strip() for name in ("unit", "name", "period")}
        named = {name: [line.strip() for line in (self[name].data or "").splitlines() if line.strip()][:MOST_COLUMNS]
                 for name in KINDS}
        if not any(named.values()):
            raise Invalid("Name the column of at least one measure.", "请至少指明一列指标。", field="internal")
        return own | named
