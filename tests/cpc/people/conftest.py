"""Fixtures with an administrator, two agencies, and their reviewers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from tests.support.accounts import make_account

SendsMail = Callable[[], list[EmailMessage]]


@pytest.fixture
def administrator(db: None) -> User:
    return make_account(Role.ADMINISTRATOR)


@pytest.fixture
def office(administrator: User) -> Client:
    """Return the administrator's client."""
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def dol(db: None) -> Agency:
    return Agency.objects.create(code="dol", short_name="DOL", name="Department of Labor", statutory=True)


@pytest.fixture
def doj(db: None) -> Agency:
    return Agency.objects.create(code="doj", short_name="DOJ", name="Department of Justice", statutory=True)


@pytest.fixture
def reviewer(dol: Agency) -> User:
    """Return a reviewer of Labor with an email address, who is not the point of contact."""
    user = make_account(Role.REVIEWER)
    user.email = "reviewer@cpc.example"
    user.save()
    return user
