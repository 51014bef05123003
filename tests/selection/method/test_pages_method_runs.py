"""Pages of the method, the list of runs, a comparison of two runs, and the replay."""

from __future__ import annotations

import dataclasses
import datetime as dt
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from scipy.stats import beta, rankdata, spearmanr  # type: ignore[import-untyped]  # scipy ships no types

from cpc.accounts.permissions import Role
from selection.method.queries.run_figures import figures, share_drawn
from selection.model_definition.criteria_table import read
from selection.model_versions.queries import criteria as criteria_queries
from selection.model_versions.services import adoptions as adoptions_services
from selection.models import ScoreRun
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import compare
from selection.run_comparison.queries.model_changes import model_changes
from selection.runs.rows import neighbors_of, ranking_of
from selection.runs.services import compute_screen
from tests.support.accounts import make_account
from tests.support.criteria import unanswered
from tests.support.models import shipped
from tests.support.rankings import publish_values, value


def test_weights_of_the_method_page_add_up(run: ScoreRun) -> None:
    entries = criteria_queries.entries(read(), ranking_of(run))
    assert sum(entry.screen or 0 for entry in entries) == pytest.approx(100)
    assert sum(entry.full for entry in entries) == pytest.approx(100)
    known = {entry.row.key: entry.known for entry in entries}
    assert known["tier"] == pytest.approx(34 / 35)  # all but the Special Case
    assert known["prevalence"] == pytest.approx(34 / 35)
    assert known["child_labour"] == pytest.approx(33 / 35)
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


def test_the_hashes_of_table_and_model_are_distinguished_on_both_pages(run: ScoreRun, analyst: Client) -> None:
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
        rho, count = criteria_queries.spearman(x, y)
        assert count == both.sum()
        assert rho == pytest.approx(spearmanr(x[both], y[both]).statistic, abs=1e-12)
    assert criteria_queries.spearman(np.ones(30), np.arange(30.0)) == (None, 30)
    assert criteria_queries.spearman(np.arange(5.0), np.arange(5.0)) == (None, 5)


