"""The OpenAPI document is one: its schemas are valid, its names unique, its parameters those of its addresses."""

import re
from collections import Counter
from typing import Any

from jsonschema import Draft202012Validator

from copartner.api.graph.resources import ROUTES as GRAPH_ROUTES
from copartner.api.partner_center.resources import ROUTES
from copartner.api.programme.resources import ROUTES as OWN_ROUTES
from copartner.app import openapi_document


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in openapi_document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_route_is_described() -> None:
    described = {(path, method.upper()) for path, method, _ in operations()}
    routes = {(route.path, method) for route in (*ROUTES, *OWN_ROUTES, *GRAPH_ROUTES) for method in route.methods}
    assert described == routes | {("/health/live", "GET"), ("/health/ready", "GET")}


def test_names_are_unique_and_parameters_complete() -> None:
    counted = Counter(operation["operationId"] for _, _, operation in operations())
    assert [name for name, times in counted.items() if times > 1] == []
    for path, _, operation in operations():
        inside = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
        assert inside == re.findall(r"\{(\w+)\}", path)
        keys = [(one["in"], one["name"].lower()) for one in operation.get("parameters", [])]
        assert len(keys) == len(set(keys)), path


def test_schemas_are_valid_and_lead_somewhere() -> None:
    document = openapi_document()
    components = document["components"]["schemas"]
    for schema in components.values():
        Draft202012Validator.check_schema(schema)
    named = set(re.findall(r"#/components/schemas/([^\"']+)", str(document)))
    assert named <= components.keys()
    assert "decimal" not in str(components)
