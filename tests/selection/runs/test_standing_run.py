"""The ranking in force, changes caused only by another day, and a ranking as known on a past day."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cpc.api.run_once import new_key
from indicators.models import Country
from indicators.observations.as_of import REVISED_FILES
from selection.countries.queries.screen import history
from selection.demo import AS_OF, load_screen
from selection.method.queries.run_figures import newest_run_on
from selection.model_definition.criteria_table import ModelTable
from selection.models import CountryScore, ScoreRun
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import compare
from selection.run_comparison.queries.time_alone import time_alone
from selection.runs import services as runs_services
from selection.runs.presenters import COMPLETE_REPORT
from selection.runs.queries.observations_in_use import in_use
from selection.runs.queries.stored_runs import (
    beside_by_day,
    newest_run,
    run_before,
    since,
)
from selection.scoring_inputs.question import Beside
from selection.tasks import follow_today
from tests.support.fragments import fragment_text
from tests.support.rankings import publish_values, value
from tests.support.replaying import decisions_go_on
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db

NEXT_YEAR = dt.date(timezone.now().year + 1, 1, 1)


def test_the_first_ranking_is_of_a_fixed_day_and_a_later_start_leaves_it(ranking: ScoreRun) -> None:
    assert load_screen(lambda _done, _total: None) == ""
    assert ScoreRun.objects.get() == ranking
    assert dt.date(2026, 11, 29) == AS_OF


def test_new_year_alone_moves_no_rank_but_a_new_run_shows_its_effect(ranking: ScoreRun) -> None:
    assert not since(ranking, ranking.reference_date).time
    assert since(ranking, NEXT_YEAR).time
    assert not since(ranking, NEXT_YEAR).anything
    later = runs_services.follow_the_day(today=NEXT_YEAR)
    assert later is not None
    assert (later.reference_date, later.created_by, later.inputs["beside"]) == (NEXT_YEAR, None, "day")
    assert newest_run() == ranking
    assert beside_by_day(ranking) == later
    assert runs_services.follow_the_day(today=NEXT_YEAR + dt.timedelta(days=1)) is None  # nothing else moved since
    found = time_alone(compare(later, ranking))
    assert found is not None
    assert (found.before, found.after) == (ranking, later)
    assert found.aged > 100
    assert all(moved.criterion for moved in found.moved if moved.is_age)
    told = fragment_text("run_comparison/_time_alone.html", time=found)
    assert f"{found.aged:,} values are a year older or more" in told
    assert told.count("older, so the trend moves it further.") == sum(moved.is_age for moved in found.moved)


def test_the_clock_computes_nothing_where_the_day_changes_nothing(ranking: ScoreRun) -> None:
    assert follow_today() is None
    assert ScoreRun.objects.get() == ranking


def test_only_recomputing_the_ranking_moves_it(office: Office, tmp_path: Path) -> None:
    first = newest_run()
    assert first is not None
    back = runs_services.look_back(actor=office.analyst, on=dt.date(2026, 2, 1))
    runs_services.follow_the_day(today=NEXT_YEAR)
    assert newest_run() == first
    asked = runs_services.compute_screen(actor=office.analyst, on=NEXT_YEAR)
    assert newest_run() == asked
    assert run_before(asked) == first
    assert run_before(back) == first
    older = runs_services.compute_screen(actor=office.analyst, as_of=first.as_of, on=ON)
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    newer = runs_services.compute_screen(actor=None)
    runs_services.compute_screen(actor=None, as_of=older.as_of, on=NEXT_YEAR + dt.timedelta(days=2))
    assert newest_run() == newer


def test_an_edition_that_came_out_meanwhile_is_no_matter_of_time_alone(
    ranking: ScoreRun, analyst: Client, tmp_path: Path
) -> None:
    """Compare days around September, when the Labor Department's findings on the year before start to count."""
    codes = set(ranking.countries.filter(rank__in=(3, 6)).values_list("country__code", flat=True))
    judged = ranking.countries.values_list("country__code", flat=True).order_by("country__code")
    levels = {code: "No Advancement" if code in codes else "Moderate Advancement" for code in judged}
    rows = [value("ilab.advancement", code, "2025", level) for code, level in levels.items()]
    publish_values(tmp_path / "findings", rows, edition="2025", name="findings", out=None)
    before = runs_services.compute_screen(actor=None, on=dt.date(2026, 8, 1))
    after = runs_services.compute_screen(actor=None, on=dt.date(2026, 11, 1), beside=Beside.DAY)
    found = compare(before, after)
    assert {move.row.code for move in found.moves if move.cause is Cause.DATA} == codes
    assert time_alone(found) is None
    text = " ".join(analyst.get(f"/runs/{after.pk}/?to={before.pk}").text.split())
    assert "What changed only because time passed" not in text
    assert "The data differ; the decisions on the pool and the model are the same." in text
    assert f"run {after.pk} what was published by" in text


