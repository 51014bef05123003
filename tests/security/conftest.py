"""Fixture of the world in which every URL can be opened."""

from __future__ import annotations

import pytest

from tests.security.url_world import Addresses
from tests.worlds.small_world import World


@pytest.fixture
def world(addresses: Addresses) -> World:
    """Return the world in which every URL can be opened, with editions, an upload, a narrative, and a ranking."""
    return addresses.small
