"""Whole answers of a ranking over REST: each field of the run, and of a ranked country, with the value it stores."""

from __future__ import annotations

from typing import Any

from django.test import Client

from selection.models import ScoreRun
from selection.runs.rows import ranking_of
from tests.selection.ranking.test_api_all_in import answer, by_code


def moment(value: Any) -> str:
    return str(value.isoformat().replace("+00:00", "Z"))


def test_a_ranking_names_its_run_model_and_limits(run: ScoreRun, analyst: Client) -> None:
    found = answer(analyst, run)
    found.pop("countries")
    table = run.table
    of_all = {row["key"]: row["weight"] for row in table["criteria"]}
    assert of_all["forms"] > 0, "the desk screen leaves out what people rate"
    assert found == {
        "run": {
            "number": run.pk,
            "stage": "screen",
            "model": {"key": run.model_key, "version": run.model_version, "hash": run.model_hash},
            "as_of": run.as_of,
            "as_of_at": moment(run.as_of_at),
            "reference_date": run.reference_date.isoformat(),
            "published_by": run.reference_date.isoformat(),
            "beside": None,
            "snapshot_hash": run.snapshot_hash,
            "engine_version": run.engine_version,
            "seed": run.seed,
            "draws": 10_000,
            "ranked": 30,
            "created_at": moment(run.created_at),
            "adopted_on": None,
        },
        "illustrative": True,
        "share_of_full_model": 0.63,
        "first": 20,
        "short": 10,
        "draws_vary": "data_weights_method",
    }


def test_a_ranked_country_has_each_stored_figure(run: ScoreRun, analyst: Client) -> None:
    found = by_code(answer(analyst, run))["GHA"]
    score = run.countries.get(country__code="GHA")
    row = ranking_of(run).row("GHA")
    assert row is not None
    detail = score.detail
    assert found.pop("all_in")["interval"]["low"] == score.rank_low
    assert found == {
        "rank": score.rank,
        "country": {"code": "GHA", "name": "Ghana"},
        "status": "ranked",
        "reason": "",
        "score": score.score,
        "reason_code": None,
        "place": score.place,
        "rank_interval": {"low": score.rank_low, "median": score.rank_median, "high": score.rank_high},
        "place_interval": None,
        "within_short": score.p10,
        "within_first": score.p20,
        "designs": score.designs,
        "group": score.group,
        "region": "Africa",
        "region_rank": score.region_rank,
        "detail": {
            "bins": detail["bins"],
            "widths": detail["widths"],
            "best": row.best,
            "worst": row.worst,
            "designs_interval": list(row.designs_range),
        },
        "all_in_missing": None,
        "equal_display": score.equal_display,
        "need": score.need,
        "feasibility": score.feasibility,
        "coverage": score.coverage,
        "lower": score.lower,
        "upper": score.upper,
        "income": score.income,
        "tier": score.tier,
        "tier_quality": score.tier_quality,
    }
