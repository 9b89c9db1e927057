"""What Schemathesis asks as one person is asked as everybody, and every answer is looked at.

Loaded by Schemathesis, in its own environment (SCHEMATHESIS_HOOKS). EVERYBODY names a file of JSON:

- `actors`: who asks, each with `name`, `token`, the identifiers that nobody may be served to them (`foreign`), and
  what may not even stand in their audit (`hidden`); Schemathesis itself asks as the first;
- `people`: identifiers of users that no request may change, so that everybody stays signed in;
- `log`: where it writes how often each, with a token, was answered with which status;
- `seed`: of the order in which they ask.

Values drawn at random are asked as all of them. What the other phases think of, mostly the many ways in which a
request can be malformed, is asked as a few in turn.
"""

import atexit
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

_GIVEN = json.loads(Path(os.environ["EVERYBODY"]).read_text())
_FIRST, *_OTHERS = _GIVEN["actors"]
_CONFORMING = (status_code_conformance, content_type_conformance, response_schema_conformance)
_READING = {"GET", "HEAD", "OPTIONS", "TRACE"}
_IN_TURN = 2
_random = Random(_GIVEN["seed"])
_turns = cycle(_random.sample(_OTHERS, len(_OTHERS)))
_answered: dict[str, Counter[int]] = defaultdict(Counter)
_http = requests.Session()


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Leave those who ask as they are."""
    parts = {str(value).lower() for value in (case.path_parameters or {}).values()}
    return case.method.upper() in _READING or parts.isdisjoint(_GIVEN["people"])


@schemathesis.check
def as_everybody(ctx: Any, response: Response, case: Any) -> None:
    """Ask the same as others; fail with all that is wrong about any answer."""
    wrong = list(_wrong(ctx, _FIRST, response, case))
    others = _random.sample(_OTHERS, len(_OTHERS)) if ctx.phase == "fuzzing" else islice(_turns, _IN_TURN)
    for actor in others:
        again = response.request.copy()
        again.headers["Authorization"] = f"Bearer {actor['token']}"
        answer = Response.from_requests(_http.send(again, timeout=30, allow_redirects=False), verify=True)
        wrong += _wrong(ctx, actor, answer, case)
    if wrong:
        raise AssertionError("\n".join(wrong))


def _wrong(ctx: Any, actor: dict[str, Any], answer: Response, case: Any) -> Iterator[str]:
    # Some of what is malformed comes without a token, and is nobody's.
    if answer.request.headers.get("Authorization") == f"Bearer {actor['token']}":
        _answered[actor["name"]][answer.status_code] += 1
    asked = f"{actor['name']}: {answer.request.method} {answer.request.url}: {answer.status_code}"
    told = answer.content.decode("utf-8", "replace")
    if answer.status_code >= 500 and not _names_what_is_not_served(answer):
        yield f"{asked}: a fault: {told}"
    for conforms in _CONFORMING:
        try:
            conforms(ctx, answer, case)
        except (Failure, FailureGroup) as found:
            yield f"{asked}: {type(found).__name__}: {found}: {told}"
    address = unquote(answer.request.url).lower()
    place, whole = urlsplit(address).path, f"{address} {_text(answer.request.body).lower()}"
    served = 200 <= answer.status_code < 300 and answer.request.method != "OPTIONS"
    if served and any(one in place for one in actor["foreign"]):
        yield f"{asked}: served what another partner sold"
    # What somebody asked for by its identifier stands in the own tenant's audit, as denied.
    secrets = actor["hidden"] + ([] if "audit" in place else actor["foreign"])
    for secret in secrets:
        if secret in told.lower() and secret not in whole:
            yield f"{asked}: tells {secret}, which is another partner's: {told}"


def _names_what_is_not_served(answer: Response) -> bool:
    return answer.status_code == 501 and b"is not served here: " in answer.content


def _text(body: Any) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")


@atexit.register
def _keep() -> None:
    Path(_GIVEN["log"]).write_text(json.dumps(_answered))
