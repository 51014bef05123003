"""Programs and plans over REST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from indicators.curated.services import record_row, replace_row
from indicators.models import Country, NationalPlan, USGProgram

pytestmark = pytest.mark.django_db


def program(title: str, code: str = "GHA", **values: Any) -> USGProgram:
    return record_row(
        row=USGProgram(
            country=Country.objects.get(code=code),
            agency="Department of Labor",
            title=title,
            source="A sample",
            **{"sector": "child_labor", **values},
        ),
        actor=None,
    )


def plan(**values: Any) -> NationalPlan:
    return record_row(
        row=NationalPlan(
            country=Country.objects.get(code="GHA"), kind="action_plan", title="Plan", source="A sample", **values
        ),
        actor=None,
    )


def test_a_program_with_what_is_known_of_it(api: Client) -> None:
    row = program("One", amount=Decimal("5000000.00"), starts_on=dt.date(2024, 10, 1), assessment="The office's words.")
    answer = api.get(f"/api/v1/programs/{row.pk}/").json()
    assert answer["country"] == {"code": "GHA", "name": "Ghana"}
    assert (answer["amount"], answer["starts_on"], answer["ends_on"]) == ("5000000.00", "2024-10-01", None)
    assert (answer["implementer"], answer["source_url"], answer["stated_in"]) == (None, None, None)
    assert (answer["superseded_at"], answer["replaces"]) == (None, None)
    assert answer["assessment"] == "The office's words."


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Two", "One"]),
        ("country=GHA", ["One"]),
        ("country=GHA&country=CIV", ["Two", "One"]),
        ("sector=rule_of_law", ["Two"]),
        ("agency=Department%20of%20Labor", ["Two", "One"]),
        ("agency=Nobody", []),
        ("running_on=2025-06-30", ["Two"]),
        ("running_on=2024-06-30", ["Two", "One"]),
    ],
)
def test_programs_are_narrowed(api: Client, query: str, titles: list[str]) -> None:
    program("One", ends_on=dt.date(2024, 12, 31))
    program("Two", code="CIV", sector="rule_of_law")
    answer = api.get(f"/api/v1/programs/?{query}").json()
    assert [row["title"] for row in answer["results"]] == titles
    assert answer["count"] == len(titles)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("country=ZZZ", "country"),
        ("sector=health", "sector"),
        ("agency=Labor&agency=%00", "agency"),
        ("running_on=soon", "running_on"),
        ("as_of=12", "as_of"),
        ("as_of=2024-01-01", "as_of"),
        ("as_of=2999-01-01T00:00:00Z", "as_of"),
        ("color=blue", "color"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(api: Client, query: str, field: str) -> None:
    response = api.get(f"/api/v1/programs/?{query}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_a_moment_that_is_past_answers_with_what_stood_then(api: Client) -> None:
    first = program("One")
    between = timezone.now()
    second = replace_row(row=first, values={"implementer": "Named"}, reason="Found", actor=None)
    now = api.get("/api/v1/programs/").json()["results"]
    then = api.get("/api/v1/programs/", {"as_of": between.isoformat()}).json()["results"]
    assert api.get(f"/api/v1/programs/?as_of={between.isoformat()}").json()["results"] == then
    assert [(row["id"], row["replaces"]) for row in now] == [(second.pk, first.pk)]
    assert [(row["id"], row["superseded_reason"]) for row in then] == [(first.pk, "Found")]


def test_plans_by_kind_and_status(api: Client) -> None:
    row = plan(status="adopted", ends_year=2026)
    for query, count in (("", 1), ("kind=action_plan", 1), ("kind=child_protection", 0), ("status=expired", 0)):
        assert api.get(f"/api/v1/plans/?{query}").json()["count"] == count, query
    answer = api.get(f"/api/v1/plans/{row.pk}/").json()
    assert (answer["starts_year"], answer["ends_year"], answer["status"]) == (None, 2026, "adopted")


def test_a_reviewer_gets_the_facts_alone(client_of: Callable[[Role], Client]) -> None:
    client = client_of(Role.REVIEWER)
    one, other = program("One", assessment="The office's words."), plan(assessment="The office's words.")
    for url in (f"/api/v1/programs/{one.pk}/", f"/api/v1/plans/{other.pk}/"):
        answer = client.get(url).json()
        assert (answer["source"], answer["assessment"]) == ("A sample", None)
