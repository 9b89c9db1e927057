"""`.ci/run` runs everything from a clean clone and says how it ended."""

import shutil
import subprocess
from pathlib import Path

import pytest

from support.tree import ROOT

MAKEFILE = """
check:
	@echo '3 passed in 0.10s'
test:
	@test "$$CI" = true && test ! -e uncommitted && echo '===== 2 passed, 1 skipped in 1.00s ====='
verify:
	@echo '===== 1 {outcome} in 2.00s ====='; {exit}
"""


@pytest.mark.parametrize(("outcome", "exit_command", "code"), [("passed", "true", 0), ("failed", "false", 1)])
def test_it_ends_with_the_closing_lines(tmp_path: Path, outcome: str, exit_command: str, code: int) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "Makefile").write_text(MAKEFILE.format(outcome=outcome, exit=exit_command))
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@a.example"]
    for command in ([*git, "init", "-q"], [*git, "add", "."], [*git, "commit", "-q", "-m", "first"]):
        subprocess.run(command, cwd=tmp_path, check=True)
    (tmp_path / "uncommitted").touch()
    done = subprocess.run([str(tmp_path / ".ci" / "run")], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    for line in (
        "check: 3 passed in 0.10s",
        "test: ===== 2 passed, 1 skipped in 1.00s =====",
        f"verify: ===== 1 {outcome} in 2.00s =====",
    ):
        assert line in done.stdout
