"""The country that What if follows: strip, chart, neighbors, and fields, on the server and in the browser alike."""

from __future__ import annotations

import html
import re
from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client

from cpc.accounts.models import User
from selection.models import ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.what_if.answer import answer, askable_of
from selection.what_if.changed_basis import changed
from selection.what_if.follow import STEPS, around, most_changed, shares_of, sweep, weights_at
from selection.what_if.payload import payload
from selection.what_if.question import Question, from_query
from tests.partnerships.sending import page_text
from tests.support import node

pytestmark = pytest.mark.world("newcomer")

URL = "/ranking/what-if/"


@pytest.fixture
def basis(newcomer: ScoreRun) -> Basis:
    found = basis_of(newcomer)
    assert found is not None
    return found


@pytest.fixture
def viewer(newcomer: ScoreRun) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="viewer"))
    return client


def strip_of(page: Any) -> str:
    """Return the text of the strip."""
    found = re.search(r'<section class="c-panel c-follow".*?</section>', page.content.decode(), re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("follow=KEN", ["Kenya 49 was 49 in run 2", "As in run 2, 29 short of the first 20."]),
        (
            "follow=KEN&w-births=91&w-prevalence=3.375&w-child_labour=3.375&w-marriage=2.25",
            ["29 ranks up, in the first 20"],
        ),
        ("follow=KEN&value-KEN-births=48", ["Kenya 33", "16 ranks up, and 13 short of the first 20.", "Its score is"]),
        ("follow=UGA", ["Uganda 3", "In the first 20, as in run 2."]),
        ("follow=UGA&value-UGA-ilab=Minimal+Advancement", ["12 ranks down, still in the first 20."]),
        (
            "follow=BLZ",
            ["Belize no rank no rank in run 2", "no rank with these settings. By its score it would rank 31."],
        ),
        ("follow=BLZ&value-BLZ-prevalence=8", ["It gains a rank, 4 short of the first 20."]),
        ("follow=BLR&pool=tier3", ["It gains a rank"]),
        ("follow=KEN&w-need=0&w-feasibility=0", ["No rank is computed."]),
    ],
)
def test_the_strip_has_the_rank_of_the_country_and_its_distance(viewer: Client, query: str, said: list[str]) -> None:
    text = strip_of(viewer.get(f"{URL}?{query}"))
    for sentence in said:
        assert sentence in text


def test_nothing_of_it_is_on_the_page_without_a_country(viewer: Client) -> None:
    page = viewer.get(URL).content.decode()
    assert "c-follow__in" not in page
    assert 'id="around"' not in page
    assert '<select class="usa-select" id="follow" name="follow">' in page


def test_values_set_are_in_the_form_and_those_of_other_countries_stay(viewer: Client) -> None:
    query = "follow=KEN&value-KEN-births=48.3&value-KEN-tier=Tier+1&value-GHA-cpi=20&without-KEN-child_labour=activity"
    page = viewer.get(f"{URL}?{query}").content.decode()
    assert re.search(r'name="value-KEN-births"[^>]*value="48.3"', page, re.DOTALL)
    assert '<option value="Tier 1" selected>' in " ".join(page.split())
    assert '<input type="hidden" name="value-GHA-cpi" value="20">' in page
    assert re.search(r'name="without-KEN-child_labour"\s+value="activity" data-value checked', page)
    assert "Values of a country are changed here, not in the data." in page
    assert 'id="draw"' not in page
    assert "no draws are made with changed values of a country" in page
    clear = re.search(r'href="([^"]*)">Use the run.s values', page)
    assert clear
    assert html.unescape(clear[1]) == f"{URL}?follow=KEN"


def test_a_value_out_of_range_has_its_message_at_its_field(viewer: Client) -> None:
    page = viewer.get(f"{URL}?follow=KEN&value-KEN-births=101&w-need=60&w-feasibility=40")
    assert page.status_code == 400
    text = page.content.decode()
    assert 'id="e-value-KEN-births">Enter a number from 0 to 100.' in text
    assert re.search(r'name="value-KEN-births"[^>]*value="101"', text, re.DOTALL)
    assert "No rank is computed." in strip_of(page)


@pytest.mark.parametrize("query", ["follow=XXX", "follow=ken", "follow=DMA", "follow=KEN&follow=<b>"])
def test_a_country_that_the_run_does_not_know_is_an_error(viewer: Client, query: str) -> None:
    assert viewer.get(f"{URL}?{query}").status_code == 400


