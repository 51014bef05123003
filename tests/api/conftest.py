"""World and clients for REST tests: two editions, a ranking, and clients of several roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from tests.support.accounts import make_account
from tests.worlds.small_world import World


@pytest.fixture
def world(small: World) -> World:
    """Return a world with two published editions and one ranking."""
    return small


@pytest.fixture
def client_of(db: None) -> Callable[[Role], Client]:
    """Return a function that gives a signed-in client of a role."""

    def make(role: Role) -> Client:
        client = Client()
        client.force_login(make_account(role))
        return client

    return make


@pytest.fixture
def api(client_of: Callable[[Role], Client]) -> Client:
    """Return a signed-in REST client."""
    return client_of(Role.API_CLIENT)
