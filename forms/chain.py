"""Knows the fields of sites, units, links, items, defect codes, lots and routings. Knows no record."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import DateTimeLocalField, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, Form, mark
from qms.rules.accounts_qualifications import SETTINGS
from qms.rules.chain import LINK_KINDS, PROFILES, SPECIAL_CLASSES, UNIT_KINDS
from qms.rules.rejections import SEVERITIES
from qms.rules.words import Words

MOST_LINES = 200


def id_or_none(value: str | int | None) -> int | None:
    """Read the id behind a choice or address; an empty one is None. Raises ValueError."""
    text = str(value or "")
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValueError(text)
    return int(text) if text else None


def worded(words: Mapping[str, Words], language: str) -> list[SelectChoice]:
    """Return the choices of a vocabulary in the reader's language."""
    return [SelectChoice(code, pair.to(language)) for code, pair in words.items()]


class LinesField(TextAreaField):
    """Lines of text; `data` is a list of the lines that hold anything, trimmed."""

    data: Any

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Split what was sent into its lines."""
        self.data = [line.strip() for line in (valuelist[0] if valuelist else "").splitlines() if line.strip()]


class SourcesField(TextAreaField):
    """Lots that a lot was made from, one a line; `data` is a list of (number, pieces or None)."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(number if taken is None else f"{number}, {taken}" for number, taken in self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read each line as a number and, after a comma, pieces."""
        lines = [line.strip() for line in (valuelist[0] if valuelist else "").splitlines() if line.strip()]
        self.data = [self._line(line) for line in lines]

    def _line(self, line: str) -> tuple[str, int | None]:
        number, comma, taken = line.replace("\uff0c", ",").rpartition(",")
        if not comma:
            return line, None
        if not (taken.strip().isascii() and taken.strip().isdecimal() and len(taken.strip()) < 11):
            raise ValueError(self.gettext("Write one lot number a line and, after a comma, the pieces taken."))
        return number.strip(), int(taken)