def test_a_form_without_script_keeps_the_country_and_the_values(viewer: Client) -> None:
    sent = "keep=1&before=run&follow=KEN&value-KEN-births=60&value-KEN-tier=&w-need=60&w-feasibility=50"
    page = viewer.get(f"{URL}?{sent}")
    assert page.status_code == 200
    assert "Kenya" in strip_of(page)
    assert "Kenya, by the weight of" in page_text(page)
    assert re.search(r'name="value-KEN-births"[^>]*value="60"', page.content.decode(), re.DOTALL)


# ---- the sweep -----------------------------------------------------------------------------------------------------


def test_the_weight_most_changed_is_swept_over_its_group(basis: Basis) -> None:
    askable = askable_of(basis)
    weights = {"w-births": ["40"], "w-prevalence": ["22.5"], "w-child_labour": ["22.5"], "w-marriage": ["15"]}
    asked = from_query(weights, askable)
    found = sweep(basis, asked, askable, "KEN")
    assert found is not None
    assert (found.key, found.now, found.own, len(found.ranks)) == ("births", 40.0, 20.0, len(STEPS))
    assert found.nearest(40.0)[1] == answer(basis, asked).by_code["KEN"].rank
    assert found.nearest(20.0)[1] == 49
    assert found.best == (92.5, 20)
    assert found.turn(20) == 92.5
    assert found.turn(5) is None
    assert sweep(basis, Question(), askable, "KEN") is None
    assert sweep(basis, asked, askable, "BLR") is None  # it has no rank at any weight


def test_neighbors_are_five_also_at_both_ends(basis: Basis) -> None:
    shown = answer(basis, Question())
    assert [row.rank for row in around(shown, "NGA")] == [1, 2, 3, 4, 5]
    assert [row.rank for row in around(shown, "KEN")] == [47, 48, 49, 50, 51]
    assert [row.rank for row in around(shown, "TKM")] == [77, 78, 79, 80, 81]
    assert list(around(shown, "BLZ")) == []


ASKED = (
    ("KEN", {"w-births": ["40"], "w-prevalence": ["22.5"]}),
    ("KEN", {"w-need": ["33.3"], "w-feasibility": ["66.7"], "value-KEN-births": ["60"]}),
    ("UGA", {"w-tier": ["5"], "w-ilab": ["95"]}),
    ("BLZ", {"w-cpi": ["90"], "value-BLZ-prevalence": ["8"]}),
    ("BLR", {"w-need": ["60"], "pool": ["tier3"]}),
    ("MOZ", {"w-income": ["0"], "take-scale": ["log"]}),
)


@pytest.mark.parametrize(("code", "given"), ASKED, ids=lambda one: one if isinstance(one, str) else "&".join(one))
def test_the_browser_finds_the_same_ranks_as_the_server(
    basis: Basis, newcomer: ScoreRun, code: str, given: dict[str, list[str]]
) -> None:
    askable = askable_of(basis)
    question = from_query(given, askable)
    own = changed(basis, question)
    found = sweep(own, question, askable, code)
    assert found is not None
    changed_most = most_changed(question, askable)
    assert changed_most is not None
    group, key = changed_most
    sent = {
        "payload": payload(own, newcomer),
        "asked": {"options": {}, "held": [], **question.to_dict()},
        "fields": [asdict(weight) for weight in group.weights],
        "key": key,
        "code": code,
    }
    script = """
    const data = prepare(given.payload);
    const index = given.payload.countries.findIndex((one) => one.code === given.code);
    const swept = module.sweepOf(data, given.asked, given.fields, given.key, index);
    const answer = rank(data, given.asked);
    return { swept, around: module.around(answer.order, index).map((one) => given.payload.countries[one].code) };
    """
    found_there = node.call(
        "what_if/follow.js", script, sent, more="import { prepare, rank } from './what_if/kernel.js';"
    )
    assert [tuple(pair) for pair in found_there["swept"]["ranks"]] == list(found.ranks)
    assert found_there["swept"]["now"] == pytest.approx(found.now)
    assert found_there["around"] == [row.code for row in around(answer(own, question), code)]


def test_weights_of_a_group_keep_their_proportions() -> None:
    assert weights_at({"a": 20.0, "b": 30.0, "c": 50.0}, "a", 60.0) == {"a": 60.0, "b": 15.0, "c": 25.0}
    assert weights_at({"a": 100.0, "b": 0.0, "c": 0.0}, "a", 0.0) == {"a": 0.0, "b": 50.0, "c": 50.0}


def test_shares_are_of_the_group(basis: Basis) -> None:
    askable = askable_of(basis)
    asked = from_query({"w-need": ["30"], "w-feasibility": ["30"]}, askable)
    assert shares_of(asked, askable, askable.groups[0]) == [50.0, 50.0]
    assert asked.is_official
