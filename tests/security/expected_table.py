"""Reader of `expected.txt`, and the actual answers to each kind of visitor."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from tests.support.accounts import make_account
from tests.support.all_cases import url_arguments
from tests.worlds.small_world import World

TABLE = Path(__file__).with_name("expected.txt")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
VISITORS = ("anonymous", *(role.value for role in Role), "disabled")
WIDTHS = (34, 27, *(len(visitor) + 2 for visitor in VISITORS))


@dataclass(frozen=True)
class Row:
    """One line of the table: a URL name, one or more methods, and the answer that each visitor expects."""

    name: str
    methods: tuple[str, ...]
    answers: tuple[str, ...]
    line: int = 0

    def __str__(self) -> str:
        cells = (self.name, ",".join(self.methods), *self.answers)
        return "".join(word.ljust(width) for word, width in zip(cells, WIDTHS, strict=True)).rstrip()


def read_table() -> dict[str, list[Row]]:
    """Return the rows by URL name."""
    rows: dict[str, list[Row]] = {}
    for number, text in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        cells = text.partition("#")[0].split()
        if not cells:
            continue
        if len(cells) != 2 + len(VISITORS):
            raise ValueError(f"{TABLE.name}, line {number}: {len(cells) - 2} answers for {len(VISITORS)} visitors")
        rows.setdefault(cells[0], []).append(Row(cells[0], tuple(cells[1].split(",")), tuple(cells[2:]), number))
    return rows


def rows_for(name: str, table: Mapping[str, list[Row]]) -> list[Row]:
    """Return the rows of a URL: those of its name, else of the longest name with a star that it begins with."""
    stars = [star for star in table if star.endswith("*") and name.startswith(star[:-1])]
    return table.get(name) or table.get(max(stars, key=len, default=""), [])


@dataclass(frozen=True)
class Address:
    """A route of the URL configuration, and the view that answers there."""

    name: str
    route: str
    view: Callable[..., Any]

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the names of the arguments in the route."""
        return tuple(re.findall(r"<(?:\w+:)?(\w+)>", self.route))


def addresses() -> list[Address]:
    """Return every route of the product."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], route: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, here, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name}" if pattern.name else "", here, pattern.callback)


def visitors() -> Mapping[str, User]:
    """Create a user of every kind. The disabled one was an analyst before."""
    users = {role.value: make_account(role) for role in Role}
    users["disabled"] = make_account(Role.ANALYST, username="leaver")
    User.objects.filter(pk=users["disabled"].pk).update(is_active=False)
    return users


def url_of(address: Address, world: World) -> str:
    """Return the URL, with the keys of records that exist in the world as arguments."""
    return reverse(address.name, kwargs=dict(url_arguments()[address.name](world)) if address.arguments else None)


def wanting(address: Address) -> str:
    """Return the message that asks for a page case for a URL that takes arguments."""
    wanted = ", ".join(f'"{name}": world...' for name in address.arguments)
    return (
        f"{address.name} ({address.route}) takes arguments. Name a record of the small world for it in its page case:\n"
        f'    PageCase("{address.name}", url=lambda world: {{{wanted}}}, ...),'
    )


def answer(client: Client, method: str, url: str) -> Any:
    """Return the answer to one request, and undo its changes in the database and in the client's cookies."""
    cache.clear()  # so many attempts would reach the limit of the sign-in page, which has its own test
    cookies = copy.copy(client.cookies)
    with transaction.atomic():
        response = client.generic(method, url)
        if response.streaming:
            b"".join(response)  # read to the end: closing earlier would close the database connection
        transaction.set_rollback(True)
    client.cookies = cookies  # including the session's cookie, which signing out deletes
    return response


def status_of(response: Any) -> str:
    """Return the status of an answer as the table names it: `login` for a redirect to the sign-in page."""
    sign_in = reverse(settings.LOGIN_URL)
    if response.status_code == 302 and response["Location"].startswith(f"{sign_in}?next="):
        return "login"
    return str(response.status_code)


def suggested(name: str, found: Mapping[str, tuple[str, ...]]) -> list[Row]:
    """Return table rows for the answers that were found; methods with the same answers share a row."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for method, answers in found.items():
        grouped.setdefault(answers, []).append(method)
    return [Row(name, tuple(methods), answers) for answers, methods in grouped.items()]