def test_a_run_is_compared_with_the_one_before(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    later = compute_screen(actor=None)
    found = compare(later, run)
    assert (found.before, found.after) == (run, later)
    assert [p.seq for p in found.publications] == [later.as_of]
    assert found.model == ()
    ghana = next(move for move in found.moves if move.row.code == "GHA")
    assert ghana.main is not None
    assert (ghana.main.key, ghana.main.cause) == ("cpi", Cause.DATA)
    assert ghana.points is not None
    assert ghana.main.points == pytest.approx(ghana.points)  # the points of the other axis are not moved by it
    assert ghana.points > 0
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


def test_gaining_or_losing_a_rank_differs_from_rising_or_falling(
    run: ScoreRun, analyst: Client, tmp_path: Path
) -> None:
    rows = [
        value("unicef.child_labour_activity_or_chores", "ALB", "2020", "4.5"),
        value("tip.tier", "GHA", "2026", "Tier 3"),
    ]
    listed = ("ranked", "provisional", "outside_pool", "not_rankable")
    codes = run.countries.filter(status__in=listed).exclude(country__code="GHA")
    rows += [value("tip.tier", code, "2026", "Tier 2") for code in codes.values_list("country__code", flat=True)]
    publish_values(tmp_path / "later", rows, edition="2026")
    found = compare(run, compute_screen(actor=None))
    assert {move.row.code for move in found.gained} == {"ALB", "TCD", "HTI"}  # a survey; no longer outside the pool
    assert {move.status_label for move in found.gained} == {"Newly ranked"}
    assert found.first == 20
    assert found.has_chances
    assert all(move.places is not None for move in found.regrouped)
    lost = {move.row.code: move.status_label for move in found.lost}
    assert lost == {"GHA": "No longer ranked: outside the pool"}
    html = analyst.get(f"/runs/{found.after.pk}/").content.decode()
    assert "3 gain one:" in html
    assert "1 loses a rank:" in html
    assert "In the first 20" in html


def test_method_page_describes_the_result_of_each_step(run: ScoreRun, analyst: Client, reviewer: Client) -> None:
    html = unescape(analyst.get("/method/").content.decode())
    scores = list(run.countries.all())
    ranked = [score for score in scores if score.status == "ranked"]
    pool = [score for score in scores if score.status in ("ranked", "provisional", "not_rankable")]
    outside = [score for score in scores if score.status == "outside_pool"]
    inside = sum(score.group == "in" for score in ranked)
    for text in (
        f"The desk screen orders {len(ranked)} countries",
        f"{len(pool)} of {len(pool) + len(outside)} listed countries are in the pool.",
        f"{inside} countries are firmly in, ",
        "prevalence (30%), child labor (30%), child marriage (20%) and births not registered (20%)",
        "need from 0 to 85 and feasibility from 33 to 85",
        "Need's share of the score is 29% to 71% in 90% of the draws.",
        "1,152 designs",
        "A country is outside if the newest complete TIP Report names it Tier 3.",
        "E2: Child labor measured, or bridged from a sister series, within 15 years.",
        "Measured when version 4 was built",
        "In 90.5% of cases over 40 worlds",
        "The World Bank and UNICEF revise past years",
        "What the list cannot show",
        "Choices act together, so shares add up to more than 100%.",
    ):
        assert text in html, text
    assert f"/runs/{run.pk}/" in html
    others = unescape(reviewer.get("/method/").content.decode())
    assert f"/runs/{run.pk}/" not in others
    for score in ranked:
        assert f">{score.country.name}<" not in others  # to who sees no ranking, it counts countries and names none


def test_figures_of_the_method_are_those_of_the_run(run: ScoreRun) -> None:
    found = figures(run)
    ranked = list(run.countries.filter(rank__isnull=False).order_by("rank"))
    need = np.array([score.need for score in ranked])
    total = np.array([score.score for score in ranked])
    assert found.with_need == pytest.approx(spearmanr(total, need).statistic, abs=1e-12)
    lines = [{line["key"]: line for line in score.lines} for score in ranked]
    u = {key: np.array([line[key]["u"] for line in lines]) for key in ("child_labour", "marriage", "births")}
    rest = (21 * u["child_labour"] + 14 * u["marriage"] + 14 * u["births"]) / 49
    change = np.abs(rankdata(-rest) - rankdata(-need)).mean()
    prevalence = next(one for one in found.left_out if one.row.key == "prevalence")
    assert prevalence.change == pytest.approx(change, abs=1e-9)
    pairs = run.result["drawn"]["pairs"]
    assert neighbors_of(pairs)[1] == pytest.approx(float(np.median([pairs[i][i + 1] for i in range(len(pairs) - 1)])))
    assert found.cells == sum("estimate" in line for score in ranked for line in score.lines)
    assert sum(row.ranked for row in found.regions) <= found.ranked == len(ranked)
    low, high = share_drawn(read()) or (0.0, 1.0)
    assert (low, high) == pytest.approx((beta.ppf(0.05, 7.5, 7.5), beta.ppf(0.95, 7.5, 7.5)), abs=1e-4)


def test_method_page_names_who_adopted_the_version(run: ScoreRun, analyst: Client) -> None:
    approver = make_account(Role.APPROVER)
    day = (shipped().published_at or dt.datetime.now(dt.UTC)).date()
    why = "It is what the office agreed."
    adoptions_services.adopt_model(
        model=shipped(), reason=why, document="Memo 7", adopted_on=day, actor=approver, unanswered=unanswered()
    )
    html = unescape(analyst.get("/method/").content.decode())
    assert "The office adopted this version on" in html
    assert "It is what the office agreed." in html
    assert "illustrative until" not in html.split("On this page")[0].replace(read().note, "")


def test_a_changed_model_is_distinguished_from_changed_data() -> None:
    table = read()
    heavier = tuple(dataclasses.replace(r, weight=9) if r.key == "cpi" else r for r in table.criteria if r.key != "gni")
    changed = dataclasses.replace(table, criteria=heavier, rho=0.5)
    assert model_changes(table, table) == []
    assert model_changes(table, changed) == [
        "rho is 0.5, was 0.25.",
        "GNI per capita was removed.",
        "Corruption Perceptions Index: weight 9, was 6.",
    ]
    method = {**(table.method or {}), "first": 15, "rules": list((table.method or {})["rules"])[1:]}
    other = dataclasses.replace(table, method=method, aggregation="arithmetic")
    assert model_changes(table, other) == [
        "Mean of need and feasibility: arithmetic, was geometric.",
        "How many are the first: 15, was 20.",
        "Evidence “Prevalence published in at least one of the two newest editions” was removed.",
    ]


def test_replay_stays_identical_after_later_publications(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    response = analyst.post(f"/runs/{run.pk}/replay/", follow=True)
    assert response.redirect_chain == [(f"/runs/{run.pk}/", 302)]
    assert "identical bit for bit" in response.content.decode()
    assert analyst.post("/runs/999999/replay/").status_code == 404
    assert analyst.get(f"/runs/{run.pk}/replay/").status_code == 405
