"""Choice of the Python version with which `make` sets up the project, and reasons why no test ran."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOO_OLD = "exit 1"
WITHOUT_ENSUREPIP = 'case "$*" in *ensurepip*) exit 1;; esac'
SOUND = "exit 0"


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([SOUND, SOUND], 0),
        ([TOO_OLD, SOUND], 1),
        ([WITHOUT_ENSUREPIP, SOUND], 1),
        ([TOO_OLD, WITHOUT_ENSUREPIP], 1),
    ],
    ids=["the first", "one that is new enough", "one with ensurepip", "one that can at least say what is missing"],
)
def test_make_takes(candidates: list[str], expected: int, tmp_path: Path) -> None:
    pythons = [_python(tmp_path / f"python{place}", script) for place, script in enumerate(candidates)]
    assert f"{pythons[expected]} -P cpc/bootstrap.py run" in _planned(pythons)


def test_make_explains_a_missing_python(tmp_path: Path) -> None:
    planned = _planned([_python(tmp_path / "python", TOO_OLD)])
    assert 'test -n "" || { echo "No Python >= 3.11 found' in planned


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (("tests/partnerships/statuss",), 4, "No such file: tests/partnerships/statuss."),
        (("tests/platform/test_sizes.py", "-k", "nothing_of_the_kind"), 5, "matches -k 'nothing_of_the_kind'."),
    ],
)
def test_a_run_of_no_test_gives_the_reason(arguments: tuple[str, ...], status: int, text: str) -> None:
    command = [sys.executable, "-m", "pytest", "-n", "0", *arguments]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=ours, check=False, capture_output=True, text=True)
    assert run.returncode == status
    assert text in run.stdout + run.stderr


def _python(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def _planned(pythons: list[Path]) -> str:
    """Return the setup commands of `make` on a machine that has exactly these Pythons."""
    ours = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS", "MAKEOVERRIDES")}
    command = ["make", "--dry-run", "ready", f"PYTHONS={' '.join(map(str, pythons))}"]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=ours, check=True, capture_output=True, text=True).stdout
