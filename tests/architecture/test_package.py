"""What is installed is complete: data files travel with the code."""

import subprocess
import sys
import zipfile
from pathlib import Path

from support.tree import ROOT, files

PACKAGES = ("src/copartner", "src/copartner_emulator")
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def test_the_wheel_holds_every_file_of_the_source(tmp_path: Path) -> None:
    copied = tmp_path / "source"
    copied.mkdir()
    for path in (*files("", below=PACKAGES), *(ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE"))):
        if path.is_file():
            target = copied / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(tmp_path)], cwd=copied, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(tmp_path / built.stdout.splitlines()[-1]) as wheel:
        packed = set(wheel.namelist())
    missing = {
        path.relative_to(copied / "src").as_posix() for path in (copied / "src").rglob("*") if path.is_file()
    } - packed
    assert not {name for name in missing if ".egg-info" not in name}, (
        f"Name the kind of file in [tool.setuptools.package-data]: {sorted(missing)}"
    )
