"""Rules of the mark `wide`: only parameters can have it, so that `make test` runs every test function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """
from tests.support import wide

def pytest_addoption(parser):
    parser.addoption("--wide", action="store_true")

def pytest_configure(config):
    config.addinivalue_line("markers", "wide: only in make test-full")

def pytest_collection_modifyitems(config, items):
    wide.deselect_wide(config, items)
"""
GOOD = """
import pytest
@pytest.mark.parametrize("role", ["analyst", pytest.param("viewer", marks=pytest.mark.wide)])
def test_roles(role): assert role
def test_plain(): pass
"""
ON_A_FUNCTION = """
import pytest
@pytest.mark.wide
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_roles(role): pass
"""
ON_A_MODULE = """
import pytest
pytestmark = pytest.mark.wide
def test_plain(): pass
"""
ON_EACH_PARAMETER = """
import pytest
@pytest.mark.parametrize("role", [pytest.param("viewer", marks=pytest.mark.wide)])
def test_roles(role): pass
"""


def collected(folder: Path, module: str, *options: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_some.py").write_text(module)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"]
    done = subprocess.run(
        [*command, "--rootdir", str(folder), *options, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    return done.returncode, done.stdout + done.stderr


def test_wide_parameters_run_only_when_asked_for(tmp_path: Path) -> None:
    assert "2 passed, 1 deselected" in collected(tmp_path, GOOD)[1]
    assert "3 passed" in collected(tmp_path, GOOD, "--wide")[1]


@pytest.mark.parametrize("module", [ON_A_FUNCTION, ON_A_MODULE, ON_EACH_PARAMETER])
@pytest.mark.parametrize("options", [(), ("--wide",)])
def test_a_function_that_would_be_left_out_is_refused(tmp_path: Path, module: str, options: tuple[str, ...]) -> None:
    status, output = collected(tmp_path, module, *options)
    assert status != 0
    assert "Mark a parameter `wide`, never a function: test_some.py::test_" in output
