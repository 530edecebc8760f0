"""Knows how the API's document is completed: each route from its docstring and the body it takes. Knows no route."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from pydantic import BaseModel

View = Callable[..., Any]
PREFIX = "/api/v1/"
REF = "#/components/schemas/{model}"
PROBLEM = {"description": "Refused, as an RFC 9457 problem body.", "content": {"application/problem+json": {"schema": {
    "type": "object", "required": ["title", "status"], "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "title_en": {"type": "string"},
        "title_zh": {"type": "string"}, "status": {"type": "integer"}, "field": {"type": "string"},
        "rule": {"type": "string"}, "clauses": {"type": "array", "items": {"type": "string"}},
        "code": {"type": "string"}}}}}}
KINDS = {"id": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}, "uuid": {"type": "string", "format": "uuid"},
         "int": {"type": "integer", "minimum": 0}, "string": {"type": "string"}}
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def takes(model: type[BaseModel]) -> Callable[[View], View]:
    """Say which body a view takes; stands below `needs`."""

    def mark(view: View) -> View:
        view.takes = model  # type: ignore[attr-defined]
        return view

    return mark


def complete(app: Flask, spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """Return the document with every route of the API that it lacks."""
    if isinstance(spec, str):
        return spec
    schemas: dict[str, Any] = spec.setdefault("components", {}).setdefault("schemas", {})
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        if not rule.rule.startswith(PREFIX) or rule.endpoint.startswith("openapi"):
            continue
        path = spec.setdefault("paths", {}).setdefault(_PART.sub(r"{\2}", rule.rule), {})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path.setdefault(method.lower(), _operation(app.view_functions[rule.endpoint], rule.rule, method, schemas))
    return spec


def _operation(view: View, rule: str, method: str, schemas: dict[str, Any]) -> dict[str, Any]:
    first, _, rest = (view.__doc__ or "").strip().partition("\n")
    made: dict[str, Any] = {
        "summary": first, "tags": [rule.removeprefix(PREFIX).split("/")[0]],
        "description": " ".join(rest.split()) + f" Needs: {getattr(view, 'needs', 'public')}.",
        "parameters": [{"name": name, "in": "path", "required": True, "schema": KINDS[kind or "string"]}
                       for kind, name in _PART.findall(rule)],
        "responses": {"200": {"description": "Done."}, "default": PROBLEM},
    }
    if method != "GET":
        made["parameters"].append({"name": "X-Requested-By", "in": "header", "required": True,
                                   "schema": {"type": "string", "minLength": 1}})
    model: type[BaseModel] | None = getattr(view, "takes", None)
    if model is not None:
        schema = model.model_json_schema(ref_template=REF)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
        made["requestBody"] = {"required": True, "content": {
            "application/json": {"schema": {"$ref": REF.format(model=model.__name__)}}}}
    return made
