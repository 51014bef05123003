"""Changes since a run: a run is out of date only if another run would use the new data."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from cpc.accounts.permissions import Role
from indicators.imports.publishing import retract
from indicators.models import Country, Publication
from selection.models import CountryScore, ScoreRun
from selection.runs.presenters import data_changes
from selection.runs.queries.run_reads import DataChange
from selection.runs.queries.stored_runs import newest_run, since
from tests.support.accounts import make_account
from tests.support.pages import a_narrative
from tests.support.queues import why_for
from tests.support.rankings import Value, publish_values, value
from tests.support.unguarded import owner_rights


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
    found = since(run)
    assert (found.publications, found.anything, bool(found.changes)) == (int(makes_old), makes_old, makes_old)
    assert ("does not count the newest data" in analyst.get("/ranking/").content.decode()) is makes_old


def test_lone_confirmation_offers_a_new_run_on_every_page(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    """A run stores the quality of each tier, so a confirmed tier makes another run although no score moves."""
    pages = ("/ranking/", "/ranking/how-sure/", "/runs/")
    assert CountryScore.objects.get(run=run, country__code="XKX").tier_quality == "unconfirmed"
    publish_values(tmp_path / "later", [value("tip.tier", "XKX", "2025", "Tier 2")], edition="2026")
    found = since(run)
    assert [(one.kind, one.criterion, one.country) for one in found.changes] == [(DataChange.QUALITY, "tier", "XKX")]
    assert found.publications == 1
    for url in pages:
        html = analyst.get(url).content.decode()
        assert "1 is confirmed or marked otherwise." in html, url
        assert "Kosovo, TIP Report tier: Tier 2 (2025) is confirmed" in html, url
        assert html.count("Compute again") == 1, url
    assert "Kosovo, TIP Report tier: Tier 2 (2025) is confirmed" in why_for(analyst, "ranking-compute")
    analyst.post("/ranking/compute/")
    later = newest_run()
    assert later is not None
    assert later.pk != run.pk
    assert later.snapshot_hash == run.snapshot_hash  # no score moves
    assert CountryScore.objects.get(run=later, country__code="XKX").tier_quality == "stated"
    for url in (*pages, "/"):
        assert "Compute again" not in analyst.get(url).content.decode()


def test_change_gives_value_and_year_before_and_now(run: ScoreRun, tmp_path: Path) -> None:
    rows = [
        value("wdi.birth_registration", "GHA", "2023", "70.6"),
        value("cpi.score", "GHA", "2025", "80", error="2.5"),
        value("ilab.advancement", "GHA", "2022", "Minimal Advancement"),
        value("fh.total", "GHA", "2024", "80"),
    ]
    publish_values(tmp_path / "later", rows, edition="2026")
    kinds, *lines = data_changes(since(run))
    assert kinds == "4 values differ."
    assert "Ghana, Birth registration: 50.0 (2020) before, 70.6 (2023) now" in lines
    assert "Ghana, Advancement in eliminating the worst forms of child labor: Moderate Advancement (2022) before, " in (
        " ".join(lines)
    )
    assert lines[-1] == "and 1 more"


def test_a_retracted_publication_is_no_change(run: ScoreRun, tmp_path: Path) -> None:
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "80", error="2.5")], edition="2026")
    batch = Publication.objects.latest("seq").batch
    assert since(run).anything
    retract(batch_id=batch.pk, actor=make_account(Role.ANALYST, username="other"), reason="Another file")
    assert not since(run).anything


def test_a_region_from_the_list_of_countries_is_read_too(run: ScoreRun) -> None:
    assert not since(run).anything
    with owner_rights():
        Country.objects.filter(code="GHA").update(region="Elsewhere")
    assert (since(run).regions, since(run).anything) == (True, True)
