"""Figures of all-in draws in the REST interface, and null with a reason where a run or a country has none."""

from __future__ import annotations

from typing import Any

from django.test import Client

from selection.models import ScoreRun
from selection.ranking.api.all_in import NOT_ALL_IN, NOT_DRAWN
from selection.runs.services import compute_screen
from tests.support.rankings import NO_SURVEY, WITHOUT_NEED
from tests.support.rows import former_table


def answer(client: Client, run: ScoreRun) -> dict[str, Any]:
    response = client.get(f"/api/v1/rankings/{run.pk}/")
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def by_code(ranking: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["country"]["code"]: row for row in ranking["countries"]}


def test_a_ranked_country_has_every_figure_as_stored(run: ScoreRun, analyst: Client) -> None:
    ranking = answer(analyst, run)
    assert ranking["draws_vary"] == "data_weights_method"
    shown = by_code(ranking)
    for score in run.countries.filter(rank__isnull=False).select_related("country"):
        row, detail = shown[score.country.code], score.detail
        found = row["all_in"]
        assert row["all_in_missing"] is None
        ends = {"low": score.rank_low, "median": score.rank_median, "high": score.rank_high}
        assert found["interval"] == {**ends, "within_first": score.p20, "within_short": score.p10}
        assert row["rank_interval"] == ends
        inner = detail["data_weights"]
        assert found["data_weights"] == {
            **{name: inner[name] for name in ("low", "median", "high")},
            "within_first": inner["p20"],
            "within_short": inner["p10"],
        }
        assert found["settled"]["within_first"] == detail["settled"]["p20"]
        assert found["settled"]["group"] == detail["settled"]["group"]
        assert found["tier_holds"] == detail["holds"]
        assert found["income_rank"] == detail["income_rank"]
        assert found["reliability"] == {
            "value": detail["reliability"]["value"],
            "settled": detail["reliability"]["settled"],
            "lost": detail["reliability"]["lost"],
        }
        assert found["free_weights"]["within_first"] == detail["free"]["share"]
        assert found["free_weights"]["weights"] == (detail["free"]["weights"] or {})
        assert row["detail"]["widths"]["data_weights"] == detail["widths"]["data_weights"]


def test_countries_without_a_rank_have_null_where_a_rank_is_needed(run: ScoreRun, analyst: Client) -> None:
    rows = by_code(answer(analyst, run))
    provisional, outside = rows[NO_SURVEY]["all_in"], rows["TCD"]["all_in"]
    for found in (provisional, outside):
        assert found["income_rank"] is None
        assert found["free_weights"] is None
        assert found["interval"]["within_short"] is None
        assert found["reliability"]["value"] > 0
    assert provisional["settled"]["group"] is None
    assert outside["settled"] is None
    detail = run.countries.get(country__code="TCD").detail["all_in"]
    assert outside["interval"]["within_first"] == detail["p20"]
    assert rows["TCD"]["place_interval"] is None
    for code in (WITHOUT_NEED, "AND"):
        assert rows[code]["all_in"] is None
        assert rows[code]["all_in_missing"] == NOT_DRAWN


def test_runs_of_the_earlier_model_have_null_with_a_reason(run: ScoreRun, analyst: Client) -> None:
    former = compute_screen(actor=None, table=former_table())
    ranking = answer(analyst, former)
    assert ranking["draws_vary"] == "data_weights"
    assert {row["all_in"] is None for row in ranking["countries"]} == {True}
    assert {row["all_in_missing"] for row in ranking["countries"]} == {NOT_ALL_IN}
    one = analyst.get(f"/api/v1/rankings/{former.pk}/countries/GHA/").json()
    assert one["all_in_missing"] == NOT_ALL_IN
    assert one["detail"]["widths"]["data_weights"] is None
    assert one["within_first"] is not None


def test_one_country_has_the_same_figures(run: ScoreRun, analyst: Client) -> None:
    one = analyst.get(f"/api/v1/rankings/{run.pk}/countries/GHA/").json()
    assert one["all_in"] == by_code(answer(analyst, run))["GHA"]["all_in"]
    assert {line["estimate"]["share"] for line in one["criteria"] if line["estimate"]} == {None}
