"""Database functions, written beside their stores; a hash in the name lets two releases run side by side."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

_HEAD = re.compile(r"^-- (fn_\w+):", re.MULTILINE)
_NAME = re.compile(r"\bfn_\w+\b")


class FunctionSourceError(Exception):
    """A functions.sql file is written wrongly; the message names the function."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its plain name, its name in the database and the statements that make it."""

    name: str
    versioned: str
    sql: str


@cache
def all_functions() -> dict[str, Function]:
    """Every function of every functions.sql, or folder `functions`, below the package, callees before their callers."""
    sources: dict[str, str] = {}
    for text in _texts(files("copartner")):
        heads = list(_HEAD.finditer(text))
        for head, following in zip(heads, [*heads[1:], None], strict=True):
            name = head.group(1)
            if name in sources:
                raise FunctionSourceError(f"{name} is defined twice; give one of them another name")
            sources[name] = text[head.start() : following.start() if following else len(text)].strip()
    resolved: dict[str, Function] = {}
    for name in sorted(sources):
        _resolve(name, sources, resolved, ())
    return resolved


def named(name: str) -> str:
    """The name that function has in the database."""
    return all_functions()[name].versioned


def call(name: str, arguments: int, *columns: str) -> str:
    """The statement that calls a function with so many arguments and answers these columns, or its value."""
    placeholders = ", ".join(f"${number}" for number in range(1, arguments + 1))
    chosen = ", ".join(columns) or "*"
    return f"SELECT {chosen} FROM {named(name)}({placeholders})"


def _texts(folder: Traversable) -> list[str]:
    """The texts of every functions.sql, and of every folder `functions` that one became."""
    texts = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            texts += _texts(entry)
        elif entry.name == "functions.sql" or (folder.name == "functions" and entry.name.endswith(".sql")):
            texts.append(entry.read_text())
    return texts


def _resolve(name: str, sources: dict[str, str], resolved: dict[str, Function], path: tuple[str, ...]) -> str:
    if name in resolved:
        return resolved[name].versioned
    if name not in sources or name in path:
        raise FunctionSourceError(f"{name}, used by {' > '.join(path)}, is not defined or calls itself")
    callees = {used for used in _NAME.findall(sources[name]) if used != name}
    names = {used: _resolve(used, sources, resolved, (*path, name)) for used in callees}
    text = _NAME.sub(lambda match: names.get(match.group(), match.group()), sources[name])
    names[name] = f"{name}_{sha256(text.encode()).hexdigest()[:8]}"
    sql = re.sub(rf"\b{name}\b", names[name], text)
    resolved[name] = Function(name, names[name], sql)
    return names[name]
