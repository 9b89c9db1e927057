"""Answers held to the OpenAPI document."""

import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from copartner.app import openapi_document


@cache
def _document() -> dict[str, Any]:
    return openapi_document()


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))), path) for path in paths]


@cache
def _validator(template: str, method: str, status: str) -> Draft202012Validator | None:
    responses = _document()["paths"][template][method]["responses"]
    described = responses.get(status, responses.get("default"))
    content = described.get("content")
    if content is None:
        return None
    schema = {**content["application/json"]["schema"], "components": _document()["components"]}
    return Draft202012Validator(schema)


def hold(response: httpx.Response) -> httpx.Response:
    """The response, after its body was held to what the document says of its address and status."""
    request = response.request
    path = re.sub("/+", "/", request.url.path)
    template = next((found for pattern, found in _templates() if pattern.fullmatch(path)), None)
    method = request.method.lower()
    # What answers HEAD has no body on the wire, whatever the application hands to its server.
    if template is None or method == "head" or method not in _document()["paths"][template]:
        return response
    if response.headers.get("content-type", "").startswith("text/csv"):
        assert "text/csv" in _document()["paths"][template][method]["responses"][str(response.status_code)]["content"]
        return response
    validator = _validator(template, method, str(response.status_code))
    if validator is None:
        assert response.content == b"", f"{method} {template} answers a body nobody described"
        return response
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(response.json())]
    assert not problems, f"{method} {template} {response.status_code}: {problems} in {response.text}"
    return response
