"""The method page, the list of runs, one run against another, and the replay."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from scipy.stats import spearmanr  # type: ignore[import-untyped]

from selection.model_table import read
from selection.models import ScoreRun
from selection.queries import method
from selection.queries.comparison import compare, model_changes
from selection.queries.ranking import ranking_of
from selection.services import compute_screen
from tests.support.rankings import publish_values, value


def test_weights_of_the_method_page_add_up(run: ScoreRun) -> None:
    entries = method.entries(read(), ranking_of(run))
    assert sum(entry.screen or 0 for entry in entries) == pytest.approx(100)
    assert sum(entry.full for entry in entries) == pytest.approx(100)
    known = {entry.row.key: entry.known for entry in entries}
    assert known["tier"] == pytest.approx(31 / 32)  # all but the Special Case
    assert known["prevalence"] == pytest.approx(31 / 32)
    assert known["child_labour"] == pytest.approx(30 / 32)
    assert known["forms"] is None


def test_everybody_who_sees_observations_sees_the_method(run: ScoreRun, reviewer: Client) -> None:
    html = reviewer.get("/method/").content.decode()
    for row in read().criteria:
        assert row.label.replace("'", "&#x27;") in html
    assert "The model is illustrative until the office adopts a version." in html
    assert "19 of its 36 countries" in html


@pytest.mark.usefixtures("db")
def test_the_method_is_there_before_any_run(reviewer: Client) -> None:
    assert reviewer.get("/method/").status_code == 200


def test_the_hashes_of_table_and_model_are_told_apart_on_both_pages(run: ScoreRun, analyst: Client) -> None:
    assert run.table_hash != run.model_hash
    of_method, of_run = (analyst.get(url).content.decode() for url in ("/method/", f"/runs/{run.pk}/"))
    for found in (run.table_hash, run.model_hash):
        assert found[:12] in of_method
        assert found in of_run


def test_rank_correlation_agrees_with_scipy_with_ties_and_gaps() -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        x, y = rng.integers(0, 9, 60).astype(float), rng.normal(size=60)
        y += x / 4
        y[rng.random(60) < 0.2] = np.nan
        both = ~np.isnan(y)
        rho, count = method.spearman(x, y)
        assert count == both.sum()
        assert rho == pytest.approx(spearmanr(x[both], y[both]).statistic, abs=1e-12)
    assert method.spearman(np.ones(30), np.arange(30.0)) == (None, 30)
    assert method.spearman(np.arange(5.0), np.arange(5.0)) == (None, 5)


def test_a_run_is_compared_with_the_one_before(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    later = compute_screen(actor=None)
    found = compare(later, run)
    assert (found.before, found.after) == (run, later)
    assert [p.seq for p in found.publications] == [later.as_of]
    assert found.model == ()
    ghana = next(move for move in found.moves if move.row.code == "GHA")
    assert ghana.driver == "Corruption Perceptions Index"
    assert ghana.driver_is_new_data
    assert ghana.driver_points > 0
    assert ghana.places is not None
    assert ghana.places >= 0
    others = [move for move in found.moves if move.points and move.row.code != "GHA"]
    assert others == []
    html = analyst.get(f"/runs/{later.pk}/").content.decode()
    assert f"from run {run.pk} to run {later.pk}" in html
    assert "Ghana" in html
    assert analyst.get(f"/runs/{run.pk}/?to={later.pk}").status_code == 200
    assert analyst.get(f"/runs/{later.pk}/?to={later.pk}").status_code == 400
    assert analyst.get("/runs/999999/").status_code == 404
    listed = analyst.get("/runs/").content.decode()
    assert listed.index(f"Run {later.pk}<") < listed.index(f"Run {run.pk}<")


def test_a_changed_model_is_told_from_changed_data() -> None:
    table = read()
    heavier = tuple(dataclasses.replace(r, weight=9) if r.key == "cpi" else r for r in table.criteria if r.key != "gni")
    changed = dataclasses.replace(table, criteria=heavier, rho=0.5)
    assert model_changes(table, table) == []
    assert model_changes(table, changed) == [
        "rho is 0.5, was 0.25.",
        "GNI per capita is gone.",
        "Corruption Perceptions Index: weight 9, was 6.",
    ]


def test_a_replay_says_identical_also_after_later_publications(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    response = analyst.post(f"/runs/{run.pk}/replay/", follow=True)
    assert response.redirect_chain == [(f"/runs/{run.pk}/", 302)]
    assert "identical bit for bit" in response.content.decode()
    assert analyst.post("/runs/999999/replay/").status_code == 404
    assert analyst.get(f"/runs/{run.pk}/replay/").status_code == 405
