"""Knows the fields of what is kept of a customer line by line: plants, contacts, targets, requirements."""

from typing import Any

from wtforms import BooleanField, DateField, DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from qms.rules.customers import FUNCTIONS, LANGUAGES, MOST_HOURS, REQUIREMENTS
from qms.rules.customers_metrics import METRICS, WORDS

_DOC = Length(max=200)


class PlantForm(EditForm):
    """A plant to which we deliver."""

    code = StringField(mark("Code"), [DataRequired(), Length(max=40)])
    name_zh = StringField(mark("Chinese name"), [DataRequired(), Length(max=120)])
    name_en = StringField(mark("English name"), [DataRequired(), Length(max=120)])
    address = StringField(mark("Address"), [Optional(), Length(max=300)])
    active = BooleanField(mark("In use"), default=True)


class ContactForm(EditForm):
    """Somebody at the customer whom we speak to."""

    name = StringField(mark("Name"), [DataRequired(), Length(max=120)])
    function = SelectField(mark("Function"), [InputRequired()])
    plant_id = SelectField(mark("Plant"), coerce=id_or_none, choices=[])
    phone = StringField(mark("Phone"), [Optional(), Length(max=60)])
    email = StringField(mark("E-mail"), [Optional(), Length(max=200)])
    written_in = SelectField(mark("Written to in"))
    active = BooleanField(mark("In use"), default=True)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.function.choices = worded(FUNCTIONS, self.language)
        self.written_in.choices = worded(LANGUAGES, self.language)


class TargetForm(EditForm):
    """What the customer expects by one metric, from a day on."""

    metric = SelectField(mark("Metric"), [InputRequired()])
    value = DecimalField(mark("Target"), [InputRequired()], places=None)
    valid_from = DateField(mark("In force from"), [InputRequired()])
    source_doc = StringField(mark("Source document"), [Optional(), _DOC])
    active = BooleanField(mark("In use"), default=True)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.metric.choices = [(code, f"{words.to(self.language)} [{METRICS[code].unit.to(self.language)}]")
                               for code, words in WORDS.items()]


class RequirementForm(EditForm):
    """A customer-specific requirement."""

    kind = SelectField(mark("Kind"), [InputRequired()])
    hours = IntegerField(mark("Within hours"), [Optional(), NumberRange(1, MOST_HOURS)],
                         description=mark("Real hours. Needed for the time to tell the customer."))
    item_id = SelectField(mark("Item"), coerce=id_or_none, choices=[])
    text_zh = TextAreaField(mark("Requirement in Chinese"), [DataRequired(), Length(max=1000)])
    text_en = TextAreaField(mark("Requirement in English"), [DataRequired(), Length(max=1000)])
    valid_from = DateField(mark("In force from"), [InputRequired()])
    valid_to = DateField(mark("Last day"), [Optional()], description=mark("Empty: until it is withdrawn."))
    source_doc = StringField(mark("Source document"), [Optional(), _DOC],
                             description=mark("The customer's document with its edition."))
    active = BooleanField(mark("In use"), default=True)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(REQUIREMENTS, self.language)
