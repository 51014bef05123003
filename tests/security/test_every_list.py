"""Every list: its file has what its page shows, in the same columns and order, and so does a saved view of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.saved_views.services import save_view
from cpc.web.lists import LISTS, ListPage, OpenList, list_of
from cpc.web.tables import Column
from tests.support.accounts import make_account
from tests.support.all_cases import url_arguments
from tests.support.cells import plain
from tests.support.tables import headings_in
from tests.worlds.small_world import World

pytestmark = pytest.mark.django_db

list_of("")  # loads all pages, which declare their lists
KEYS = sorted(page.key for page in LISTS)
OWN_FILE = {"ranking"}
"""Lists whose file has all columns, whatever the page shows."""


def reader_of(page: ListPage) -> User:
    role = Role.ADMINISTRATOR if page.key in {"accounts", "agencies", "access-changes", "tokens"} else Role.ANALYST
    return User.objects.filter(role=role, is_active=True).first() or make_account(role)


def path_of(page: ListPage, world: World) -> str:
    arguments = url_arguments().get(page.url)
    return reverse(page.url, kwargs=dict(arguments(world)) if arguments else {})


def shown_by(client: Client, url: str) -> tuple[OpenList, list[str]]:
    """Return the list on a page, and the headings of its table."""
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    html = answer.content.decode()
    part = html[html.index("Columns: ") :] if "Columns: " in html else html
    return answer.context["shown"], [heading.partition(" num")[0].partition(" ?")[0] for heading in headings_in(part)]


def file_of(client: Client, url: str) -> list[list[str]]:
    answer: Any = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def written(shown: OpenList, columns: Sequence[Column[Any]]) -> list[str]:
    """Return the labels that a file has for columns of the page."""
    assert shown.whole is not None
    return [column.label for column in shown.whole.file_columns(columns)]


@pytest.mark.parametrize("key", [key for key in KEYS if key not in OWN_FILE])
def test_the_file_of_a_list_is_its_page(world: World, key: str) -> None:
    page = list_of(key)
    assert page is not None
    client, url = Client(), path_of(page, world)
    client.force_login(reader_of(page))
    usual, _ = shown_by(client, url)
    assert usual.whole is not None, "the page gives its table to the list"
    choices = [column.key for column in usual.whole.choices]
    for asked in ("", "none", "all", ",".join(reversed(choices)), choices[-1]):
        query = f"?columns={asked}"
        shown, headings = shown_by(client, url + query)
        rows = file_of(client, f"{url}{query}&format=csv")
        assert shown.whole is not None
        columns = [shown.whole.columns[0], *shown.shown]
        assert rows[0] == written(shown, columns), query
        assert len(rows) - 1 == shown.count + (key == "audit"), query  # a download is itself an entry
        if shown.count:
            labels = [plain(column.text_label) for column in columns]
            for heading, label in zip(headings, labels, strict=False):
                assert heading.startswith(label), query


@pytest.mark.parametrize("key", KEYS)
def test_a_saved_view_of_a_list_opens_as_it_was_saved(world: World, key: str) -> None:
    page = list_of(key)
    assert page is not None
    reader = reader_of(page)
    columns = "" if key in OWN_FILE else "columns=none"
    version = save_view(owner=reader, list_key=key, name="Sample view", parameters=columns, audience="private")
    client, url = Client(), path_of(page, world)
    client.force_login(reader)
    answer = client.get(f"{url}?saved={version.view_id}")
    assert answer.status_code == 200
    shown = answer.context["shown"]
    assert (shown.is_as_saved, shown.heading) == (True, f"Sample view: {shown.found}")
    assert 'aria-current="page">' in answer.content.decode()
    assert "Sample view" in answer.content.decode()
    assert client.get(f"{url}?columns=nothing").status_code == 400
    assert client.get(f"{url}?saved=999999").status_code == 404
