"""A world for every page to show, and an account of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.support.world import World, make_world


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Settings) -> World:
    """Editions, an upload, a narrative and a ranking."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_world(tmp_path)
