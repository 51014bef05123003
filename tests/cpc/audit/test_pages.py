"""Pages of the audit trail: filters, paging, export, and one entry in full."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.web.formats import DASH
from tests.support.accounts import make_account
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db

DAY = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def write(action: str, **more: Any) -> AuditEntry:
    fields: dict[str, Any] = {
        "actor_id": "7",
        "actor_name": "Ama",
        "object_type": "indicators.import",
        "object_id": "3",
        "object_label": "Import 3: CPI2024.xlsx",
        "channel": "page",
        "request_id": "r1",
        "at": DAY,
    }
    # The database sets the time of an entry, so one of another day takes an owner without guards.
    with unguarded():
        return AuditEntry.objects.create(action=action, **fields | more)


@pytest.fixture
def reader(client: Client) -> Client:
    """Return an account that may read the trail; the entry of its own sign-in has today's date."""
    client.force_login(make_account(Role.ADMINISTRATOR))
    return client


def shown(client: Client, query: str) -> list[str]:
    response = client.get(f"/audit/?{query}")
    assert response.status_code == 200
    return re.findall(r'data-label="Action">([^<]+)<', response.content.decode())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("actor=ama", ["published", "read", "received"]),
        ("actor=7&action=read", ["read"]),
        ("actor=clock", ["computed"]),
        ("object_type=selection.scorerun", ["computed"]),
        ("object=cpi2024", ["published", "read", "received"]),
        ("object=14", ["computed"]),
        ("channel=task", ["read"]),
        ("request=r2", ["published"]),
        ("since=2026-11-21&until=2026-11-21", ["published"]),
        ("until=2026-11-20&actor=ama", ["read", "received"]),
        ("actor=nobody", []),
    ],
)
def test_filters(reader: Client, query: str, expected: list[str]) -> None:
    write("received")
    write("read", channel="task", at=DAY + dt.timedelta(hours=23, minutes=59, seconds=59))
    write("published", request_id="r2", at=DAY + dt.timedelta(days=1))
    write(
        "computed",
        actor_id="",
        actor_name="The clock",
        object_type="selection.scorerun",
        object_id="14",
        object_label="Run",
    )
    assert shown(reader, query) == expected


@pytest.mark.parametrize(
    "query",
    ["action=danced", "object_type=no.thing", "channel=pigeon", "since=yesterday", "since=2026-11-21&until=2026-11-20"],
)
def test_a_filter_that_cannot_be_is_refused_with_the_reason(reader: Client, query: str) -> None:
    write("received")
    response = reader.get(f"/audit/?{query}")
    page = response.content.decode()
    assert response.status_code == 400
    assert "Correct one error." in page
    assert "Import 3" not in page


@pytest.mark.parametrize("query", ["color=red", "format=pdf", "export=csv"])
def test_unknown_parameters_and_exports_are_refused(reader: Client, query: str) -> None:
    assert reader.get(f"/audit/?{query}").status_code == 400


def test_pages_take_the_same_number_of_queries(
    reader: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # Session, account, unread notifications, saved views, actions, kinds of objects, rounds rated apart, count, rows,
    # the last verification.
    expected = 10
    with django_assert_num_queries(expected):
        reader.get("/audit/")
    for _ in range(120):
        write("received")
    with django_assert_num_queries(expected):
        first = reader.get("/audit/?action=received").content.decode()
    assert "1 to 25 of 120 entries" in first
    assert "action=received&amp;page=5" in first
    assert len(shown(reader, "action=received&page=5")) == 20
    assert reader.get("/audit/?page=9").status_code == 404


def test_the_file_holds_what_is_shown_on_all_pages(reader: Client) -> None:
    for number in range(60):
        write("received", after={"n": number, "name": "=cmd()"})
    write("published")
    response = reader.get("/audit/?action=received&format=csv&columns=file")
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert len(rows) == 60
    assert rows[0]["After"] == '{"n": 59, "name": "=cmd()"}'
    assert (rows[0]["Actor id"], rows[0]["Time (UTC)"]) == ("7", "2026-11-20T00:00:00Z")
    assert f"audit-{timezone.now():%Y-%m-%d}.csv" in response["Content-Disposition"]


def test_one_entry_shows_each_field_before_and_after_and_its_request(reader: Client) -> None:
    entry = write("published", before={"state": "preview"}, after={"state": "published", "number": 0})
    other = write("computed", object_label="Run 14")
    write("received", request_id="r9", object_label="Something else")
    page = reader.get(f"/audit/{entry.pk}/").content.decode()
    cells = re.findall(r"<code>(\w+)</code></th><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>", page)
    assert cells == [("state", "preview", "published"), ("number", DASH, "0")]
    assert f"/audit/{other.pk}/" in page
    assert "Something else" not in page
    assert reader.get("/audit/999999/").status_code == 404


def test_what_people_typed_is_text_on_the_page(reader: Client) -> None:
    entry = write("received", object_label="<script>alert(1)</script>", after={"file": "<b>x</b>"})
    for url in ("/audit/", f"/audit/{entry.pk}/"):
        page = reader.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_an_entry_shows_the_values_of_a_list_joined_by_commas(reader: Client) -> None:
    entry = write("changed", before={"states": []}, after={"states": ["in_force", "ended"]})
    page = reader.get(f"/audit/{entry.pk}/").content.decode()
    assert "in_force, ended" in page
    assert "[&#x27;" not in page
