"""Navigation and dashboard: registered items, shown only to accounts that may see them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.registry import Registry
from cpc.site import dashboard
from cpc.site.dashboard import Panel
from cpc.web import navigation
from cpc.web.navigation import NavItem

HOME = NavItem("Home", "home", order=1)
FIND = NavItem("Find", "search", Permission.VIEW_RANKINGS, order=2)


def request_of(role: Role | None, path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = User(username="u", role=role) if role else AnonymousUser()
    request.resolver_match = resolve(path)
    return request


def test_a_key_is_registered_once() -> None:
    registry: Registry[NavItem] = Registry(key=lambda item: item.url_name)
    registry.add(HOME)
    with pytest.raises(ValueError, match="'home' is already registered"):
        registry.add(NavItem("Start", "home"))


@pytest.mark.parametrize(
    ("role", "labels"),
    [(Role.ANALYST, ["Home", "Find"]), (Role.REVIEWER, ["Home"]), (None, [])],
)
def test_navigation_shows_what_the_account_may_see(role: Role | None, labels: list[str]) -> None:
    with navigation.header.only(FIND, HOME):
        assert [link.label for link in navigation.links(request_of(role))] == labels


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", ["page", ""]), ("/find/", ["", "page"]), ("/about/states/", ["", "true"]), ("/about/privacy/", ["", ""])],
)
def test_current_tab_is_marked(path: str, current: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_below", {})
    navigation.cover("states", "search")
    with navigation.header.only(HOME, FIND):
        assert [link.current for link in navigation.links(request_of(Role.ANALYST, path))] == current


def test_a_panel_with_nothing_to_show_is_left_out() -> None:
    shown = Panel("a", "components/mark.html", lambda _request: {})
    silent = Panel("b", "components/mark.html", lambda _request: None)
    closed = Panel("c", "components/mark.html", lambda _request: {}, Permission.MANAGE_PEOPLE)
    with dashboard.panels.only(shown, silent, closed):
        (html,) = dashboard.render_panels(request_of(Role.VIEWER))
    assert html.startswith("<svg")
