"""The world of the table of answers."""

from __future__ import annotations

import pytest

from tests.security.url_world import Addresses
from tests.worlds.small_world import World


@pytest.fixture
def world(addresses: Addresses) -> World:
    """Editions, an upload, a narrative and a ranking, in the world in which every address leads somewhere."""
    return addresses.small
