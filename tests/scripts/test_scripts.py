"""Tests of the scripts of the pages, written in JavaScript for Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.node import ROOT, node_command

FILES = sorted(Path(__file__).parent.glob("*.test.js"), key=lambda file: file.name)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_node_tests_pass(file: Path) -> None:
    done = subprocess.run(node_command("--test", str(file)), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
