"""Changes since a run: a run is out of date only if another run would use the new data."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from indicators.models import Publication
from selection.models import ScoreRun
from selection.runs.queries.stored_runs import since
from tests.support.pages import a_narrative
from tests.support.rankings import Value, publish_values, value


def test_a_narrative_of_an_old_report_makes_no_ranking_old(
    run: ScoreRun, analyst: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    a_narrative(tmp_path / "narrative")
    assert Publication.objects.filter(seq__gt=run.as_of).exists()
    assert not since(run).anything
    assert "does not count the newest data" not in analyst.get("/ranking/").content.decode()


@pytest.mark.parametrize(
    ("what", "makes_old"),
    [
        (value("cpi.score", "GHA", "2025", "80", error="2.5"), True),  # the value that counts
        (value("cpi.score", "GHA", "2015", "44", error="2.5"), False),  # an older one than that
        (value("tip.tier", "AND", "2025", "Tier 2"), True),  # a country that was not listed
        (value("fh.total", "GHA", "2024", "80"), True),  # shown beside the score
        (value("fh.a", "GHA", "2024", "10"), False),  # read by no criterion
    ],
)
def test_only_values_that_another_run_would_take_make_a_ranking_old(
    run: ScoreRun, analyst: Client, tmp_path: Path, what: Value, makes_old: bool
) -> None:
    publish_values(tmp_path / "later", [what], edition="2026")
    assert since(run).publications == int(makes_old)
    assert ("does not count the newest data" in analyst.get("/ranking/").content.decode()) is makes_old
