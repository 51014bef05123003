"""What every answer carries, and where every page leads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from tests.access.furnished import Furnished

pytestmark = pytest.mark.long

SOME = 8
"""How many links of a kind are followed."""

CSP = {
    "default-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


@pytest.fixture
def signed_in(furnished: Furnished, db: None, settings: Settings) -> Callable[[Role], Client]:
    """A function that gives a client in which an error of the product is one of the test."""
    settings.MEDIA_ROOT = furnished.files
    cache.clear()

    def client_of(role: Role) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=role.value))
        return client

    return client_of


@pytest.mark.parametrize("role", list(Role))
def test_no_page_links_to_what_its_account_may_not_open(
    furnished: Furnished, signed_in: Callable[[Role], Client], role: Role
) -> None:
    client = signed_in(role)
    found: dict[str, str] = {}
    for url in furnished.urls.values():
        response = client.get(url)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            for link in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', response.content.decode()):
                found.setdefault(urljoin(url, unescape(link)), url)
    # The brand leads everybody home, where an account of a program reads that it has no pages.
    inside = [link for link in found if link.startswith("/") and link != "/"]
    dead = [f"{found[link]} links to {link}" for link in some_of_each(inside) if client.get(link).status_code >= 400]
    assert not dead, "\n".join(dead)


def some_of_each(links: Iterable[str]) -> Iterator[str]:
    """The first links to each address with each set of parameters: not each of two hundred countries."""
    followed: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for link in links:
        parts = urlsplit(link)
        kind = (resolve(parts.path).view_name, tuple(sorted(parse_qs(parts.query, keep_blank_values=True))))
        followed[kind] += 1
        if followed[kind] <= SOME:
            yield link


def policy(response: Any) -> dict[str, list[str]]:
    directives = [part.split() for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return {name: values for name, *values in directives}


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("visitor", ["anonymous", Role.ANALYST.value, Role.API_CLIENT.value])
def test_headers_of_every_answer(furnished: Furnished, visitor: str) -> None:
    client = furnished.visitors[visitor]
    for url in [*furnished.urls.values(), "/nothing/here/", "/api/nothing/"]:
        response: Any = client.get(url)
        assert policy(response) == CSP, url
        assert response["X-Content-Type-Options"] == "nosniff", url
        assert response["X-Frame-Options"] == "DENY", url
        assert response["Referrer-Policy"] == "same-origin", url
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", url
        assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"]), url
        if response["Content-Type"].startswith("text/html") and not response.streaming:
            inline = re.findall(
                r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", response.content.decode()
            )
            assert not inline, f"{url}: {inline}"
