"""Fixtures shared by all tests, and the rule about what may be missing on a developer's machine.

A test that needs Chromium, Redis or the publishers' files skips with the reason where that is missing,
and fails where `CPC_REQUIRE_ALL=1` says that everything is there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def unavailable(reason: str) -> None:
    """Skip for `reason`, or fail where the machine promised to have everything."""
    if os.environ.get("CPC_REQUIRE_ALL") == "1":
        pytest.fail(f"CPC_REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real publisher files (`CPC_SHARED_DATA`, default ../shared/data)."""
    folder = Path(os.environ.get("CPC_SHARED_DATA", ROOT.parent / "shared" / "data")).resolve()
    if not folder.is_dir():
        unavailable(f"the publishers' files are not at {folder}; set CPC_SHARED_DATA")
    return folder
