"""Python's collector of cycles, set for a server: what a request makes is freed by counting as soon as it has ended."""

import gc

# How many more objects are made than freed before the young are looked through. A page of a list makes more than the
# usual 700, so that every such request was looked through several times while all of it was still needed.
_YOUNG = 50_000


def settle() -> None:
    """Leave what was built until now alone for as long as the process lives, and look through what follows rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
