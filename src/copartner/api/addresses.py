"""Every address that is known, served or not, as a tree: the one router, which folds the casing of fixed parts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from litestar.types import ASGIApp

_NAME = re.compile(r"\{(\w+)")


class TwiceServedError(Exception):
    """Two routes want the same method at the same address."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What serves these methods at the addresses of a template such as `/v1/customers/{customer}`."""

    methods: Iterable[str]
    template: str
    app: ASGIApp


@dataclass(slots=True)
class Address:
    """One place of the tree.

    `known` names the contract's operations by method; `served` has what serves a method, and the names by which it
    calls the variable parts of the address.
    """

    fixed: dict[str, tuple[str, "Address"]] = field(default_factory=dict)
    prefixed: list[tuple[str, "Address"]] = field(default_factory=list)
    any: "Address | None" = None
    known: dict[str, str] = field(default_factory=dict)
    served: dict[str, tuple[ASGIApp, tuple[str, ...]]] = field(default_factory=dict)


class Addresses:
    """Templates of addresses; one without variable parts wins over others, then a fixed part over a variable one."""

    def __init__(self) -> None:
        self._whole: dict[str, tuple[str, Address]] = {}
        self._root = Address()
        self.served: set[tuple[str, str]] = set()

    def know(self, method: str, template: str, name: str) -> None:
        """Note an operation of the contract; the first name at an address stays."""
        self._at(template).known.setdefault(method, name)

    def serve(self, endpoint: Endpoint) -> None:
        """Let an endpoint serve its addresses; raises TwiceServedError."""
        place, names = self._at(endpoint.template), tuple(_NAME.findall(endpoint.template))
        for method in endpoint.methods:
            if method in place.served:
                raise TwiceServedError(f"{method} {endpoint.template} is served already; give one of the two its own")
            place.served[method] = endpoint.app, names
            self.served.add((method, endpoint.template))

    def find(self, path: str) -> tuple[str, Address | None, list[str]]:
        """The path in the casing of its template, without doubled slashes; its place, if any; its variable parts."""
        parts = [part for part in path.split("/") if part]
        whole = self._whole.get("/".join(parts).lower())
        if whole is not None:
            return (*whole, [])
        values: list[str] = []
        place = self._root
        for number, part in enumerate(parts):
            known = place.fixed.get(part.lower())
            if known is not None:
                parts[number], place = known
                continue
            following = _variable(place, part)
            if following is None:
                return "/" + "/".join(parts), None, values
            values.append(part)
            place = following
        return "/" + "/".join(parts), place, values

    def _at(self, template: str) -> Address:
        """The place of a template, made when it is new."""
        if "{" not in template:
            return self._whole.setdefault(template.strip("/").lower(), (template, Address()))[1]
        place = self._root
        for part in template.split("/"):
            if part:
                place = _step(place, part)
        return place


def _variable(place: Address, part: str) -> Address | None:
    for prefix, found in place.prefixed:
        if part.lower().startswith(prefix):
            return found
    return place.any


def _step(place: Address, part: str) -> Address:
    head, brace, _ = part.partition("{")
    if not brace:
        return place.fixed.setdefault(part.lower(), (part, Address()))[1]
    if head:
        for prefix, found in place.prefixed:
            if prefix == head.lower():
                return found
        place.prefixed.append((head.lower(), Address()))
        return place.prefixed[-1][1]
    if place.any is None:
        place.any = Address()
    return place.any
