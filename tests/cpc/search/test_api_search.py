"""Search over REST: pages, kinds, errors, and what is withheld there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from indicators.models import Country
from tests.cpc.search.asking import narrative, over_rest
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Active

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client: Client) -> Client:
    client.force_login(make_account(Role.VIEWER, username="reader"))
    return client


def errors(client: Client, **parameters: Any) -> dict[str, str]:
    response = client.get("/api/v1/search/", parameters)
    assert response.status_code == 400
    return {error["field"]: error["message"] for error in response.json()["errors"]}


def test_pages_have_each_subject_once_in_the_order_of_rank(client: Client) -> None:
    for number, country in enumerate(Country.objects.states()[:23]):
        narrative(country.code, profile=f"{'Cocoa ' * (number % 3 + 1)}is grown.")
    whole = over_rest(client, q="cocoa", page_size=100)
    assert (whole["count"], whole["samples"], whole["next"], len(whole["results"])) == (23, 0, None, 23)
    assert whole["kinds"] == [{"kind": "country", "name": "Countries", "count": 23}]
    pages, url = [], "/api/v1/search/?q=cocoa"
    while url:
        answer = client.get(url).json()
        pages.append([row["title"] for row in answer["results"]])
        url = answer["next"]
    assert [len(page) for page in pages] == [10, 10, 3]
    assert [title for page in pages for title in page] == [row["title"] for row in whole["results"]]
    assert client.get("/api/v1/search/?q=cocoa&page=4").status_code == 404


def test_a_kind_narrows_the_results_and_not_the_counts_of_kinds(client: Client) -> None:
    narrative("GHA", profile="Prevalence is high.")
    everything = over_rest(client, q="prevalence")
    only = over_rest(client, q="prevalence", kind="country")
    assert {row["kind"] for row in everything["results"]} > {"country"}
    assert ({row["kind"] for row in only["results"]}, only["count"]) == ({"country"}, 1)
    assert only["kinds"] == everything["kinds"]
    assert over_rest(client, q="prevalence", kind="note")["count"] == 0


def test_a_snippet_is_escaped_html(client: Client) -> None:
    narrative("GHA", profile="<script>alert(1)</script> & <mark>cocoa</mark> for Cocoa.")
    (row,) = over_rest(client, q="cocoa")["results"]
    assert row["sources"][0]["snippet"] == (
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; "
        "&lt;mark&gt;<mark>cocoa</mark>&lt;/mark&gt; for <mark>Cocoa</mark>."
    )
    assert "<script>alert" not in client.get("/find/", {"q": "cocoa"}).text


@pytest.mark.parametrize(
    ("parameters", "field", "message"),
    [
        ({}, "q", "Enter a term to search for."),
        ({"q": "the"}, "q", "very common"),
        ({"q": "x" * 201}, "q", "at most 200"),
        ({"q": "cocoa", "kind": "cocoa"}, "kind", "“cocoa” is not one of country, "),
        ({"q": "cocoa", "region": "Atlantis"}, "region", "“Atlantis” is not one of Africa, "),
        ({"q": "cocoa", "since": "soon"}, "since", "Enter a year, such as 2020."),
        ({"q": "cocoa", "since": "1899"}, "since", "from 1900 on"),
        ({"q": "cocoa", "since": "2101"}, "since", "up to 2100"),
        ({"q": "cocoa", "page_size": "101"}, "page_size", "from 1 to 100"),
        ({"q": "cocoa", "color": "blue"}, "color", "Unknown parameter"),
    ],
)
def test_an_error_names_the_parameter_and_the_remedy(
    client: Client, parameters: dict[str, str], field: str, message: str
) -> None:
    found = errors(client, **parameters)
    assert [*found] == [field]
    assert message in found[field]


@pytest.mark.world("active")
def test_texts_of_a_partnership_are_found_over_rest_by_those_alone_who_edit_it(active: Active) -> None:
    """Others may not see over REST what a text can name: see `partnerships.withheld`."""
    viewer = make_account(Role.VIEWER)
    found = {}
    for name, user, scope in (
        ("editor", active.stage.analyst, "partnerships:write"),
        ("reading token of an editor", active.stage.analyst, "partnerships:read"),
        ("viewer", viewer, "partnerships:read"),
    ):
        issued = issue_token(owner=user, name=name, scopes=[scope], days=1)
        client = Client(headers={"Authorization": f"Bearer {issued.secret}"})
        found[name] = [over_rest(client, q=asked)["count"] for asked in ("courts", "partnership ghana")]
    assert found == {"editor": [1, 1], "reading token of an editor": [0, 1], "viewer": [0, 1]}
    page = Client()
    page.force_login(viewer)
    (result,) = page.get("/find/", {"q": "courts", "kind": "partnership"}).context["results"]
    assert result.described.title == active.partnership.title
