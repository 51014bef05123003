"""The people who make partnerships."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.partnerships.build import Stage


@pytest.fixture
def stage(db: None, tmp_path: Path, settings: Settings) -> Stage:
    """An analyst and an approver; their papers go to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return Stage()
