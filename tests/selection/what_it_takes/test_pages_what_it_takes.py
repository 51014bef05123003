"""The page on one country: its states, its links to What if, and what a URL may not ask."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from cpc.accounts.models import User
from selection.models import ScoreRun
from tests.partnerships.sending import page_text

pytestmark = pytest.mark.world("newcomer")

LINK = re.compile(r'href="(/ranking/what-if/\?[^"]*)"')


@pytest.fixture
def viewer(newcomer: ScoreRun) -> Iterator[Client]:
    cache.clear()
    client = Client()
    client.force_login(User.objects.get(username="viewer"))
    yield client
    cache.clear()


def url_of(code: str) -> str:
    return f"/countries/{code}/what-would-it-take/"


@pytest.mark.parametrize(
    ("code", "first", "said"),
    [
        (
            "KEN",
            10,
            [
                "No single change would bring Kenya into the first 10. It ranks 49.",
                "With its tier unchanged, three values would have to lie at the end of their range that helps",
                "all at once; it would rank 9. With Tier 1, two in all are enough, but only 3% of countries on Tier 2",
                "First 20: two values",
                "No single weight is enough.",
                "the smallest change found by search moves 28% of all weight",
                "Kenya is in the first 10 in none of 10,000 tries",
                "12 values at the ends of their ranges were combined",
            ],
        ),
        (
            "KEN",
            20,
            [
                "No value within its range would bring Kenya into the first 20. It ranks 49.",
                "child labor at 31.7% or more",
                "Another weight would: births not registered at 91% of need.",
            ],
        ),
        (
            "MOZ",
            20,
            ["One value within its range would bring Mozambique into the first 20:", "Best with one value"],
        ),
        (
            "UGA",
            10,
            [
                "It is in. Which changes would take it out",
                "Uganda is in: it ranks 3. One value within its range would take Uganda out of the first 10:",
                "Out of the first 10: the tier alone",
                "no rank : set TIP Report tier at Tier 3 in What if",
                "“Lowest” means the lowest rank",
            ],
        ),
        (
            "BLZ",
            20,
            [
                "Belize has no rank: No estimate of prevalence is published. With prevalence 5.3 published",
                "it would rank 31. Everything below starts from there.",
                "lacks evidence that a rank needs, so no withdrawal of a value gives it one",
            ],
        ),
        ("VUT", 10, ["in the first 10, and nothing else would be needed"]),
        (
            "BLR",
            20,
            [
                "a rule, not a score, keeps it from a rank. Tier 3 in the TIP Report of 2025.",
                "Tier 1 : it would rank 46",
            ],
        ),
        (
            "COL",
            20,
            ["is outside the pool: a rule, not a score", "Include countries outside for this reason in What if"],
        ),
        ("USA", 20, ["The United States"]),
        ("DMA", 20, ["Dominica has no rank, and no change of a value gives it one. Not listed"]),
    ],
)
def test_each_state_names_what_is_enough(viewer: Client, code: str, first: int, said: list[str]) -> None:
    page = viewer.get(url_of(code), {"first": first})
    assert page.status_code == 200
    text = " ".join(page_text(page).split())
    for sentence in said:
        assert sentence.replace(" :", ":") in text.replace(" :", ":"), text[:3000]
    # A country cannot want more child labor.
    assert not re.search(r"\b(improve|needs to|should|worse|better)\b", text)


@pytest.mark.parametrize("code", ["KEN", "UGA", "BLZ", "BLR", "COL"])
def test_every_link_to_what_if_opens(viewer: Client, code: str) -> None:
    page = viewer.get(url_of(code), {"first": 10}).content.decode()
    links = {html.unescape(link) for link in LINK.findall(page)}
    assert links
    for link in links:
        assert f"follow={code}" in link
        assert viewer.get(link).status_code == 200, link


def test_the_country_page_links_to_it(viewer: Client) -> None:
    assert f'href="{url_of("KEN")}"' in viewer.get("/countries/KEN/").content.decode()
    assert url_of("HKG") not in viewer.get("/countries/HKG/").content.decode()  # a territory that no run scores


def test_another_country_is_chosen_by_the_form(viewer: Client) -> None:
    moved = viewer.get(url_of("KEN"), {"country": "IND", "first": "10"})
    assert (moved.status_code, moved["Location"]) == (302, f"{url_of('IND')}?first=10")
    assert viewer.get(url_of("ken"))["Location"] == url_of("KEN")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("XXX", 404),
        ("KEN?country=XXX", 404),
        ("KEN?run=999999", 404),
        ("KEN?first=7", 400),
        ("KEN?first=81", 400),
        ("KEN?first=ten", 400),
        ("KEN?last=3", 400),
        ("KEN?first=40", 200),
        ("KEN?first=5", 200),
    ],
)
def test_a_guessed_url_is_an_error(viewer: Client, path: str, status: int) -> None:
    code, _, query = path.partition("?")
    assert viewer.get(f"{url_of(code)}?{query}").status_code == status


def test_the_line_is_that_of_the_model_unless_another_is_asked_for(viewer: Client) -> None:
    assert "to be in the first 20?" in page_text(viewer.get(url_of("KEN")))
