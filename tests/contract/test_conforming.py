"""What holds every answer to the document is as strict as the judge that it spares."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.conforming import document
from support.schemas import Schemas

VALUES = (None, True, 0, 1, -1.0, 1.5, "", "x", "commercial", [], [None], ["x"], [{}], {}, {"x": 1}, {"x": "x"})
COMPONENTS = document()["components"]["schemas"]


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema and all it is made of."""
    yield schema
    items = (schema["items"],) if "items" in schema else ()
    for below in (*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *items):
        yield from parts(below)


def values(schema: dict[str, Any]) -> Iterator[Any]:
    """Something for the schema, and for an object each of its properties in turn missing or something else."""
    yield from VALUES
    known = schema.get("properties", {})
    whole = {name: example(part) for name, part in known.items()}
    yield whole
    for name in known:
        yield {other: value for other, value in whole.items() if other != name}
        yield from ({**whole, name: value} for value in (None, 1, "x", []))


def example(schema: dict[str, Any]) -> Any:
    """The first of a few values that the schema allows."""
    judge = judging(schema)
    candidates = (*schema.get("enum", ()), "x", 1, True, [], None)
    return next((value for value in candidates if judge.is_valid(value)), {})


def judging(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document()["components"]})


def test_both_are_of_one_mind() -> None:
    schemas, said = Schemas(COMPONENTS), Counter[bool]()
    for name, component in COMPONENTS.items():
        for schema in parts(component):
            sure, judge = schemas.sure(schema), judging(schema)
            for value in values(schema):
                allowed = judge.is_valid(value)
                assert sure(value) == allowed, (name, schema, value)
                said[allowed] += 1
    assert min(said[True], said[False]) > 1000


@pytest.mark.parametrize("schema", [{"minimum": 1}, {"type": "string", "pattern": "a"}, {"type": ["string"]}], ids=str)
def test_of_what_it_does_not_know_it_is_never_sure(schema: dict[str, Any]) -> None:
    assert not any(Schemas({}).sure(schema)(value) for value in VALUES)
