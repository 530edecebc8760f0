"""Knows how a route is described in the OpenAPI document without its body being touched; must not know any route."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from qms.web.needs import View

Shape = type[BaseModel]


def described(*, answers: Mapping[int, Shape], body: Shape | str | None = None) -> Callable[[View], View]:
    """Describe what a route takes and answers; `body` is the shape of its JSON, or the media type of its bytes.

    Stands right below the route.
    """
    spec: dict[str, Any] = {"responses": {str(status): _answer(status, shape) for status, shape in answers.items()}}
    if isinstance(body, str):
        spec |= {"body": {"type": "string", "format": "binary"}, "content_type": body}
    elif body is not None:
        spec |= {"body": flat(body.model_json_schema()), "content_type": "application/json"}

    def wrap(view: View) -> View:
        view._spec = spec  # type: ignore[attr-defined]
        return view

    return wrap


def flat(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON schema with what it refers to put in its place."""
    parts: dict[str, Any] = schema.get("$defs", {})

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(one) for one in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return put(parts[value["$ref"].rpartition("/")[2]])
        return {key: put(one) for key, one in value.items() if key != "$defs"}

    whole: dict[str, Any] = put(schema)
    return whole


def _answer(status: int, shape: Shape) -> dict[str, Any]:
    media = "application/json" if status < 400 else "application/problem+json"
    return {"description": HTTPStatus(status).phrase, "content": {media: {"schema": flat(shape.model_json_schema())}}}
