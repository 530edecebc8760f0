"""Knows the filter row of how commitments are kept. Knows no record."""

from wtforms import DateField
from wtforms.validators import Optional

from forms.base import mark
from forms.chain_filters import ChainFilter


class KeptFilter(ChainFilter):
    """For which site and days of asking promises are counted."""

    first = DateField(mark("From"), [Optional()])
    last = DateField(mark("To"), [Optional()])
