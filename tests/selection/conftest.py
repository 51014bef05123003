"""Fixtures of a published pool with its desk screen, and of clients signed in by role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from selection.models import ScoreRun
from tests.support.accounts import make_account
from tests.support.rounds import Office


@pytest.fixture
def run(ranking: ScoreRun) -> ScoreRun:
    return ranking


@pytest.fixture
def office(ranking: object, contents: object) -> Office:
    """Return the people of the office: those of the test's world, or new ones in the world `ranking`."""
    return contents if isinstance(contents, Office) else Office()


@pytest.fixture
def as_role(db: None) -> Callable[[Role], Client]:
    """Return a function that gives a client signed in as an account of a role."""

    def signed_in(role: Role) -> Client:
        client = Client()
        client.force_login(make_account(role))
        return client

    return signed_in


@pytest.fixture
def analyst(as_role: Callable[[Role], Client]) -> Client:
    return as_role(Role.ANALYST)


@pytest.fixture
def reviewer(as_role: Callable[[Role], Client]) -> Client:
    return as_role(Role.REVIEWER)
