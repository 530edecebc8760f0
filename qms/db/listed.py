"""Knows how very many ids are given to a query as one value; must not know any table.

A list of single parameters ends at some ten thousand, and each is prepared anew.
"""

import json
from collections.abc import Sequence

from sqlalchemy import BigInteger, Dialect, Select, String, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSON


def listed(dialect: Dialect, ids: Sequence[int]) -> Select[int]:
    """Return a query that yields these ids, to be used as `column.in_(listed(...))`."""
    given = bindparam(None, json.dumps(list(ids), separators=(",", ":")), String)
    if dialect.name == "postgresql":
        element = func.json_array_elements_text(cast(given, JSON(none_as_null=True))).column_valued("element")
        return select(cast(element, BigInteger))
    return select(func.json_each(given).table_valued("value").c.value)
