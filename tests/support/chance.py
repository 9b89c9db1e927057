"""Randomness that can be had again: the seed is told, and SEED_OF_TESTS sets it."""

import os
import secrets
import sys
from random import Random


def chance() -> Random:
    """A generator whose seed stands in the output of a failed test."""
    seed = int(os.environ.get("SEED_OF_TESTS") or secrets.randbelow(2**32))
    sys.stdout.write(f"SEED_OF_TESTS={seed}\n")
    return Random(seed)
