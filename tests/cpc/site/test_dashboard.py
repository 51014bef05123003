"""Hits of the search: their order, and who sees what apps register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.registry import permitted
from cpc.site import search
from cpc.site.search import Group, Hit, Provider


def request(role: str = "viewer") -> HttpRequest:
    found = HttpRequest()
    found.user = User(role=role)
    return found


def hits(*titles: str) -> Any:
    def find(query: str, _user: object) -> Sequence[Hit]:
        return [Hit(title, f"/{title}/") for title in titles if query in title]

    return find


def test_the_groups_of_a_search_are_in_order_and_none_is_empty() -> None:
    providers = (
        Provider("Rounds", hits("ghana 2026"), order=2),
        Provider("Accounts", hits("ghanaian"), Permission.MANAGE_PEOPLE, order=1),
        Provider("Awards", hits("togo"), order=2),
        Provider("Countries", hits("ghana", "togo"), order=1),
    )
    with search.providers.only(*providers):
        assert search.search(request(), "gh") == [
            Group("Countries", [Hit("ghana", "/ghana/")]),
            Group("Rounds", [Hit("ghana 2026", "/ghana 2026/")]),
        ]
        assert search.search(request("administrator"), "gh")[0].label == "Accounts"
        assert search.search(request(), "g") == []
        assert search.labels(request()) == ["Countries", "Awards", "Rounds"]


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
    assert permitted(request(role), Provider("x", hits(), permission)) is seen


def test_a_visitor_sees_nothing() -> None:
    visitor = HttpRequest()
    assert not permitted(visitor, Provider("x", hits()))
    visitor.user = AnonymousUser()
    assert not permitted(visitor, Provider("x", hits()))
