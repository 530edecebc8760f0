"""Every route of the JSON API stands in its OpenAPI document, with what it takes."""

import re

from flask import Flask

BODILESS = {"/api/v1/service/notices/{notice_id}/read", "/api/v1/station/sign-out",
            "/api/v1/rejects/{client_id}/confirm", "/api/v1/rejects/{client_id}/not-mine"}


def test_every_route_of_the_api_is_described(app: Flask):
    described = app.test_client().get("/api/v1/openapi.json").json["paths"]
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", r.rule): r for r in app.url_map.iter_rules()
              if r.rule.startswith("/api/v1/") and "openapi" not in r.rule}
    assert set(described) == set(routes)
    for path, operations in described.items():
        for method, operation in operations.items():
            assert operation["summary"], path
            if method != "get" and path not in BODILESS:
                assert "requestBody" in operation, (method, path)


def test_every_schema_that_is_named_is_there(app: Flask):
    spec = app.test_client().get("/api/v1/openapi.json")
    named = set(re.findall(r'"#/components/schemas/(\w+)"', spec.get_data(as_text=True)))
    assert named <= set(spec.json["components"]["schemas"])
