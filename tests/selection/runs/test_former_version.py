"""Runs of an earlier version of the model: their version on pages, and a country's rank by it; two presses at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.permissions import Role
from selection.model_definition.criteria_table import read
from selection.models import ScoreRun, ScoringModel
from selection.reference_data import FORMER_MODELS
from selection.runs.queries.former_version import former_rank, former_run
from selection.runs.queries.stored_runs import newest_run
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen
from tests.selection.pool.test_pool_race import together
from tests.support.accounts import make_account
from tests.support.rankings import publish_values, value
from tests.support.scenarios import stored_scenario

VERSION = "version 3 of the model"


def text_of(client: Client, url: str) -> str:
    html = re.sub(r"(?s)<(script|style|svg).*?</\1>", "", client.get(url).content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def both(run: ScoreRun) -> tuple[ScoreRun, ScoreRun]:
    """Return the ranking by version 3, then the one by version 4 that pages show first, on the same data."""
    former = compute_screen(actor=None, on=run.reference_date, table=read(FORMER_MODELS[-1]))
    return former, compute_screen(actor=None, on=run.reference_date + dt.timedelta(days=1))


def test_country_links_its_rank_by_the_previous_version(both: tuple[ScoreRun, ScoreRun], analyst: Client) -> None:
    former, newest = both
    assert former_run(newest) == former
    row = ranking_of(former).row("GHA")
    found = former_rank(newest, "GHA")
    assert row is not None
    assert found is not None
    assert found.text == f"{row.rank} in version 3"
    text = text_of(analyst, "/countries/GHA/")
    assert f"By the version of the model before, {found.text} ." in text
    assert "Why Ghana moved" in text_of(analyst, found.url)


def test_later_data_are_noted_beside_the_rank(both: tuple[ScoreRun, ScoreRun], tmp_path: Path) -> None:
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "80", error="2.5")], edition="2026")
    found = former_rank(compute_screen(actor=None), "GHA")
    assert found is not None
    assert found.text.endswith(" in version 3, on earlier data")


def test_country_ranked_by_one_version_only_is_marked(both: tuple[ScoreRun, ScoreRun]) -> None:
    """Malta has no rank in either, so that nothing is there to explain."""
    assert former_rank(both[1], "MLT") is None


def test_without_an_earlier_version_on_the_same_data_nothing_is_shown(run: ScoreRun, analyst: Client) -> None:
    compute_screen(actor=None, on=run.reference_date + dt.timedelta(days=1))
    newest = newest_run()
    assert newest is not None
    assert former_run(newest) is None
    assert former_rank(newest, "GHA") is None
    assert "By the version of the model before" not in text_of(analyst, "/countries/GHA/")


def test_only_a_run_of_an_earlier_version_is_marked(
    both: tuple[ScoreRun, ScoreRun], run: ScoreRun, analyst: Client
) -> None:
    former, newest = both
    assert VERSION in text_of(analyst, f"/ranking/?run={former.pk}")
    for url in ("/ranking/", f"/ranking/?run={run.pk}"):
        assert "of the model, ages" not in text_of(analyst, url)
        assert VERSION not in text_of(analyst, url).split("Find")[0]
    for number in (former.pk, newest.pk):
        assert f"cpc-default {3 if number == former.pk else 4}" in text_of(analyst, f"/runs/{number}/")
    listed = text_of(analyst, "/runs/")
    assert "cpc-default 3" in listed
    assert "cpc-default 4" in listed


def test_scenario_names_its_version(both: tuple[ScoreRun, ScoreRun], client: Client) -> None:
    former, newest = both
    person = make_account(Role.ANALYST, username="asker")
    client.force_login(person)
    assert stored_scenario(person).run_id == newest.pk
    for query in ("", f"?run={former.pk}"):
        assert f"Run {newest.pk}, version 4, " in text_of(client, f"/ranking/what-if/{query}")


def test_the_ranking_folds_what_it_changed(both: tuple[ScoreRun, ScoreRun], analyst: Client) -> None:
    former, newest = both
    text = text_of(analyst, "/ranking/")
    assert f"What changed since run {former.pk}." in text
    assert "The model changed as well, from version 3 to version 4." in text
    assert f"What changed since run {former.pk}." not in text_of(analyst, f"/ranking/?run={newest.pk - 1}")


@pytest.mark.world("ranking")
def test_two_presses_at_once_give_one_run(transactional_db: None) -> None:
    before = set(ScoreRun.objects.values_list("pk", flat=True))
    day = timezone.now().date() - dt.timedelta(days=2)
    made: list[int] = []
    calls: list[Callable[[], object]] = [lambda: made.append(compute_screen(actor=None, on=day).pk) for _ in range(2)]
    assert together(calls) == ["", ""]
    assert len(set(made)) == 1
    assert len(set(ScoreRun.objects.values_list("pk", flat=True)) - before) == 1


def test_the_comparison_of_versions_leads_to_why_each_country_moved(
    both: tuple[ScoreRun, ScoreRun], analyst: Client
) -> None:
    former, newest = both
    version = ScoringModel.objects.get(table_hash=newest.table_hash)
    link = f"?one={former.pk}&amp;other={newest.pk}"
    assert link in analyst.get(reverse("model-compare", args=[version.pk])).content.decode()
