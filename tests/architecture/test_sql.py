"""SQL stands in few places, names its columns, and takes the time as an argument."""

import re
from pathlib import Path

from support.tree import files, name, texts

STATEMENT = re.compile(
    r"^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+.*\bAS\s*\(|MERGE\s+INTO\s|COPY\s+\w+"
    r"|(CREATE|ALTER|DROP|TRUNCATE)\s+(OR\s|TABLE|ROLE|FUNCTION|SCHEMA|DATABASE|INDEX|POLICY)|GRANT\s|REVOKE\s|SET\s+LOCAL\s)",
    re.DOTALL,
)
# Those who make the database itself, and the pool that cleans a connection.
BUILDERS = (
    "src/copartner/kernel/database.py",
    "src/copartner/kernel/functions.py",
    "src/copartner/migrations/runner.py",
    "src/copartner_emulator/cluster.py",
)
ASKS_THE_TIME = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(|\bcurrent_(date|time|timestamp)\b"
    r"|\blocaltime(stamp)?\b|'(now|today|tomorrow|yesterday)'",
    re.IGNORECASE,
)
# A record made of JSON names its columns where it is made.
EVERY_COLUMN = re.compile(r"SELECT\s+(\w+\.)?\*\s(?!(INTO\s+\w+\s+)?FROM\s+jsonb?_to_record)", re.IGNORECASE)


def _without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*", "", sql)


def _is_store(path: Path) -> bool:
    return "store" in (path.stem, path.parent.name) or path.stem.endswith("_store")


def _sql() -> dict[str, str]:
    found = {name(path): _without_comments(path.read_text()) for path in files(".sql", below=("src",))}
    for path in files(".py", below=("src",)):
        for line, text in texts(path):
            if STATEMENT.match(text):
                found[f"{name(path)}:{line}"] = _without_comments(text)
    return found


def test_sql_stands_in_stores_alone() -> None:
    found = [
        f"{name(path)}:{line} {' '.join(text.split())[:60]}"
        for path in files(".py", below=("src",))
        if not _is_store(path) and name(path) not in BUILDERS
        for line, text in texts(path)
        if STATEMENT.match(text)
    ]
    assert not found, f"SQL belongs in store.py, functions.sql or a migration; give it a function there. {found}"


def test_sql_files_are_functions_or_migrations() -> None:
    found = [
        name(path)
        for path in files(".sql", below=("src",))
        if not re.fullmatch(r"functions|\w+", path.stem)
        or (path.stem != "functions" and path.parent.name not in ("migrations", "functions"))
    ]
    assert not found, f"An SQL file is a migration, or functions.sql beside the store that calls it. {found}"


def test_the_database_is_never_asked_the_time() -> None:
    found = [f"{place}: {hit.group(0)}" for place, sql in _sql().items() if (hit := ASKS_THE_TIME.search(sql))]
    assert not found, (
        "The database knows neither programme time nor when a test happens: pass the time as an argument, "
        f"from cmd.now or the machine's clock, and give no column a default time. {found}"
    )


def test_columns_are_named() -> None:
    found = [place for place, sql in _sql().items() if EVERY_COLUMN.search(sql)]
    assert not found, f"Name the columns: a star changes its meaning with the next migration. {found}"


def test_functions_with_their_owners_rights_fix_the_search_path() -> None:
    found = []
    for place, sql in _sql().items():
        for statement in re.split(r"\bCREATE\b", sql, flags=re.IGNORECASE)[1:]:
            head = statement.split("$$")[0]
            if "SECURITY DEFINER" in head.upper() and not re.search(r"SET\s+search_path", head, re.IGNORECASE):
                found.append(f"{place} {' '.join(head.split())[:50]}")
    assert not found, f"A function with its owner's rights says SET search_path before its body. {found}"
