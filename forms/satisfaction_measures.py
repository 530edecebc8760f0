"""Knows the filter row of imported measures of units. Knows no record."""

from typing import ClassVar

from wtforms import SelectField

from forms.base import mark
from forms.chain_filters import RegisterFilter
from qms.rules.satisfaction_measures import KINDS


class MeasureFilter(RegisterFilter):
    """What measures are asked for."""

    source = SelectField(mark("Source"), default="", choices=[])
    measure = SelectField(mark("Measure"), default="", choices=[])
    kind = SelectField(mark("Kind"), default="")
    vocabularies: ClassVar = {"kind": KINDS}