class SiteForm(EditForm):
    """A site."""

    code = StringField(mark("Code"), [InputRequired(), Length(max=20)],
                       description=mark("Short; it becomes part of every record number."))
    name_zh = StringField(mark("Chinese name"), [InputRequired(), Length(max=120)])
    name_en = StringField(mark("English name"), [InputRequired(), Length(max=120)])
    time_zone = StringField(mark("Time zone"), [InputRequired(), Length(max=60)], default="Asia/Shanghai",
                            description=mark("As in the IANA list, for example Asia/Shanghai or Europe/Berlin."))
    profile = SelectField(mark("Rule profile"), default="iatf",
                          description=mark("Decides which rules block and which only warn."))

    qualification = SelectField(
        mark("Where a qualification is missing"), default="off",
        description=mark("For rework, verification, containment and tests of devices. Enter the qualifications first, "
                         "then let it warn, then block."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.profile.choices = worded(PROFILES, self.language)
        self.qualification.choices = worded(SETTINGS, self.language)


class UnitForm(EditForm):
    """A unit with its procedure sheet."""

    kind = SelectField(mark("Kind"), default="operation")
    code = StringField(mark("Code"), [InputRequired(), Length(max=40)])
    name_zh = StringField(mark("Chinese name"), [InputRequired(), Length(max=120)])
    name_en = StringField(mark("English name"), [InputRequired(), Length(max=120)])
    parent_id = SelectField(mark("Unit above"), coerce=id_or_none, choices=[])
    line = StringField(mark("Production line"), [Length(max=60)])
    inspects = BooleanField(mark("Only inspects"),
                            description=mark("It finds defects but is never their origin."))
    final = BooleanField(mark("Final or outgoing check"),
                         description=mark("What is found here counts as held at the plant gate."))
    purpose = TextAreaField(mark("Purpose"), [Length(max=20000)])
    scope = TextAreaField(mark("Scope"), [Length(max=20000)])
    responsibilities = TextAreaField(mark("Responsibilities"), [Length(max=20000)])
    steps = TextAreaField(mark("Steps"), [Length(max=20000)], description=mark("One step a line."))
    records_used = TextAreaField(mark("Records used"), [Length(max=20000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(UNIT_KINDS, self.language)


class LinkForm(EditForm):
    """What of a link may change: its kind and its output."""

    kind = SelectField(mark("Kind of relation"), default="operation")
    output_zh = StringField(mark("Output in Chinese"), [InputRequired(), Length(max=200)],
                            description=mark("What is handed over: a part, a document, a service."))
    output_en = StringField(mark("Output in English"), [InputRequired(), Length(max=200)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(LINK_KINDS, self.language)


class NewLinkForm(LinkForm):
    """A link to be made, with its two units."""

    supplier_id = SelectField(mark("Supplier"), [InputRequired()], coerce=id_or_none, choices=[],
                              description=mark("Who hands over."))
    customer_id = SelectField(mark("Customer"), [InputRequired()], coerce=id_or_none, choices=[],
                              description=mark("Who receives and may refuse."))


class ItemForm(EditForm):
    """An item."""

    code = StringField(mark("Code"), [InputRequired(), Length(max=60)])
    drawing_rev = StringField(mark("Drawing revision"), [Length(max=20)])
    name_zh = StringField(mark("Chinese name"), [InputRequired(), Length(max=200)])
    name_en = StringField(mark("English name"), [InputRequired(), Length(max=200)])
    unit = StringField(mark("Unit of measure"), [InputRequired(), Length(max=20)], default="pcs")
    special = SelectField(mark("Special characteristic"))
    customer_id = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.special.choices = worded(SPECIAL_CLASSES, self.language)


class DefectForm(EditForm):
    """A defect code."""

    code = StringField(mark("Code"), [InputRequired(), Length(max=40)])
    severity = SelectField(mark("Severity"), default="MI",
                           description=mark("Proposed whenever this defect is reported."))
    name_zh = StringField(mark("Chinese name"), [InputRequired(), Length(max=120)])
    name_en = StringField(mark("English name"), [InputRequired(), Length(max=120)])
    zone = StringField(mark("Zone"), [Length(max=60)], description=mark("Where on the item it usually shows."))
    requirement_zh = TextAreaField(mark("Requirement in Chinese"), [Length(max=500)],
                                   description=mark("What the item should be like instead."))
    requirement_en = TextAreaField(mark("Requirement in English"), [Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.severity.choices = worded(SEVERITIES, self.language)


class LotForm(EditForm):
    """A lot and what it was made from."""

    number = StringField(mark("Lot number"), [InputRequired(), Length(max=80)])
    item_id = SelectField(mark("Item"), [InputRequired()], coerce=id_or_none, choices=[])
    quantity = IntegerField(mark("Quantity"), [InputRequired(), NumberRange(min=0, max=2_000_000_000)])
    made_at = DateTimeLocalField(mark("Made at"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
                                 description=mark("In the site's own time."))
    sources = SourcesField(mark("Made from"), [Length(max=20000)],
                           description=mark("One lot number a line and, after a comma, the pieces taken."))


class RoutingForm(Form):
    """The next revision of a routing."""

    valid_from = DateField(mark("Valid from"), [InputRequired()])
    unit_ids = LinesField(mark("Operations in order"), [InputRequired()],
                          description=mark("One operation code a line."))


class ConfirmRoutingForm(EditForm):
    """From which day a proposed routing holds."""

    valid_from = DateField(mark("Valid from"), [InputRequired()])


class ReasonForm(EditForm):
    """Why something is taken out of use, put back or set aside."""

    reason = TextAreaField(mark("Reason"), [InputRequired(), Length(max=500)])


class UploadForm(Form):
    """A master-data workbook for a site."""

    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    file = FileField(mark("Workbook (.xlsx)"), [InputRequired()],
                     description=mark("Nothing is saved yet: first you see what would change."))


class ApplyForm(Form):
    """The decision to take a workbook over as its preview showed it."""

    digest = HiddenField()
    reason = TextAreaField(mark("Reason"), [InputRequired(), Length(max=500)],
                           description=mark("It is kept in the audit trail with every change."))
