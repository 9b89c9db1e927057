"""Answers held to the OpenAPI document."""

import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from copartner.app import openapi_document
from support.schemas import Schemas, Sure


@cache
def document() -> dict[str, Any]:
    """The document, made once a process; to be read and not changed."""
    return openapi_document()


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))), path) for path in paths]


@cache
def _schemas() -> Schemas:
    return Schemas(document()["components"]["schemas"])


@cache
def _validator(template: str, method: str, status: str) -> tuple[Sure, Draft202012Validator] | None:
    responses = document()["paths"][template][method]["responses"]
    described = responses.get(status, responses.get("default"))
    content = described.get("content")
    if content is None:
        return None
    schema = content["application/json"]["schema"]
    judge = Draft202012Validator({**schema, "components": document()["components"]})
    return _schemas().sure(schema), judge


def hold(response: httpx.Response) -> httpx.Response:
    """The response, after its body was held to what the document says of its address and status."""
    request = response.request
    path = re.sub("/+", "/", request.url.path)
    template = next((found for pattern, found in _templates() if pattern.fullmatch(path)), None)
    method = request.method.lower()
    # What answers HEAD has no body on the wire, whatever the application hands to its server.
    if template is None or method == "head" or method not in document()["paths"][template]:
        return response
    if response.headers.get("content-type", "").startswith("text/csv"):
        assert "text/csv" in document()["paths"][template][method]["responses"][str(response.status_code)]["content"]
        return response
    validator = _validator(template, method, str(response.status_code))
    if validator is None:
        assert response.content == b"", f"{method} {template} answers a body nobody described"
        return response
    sure, judge = validator
    body = response.json()
    # The judge takes its time, so that it is asked only where it might object.
    problems = [] if sure(body) else [f"{error.json_path}: {error.message}" for error in judge.iter_errors(body)]
    assert not problems, f"{method} {template} {response.status_code}: {problems} in {response.text}"
    return response
