"""The project's own files, as the architecture checks see them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("src", "tests", "bench", "proof")


def files(*suffixes: str, below: tuple[str, ...] = CODE) -> list[Path]:
    """Our files with these suffixes, generated ones left out."""
    return sorted(
        path
        for folder in below
        for suffix in suffixes
        for path in (ROOT / folder).rglob(f"*{suffix}")
        if not any(part.endswith((".egg-info", "_cache")) or part == "__pycache__" for part in path.parts)
    )


def name(path: Path) -> str:
    """A file's path from the root of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text())


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and content of every string in a Python file that is no docstring, f-strings with gaps as {}."""
    tree = parsed(path)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | inside:
            yield node.lineno, node.value
