"""Age, coverage, and quality of a source, for its newest edition and for the values in the desk screen."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.observations.catalog import (
    SourceEntry,
    count_states,
    indicators_of,
    source_entry,
)
from indicators.observations.queries import resolve_as_of
from selection.models import ScoreRun
from selection.runs.services import compute_screen
from tests.support.accounts import make_account
from tests.support.facts import publish_facts
from tests.support.pages import published, tiers
from tests.support.rankings import publish_values, value

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
THREE = (("GHA", "Ghana", "Tier 1"), ("CIV", "Ivory Coast", "Tier 2"), ("XKX", "Kosovo", "Tier 2"))
PARTIAL_TIERS = tiers(*THREE, year=2026)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def entry_of(key: str, **more: Any) -> SourceEntry:
    entry = source_entry(key, today=TODAY, **more)
    assert entry is not None
    return entry


def statements(entry: SourceEntry) -> list[tuple[str, str]]:
    return [(statement.label, statement.detail) for statement in entry.freshness]


def body(role: Role, url: str) -> str:
    client = Client()
    client.force_login(User.objects.filter(role=role).first() or make_account(role))
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK
    return " ".join(response.content.decode().split())


def test_a_partial_newer_edition_is_seen_as_what_it_is(ranking: ScoreRun, tmp_path: Path) -> None:
    before = entry_of("tip")
    assert statements(before) == [
        ("Newer edition expected", "Since June 2026"),
        ("35 of 196 countries", ""),
        ("Partly unconfirmed", "17 of 35 values inferred or unconfirmed"),
    ]
    published(tmp_path, PARTIAL_TIERS)
    entry = entry_of("tip")
    assert entry.newest is not None
    assert (entry.newest.label, entry.newest.countries, entry.countries) == ("2026", 3, 35)
    assert statements(entry) == [
        ("Newest", ""),
        ("Partial", "3 of 196 countries; 32 more have a value from an earlier edition"),
        ("None inferred or unconfirmed", ""),
    ]
    in_use = [(statement.label, statement.detail) for statement in entry.in_use]
    assert in_use == [
        ("34 of 35 candidates", "Edition 2025"),
        ("Partly unconfirmed", "17 of 34 values in use"),
        ("Values of 2025", ""),
    ]
    assert [statement.label for statement in entry.pressing] == ["Partial", "Partly unconfirmed"]
    assert ("Partial", 1) in count_states([entry])
    again = compute_screen(actor=None)
    assert again.pk != ranking.pk
    assert [(statement.label, statement.detail) for statement in entry_of("tip").in_use] == in_use


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER])
def test_pages_state_edition_and_use_apart(ranking: ScoreRun, tmp_path: Path, role: Role) -> None:
    published(tmp_path, PARTIAL_TIERS)
    for url in (reverse("sources"), reverse("source", args=["tip"])):
        page = body(role, url)
        for expected in (
            "3 of 196 countries; 32 more have a value from an earlier edition",
            "In use by the desk screen",
            "34 of 35 candidates",
            "Edition 2025",
            "17 of 34 values in use",
            "Values of 2025",
        ):
            assert expected in page, (url, expected)
    assert "The newest edition, 2026, has values for 3 of 196 countries; with earlier editions, 35 have one." in page


def test_values_in_use_are_counted_by_the_newest_edition_that_states_them(ranking: ScoreRun, tmp_path: Path) -> None:
    scores = {row.country.code: row for row in ranking.countries.select_related("country") if row.lines}
    assert len(scores) == 35
    assert entry_of("cpi").in_use[0].detail == "Edition 2025"
    newer = [value("cpi.score", code, "2026", "41", error="2") for code in ("GHA", "XKX")]
    publish_values(tmp_path / "newer", newer, edition="2026", name="newer")
    compute_screen(actor=None)
    entry = entry_of("cpi")
    assert entry.in_use[0].detail == "Values by edition: 2026 for 2, 2025 for 33"
    assert entry.in_use[2].label == "Values of 2025 to 2026"
    assert entry_of("cpi", as_of=resolve_as_of(str(ranking.as_of))).in_use[0].detail == "Edition 2025"


def test_nothing_is_in_use_before_the_first_desk_screen(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2025", facts=[("cpi.score", "GHA", "2025", "43")])
    assert entry_of("cpi").in_use == []
    assert "Newest" in body(Role.VIEWER, reverse("sources"))


def test_an_edition_that_confirms_weak_values_is_as_weak_as_they_are(tmp_path: Path) -> None:
    facts = [("cpi.score", "GHA", "2023", "43"), ("cpi.score", "XKX", "2023", "41")]
    publish_facts(tmp_path, name="a", edition="2023", facts=facts, quality="inferred")
    publish_facts(tmp_path, name="b", edition="2024", facts=facts, quality="inferred")
    entry = entry_of("cpi")
    assert entry.newest is not None
    assert (entry.newest.label, entry.newest.countries) == ("2024", 2)
    assert statements(entry)[2] == ("Partly unconfirmed", "2 of 2 values inferred or unconfirmed")


def test_years_and_counts_are_those_of_values(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2023", facts=[("cpi.score", "GHA", "2019", "43")])
    publish_facts(tmp_path, name="b", edition="2023", facts=[("cpi.score", "XKX", "2023", "41")])
    rows = [("cpi.score", code, year, "") for code in ("NER", "NGA") for year in ("2010", "2025")]
    publish_facts(tmp_path, name="c", edition="2025", facts=rows, missing="not_collected")
    entry = entry_of("cpi")
    assert (entry.years, entry.values, entry.countries) == ("2019 to 2023", 2, 2)
    (indicator,) = [one for one in indicators_of(entry.source) if one.indicator.code == "cpi.score"]
    assert (indicator.newest_period, indicator.values, indicator.countries) == ("2023", 2, 2)
    assert statements(entry)[1][0] == "Partial"
    page = body(Role.ANALYST, reverse("source", args=["cpi"]))
    assert "2019 to 2023" in page
    assert "2010" not in page


def test_a_source_of_missing_rows_only_has_no_years(tmp_path: Path) -> None:
    rows = [("cpi.score", "NER", "2026", "")]
    publish_facts(tmp_path, name="c", edition="2026", facts=rows, missing="not_collected")
    entry = entry_of("cpi")
    assert (entry.years, entry.values, entry.countries) == ("", 0, 0)
    assert "2026" in body(Role.ANALYST, reverse("source", args=["cpi"]))
