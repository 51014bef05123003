"""A world to ask about, and clients of several roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from cpc.accounts.permissions import Role
from tests.support.accounts import make_account
from tests.support.shared import SharedWorld
from tests.support.world import World


@pytest.fixture
def world(shared_world: SharedWorld, db: None, settings: Settings) -> World:
    """Two editions published and one ranking."""
    return shared_world.for_one_test(settings)


@pytest.fixture
def client_of(db: None) -> Callable[[Role], Client]:
    """A function that gives a signed-in client of a role."""

    def make(role: Role) -> Client:
        client = Client()
        client.force_login(make_account(role))
        return client

    return make


@pytest.fixture
def api(client_of: Callable[[Role], Client]) -> Client:
    """A REST client, signed in."""
    return client_of(Role.API_CLIENT)
