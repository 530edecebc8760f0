"""Knows how a register's address is read, and how records with a code are offered as choices; knows no register."""

from typing import Any

from flask import request
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from qms.web.page import name
from qms.workflows.chain_paging import Wish


def choice(record: Any) -> SelectChoice:
    """Return a record with a code and a name in both languages as a choice of a form."""
    return SelectChoice(str(record.id), f"{record.code} {name(record)}")


def wish() -> Wish:
    """Return which page of a register the address asks for, and how it is sorted."""
    return Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
