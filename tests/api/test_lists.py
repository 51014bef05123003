"""Countries, sources, indicators, runs, and rankings over REST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cpc.accounts.permissions import Role
from indicators.models import Country, Indicator, Source
from selection.models import CountryScore, ScoreRun
from selection.runs.services import compute_screen
from selection.scoring_inputs.question import Beside
from tests.security.expected_table import Address, addresses
from tests.support.all_cases import url_arguments
from tests.worlds.small_world import World

RANKED = ("/api/v1/runs/", "/api/v1/rankings/", "/api/v1/rankings/{run}/", "/api/v1/rankings/{run}/countries/GHA/")
ENDPOINTS = [address for address in addresses() if address.route.startswith("api/v1/")]


def url_of(address: Address, world: World) -> str:
    return reverse(address.name, kwargs=dict(url_arguments()[address.name](world)) if address.arguments else None)


@pytest.mark.parametrize("address", ENDPOINTS, ids=lambda address: address.name)
def test_no_endpoint_ignores_a_parameter(
    address: Address, world: World, api: Client, client_of: Callable[[Role], Client]
) -> None:
    url = url_of(address, world)
    response = api.get(url, {"nonsense": "1"})
    if response.status_code == 404:  # no token may read it; see `expected.txt`
        response = client_of(Role.ANALYST).get(url, {"nonsense": "1"})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["nonsense"]


def test_a_single_object_takes_no_paging(world: World, api: Client) -> None:
    response = api.get("/api/v1/countries/GHA/?page=1")
    assert response.status_code == 400
    assert "Valid parameters: fields." in response.json()["detail"]


def test_countries_by_code_with_what_publishers_call_them(db: None, api: Client) -> None:
    page = api.get("/api/v1/countries/?page_size=1000").json()
    codes = [row["code"] for row in page["results"]]
    assert page["count"] == Country.objects.count() == len(codes)
    assert codes == sorted(codes)
    kosovo = api.get("/api/v1/countries/XKX/").json()
    assert (kosovo["name"], kosovo["kind"], kosovo["successor"]) == ("Kosovo", "state", None)
    assert kosovo in page["results"]
    ivory = api.get("/api/v1/countries/CIV/").json()
    assert "Cote d'Ivoire" in ivory["aliases"] or "Ivory Coast" in ivory["aliases"]
    assert api.get("/api/v1/countries/SUN/").json()["kind"] == "former"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=state", 195 + 1),
        ("kind=state&kind=former", None),
        ("region=Africa&kind=state", None),
    ],
)
def test_countries_by_kind_and_region(db: None, api: Client, query: str, count: int | None) -> None:
    page = api.get(f"/api/v1/countries/?page_size=1000&{query}").json()
    wanted = [part.split("=") for part in query.split("&")]
    for name in {name for name, _ in wanted}:
        assert {row[name] for row in page["results"]} == {value for key, value in wanted if key == name}
    assert count is None or page["count"] == count


@pytest.mark.parametrize("query", ["kind=planet", "region=Atlantis", "region="])
def test_kinds_and_regions_that_do_not_exist(db: None, api: Client, query: str) -> None:
    assert api.get(f"/api/v1/countries/?{query}").status_code == 400


def test_sources_and_indicators_refer_to_each_other(db: None, api: Client) -> None:
    sources = api.get("/api/v1/sources/").json()["results"]
    indicators = api.get("/api/v1/indicators/?page_size=1000").json()["results"]
    assert [row["key"] for row in sources] == sorted(Source.objects.values_list("key", flat=True))
    assert [row["code"] for row in indicators] == sorted(Indicator.objects.values_list("code", flat=True))
    listed = {(row["key"], code) for row in sources for code in row["indicators"]}
    assert listed == {(row["source"], row["code"]) for row in indicators}
    assert all(row["attribution"] and row["license"] and row["publisher"] for row in sources)
    only = api.get("/api/v1/indicators/?source=cpi&source=ilab&page_size=1000").json()["results"]
    assert only == [row for row in indicators if row["source"] in ("cpi", "ilab")]
    score = api.get("/api/v1/indicators/cpi.score/").json()
    assert (score["direction"], score["minimum"], score["maximum"]) == ("higher", 0.0, 100.0)


@pytest.mark.parametrize(
    "url", ["/api/v1/countries/?page_size=", "/api/v1/indicators/?page_size=", "/api/v1/sources/?page_size="]
)
def test_lists_take_the_same_number_of_queries_at_any_length(
    db: None, api: Client, url: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # Session, account, count, rows, and what belongs to them: of a source its indicators and its statements.
    most = 6 if "/sources/" in url else 5
    with django_assert_max_num_queries(most):
        api.get(f"{url}1")
    with django_assert_max_num_queries(most):
        api.get(f"{url}1000")


def test_ranking_names_its_model_and_data_and_lists_every_country(world: World, api: Client) -> None:
    ranking = api.get("/api/v1/rankings/").json()
    run = ranking["run"]
    assert (run["number"], run["as_of"], run["stage"]) == (world.run.pk, 3, "screen")
    assert run["model"]["hash"] == world.run.model_hash
    assert 0 < ranking["share_of_full_model"] < 1
    assert ranking["illustrative"] is True
    codes = [row["country"]["code"] for row in ranking["countries"]]
    assert sorted(codes) == sorted(world.run.countries.values_list("country__code", flat=True))
    assert all((row["rank"] is None) == (row["status"] != "ranked") for row in ranking["countries"])
    assert all(row["reason"] for row in ranking["countries"] if row["rank"] is None)
    assert api.get(f"/api/v1/rankings/{world.run.pk}/").json() == ranking
    assert api.get(f"/api/v1/rankings/?run={world.run.pk}").json() == ranking


@pytest.mark.tampers
def test_ranked_countries_come_first_by_rank_then_name(world: World, api: Client) -> None:
    fields = {field.attname: getattr(world.run, field.attname) for field in ScoreRun._meta.concrete_fields}
    run = ScoreRun.objects.create(**fields | {"id": None, "as_of": 1, "created_at": timezone.now()})
    ranks = {"Mali": None, "Ghana": 2, "Togo": 1, "Benin": None, "Chad": 2, "Niger": 4}
    for name, rank in ranks.items():
        status, score = ("ranked", 50.0 - rank) if rank else ("unranked_coverage", None)
        country = Country.objects.get(short_name=name)
        CountryScore.objects.create(run=run, country=country, rank=rank, status=status, score=score)
    rows = api.get(f"/api/v1/rankings/{run.pk}/").json()["countries"]
    assert [row["country"]["name"] for row in rows] == ["Togo", "Chad", "Ghana", "Niger", "Benin", "Mali"]
    assert rows[0]["rank_interval"] is None


def test_each_line_of_a_score_leads_to_its_observation(world: World, api: Client) -> None:
    score = api.get(f"/api/v1/rankings/{world.run.pk}/countries/GHA/").json()
    lines = {line["key"]: line for line in score["criteria"]}
    assert len(lines) == len(score["criteria"]) == len(world.run.countries.get(country__code="GHA").lines)
    (corruption,) = (line for line in lines.values() if line["indicator"] == "cpi.score")
    assert corruption["observation"] == world.ghana.pk
    assert corruption["missing"] is None
    assert api.get(f"/api/v1/observations/{corruption['observation']}/").json()["value"] == 42.0
    hurdles = {hurdle["key"]: hurdle for hurdle in score["hurdles"]}
    assert (hurdles["tier3"]["verdict"], hurdles["tier3"]["probability"]) == ("pass", None)
    unknown = [line for line in lines.values() if line["observation"] is None]
    assert unknown
    assert all(line["missing"] for line in unknown)


def test_newer_run_on_older_data_is_listed_first_but_is_not_current(world: World, api: Client) -> None:
    older = compute_screen(actor=None, as_of=1)
    assert [row["number"] for row in api.get("/api/v1/runs/").json()["results"]] == [older.pk, world.run.pk]
    assert api.get("/api/v1/rankings/").json()["run"]["number"] == world.run.pk
    assert api.get(f"/api/v1/rankings/?run={older.pk}").json()["run"]["as_of"] == 1


def test_run_beside_the_ranking_gives_its_reason(world: World, api: Client) -> None:
    day = dt.date(2029, 1, 2)
    later = compute_screen(actor=None, on=day, beside=Beside.DAY)
    found = {row["number"]: row for row in api.get("/api/v1/runs/").json()["results"]}
    assert (found[later.pk]["beside"], found[later.pk]["published_by"]) == ("day", "2029-01-02")
    assert found[world.run.pk]["beside"] is None
    assert api.get("/api/v1/rankings/").json()["run"]["number"] == world.run.pk


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [("status", "provisional", ""), ("group", "open", ""), ("region", "Africa", ""), ("status", "last", "no status")],
)
def test_countries_of_a_ranking_are_narrowed(world: World, api: Client, name: str, value: str, refused: str) -> None:
    response = api.get("/api/v1/rankings/", {name: value})
    if refused:
        assert response.status_code == 400
        assert refused in response.json()["errors"][0]["message"]
        return
    codes = {row["country"]["code"] for row in response.json()["countries"]}
    assert codes == set(world.run.countries.filter(**{name: value}).values_list("country__code", flat=True))


def test_line_has_published_and_counted_values(world: World, api: Client) -> None:
    score = api.get(f"/api/v1/rankings/{world.run.pk}/countries/GHA/").json()
    line = next(line for line in score["criteria"] if line["indicator"] == "cpi.score")
    assert line["observations"] == [world.ghana.pk]
    assert [found["value"] for found in line["estimate"]["published"]] == [42.0]
    assert line["estimate"]["low"] < line["estimate"]["best"] < line["estimate"]["high"]
    assert score["reason_code"] == world.run.countries.get(country__code="GHA").reason_code
    assert (score["rank_interval"] is None) == (score["rank"] is None)


@pytest.mark.parametrize("run", ["0", "-1", "newest", "99999999999999999999"])
def test_a_run_that_does_not_exist(world: World, api: Client, run: str) -> None:
    response = api.get("/api/v1/rankings/", {"run": run})
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == f"There is no run “{run}”. /api/v1/runs/ lists them."


@pytest.mark.parametrize("url", RANKED)
def test_rankings_are_as_if_not_there_for_a_reviewer(
    world: World, client_of: Callable[[Role], Client], url: str
) -> None:
    reviewer = client_of(Role.REVIEWER)
    hidden = reviewer.get(url.format(run=world.run.pk))
    absent = reviewer.get("/api/v1/no-such-thing/")
    varying = ("instance", "request_id")

    def comparable(response: Any) -> dict[str, Any]:
        return {key: value for key, value in response.json().items() if key not in varying}

    assert hidden.status_code == absent.status_code == 404
    assert comparable(hidden) == comparable(absent)


def test_ranking_query_count_does_not_depend_on_countries(
    world: World, api: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(6):  # session, account, run, its model, its adoption, its countries
        assert len(api.get("/api/v1/rankings/").json()["countries"]) > 190
