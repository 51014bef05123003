"""A value withdrawn from a stored run: same result as if it had never been published, and no stored change."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from indicators.models import Country
from selection.countries.queries.withdrawn import what_if, without_value
from selection.models import CountryScore, ScoreRun
from selection.runs.services import compute_screen
from tests.support.rankings import NO_SURVEY, WITHOUT_NEED, pool, publish_values, value


def country(code: str) -> Country:
    return Country.objects.get(code=code)


@pytest.mark.world("empty")
@pytest.mark.parametrize(
    ("criterion", "indicator"),
    [
        ("marriage", "wdi.child_marriage"),
        ("prevalence", "gsi.prevalence"),
        ("child_labour", "unicef.child_labour_activity_or_chores"),
        ("cpi", "cpi.score"),
    ],
)
def test_a_withdrawn_value_leaves_what_was_known_before_it(
    criterion: str, indicator: str, db: None, tmp_path: Path
) -> None:
    rows = pool(30)
    (later,) = [row for row in rows if (row["country"], row["indicator"]) == ("GHA", indicator)]
    publish_values(tmp_path / "before", [row for row in rows if row is not later])
    before = CountryScore.objects.get(run=compute_screen(actor=None), country__code="GHA")
    publish_values(tmp_path / "after", [later], name="later")
    run = compute_screen(actor=None)
    assert CountryScore.objects.get(run=run, country__code="GHA").status == "ranked"
    outcome = without_value(run, country("GHA"), criterion)
    assert outcome is not None
    assert (outcome.status, outcome.place) == (before.status, before.place)
    assert ",".join(outcome.fails) == before.reason_code
    line = next(line for line in before.lines if line["key"] == criterion)
    assert (outcome.source, outcome.peers) == ("peers", len(line["estimate"]["peers"]))


def test_one_series_withdrawn_leaves_the_others(run: ScoreRun, tmp_path: Path) -> None:
    publish_values(tmp_path, [value("gsi.prevalence", "GHA", "2016", "3.0", series="GSI 2018")], edition="2018")
    newer = compute_screen(actor=None)
    before = CountryScore.objects.get(run=run, country__code="GHA")
    one = without_value(newer, country("GHA"), "prevalence", ["gsi_2018"])
    both = without_value(newer, country("GHA"), "prevalence")
    assert one is not None
    assert both is not None
    assert (one.status, one.place, one.source) == ("ranked", before.place, "pooled")
    assert (both.status, both.fails) == ("provisional", ("E1",))
    with pytest.raises(KeyError, match="gsi_2011"):
        without_value(newer, country("GHA"), "prevalence", ["gsi_2011"])


def test_every_counted_published_value_is_tried(run: ScoreRun) -> None:
    score = CountryScore.objects.get(run=run, country__code="GHA")
    found = what_if(run, score.country)
    assert found is not None
    counted = {line["key"] for line in score.lines if line["nominal_weight"] and line.get("observations")}
    assert set(found.published) == counted
    asked = {one.criterion: one.outcome for one in found.withdrawals}
    assert set(asked) == counted - {"tier", "income"}  # without these the pool itself would be another
    provisional = {key for key, outcome in asked.items() if outcome.status == "provisional"}
    assert provisional == {"prevalence", "child_labour", "political_rights", "civil_liberties", "cpi"}
    assert ScoreRun.objects.count() == 1


def test_the_ends_of_a_range_hold_the_rank(run: ScoreRun) -> None:
    for score in CountryScore.objects.filter(run=run, rank__isnull=False).select_related("country"):
        found = what_if(run, score.country)
        assert found is not None
        assert score.rank is not None
        assert {"prevalence", "marriage", "births", "ilab"} <= found.ends.keys()
        for key, (low, high) in found.ends.items():
            assert min(low, high) <= score.rank <= max(low, high), (score.country.code, key)


def test_values_that_cannot_be_withdrawn_give_no_answer(run: ScoreRun) -> None:
    ghana = country("GHA")
    assert what_if(run, country("AND")) is None
    assert without_value(run, country("AND"), "prevalence") is None
    unknown = what_if(run, country(WITHOUT_NEED))
    assert unknown is not None
    assert (unknown.withdrawals, unknown.ends) == ((), {})
    run.snapshot_hash = "0" * 64  # as where an observation behind the run were no longer what it was
    assert what_if(run, ghana) is None
    run.refresh_from_db()
    run.engine_version = "0.0.0"
    assert what_if(run, ghana) is None


def test_a_provisional_country_is_asked_for_the_place_it_would_take(run: ScoreRun) -> None:
    found = what_if(run, country(NO_SURVEY))
    assert found is not None
    assert "child_labour" not in {one.criterion for one in found.withdrawals}
    assert "child_labour" in found.ends
    assert all(dataclasses.astuple(one.outcome)[0] != "ranked" for one in found.withdrawals)
