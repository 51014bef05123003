"""Fixtures of sign-in through a provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from tests.cpc.openid.providers import Forger, configured, forger
from tests.support.accounts import make_account, set_by_owner


def with_address(role: Role, address: str, *, username: str = "") -> User:
    """Save an account with an address."""
    user = make_account(role, username=username)
    set_by_owner(User.objects.filter(pk=user.pk), email=address)
    user.refresh_from_db()
    return user


@pytest.fixture
def forged(settings: Settings) -> Iterator[Forger]:
    """Configure a provider that answers what the test makes it answer."""
    cache.clear()
    with forger() as made:
        settings.OPENID_PROVIDERS = {"department": configured(made.issuer)}
        yield made
    cache.clear()


@pytest.fixture
def analyst(db: None) -> User:
    return with_address(Role.ANALYST, "analyst@state.example")
