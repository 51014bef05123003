"""Tasks on the dashboard and hits of the search: their order, and who sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.registry import permitted
from cpc.site import dashboard, search
from cpc.site.dashboard import Task, TaskSource
from cpc.site.search import Group, Hit, Provider


def request(role: str = "viewer") -> HttpRequest:
    found = HttpRequest()
    found.user = User(role=role)
    return found


def task(title: str, urgency: Any = "") -> Task:
    return Task(title, f"/{title}/", "why", urgency=urgency)


@pytest.mark.parametrize(
    ("number", "titles", "counts"),
    [
        (0, ["3 more"], [3]),
        (2, ["a", "b", "1 more"], [1, 1, 1]),
        (3, ["a", "b", "c"], [1] * 3),
        (4, ["a", "b", "c"], [1] * 3),
    ],
)
def test_the_tasks_beyond_a_number_are_one(number: int, titles: list[str], counts: list[int]) -> None:
    found = dashboard.at_most(number, [task("a"), task("b"), task("c")], lambda left: task(f"{left} more"))
    assert [(one.title, one.count) for one in found] == list(zip(titles, counts, strict=True))


def source(key: str, *found: Task, order: int = 100, permission: str | None = None) -> TaskSource:
    return TaskSource(key, lambda _request: found, permission, order)


def test_tasks_sort_by_overdue_due_and_source() -> None:
    late, soon, plain, other = task("late", "bad"), task("soon", "warn"), task("plain"), task("other")
    sources = (
        source("b", other, order=2),
        source("a", plain, late, order=2),
        source("z", soon, order=1),
        source("hidden", task("hidden"), permission=Permission.MANAGE_PEOPLE),
    )
    with dashboard.task_sources.only(*sources):
        assert dashboard.tasks(request()) == [late, soon, plain, other]
        assert [one.title for one in dashboard.tasks(request("administrator"))][-1] == "hidden"


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
def test_who_sees_what_an_app_registers(role: str, permission: str | None, seen: bool) -> None:
    assert permitted(request(role), source("x", permission=permission)) is seen


def test_a_visitor_sees_nothing() -> None:
    visitor = HttpRequest()
    assert not permitted(visitor, source("x"))
    visitor.user = AnonymousUser()
    assert not permitted(visitor, source("x"))
