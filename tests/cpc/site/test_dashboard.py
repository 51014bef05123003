"""Panels and other items that apps register: who sees them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.registry import permitted
from cpc.site.dashboard import Panel


def request(role: str = "viewer") -> HttpRequest:
    found = HttpRequest()
    found.user = User(role=role)
    return found


@pytest.mark.parametrize(
    ("role", "permission", "seen"),
    [
        ("viewer", None, True),
        ("viewer", Permission.VIEW_RANKINGS, True),
        ("viewer", Permission.MANAGE_PEOPLE, False),
        ("api_client", None, False),
        ("api_client", Permission.VIEW_RANKINGS, False),
        ("api_client", Permission.USE_API, True),
        ("nobody", None, False),
    ],
)
def test_who_sees_what_an_app_registers(role: str, permission: Permission | None, seen: bool) -> None:
    assert permitted(request(role), Panel("x", "x.html", lambda _request: {}, permission)) is seen


def test_a_visitor_sees_nothing() -> None:
    visitor = HttpRequest()
    assert not permitted(visitor, Panel("x", "x.html", lambda _request: {}))
    visitor.user = AnonymousUser()
    assert not permitted(visitor, Panel("x", "x.html", lambda _request: {}))
