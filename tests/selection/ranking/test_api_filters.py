"""Filters of a ranking's countries in REST: a value that the schema does not list is refused, not answered empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from selection.models import ScoreRun

REGIONS = [
    "Africa",
    "East Asia and Pacific",
    "Europe and Eurasia",
    "Near East",
    "South and Central Asia",
    "Western Hemisphere",
]


def parameters() -> Mapping[str, Mapping[str, Any]]:
    """Return the schema of each query parameter of the newest ranking, by its name."""
    generator: Any = SchemaGenerator  # drf-spectacular ships no types
    schema = generator().get_schema(request=None, public=True)
    found = schema["paths"]["/api/v1/rankings/"]["get"]["parameters"]
    return {row["name"]: row["schema"] for row in found if row["in"] == "query"}


def test_the_schema_lists_every_region() -> None:
    assert parameters()["region"]["enum"] == REGIONS


@pytest.mark.parametrize("of_a_run", [False, True])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("region", value) for value in ("Atlantis", "africa", "Africa ", "Afr", "\0")),
        ("status", "last"),
        ("group", "middle"),
    ],
)
def test_an_unlisted_value_is_refused(run: ScoreRun, analyst: Client, name: str, value: str, of_a_run: bool) -> None:
    url = f"/api/v1/rankings/{run.pk}/" if of_a_run else "/api/v1/rankings/"
    response = analyst.get(url, {name: value})
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["message"].startswith(f"There is no {name} “{value}”. Use ")
    if name == "region":
        assert error["message"].endswith(f"Use {', '.join(REGIONS)}.")


@pytest.mark.parametrize("name", ["status", "group", "region"])
def test_a_listed_value_keeps_the_countries_that_have_it(run: ScoreRun, analyst: Client, name: str) -> None:
    for value in parameters()[name]["enum"]:
        response = analyst.get("/api/v1/rankings/", {name: value})
        assert response.status_code == 200
        codes = {row["country"]["code"] for row in response.json()["countries"]}
        assert codes == set(run.countries.filter(**{name: value}).values_list("country__code", flat=True)), value
    assert run.countries.filter(region="Africa").exists()
