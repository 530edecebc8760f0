"""Knows the filter rows of the chain's registers and map. Knows no record."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from forms.base import Form, mark
from forms.chain import id_or_none, worded
from qms.rules.chain import LINK_KINDS, SPECIAL_CLASSES, UNIT_KINDS
from qms.rules.rejections import SEVERITIES
from qms.rules.satisfaction_scorecards import COLOURED_BY
from qms.rules.words import Words

IN_USE: dict[str, Words] = {
    "active": Words("In use", "在用"),
    "inactive": Words("Out of use", "已停用"),
}
CONFIRMED: dict[str, Words] = {
    "confirmed": Words("Confirmed", "已确认"),
    "proposed": Words("Proposed", "待确认"),
    "inactive": Words("Out of use", "已停用"),
}


class ChainFilter(Form):
    """What everything of the chain can be filtered by. An unknown choice filters nothing."""

    site: Any = SelectField(mark("Site"), coerce=id_or_none, choices=[])

    vocabularies: ClassVar[Mapping[str, Mapping[str, Words]]] = {}

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for name, words in self.vocabularies.items():
            field: Any = self[name]
            field.choices = [self.all(), *worded(words, self.language)]

    def all(self) -> SelectChoice:
        """Return the choice that filters nothing."""
        return SelectChoice("", self.meta.translate(mark("All")))

    def only_site(self) -> None:
        """Take the choice of a site away where there is only one."""
        choices: Any = self.site.choices or []
        if len([choice for choice in choices if choice.value]) < 2:
            del self.site

    def chosen(self, name: str) -> Any:
        """Return what was chosen for a field; its empty value where the field is absent or wrong."""
        field = self._fields.get(name)
        return None if field is None or field.errors else field.data


class RegisterFilter(ChainFilter):
    """What every register can be filtered by."""

    q = StringField(mark("Search"), [Length(max=100)])


class UnitFilter(RegisterFilter):
    """What units are asked for."""

    kind = SelectField(mark("Kind"), default="")
    line = SelectField(mark("Production line"), default="", choices=[])
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": UNIT_KINDS, "state": IN_USE}


class LinkFilter(RegisterFilter):
    """What links are asked for."""

    kind = SelectField(mark("Kind of relation"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": LINK_KINDS, "state": CONFIRMED}


class ItemFilter(RegisterFilter):
    """What items are asked for."""

    kind = SelectField(mark("Special characteristic"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": {code or "none": words for code, words in SPECIAL_CLASSES.items()},
                    "state": IN_USE}


class DefectFilter(RegisterFilter):
    """What defect codes are asked for."""

    severity = SelectField(mark("Severity"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"severity": SEVERITIES, "state": IN_USE}


class LotFilter(RegisterFilter):
    """What lots are asked for."""


class ThreadSearch(Form):
    """The lot or serial that somebody wants to follow."""

    q = StringField(mark("Lot or serial number"), [Length(max=80)])


class RoutingFilter(RegisterFilter):
    """What routings are asked for."""

    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"state": CONFIRMED}


class MapFilter(ChainFilter):
    """What part of the map is drawn."""

    kind = SelectField(mark("Kind of relation"), default="")
    units = SelectField(mark("Kind of unit"), default="")
    line = SelectField(mark("Production line"), default="", choices=[])
    score = SelectField(mark("Coloured by"), default="")
    vocabularies: ClassVar = {"kind": LINK_KINDS, "units": UNIT_KINDS, "score": COLOURED_BY}

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        choices: Any = self.score.choices
        self.score.choices = [SelectChoice("", self.meta.translate(mark("Kind of relation"))), *choices[1:]]
