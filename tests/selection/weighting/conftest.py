"""An office with two analysts and an approver, and Labor with its point of contact and another reviewer."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.test import Client

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from tests.support.accounts import make_account


@dataclass
class People:
    analyst: User
    second: User
    approver: User
    contact: User
    drafter: User
    viewer: User
    labor: Agency
    clients: dict[int, Client] = field(default_factory=dict)

    def client(self, user: User) -> Client:
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
        return self.clients[user.pk]


@pytest.fixture
def people(ranking: object) -> People:
    contact = make_account(Role.REVIEWER)
    User.objects.filter(pk=contact.pk).update(is_contact=True)
    contact.refresh_from_db()
    assert contact.agency is not None
    Agency.objects.filter(pk=contact.agency.pk).update(on_criteria=True)
    return People(
        make_account(Role.ANALYST),
        make_account(Role.ANALYST, username="analyst-2"),
        make_account(Role.APPROVER),
        contact,
        make_account(Role.REVIEWER, username="drafter"),
        make_account(Role.VIEWER),
        Agency.objects.get(pk=contact.agency.pk),
    )
