"""Ranking page on the shipped facts, compared with the first list in method.md."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from selection.models import ScoreRun
from tests.selection.ranking.test_pages_ranking import (
    codes,
    get,
    read,
    row_of,
)
from tests.support.accounts import make_account

pytestmark = pytest.mark.world("newcomer")


@pytest.fixture
def reader(newcomer: ScoreRun) -> Client:
    """Sign in a viewer, in addition to the accounts of the demonstration."""
    client = Client()
    client.force_login(make_account(Role.VIEWER, username="reader"))
    return client


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_the_finding_names_the_countries_that_are_in_on_every_reading(newcomer: ScoreRun, reader: Client) -> None:
    text = read(reader)
    assert "5 countries are firmly in the first 20: Tanzania, Nigeria, Madagascar, Zambia and Senegal." in text
    inside, open_, out = (newcomer.countries.filter(group=group).count() for group in ("in", "open", "out"))
    assert (inside, inside + open_ + out) == (5, 81)
    assert f"{out} are firmly out: in the first 20 in under 5% of draws and of methods. {open_} are open" in text
    assert "19 of the first 20 are in Africa. Of all 81 ranked countries, 36 are." in text
    assert "The ranks of countries next to each other in the list cannot be told apart." in text
    assert "Most of the doubt comes from the age of the figures" in text


def test_the_pool_is_counted_by_reason(newcomer: ScoreRun, reader: Client) -> None:
    text = read(reader)
    assert "101 countries are in the pool." in text
    for sentence in ("3 with a partnership in force", "4 Special Cases", "18 on Tier 3", "56 with high income"):
        assert sentence in text
    tabs = re.findall(r"(Ranked|Provisional|Outside the pool|Not rankable)(?: \(bounds only\))? (\d+)", text)
    assert dict(tabs) == {"Ranked": "81", "Provisional": "18", "Outside the pool": "100", "Not rankable": "2"}


def test_rows_name_former_partners_and_what_is_old_or_bridged(newcomer: ScoreRun, reader: Client) -> None:
    html = get(reader, "?show=all")
    partners = {code for code in codes(html) if "Partner " in row_of(html, code)}
    assert partners == {"GHA", "JAM", "MNG", "PER", "PHL"}
    assert "Partner 2015 to 2020" in text_of(row_of(html, "GHA"))
    assert "Survey of 2014: child labor" in text_of(row_of(html, "TZA"))
    moldova = "Child labor from another series; Survey of 2012: child marriage and births not registered"
    assert moldova in text_of(row_of(html, "MDA"))
    assert "Filled from peers: school life expectancy" in text_of(row_of(html, "NGA"))


def test_countries_outside_have_their_place_and_those_without_evidence_say_so(
    newcomer: ScoreRun, reader: Client
) -> None:
    html = get(reader, "?tab=outside&show=all")
    assert "1 would be among the first 20: Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire at rank 11." in text_of(html)
    saudi, ivory = text_of(row_of(html, "SAU")), text_of(row_of(html, "CIV"))
    assert "High income by the World Bank&#x27;s classes." in saudi
    assert "if it had a rank" in saudi
    assert "A partnership is in force" in ivory
    assert "if it had a rank" not in ivory


def test_malaysia_says_which_evidence_it_lacks(newcomer: ScoreRun, reader: Client) -> None:
    row = text_of(row_of(get(reader, "?tab=provisional"), "MYS"))
    assert "No recent value: child labor, child marriage, births not registered" in row
    score = newcomer.countries.get(country__code="MYS")
    assert f"median {score.rank_median}" in row
