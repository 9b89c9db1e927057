"""Files and functions stay small enough to be read at once."""

import ast

from support.tree import files, name, parsed

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 70


def test_no_file_is_too_long() -> None:
    found = {
        name(path): lines
        for path in files(".py", ".sql", ".cedar")
        if (lines := len(path.read_text().splitlines())) > LINES_OF_A_FILE
    }
    assert not found, (
        f"A file has at most {LINES_OF_A_FILE} lines: make it a folder of the same name with a file per noun "
        f"(store.py becomes store/carts.py and store/orders.py), never part two. {found}"
    )


def test_no_function_is_too_long() -> None:
    found = {
        f"{name(path)}:{node.lineno} {node.name}": lines
        for path in files(".py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LINES_OF_A_FUNCTION
    }
    assert not found, (
        f"A function has at most {LINES_OF_A_FUNCTION} lines: take out the step that has a name of its own. {found}"
    )
