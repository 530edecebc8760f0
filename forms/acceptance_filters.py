"""Knows the filter rows of the registers of hand-overs and standards. Knows no record."""

from typing import Any, ClassVar

from wtforms import BooleanField, DateField, HiddenField, SelectField
from wtforms.validators import Optional

from forms.base import mark
from forms.chain import id_or_none
from forms.chain_filters import RegisterFilter
from qms.rules.acceptance import HANDOVER_STATES, STANDARD_STATES

BY_ADDRESS = ("link_id", "item_id", "lot_id", "import_id")
"""Filters that a link from another page sets, and that nobody picks from a list."""


class IdField(HiddenField):
    """An id that the address carries; anything else counts as none."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the id."""
        try:
            self.data = id_or_none(valuelist[0]) if valuelist else None
        except ValueError:
            self.data = None


class HandoverFilter(RegisterFilter):
    """What hand-overs are asked for."""

    state = SelectField(mark("State"), default="")
    supplier_id = SelectField(mark("Supplier"), coerce=id_or_none, choices=[])
    customer_id = SelectField(mark("Customer"), coerce=id_or_none, choices=[])
    first = DateField(mark("Presented from"), [Optional()])
    last = DateField(mark("until"), [Optional()])
    again = BooleanField(mark("Presented again"), default=False)
    link_id = IdField()
    item_id = IdField()
    lot_id = IdField()
    import_id = IdField()
    sort = HiddenField()
    vocabularies: ClassVar = {"state": HANDOVER_STATES}


class StandardsFilter(RegisterFilter):
    """What standards are asked for."""

    state = SelectField(mark("State"), default="")
    link_id = IdField()
    item_id = IdField()
    vocabularies: ClassVar = {"state": STANDARD_STATES}
