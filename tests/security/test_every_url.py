"""Deny by default: the table `expected.txt` lists the answer of every URL to every kind of visitor.

One crawl per visitor checks the table, the headers of every response, the page titles, and the links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from cpc.accounts.permissions import Role
from tests.security.crawl import (
    SESSIONS_IN_COOKIES,
    Crawl,
    no_contexts,
    quiet,
)
from tests.security.expected_table import (
    METHODS,
    TABLE,
    VISITORS,
    Address,
    addresses,
    read_table,
    rows_for,
    suggested,
    wanting,
)
from tests.worlds.databases import Clones

pytestmark = pytest.mark.world("addresses")

ROWS = read_table()
ADDRESSES = addresses()


@pytest.fixture(scope="module")
def crawls(
    own_database: None, clones: Clones, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Crawl]]:
    """Return a function that gives the crawl of a visitor, made once."""
    folder = tmp_path_factory.mktemp("crawl")
    clones.copy_files(folder)
    world = clones.contents()
    done: dict[str, Crawl] = {}

    def crawl(visitor: str) -> Crawl:
        if visitor not in done:
            done[visitor] = Crawl(visitor, world.client(visitor), world.urls).everywhere()
        return done[visitor]

    settings = override_settings(MEDIA_ROOT=folder, SESSION_ENGINE=SESSIONS_IN_COOKIES)
    with django_db_blocker.unblock(), settings, quiet(), no_contexts():
        yield crawl


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name or address.route)
def test_every_url_answers_each_visitor_as_tabled(address: Address, crawls: Callable[[str], Crawl]) -> None:
    assert address.name, f"{address.route} has no name; give it one, so that the table can list it"
    statuses = {visitor: crawls(visitor).statuses for visitor in VISITORS}
    assert all(address.name in of for of in statuses.values()), wanting(address)
    found = {method: tuple(statuses[visitor][address.name][method] for visitor in VISITORS) for method in METHODS}
    rows = rows_for(address.name, ROWS)
    assert rows, "\n".join(
        [
            f"{address.name} ({address.route}) is not in {TABLE.name}. It answers now as below; if every answer is",
            "what it should be, add:",
            *map(str, suggested(address.name, found)),
        ]
    )
    wrong = [
        f"{TABLE.name}, line {row.line}: {method} {address.name} as {visitor}: expected {expected}, got {got}"
        for row in rows
        for method in row.methods
        for visitor, expected, got in zip(VISITORS, row.answers, found[method], strict=True)
        if got != expected
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("visitor", VISITORS)
def test_headers_of_every_answer(crawls: Callable[[str], Crawl], visitor: str) -> None:
    wrong = crawls(visitor).headers
    assert not wrong, "\n".join(wrong[:40])


@pytest.mark.parametrize(
    "visitor",
    [name if name in ("anonymous", "analyst") else pytest.param(name, marks=pytest.mark.wide) for name in VISITORS],
)
def test_head_answers_as_get_at_every_address(crawls: Callable[[str], Crawl], visitor: str) -> None:
    wrong = crawls(visitor).wrong_heads()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("visitor", VISITORS)
def test_every_page_has_a_title(crawls: Callable[[str], Crawl], visitor: str) -> None:
    wrong = crawls(visitor).titles
    assert not wrong, "\n".join(["These pages have no title:", *wrong])


@pytest.mark.parametrize("some", [1, pytest.param(8, marks=pytest.mark.wide)])
@pytest.mark.parametrize("role", list(Role))
def test_no_page_links_to_what_its_account_may_not_open(crawls: Callable[[str], Crawl], role: Role, some: int) -> None:
    dead = crawls(role.value).dead_links(some)
    assert not dead, "\n".join(dead)


def test_the_table_lists_every_method_of_addresses_that_exist_once() -> None:
    used = {row.name for address in ADDRESSES for row in rows_for(address.name, ROWS)}
    wrong = [f"{TABLE.name}: {name} is no address any more; remove its rows" for name in ROWS if name not in used]
    for name, rows in ROWS.items():
        listed = sorted(method for row in rows for method in row.methods)
        if listed != sorted(METHODS):
            wrong.append(f"{TABLE.name}: {name} lists {', '.join(listed)}; list each of {', '.join(METHODS)} once")
    assert not wrong, "\n".join(wrong)


def test_no_two_addresses_share_a_name() -> None:
    names = [address.name for address in ADDRESSES]
    assert sorted(names) == sorted(set(names))


def test_a_disabled_account_has_no_access() -> None:
    wrong = [
        f"{TABLE.name}, line {row.line}: {row.name}"
        for rows in ROWS.values()
        for row in rows
        if (answers := dict(zip(VISITORS, row.answers, strict=True)))["disabled"] != answers["anonymous"]
    ]
    assert not wrong, "\n".join(wrong)
