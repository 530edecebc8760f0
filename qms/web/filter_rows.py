"""Knows how a filter row gets its choices of sites and units, and which page of a register an address asks for."""

from collections.abc import Iterable
from typing import Any

from flask import request
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain_filters import RegisterFilter
from qms.web.page import name
from qms.workflows.chain_paging import Wish


def choices(records: Iterable[Any]) -> list[SelectChoice]:
    """Return sites or units as choices: code and name in the reader's language."""
    return [SelectChoice(str(record.id), f"{record.code} {name(record)}") for record in records]


def offer(form: RegisterFilter, sites: Iterable[Any], units: Iterable[Any], *fields: str) -> None:
    """Fill the choices of site and of the named fields of units."""
    row: Any = form
    row.site.choices = [form.all(), *choices(sites)]
    offered = choices(units)
    for field in fields:
        row[field].choices = [form.all(), *offered]


def wish() -> Wish:
    """Return which page of a register the address asks for."""
    return Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
