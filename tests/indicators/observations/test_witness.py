"""Second source for a tier: compared with the first, shown with its locator, and never scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from indicators.facts.reader import read_package
from indicators.models import Observation
from indicators.observations.witness import (
    Remaining,
    WitnessVerdict,
    remaining,
    verdict,
    witness_of,
)
from indicators.sources.world_factbook_fields import NEITHER_LIST, NOT_LISTED
from tests.support.accounts import make_account
from tests.support.facts import Fact, write_package
from tests.support.pages import published, tiers

WITNESS = "factbook.tip_tier"


@pytest.mark.parametrize(
    ("tier", "stated", "expected"),
    [
        ("Tier 3", "Tier 3", WitnessVerdict.CONFIRMS),
        ("Special Case", "Special Case", WitnessVerdict.CONFIRMS),
        ("Tier 3", "Tier 2 Watch List", WitnessVerdict.CONTRADICTS),
        ("Tier 2", "Tier 2 Watch List", WitnessVerdict.CONTRADICTS),
        ("Tier 1", NOT_LISTED, WitnessVerdict.NARROWS),
        ("Tier 2", NOT_LISTED, WitnessVerdict.NARROWS),
        ("Tier 2 Watch List", NOT_LISTED, WitnessVerdict.CONTRADICTS),
        ("Special Case", NOT_LISTED, WitnessVerdict.CONTRADICTS),
        ("Special Case", NEITHER_LIST, WitnessVerdict.NARROWS),
        ("Tier 3", NEITHER_LIST, WitnessVerdict.CONTRADICTS),
    ],
)
def test_what_a_statement_means_for_a_tier(tier: str, stated: str, expected: WitnessVerdict) -> None:
    assert verdict(tier, stated) is expected


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (
            Remaining("2025", 188, 49, 0, {NOT_LISTED: 115}),
            "The World Factbook confirms 49 of the 188 tiers of 2025, and differs on none; only the step between Tier "
            "1 and Tier 2 is unconfirmed for all 115 countries whose tiers rest on one third-party list.",
        ),
        (
            Remaining("2025", 188, 49, 2, {NOT_LISTED: 112, "": 3}),
            "The World Factbook confirms 49 of the 188 tiers of 2025, and differs on 2; only the step between Tier 1 "
            "and Tier 2 is unconfirmed for 112 of the 115 countries whose tiers rest on one third-party list, and the "
            "tier is unconfirmed for the other 3.",
        ),
        (
            Remaining("2026", 188, 0, 0, {"": 188}),
            "No second publisher states the tiers of 2026; the tier is unconfirmed for all 188 countries whose tiers "
            "rest on one third-party list.",
        ),
        (Remaining("2023", 186, 0, 0, {}), ""),
    ],
)
def test_what_remains_unconfirmed_is_one_true_sentence(counted: Remaining, sentence: str) -> None:
    assert counted.sentence == sentence


# --- a small world -----------------------------------------------------------------------------------------------

GHANA, CHAD, NIGER, ALBANIA = "GHA", "TCD", "NER", "ALB"


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Path:
    """Publish unconfirmed tiers of 2025: confirmed, narrowed, contradicted, and without a second source."""
    settings.MEDIA_ROOT = tmp_path / "files"
    rows = [(GHANA, "Ghana", "Tier 2"), (CHAD, "Chad", "Tier 3"), (NIGER, "Niger", "Tier 2"), (ALBANIA, "", "Tier 1")]
    published(tmp_path / "tiers", tiers(*rows, year=2025, flag="one third-party list only"))
    return tmp_path


def state(folder: Path, *facts: tuple[str, str], edition: str = "2026") -> None:
    """Publish statements of the Factbook for 2025."""
    rows: list[Fact] = [(WITNESS, code, "2025", label) for code, label in facts]
    package = write_package(
        folder / edition,
        source="world_factbook",
        adapter="world_factbook",
        name=f"factbook_{edition}.zip",
        edition=edition,
        rank=int(edition) * 10_000,
        facts=rows,
    )
    read_package(package, actor=None)


def tier(code: str) -> Observation:
    return Observation.objects.live().get(indicator__code="tip.tier", country__code=code)


@pytest.fixture
def witnessed(world: Path) -> Path:
    state(world, (GHANA, NOT_LISTED), (CHAD, "Tier 3"), (NIGER, "Tier 2 Watch List"))
    return world


def test_a_witness_changes_neither_value_nor_quality(world: Path) -> None:
    before = list(Observation.objects.filter(indicator__code="tip.tier").order_by("pk").values())
    state(world, (GHANA, NOT_LISTED), (CHAD, "Tier 3"), (NIGER, "Tier 2 Watch List"))
    assert list(Observation.objects.filter(indicator__code="tip.tier").order_by("pk").values()) == before


def test_each_verdict_has_a_description(witnessed: Path) -> None:
    texts = {code: (found := witness_of(tier(code))) and found.text for code in (GHANA, CHAD, NIGER, ALBANIA)}
    assert texts == {
        GHANA: "Tier 1 or 2 according to the Factbook",
        CHAD: "Confirmed by the Factbook",
        NIGER: "The Factbook differs: Tier 2 Watch List",
        ALBANIA: None,
    }


def test_later_witness_edition_counts_without_changing_the_past(witnessed: Path) -> None:
    state(witnessed, (NIGER, "Tier 2 Watch List"), (CHAD, NOT_LISTED), edition="2027")
    chad = tier(CHAD)
    now, then = witness_of(chad), witness_of(chad, as_of=2)
    assert now is not None
    assert then is not None
    assert (now.verdict, then.verdict) == (WitnessVerdict.CONTRADICTS, WitnessVerdict.CONFIRMS)
    assert (now.statement.edition, then.statement.edition) == ("2027", "2026")
    assert witness_of(chad, as_of=1) is None


def test_the_data_page_states_what_remains_unconfirmed(witnessed: Path, client: Client) -> None:
    client.force_login(make_account(Role.VIEWER))
    counted = remaining()
    assert counted == Remaining("2025", 4, 1, 1, {NOT_LISTED: 1, "": 2})
    for url in (reverse("sources"), reverse("source", args=["tip"])):
        assert counted.sentence in client.get(url).content.decode()
    assert "No second publisher states" in client.get(reverse("sources") + "?as_of=1").content.decode()


def test_the_page_of_a_tier_leads_to_the_statement_and_its_cell(witnessed: Path, client: Client) -> None:
    client.force_login(make_account(Role.VIEWER))
    page = client.get(reverse("observation", args=[tier(GHANA).pk])).content.decode()
    statement = Observation.objects.live().get(indicator__code=WITNESS, country__code=GHANA)
    for expected in (
        "Second witness",
        "Tier 1 or 2 according to the Factbook",
        "Central Intelligence Agency",
        "factbook_2026.zip",
        statement.locator,
        statement.file.sha256,
        reverse("observation", args=[statement.pk]),
    ):
        assert expected in page
    assert "Second witness" not in client.get(reverse("observation", args=[tier(ALBANIA).pk])).content.decode()
    assert "Second witness" not in client.get(reverse("observation", args=[statement.pk])).content.decode()


def test_rest_shows_it_beside_the_quality(witnessed: Path, client: Client) -> None:
    client.force_login(make_account(Role.ANALYST))
    rows = client.get("/api/v1/observations/?indicator=tip.tier").json()["results"]
    found = {row["country"]["code"]: row for row in rows}
    assert {code: row["second_witness"] and row["second_witness"]["verdict"] for code, row in found.items()} == {
        GHANA: "narrows",
        CHAD: "confirms",
        NIGER: "contradicts",
        ALBANIA: None,
    }
    assert {row["quality"] for row in rows} == {"unconfirmed"}
    one = client.get(f"/api/v1/observations/{found[GHANA]['id']}/").json()["second_witness"]
    assert one == found[GHANA]["second_witness"]
    assert (one["text"], one["label"]) == ("Tier 1 or 2 according to the Factbook", NOT_LISTED)
    assert one["provenance"]["file"]["name"] == "factbook_2026.zip"
    assert client.get(f"/api/v1/observations/{one['observation']}/").json()["second_witness"] is None
    then = client.get("/api/v1/observations/?indicator=tip.tier&as_of=1").json()["results"]
    assert {row["second_witness"] for row in then} == {None}


def test_the_lists_of_tiers_are_read_with_one_query_more(
    witnessed: Path, client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(make_account(Role.ANALYST))
    query = "/api/v1/observations/?indicator=tip.tier"
    # Two of the session, number, filter, indicators of the page, keys, indicators again, rows, confirmations, witness,
    # and date.
    with django_assert_num_queries(11):
        client.get(query)


# --- the facts that ship -----------------------------------------------------------------------------------------


def test_a_fresh_clone_shows_the_witness_of_every_tier_of_2025(facts: None, client: Client) -> None:
    counted = remaining()
    assert counted == Remaining("2025", 188, 49, 0, {NOT_LISTED: 115})
    ghana = tier_of_2025("GHA")
    assert (ghana.label, ghana.quality) == ("Tier 2", "unconfirmed")
    witness = witness_of(ghana)
    assert witness is not None
    assert (witness.text, witness.statement.file.name) == (
        "Tier 1 or 2 according to the Factbook",
        "factbook_2026_final.zip",
    )
    assert witness.statement.locator == "world/xx.json > Transnational Issues > Trafficking in persons > tier rating"
    client.force_login(make_account(Role.ANALYST))
    page = client.get(reverse("country", args=["GHA"])).content.decode()
    assert "Tier 1 or 2 according to the Factbook" in page
    assert reverse("observation", args=[witness.statement.pk]) in page
    assert "Confirmed by the Factbook" in client.get(reverse("country", args=["BOL"])).content.decode()


def tier_of_2025(code: str) -> Observation:
    return Observation.objects.live().get(indicator__code="tip.tier", country__code=code, period="2025")


def test_the_factbook_contradicts_one_tier_of_2015(facts: None) -> None:
    rows = Observation.objects.live().filter(indicator__code="tip.tier", period="2015").select_related("indicator")
    differs = [row.country.code for row in rows if (w := witness_of(row)) and w.verdict is WitnessVerdict.CONTRADICTS]
    assert differs == ["THA"]
