"""Several things of one request, done in one transaction: all of them or none."""

from collections.abc import Iterable
from typing import TypeVar

from copartner.kernel.errors import Invalid

MOST = 100
T = TypeVar("T")


def several(asked: Iterable[T]) -> tuple[T, ...]:
    """What is asked for, each once; raises Invalid for more than one transaction takes."""
    found = tuple(dict.fromkeys(asked))
    if len(found) > MOST:
        raise Invalid(f"At most {MOST} are taken at once, and these are {len(found)}; leave some for another request.")
    return found
