"""Conventions of the code, each with what to do instead."""

import ast
import re

import pytest

from support.tree import ROOT, files, name, parsed

CLOCKS = ("src/copartner/kernel/clock.py",)
ASKING = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
    ("time", "time_ns"),
}  # fmt: skip


def _calls(tree: ast.Module) -> list[tuple[int, str, str]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            owner_name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            found.append((node.lineno, owner_name, node.func.attr))
    return found


def test_only_the_clock_asks_for_the_time() -> None:
    found = [
        f"{name(path)}:{line} {owner}.{called}()"
        for path in files(".py", below=("src",))
        if name(path) not in CLOCKS
        for line, owner, called in _calls(parsed(path))
        if (owner, called) in ASKING
    ]
    assert not found, (
        "Take `now` as an argument, or a Clock: programme_clock for what the programme dates, machine_clock for "
        f"tokens, leases and limits. {found}"
    )


def test_connections_come_from_the_pool() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in files(".py", below=("src",))
        if name(path) != "src/copartner/kernel/database.py"
        for line, owner, called in _calls(parsed(path))
        if owner == "asyncpg" and called in ("connect", "create_pool")
    ]
    assert not found, f"Use kernel.database: Pool for requests, connect for a connection of one's own. {found}"


@pytest.mark.parametrize(
    ("pattern", "below", "instead"),
    [
        (r"#\s*type:\s*ignore|#\s*noqa|#\s*pragma: no cover", ("src", "tests", "bench", "proof"),
         "Solve what the checker says; a rule wrong for a whole file is switched off in pyproject.toml."),
        (r"\b(TODO|FIXME|XXX|HACK)\b", ("src", "tests", "bench", "proof"),
         "Do it now, or write an issue; code does not carry plans."),
        (r"pytest\.(skip|xfail|importorskip)\b|mark\.(skip|skipif|xfail)\b", ("tests",),
         "A test runs everywhere or is no test: make what it needs, or mark it verify."),
        (r"\bpartner_id\b", ("src",),
         "Say partner_tenant_id or mpn_id; a bare partner_id has meant both."),
    ],
    ids=["silenced", "plans", "skips", "partner-id"],
)  # fmt: skip
def test_words(pattern: str, below: tuple[str, ...], instead: str) -> None:
    found = [
        f"{name(path)}:{number}"
        for path in files(".py", ".sql", ".html", below=below)
        if path.name != "test_habits.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found, f"{instead} {found}"


def test_no_registry_is_named() -> None:
    hosts = re.compile(
        r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|crates\.io|rubygems\.org|proxy\.golang\.org"
        r"|--(extra-)?index-url[ =]\S|--find-links[ =]\S"
    )
    committed = [*files("", below=("src", "tests", "bench", "proof", "docs", "requirements", ".ci"))]
    committed += [path for path in ROOT.iterdir() if path.is_file()]
    found = [
        f"{name(path)}:{number}"
        for path in committed
        if path.is_file() and path.name != "test_habits.py" and path.suffix not in (".png", ".ico", ".gz")
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if hosts.search(line)
    ]
    assert not found, f"Where packages come from is the reader's setting: leave hosts out, as `make lock` does. {found}"
