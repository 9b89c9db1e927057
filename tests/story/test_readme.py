"""The README's story, run as it stands."""

import os
import re
import subprocess
from pathlib import Path

from support.up import emulator

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_story_of_the_readme_runs_as_written(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    assert len(blocks) == 9
    script = "set -euo pipefail\n" + "\n".join(f"echo '--- {number}'\n{block}" for number, block in enumerate(blocks))
    with emulator(tmp_path) as up:
        names = {"COPARTNER_URL": up.url, "COPARTNER_DATA": str(tmp_path / "data")}
        done = subprocess.run(
            ["bash", "-c", script], cwd=ROOT, env=os.environ | names, capture_output=True, text=True, timeout=100
        )
    said = done.stdout.split("--- ")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert said[3].splitlines()[-2:] == ["accepted", "accepted"]
    assert said[5].splitlines()[1] == "1"
    assert said[5].count('"sellerName"') == 3
    assert '"code": "20003"' in said[6]
    assert "mp-subscription" in said[7]
    assert "aa@suedwind.example" in said[7]
    assert said[8].splitlines()[1:] == ["suspended", "active"]
    assert [line for line in said[9].splitlines() if line.isalpha()] == ["succeeded", "active", "pending"]
    assert said[9].count('"inForce": true') == 2
