"""The OpenAPI 3.1 document, made from the declared routes."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from copartner.api.limiting import resource_of
from copartner.api.registry import Query, Route

_TEMPLATE = "#/components/schemas/{name}"
_PART = re.compile(r"\{(\w+)\}")
_TYPES = {str: "string", int: "integer", bool: "boolean"}


def document(routes: Sequence[Route], error: type, too_often: type, extra_paths: dict[str, Any]) -> dict[str, Any]:
    """The document of these routes, which all answer failures with `error`; `extra_paths` are put in as they are.

    Who asks for a limited resource too often is answered with `too_often`.
    """
    kinds = [kind for route in routes for kind in (route.request, route.response, route.error, route.accepted)]
    unique = list(dict.fromkeys([error, too_often, *(kind for kind in kinds if kind is not None)]))
    schemas, components = msgspec.json.schema_components(unique, ref_template=_TEMPLATE)
    _numbers(components)
    by_kind = dict(zip(unique, schemas, strict=True))
    paths: dict[str, Any] = dict(extra_paths)
    for route in routes:
        for method in route.methods:
            described = _operation(route, method, by_kind, route.error or error)
            if resource_of(route.path):
                described["responses"]["429"] = _answer("Too many requests.", by_kind[too_often])
            paths.setdefault(route.path, {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "copartner",
            "version": version("copartner"),
            "description": "A cloud's partner programme in which one customer works with several partners at once.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _numbers(schema: Any) -> None:
    """Describe amounts as the numbers they are sent as; the schema's maker thinks of text."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            del schema["format"]
            schema["type"] = "number"
        for part in schema.values():
            _numbers(part)
    elif isinstance(schema, list):
        for part in schema:
            _numbers(part)


def _operation(route: Route, method: str, schemas: dict[Any, Any], error: type) -> dict[str, Any]:
    several = len(route.methods) > 1
    described: dict[str, Any] = {
        "operationId": f"{route.name}.{method.lower()}" if several else route.name,
        "summary": route.summary,
        "tags": [route.name.partition(".")[0]],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in _parts(route)),
            *(_parameter(query, "query") for query in route.query),
            *(_parameter(header, "header") for header in (*route.headers, *_COMMON)),
        ],
        "responses": {
            str(route.status): _answer("The result.", None if route.response is None else schemas[route.response]),
            **_accepted(route, schemas),
            "default": _answer("A refusal.", None if method == "HEAD" else schemas[error]),
        },
    }
    if route.request is not None and method not in ("GET", "DELETE"):
        content = {"application/json": {"schema": schemas[route.request]}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _accepted(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    """The answer that something goes on, where a route gives it."""
    if route.accepted is None:
        return {}
    return {"202": _answer("It goes on; Location says where to follow it.", schemas[route.accepted])}


_COMMON = (
    Query("MS-RequestId", "Known again on a repeated POST, which then gets the first result."),
    Query("MS-CorrelationId", "Comes back in the answer and stands in the log."),
    Query("ValidateMfa", "With true, the answer's header isMfaCompliant says whether the token shows a second factor."),
)


def _parts(route: Route) -> list[str]:
    return _PART.findall(route.path)


def _parameter(query: Query, place: str) -> dict[str, Any]:
    return {
        "name": query.name,
        "in": place,
        "required": False,
        "description": query.description,
        "schema": {"type": _TYPES[query.type]},
    }


def _answer(description: str, schema: Any) -> dict[str, Any]:
    if schema is None:
        return {"description": description}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
