"""The contract's whole table of operations: what is not served is named when it is asked for."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Placeholders for a deployment's own root, and for roots that are other hosts in the vendor's world.
_ROOTS = re.compile(r"^\{(authority|graph|admin|engagement)\}")
_ALTERNATIVES = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of operations.csv; `paths` are templates below the deployment's root, without the query."""

    area: str
    method: str
    template: str
    paths: tuple[str, ...]
    user_only: bool
    core: bool
    main_job: bool

    @property
    def name(self) -> str:
        """How the operation is called in answers and documents."""
        return f"{self.area}: {self.method} {self.template}"


@cache
def operations() -> tuple[Operation, ...]:
    """Every row of operations.csv."""
    text = (files(__package__) / "operations.csv").read_text(encoding="utf-8")
    return tuple(_operation(row) for row in csv.DictReader(text.splitlines()))


def _operation(row: dict[str, str]) -> Operation:
    template = row["path"].partition("?")[0].rstrip("/")
    path = _ROOTS.sub("", template).replace("v{version}", "v1")
    choice = _ALTERNATIVES.search(path)
    paths = tuple(_ALTERNATIVES.sub(part, path, count=1) for part in choice.groups()) if choice else (path,)
    return Operation(
        area=row["area"],
        method=row["method"],
        template=template,
        paths=paths,
        user_only=row["auth"] == "App+User",
        core=row["core"] == "Y",
        main_job=row["main_job"] == "Y",
    )