def test_runs_that_differ_beyond_the_day_have_other_causes(office: Office, tmp_path: Path) -> None:
    first = newest_run()
    assert first is not None
    decisions_go_on(office.analyst, office.approver)
    assert since(first).pool
    decided = runs_services.compute_screen(actor=None, on=NEXT_YEAR)
    assert time_alone(compare(first, decided)) is None
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    assert time_alone(compare(first, runs_services.compute_screen(actor=None, on=NEXT_YEAR))) is None
    assert time_alone(compare(first, first)) is None


@pytest.mark.parametrize(
    ("on", "as_of", "code"),
    [(NEXT_YEAR, None, "future"), (dt.date(2001, 1, 1), None, "too_early"), (ON, 10**6, "as_of")],
)
def test_day_without_data_is_rejected(office: Office, on: dt.date, as_of: int | None, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        runs_services.look_back(actor=office.analyst, on=on, as_of=as_of)
    (error,) = (error for errors in refused.value.error_dict.values() for error in errors)
    assert error.code == code


def test_a_look_back_takes_over_no_page(ranking: ScoreRun, analyst: Client) -> None:
    """A run on a past day uses older editions; the method and the sources still show the current run."""
    before = in_use(None)
    back = runs_services.look_back(actor=None, on=dt.date(2026, 2, 1))
    table = ModelTable.from_dict(ranking.table)
    assert newest_run_on(table) == newest_run() == ranking
    assert in_use(None) is in_use(back.as_of) is before
    assert f"/runs/compare/?one={back.pk}&amp;other={ranking.pk}" not in analyst.get("/ranking/").text
    assert analyst.get("/method/").context["run"] == ranking
    assert f"Run {ranking.pk}</a>" in analyst.get("/").text
    listed = analyst.get("/runs/").text
    assert "Published by Feb 1, 2026" in " ".join(re.sub("<[^>]*>", "", listed).split())
    assert f'href="/runs/compare/?one={back.pk}&amp;other={ranking.pk}">Compare with run {ranking.pk}</a>' in listed
    assert [one.run for one in history(Country.objects.get(code="GHA"))] == [ranking, back]
    assert "a look back, as known on Feb 1, 2026" in analyst.get("/countries/GHA/").text


def test_an_analyst_computes_the_ranking_as_known_on_a_day(ranking: ScoreRun, analyst: Client) -> None:
    page = analyst.get("/runs/as-known/").text
    assert COMPLETE_REPORT in page
    assert COMPLETE_REPORT in analyst.get("/method/").text
    assert "at least 95% of them" in COMPLETE_REPORT
    assert REVISED_FILES in page
    assert "A value counts as published from the second year after the year that it describes." in page
    sent = {"on": "2026-02-01", "as_of": "", "idempotency_key": new_key()}
    first, second = (analyst.post("/runs/as-known/", sent) for _ in range(2))
    run = ScoreRun.objects.exclude(pk=ranking.pk).get()
    assert first.headers["Location"] == second.headers["Location"] == f"/runs/{run.pk}/"
    assert (run.reference_date, run.inputs["beside"]) == (dt.date(2026, 2, 1), "look_back")
    assert newest_run() == ranking
    shown = analyst.get(f"/runs/{run.pk}/").text
    assert "As known on Feb 1, 2026" in shown
    assert REVISED_FILES in shown
    assert "as published by" in shown
    assert "TIP Report of 2025" in shown
    assert "As known on Feb 1, 2026" in analyst.get("/runs/").text
    refused = analyst.post("/runs/as-known/", {**sent, "on": "2001-01-01", "idempotency_key": new_key()})
    assert refused.status_code == 422
    assert "None of the loaded TIP Reports was published by Jan 1, 2001" in refused.text


def test_the_pages_of_runs_lead_to_what_time_alone_changed(ranking: ScoreRun, analyst: Client) -> None:
    later = runs_services.follow_the_day(today=NEXT_YEAR)
    assert later is not None
    listed = analyst.get("/runs/").text
    assert f"/runs/{later.pk}/?to={ranking.pk}#changes" in listed
    assert "is stored as well and shows what a later date changes" in listed
    text = analyst.get(f"/runs/{later.pk}/?to={ranking.pk}").text
    assert "What changed only because time passed," in text
    assert "a year older or more" in text
    assert f'href="/ranking/">run {ranking.pk}' in text


def test_a_country_that_lacks_fresh_evidence_is_provisional_by_another_day(ranking: ScoreRun) -> None:
    """Surveys of 2019 and 2020 are too old for a rank from 2036 on."""
    old = runs_services.compute_screen(actor=None, on=dt.date(2040, 1, 1), beside=Beside.DAY)
    ghana = CountryScore.objects.get(run=old, country__code="GHA")
    assert (ghana.status, ghana.rank) == ("provisional", None)
    found = time_alone(compare(ranking, old))
    assert found is not None
    assert "Ghana" in {move.name for move in found.pool}
