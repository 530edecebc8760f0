"""Knows the fields by which evidence is asked for. Knows no record."""

from typing import Any

from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from forms.base import Form, mark
from qms.rules.trail_evidence import CLAUSES


class EvidenceForm(Form):
    """What evidence is asked for; all that is given narrows it."""

    clause = SelectMultipleField(mark("Clauses"), description=mark("None chosen: all that you may see."),
                                 widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
                                 choices=[], validate_choice=False)
    first = DateField(mark("First day"), [Optional()])
    last = DateField(mark("Last day"), [Optional()], description=mark("Not needed with a lot or numbers."))
    site: Any = SelectField(mark("Site"), choices=[], validate_choice=False)
    customer: Any = SelectField(mark("Outside customer"), choices=[], validate_choice=False)
    link: Any = SelectField(mark("Link"), choices=[], validate_choice=False)
    item = StringField(mark("Item"), [Length(max=80)], description=mark("Its code."))
    lot = StringField(mark("Lot"), [Length(max=80)], description=mark("Its number."))
    record = TextAreaField(mark("Single records"), [Length(max=8000)], description=mark(
        "Numbers of rejections, cases, concessions, reviews and others; each comes with its whole story."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.clause.choices = [SelectChoice(code, f"{code} {clause.words.to(self.language)}")
                               for code, clause in CLAUSES.items()]

    def offer(self, field: str, choices: list[tuple[str, str]]) -> None:
        """Offer (value, label) for a field beside not choosing."""
        held: Any = self[field]
        held.choices = [SelectChoice("", self.meta.translate(mark("All"))),
                               *(SelectChoice(value, label) for value, label in choices)]
