"""Pages of recommendations: both editions side by side, and analysts' answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from cpc.accounts.permissions import Role
from indicators.models import Country, RecommendationMatch
from indicators.tip_recommendations.queries import recommendations_of
from tests.support.accounts import make_account
from tests.support.pages import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def of(db: None) -> Callable[[Role], Client]:
    def make(role: Role) -> Client:
        client = Client()
        client.force_login(make_account(role))
        return client

    return make


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


EARLIER = (
    "GHANA (Tier 2)\n"
    "The Government of Ghana does not fully meet the minimum standards; therefore Ghana remained on Tier 2.\n"
    "PRIORITIZED RECOMMENDATIONS:\n"
    "* Train every sample inspector on fishing vessels.\n"
    "* Publish the sample register.\n"
    "* Fund the sample shelters in every region.\n"
    "PROSECUTION\n"
    "The government increased its sample efforts.\n"
)
LATER = EARLIER.replace("every sample inspector on", "sample inspectors to look for children on").replace(
    "* Fund the sample shelters in every region.\n", "* Adopt a sample action plan.\n"
)
URL = "/data/countries/GHA/recommendations/"


@pytest.fixture
def editions(tmp_path: Path) -> Country:
    published(tmp_path, EARLIER, "ghana_2022.txt")
    published(tmp_path, LATER, "ghana_2023.txt")
    return Country.objects.get(code="GHA")


def kinds(country: Country) -> list[tuple[str, str]]:
    (found,) = recommendations_of(country)
    return [(row.kind, row.state) for row in found.rows]


def decide(client: Client, country: Country, number: int, answer: str, revision: str | None = None) -> Any:
    (found,) = recommendations_of(country)
    row = found.rows[number - 1]
    data = {"number": str(number), "revision": revision or row.revision, "answer": answer}
    return client.post(f"{URL}2022-2023/confirm/", data, follow=True)


def test_both_texts_stand_side_by_side_with_what_is_proposed(of: Callable[[Role], Client], editions: Country) -> None:
    assert kinds(editions) == [
        ("reworded", "proposed"),
        ("repeated", "proposed"),
        ("new", "proposed"),
        ("dropped", "proposed"),
    ]
    page = text(of(Role.REVIEWER).get(URL))
    assert "2022 to 2023: 2 again, 1 new, 1 dropped" in page
    assert "Train every sample inspector on fishing vessels." in page
    assert "Train sample inspectors to look for children on fishing vessels." in page
    assert "Confirm" not in page.replace("Confirmed", "")


def test_an_analyst_confirms_corrects_and_the_earlier_word_stays(
    of: Callable[[Role], Client], editions: Country
) -> None:
    client = of(Role.ANALYST)
    assert "Row 1: reworded, confirmed." in text(decide(client, editions, 1, "as-proposed"))
    (found,) = recommendations_of(editions)
    dropped = found.rows[3].older
    assert dropped is not None
    assert "Row 1: reworded" in text(decide(client, editions, 1, f"reworded:{dropped.pk}"))
    assert kinds(editions) == [
        ("reworded", "confirmed"),
        ("repeated", "proposed"),
        ("new", "proposed"),
        ("dropped", "proposed"),
    ]
    assert RecommendationMatch.objects.count() == 2
    current = RecommendationMatch.objects.live().get()
    assert (current.older, str(current.recorded_by)) == (dropped, "TIP Office analyst")
    assert current.replaces is not None
    assert current.replaces.superseded_reason == "Corrected by an analyst"
    decide(client, editions, 1, "new")
    assert kinds(editions)[0] == ("new", "confirmed")


def test_confirming_all_confirms_what_was_seen_and_nothing_else(
    of: Callable[[Role], Client], editions: Country
) -> None:
    client = of(Role.ANALYST)
    (found,) = recommendations_of(editions)
    before = found.revision
    decide(client, editions, 2, "as-proposed")
    stale = client.post(f"{URL}2022-2023/confirm/", {"number": "all", "revision": before}, follow=True)
    assert "Nothing was saved. Review the page" in text(stale)
    (found,) = recommendations_of(editions)
    client.post(f"{URL}2022-2023/confirm/", {"number": "all", "revision": found.revision})
    assert {state for _, state in kinds(editions)} == {"confirmed"}
    assert RecommendationMatch.objects.live().count() == 4


def test_of_two_people_deciding_on_one_row_the_second_sees_the_conflict(
    of: Callable[[Role], Client], editions: Country
) -> None:
    client = of(Role.ANALYST)
    (found,) = recommendations_of(editions)
    opened = found.rows[0].revision
    decide(client, editions, 1, "as-proposed")
    assert "Nothing was saved. Review the page" in text(decide(client, editions, 1, "new", revision=opened))
    assert kinds(editions)[0] == ("reworded", "confirmed")


def test_confirmation_holds_for_a_later_reading_of_the_same_text(
    of: Callable[[Role], Client], editions: Country, tmp_path: Path
) -> None:
    decide(of(Role.ANALYST), editions, 2, "as-proposed")
    published(tmp_path, LATER.replace("increased its sample", "kept up its sample"), "ghana_2023_again.txt")
    assert kinds(editions)[1] == ("repeated", "confirmed")


@pytest.mark.parametrize("answer", ["", "gone", "repeated:0", "repeated:x", "dropped", "as-proposed:1", "new:1"])
def test_an_answer_that_is_none(of: Callable[[Role], Client], editions: Country, answer: str) -> None:
    response = decide(of(Role.ANALYST), editions, 3, answer)
    assert response.status_code == 400
    assert not RecommendationMatch.objects.exists()


@pytest.mark.parametrize("editions_asked", ["2021-2023", "2023-2022", "x", "2022"])
def test_editions_that_do_not_follow_each_other(
    of: Callable[[Role], Client], editions: Country, editions_asked: str
) -> None:
    client = of(Role.ANALYST)
    assert client.post(f"{URL}{editions_asked}/confirm/", {"number": "1"}).status_code == 404
    assert client.get(f"{URL}?editions={editions_asked}").status_code == 400


def test_one_edition_alone_is_nothing_to_follow(of: Callable[[Role], Client], tmp_path: Path) -> None:
    published(tmp_path, EARLIER, "ghana_2022.txt")
    client = of(Role.VIEWER)
    assert "Only the 2022 narrative has been imported." in text(client.get(URL))
    assert client.get("/data/countries/ZZZ/recommendations/").status_code == 404


def test_the_moment_asked_for_decides_what_was_confirmed(of: Callable[[Role], Client], editions: Country) -> None:
    decide(of(Role.ANALYST), editions, 1, "as-proposed")
    match = RecommendationMatch.objects.get()
    (then,) = recommendations_of(editions, moment=match.recorded_at.replace(year=2020))
    assert {row.state for row in then.rows} == {"proposed"}
    assert recommendations_of(editions, as_of=1) == []
