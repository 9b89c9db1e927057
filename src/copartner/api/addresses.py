"""Every address that is known, served or not, as a tree: folds the casing of fixed parts and tells what lives where."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Address:
    """One place of the tree: `served` and `known` methods; what is known and not served has a name to answer with."""

    fixed: dict[str, tuple[str, "Address"]] = field(default_factory=dict)
    prefixed: list[tuple[str, "Address"]] = field(default_factory=list)
    any: "Address | None" = None
    served: set[str] = field(default_factory=set)
    known: dict[str, str] = field(default_factory=dict)


class Addresses:
    """Templates such as `/v1/customers/{customer}`; a fixed part wins over a variable one, as in the router."""

    def __init__(self) -> None:
        self._root = Address()

    def at(self, template: str) -> Address:
        """The place of a template, made when it is new."""
        place = self._root
        for part in template.strip("/").split("/"):
            place = _step(place, part)
        return place

    def find(self, path: str) -> tuple[str, Address | None]:
        """The path as the router knows it, without doubled slashes, and its place; None where nothing is known."""
        parts = [part for part in path.split("/") if part]
        place: Address | None = self._root
        for number, part in enumerate(parts):
            lowered = part.lower()
            known = place.fixed.get(lowered) if place else None
            if known is not None:
                parts[number], place = known
            elif place is not None:
                place = next((found for prefix, found in place.prefixed if lowered.startswith(prefix)), place.any)
        return "/" + "/".join(parts), place


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
