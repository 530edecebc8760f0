"""Knows how the JSON body of a request is read, how a wrong one is named, and how a record is told in an answer.

Must not know what a body asks for.
"""

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from qms.db import Record
from qms.db.ledger import plain
from qms.rules.errors import Invalid

M = TypeVar("M", bound=BaseModel)


def read_body(model: type[M]) -> M:
    """Return the request's body as a model. Raises Invalid naming the first field that is wrong, and how."""
    return parsed(model, request.get_data(cache=False))


def parsed(model: type[M], body: bytes) -> M:
    """Return bytes of JSON as a model. Raises Invalid naming the first field that is wrong, and how."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        named = f"{field}: " if field else ""
        raise Invalid(f"{named}{first['msg']}.", f"{named}内容不正确 ({first['msg']})。", field=field) from error


def told(record: Record) -> dict[str, Any]:
    """Return a record as JSON: its columns, times in RFC 3339, amounts as texts so that none is rounded."""
    return {column.name: plain(getattr(record, column.name)) for column in record.__table__.columns}
