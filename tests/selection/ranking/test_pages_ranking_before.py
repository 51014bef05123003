"""Ranking page of runs by a model without a method: other columns, two lists, and no groups."""

from __future__ import annotations

import pytest
from django.test import Client

from selection.models import ScoreRun
from selection.ranking.queries.findings import groups_of, pool_counts, sureness
from selection.runs.rows import ranking_of
from tests.selection.ranking.test_pages_ranking import (
    codes,
    exported,
    get,
    marks_of_figures,
    ranked_codes,
    read,
    read_home,
)
from tests.support.ranking_runs import run_before_the_method

pytestmark = pytest.mark.world("ranking")


@pytest.fixture
def before(run: ScoreRun) -> ScoreRun:
    """Compute a run by an earlier model, so that it is the newest run."""
    return run_before_the_method()


def test_an_earlier_run_keeps_its_columns_and_its_two_lists(before: ScoreRun, analyst: Client) -> None:
    html = get(analyst, "?show=all")
    assert codes(html) == ranked_codes(before)
    assert "Points, need then feasibility" in html
    assert "used an earlier method" in html
    assert "Methods" not in html
    others = set(before.countries.filter(rank__isnull=True).values_list("country__code", flat=True))
    assert set(codes(get(analyst, "?tab=unranked&show=all"))) == others
    assert analyst.get("/ranking/?tab=provisional").status_code == 400
    assert all(row["Why not ranked"] for row in exported(analyst, "?tab=unranked&format=csv"))
    assert "Share of draws in the first 20" not in exported(analyst, "?format=csv")[0]


def test_it_has_no_pool_and_no_groups_but_says_who_stays(before: ScoreRun, analyst: Client) -> None:
    ranking = ranking_of(before)
    assert (pool_counts(ranking), groups_of(ranking)) == (None, None)
    sure = sureness(ranking)
    assert sure is not None
    rows = list(before.countries.filter(rank__isnull=False))
    assert len(sure.could) == sum(row.rank_low is not None and row.rank_low <= 20 for row in rows)
    text = read(analyst)
    assert f"{len(sure.could)} countries could be among them" in text
    assert "in the pool" not in text
    assert "firmly in" not in text
    assert "of the first 20 stay" in read_home(analyst)


def test_its_filters_and_pictures_work(before: ScoreRun, analyst: Client) -> None:
    assert codes(get(analyst, "?q=ghana")) == ["GHA"]
    assert marks_of_figures(get(analyst, "?view=chart")) == 1
    assert marks_of_figures(get(analyst)) == 0
    assert codes(get(analyst, "?sort=-need&show=all")) == ranked_codes(before, "-need")
