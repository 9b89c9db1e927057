"""The contract's error codes, one enum made of errors.csv, with what the codes mean in German."""

import csv
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from importlib.resources import files


def _table(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader((files(__package__) / name).read_text(encoding="utf-8").splitlines())


class ErrorCode(Enum):
    """A published code with the HTTP status it comes with: E400_2055 is 400 with the code 2055."""

    # Several rows may share a code; 429 has none, its body has a shape of its own.
    vars().update(
        {
            f"E{row['http_status']}_{row['code']}": (int(row["http_status"]), row["code"])
            for row in _table("errors.csv")
            if row["code"]
        }
    )

    @property
    def status(self) -> int:
        """The HTTP status."""
        status: int = self.value[0]
        return status

    @property
    def code(self) -> str:
        """The code as published."""
        code: str = self.value[1]
        return code

    def in_language(self, language: str) -> str | None:
        """What the code means, in a language by its two letters; None where nobody wrote that down."""
        return _texts(language).get(self)


def error_code(status: int, number: int) -> ErrorCode:
    """A code of errors.csv; raises ValueError when there is no such row."""
    return ErrorCode((status, str(number)))


@lru_cache(64)  # a caller chooses the language
def _texts(language: str) -> dict[ErrorCode, str]:
    name = f"errors.{language}.csv"
    if not (files(__package__) / name).is_file():
        return {}
    return {error_code(int(row["http_status"]), int(row["code"])): row["text"] for row in _table(name)}
