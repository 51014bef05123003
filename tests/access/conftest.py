"""A world for every page to show, and an account of every kind."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.access.furnished import Furnished, furnish
from tests.support.shared import SharedWorld
from tests.support.world import World


@pytest.fixture
def world(shared_world: SharedWorld, db: None, settings: Settings) -> World:
    """Editions, an upload, a narrative and a ranking."""
    return shared_world.for_one_test(settings)


@pytest.fixture(scope="module")
def furnished(shared_world: SharedWorld) -> Furnished:
    """A thing for every address of that world, and a visitor of every kind."""
    return furnish(shared_world)
