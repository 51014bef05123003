"""Comparison of two to five countries: their order, its causes, and changes that would reverse it."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.country_comparison import queries as country_comparison_queries
from selection.country_comparison.presenters import sentences as sentences_presenters
from selection.country_comparison.queries import (
    Compared,
    FlipChange,
    closest,
    compared,
)
from selection.models import CountryScore, ScoreRun
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen
from tests.selection.countries.test_country_screen import without_draws
from tests.selection.countries.test_pages_country import text_of
from tests.selection.method import former_figures
from tests.selection.method.test_method_reference import SHARE
from tests.support.accounts import make_account
from tests.support.fragments import fragment_text
from tests.support.noting import Desk
from tests.support.rankings import NO_SURVEY, WITHOUT_NEED, publish_values, value

PROVISIONAL, NOT_RANKABLE, OUTSIDE, PARTNER = "BTN", "FSM", "SAU", "CIV"


@pytest.fixture
def reader(db: None) -> Client:
    """Sign in a viewer, in addition to the accounts of a demonstration."""
    client = Client()
    client.force_login(make_account(Role.VIEWER, username="reader"))
    return client


def address(*codes: str, **more: str) -> str:
    query = [*(("c", code) for code in codes), *more.items()]
    return "/ranking/compare/?" + "&".join(f"{name}={value}" for name, value in query)


def get(client: Client, *codes: str, **more: str) -> str:
    response = client.get(address(*codes, **more))
    assert response.status_code == 200
    return response.content.decode()


def text(client: Client, *codes: str, **more: str) -> str:
    return unescape(text_of(get(client, *codes, **more)))


def asked(run: ScoreRun, *codes: str) -> Compared:
    ranking = ranking_of(run)
    rows = [row for code in codes if (row := ranking.row(code)) is not None]
    return compared(run, rows)


def verdict_text(found: Compared) -> str:
    facts = sentences_presenters.verdict(found, sentences_presenters.pair_rows(found))
    return fragment_text("country_comparison/_verdict.html", verdict=facts)


def version_3() -> ScoreRun:
    """Return the run of the world "newcomer" by version 3 of the model."""
    return ScoreRun.objects.get(model_version="3")


# ---- pairs, on the shipped facts -----------------------------------------------------------------------------------


@pytest.mark.world("newcomer")
def test_pairs_are_those_of_the_reference(newcomer: ScoreRun) -> None:
    for (one, other), (share, crossing) in former_figures.PAIRS.items():
        (pair,) = asked(version_3(), one, other).pairs
        assert pair.share is not None
        above = pair.share if pair.first == one else 1 - pair.share
        assert above == pytest.approx(share, abs=SHARE), (one, other)
        assert pair.crossing == pytest.approx(crossing, abs=0.006), (one, other)
        assert pair.now == pytest.approx(0.5)
        ranks = [ranking_of(version_3()).row(code) for code in (pair.first, pair.second)]
        assert [row.rank for row in ranks if row] == sorted(row.rank or 0 for row in ranks if row)


@pytest.mark.world("newcomer")
def test_what_flips_ghana_and_senegal_is_the_child_labor_of_ghana(newcomer: ScoreRun) -> None:
    (pair,) = asked(version_3(), "GHA", "SEN").pairs
    assert (pair.first, pair.second, pair.axis_favors) == ("SEN", "GHA", "SEN")
    change = pair.change
    assert change is not None
    assert (change.code, change.criterion) == ("GHA", "child_labour")
    assert change.best == pytest.approx(20.1)
    assert change.value == pytest.approx(23.6, abs=0.05)
    assert change.errors == pytest.approx(0.5, abs=0.05)


@pytest.mark.world("newcomer")
def test_the_points_of_a_pair_add_up_and_equal_values_give_none(newcomer: ScoreRun) -> None:
    codes = ("GHA", "SEN", PROVISIONAL, OUTSIDE, PARTNER)
    found = asked(newcomer, *codes)
    scores = dict(CountryScore.objects.filter(run=newcomer).values_list("country__code", "score"))
    assert len(found.pairs) == len(list(itertools.combinations(codes, 2)))
    for pair in found.pairs:
        apart = (scores[pair.first] or 0) - (scores[pair.second] or 0)
        assert sum(pair.gaps.values()) == pytest.approx(apart, abs=1e-6)
        lines = [found.screens[codes.index(code)].lines for code in (pair.first, pair.second)]
        for key, points in pair.gaps.items():
            values = [line[key]["u"] for line in lines]
            if values[0] == values[1]:  # all are on Tier 2, though it weighs more where no advancement is assessed
                assert points == pytest.approx(0, abs=1e-6), (pair.first, pair.second, key)


@pytest.mark.world("newcomer")
def test_a_country_without_a_rank_is_drawn_for_its_pairs(newcomer: ScoreRun) -> None:
    pair = asked(newcomer, "GHA", PROVISIONAL).pairs[0]
    assert pair.share is not None
    # Its position is above Ghana's in about as many draws as its interval implies: between a tenth and a third.
    assert (pair.first, 0.65 < pair.share < 0.9) == ("GHA", True)
    assert not asked(newcomer, "GHA", NOT_RANKABLE).pairs


@pytest.mark.world("newcomer")
def test_a_pair_is_worked_out_once(newcomer: ScoreRun, monkeypatch: pytest.MonkeyPatch) -> None:
    before = asked(newcomer, "GHA", "SEN").pairs
    monkeypatch.setattr(country_comparison_queries, "flip", None)
    assert asked(newcomer, "SEN", "GHA").pairs == before


# ---- the page, on the shipped facts --------------------------------------------------------------------------------


@pytest.mark.world("newcomer")
def test_why_senegal_is_above_ghana_and_what_would_flip_it(newcomer: ScoreRun, reader: Client) -> None:
    run = str(version_3().pk)
    page_text = text(reader, "GHA", "SEN", run=run)
    assert re.search(
        r"Senegal and Ghana are too close to call\. Senegal is ranked 7 and Ghana 9\. Senegal is above in 5\d%",
        page_text,
    )
    assert "Senegal scores 1.9 points higher. In its favor: child marriage (+3.4), child labor (+1.4) and " in page_text
    assert "budget balance (+1.3). In favor of Ghana: births not registered (+1.1)." in page_text
    assert "All other factors together take 3.1 from the lead." in page_text
    assert "need counted for about 28% of the score or less (now 50%)" in page_text
    assert page_text.count("Try it with other weights") == 1
    linked = re.search(
        r'what-if/\?[^"]*w-need=(2[78])&w-feasibility=(\d+)', unescape(get(reader, "GHA", "SEN", run=run))
    )
    assert linked is not None  # What if opens with weights at which the order has flipped
    assert int(linked[1]) + int(linked[2]) == 100
    assert "if child labor in Ghana were 23.6% or higher (now counted as 20.1%)" in page_text
    assert "(now counted as 20.1%; 11 to 34% in 90% of draws)" in page_text
    assert (
        "A counts as 14.9% published: 16.1% in 2022 B counts as 27.3% published: 30.5% in 2019 3.4 B ahead of A"
        in page_text
    )
    assert "counts as 4.7 published: 4.8 and 2.9" in page_text
    for word in ("probability of selection", "confidence", "accurate", "failed", "excluded"):
        assert word not in page_text.lower()


@pytest.mark.world("newcomer")
def test_why_senegal_is_above_ghana_with_both_surveys(newcomer: ScoreRun, reader: Client) -> None:
    page_text = text(reader, "GHA", "SEN")
    assert re.search(
        r"Senegal and Ghana are too close to call\. Senegal is ranked 13 and Ghana 18\. Senegal is above in 5\d%",
        page_text,
    )
    assert "Senegal scores 1.8 points higher." in page_text  # 53.11 less 51.34
    assert "A counts as 13.1% published: 20.1% and 5.5% B counts as 17.1% published: 22.8% and 8.6%" in page_text
    assert "A counts as 22.6% published: birth registration 70.6% in 2018" in page_text
    assert "20.1% (2018) and 5.5% for work alone (2022) ; used 13.1%, because the two surveys differ." in page_text


@pytest.mark.world("newcomer")
def test_five_countries_of_every_kind(newcomer: ScoreRun, reader: Client) -> None:
    html = get(reader, PROVISIONAL, "GHA", NOT_RANKABLE, OUTSIDE, PARTNER, run=str(version_3().pk))
    page_text = unescape(text_of(html))
    assert (
        "Ghana is ahead of C\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}te d\N{RIGHT SINGLE QUOTATION MARK}Ivoire"
        in page_text
    )
    assert "Micronesia cannot be placed: no fact of need has been published." in page_text
    assert "Bhutan has no rank: it is provisional." in page_text
    assert "Saudi Arabia has no rank: it is outside the pool." in page_text
    ranks = re.findall(r"<dt>Rank</dt><dd>([^<]+?)(?: <small>([^<]*)</small>)?</dd>", " ".join(html.split()))
    ranks_by_code = dict(zip(("BTN", "GHA", "FSM", "SAU", "CIV"), ranks, strict=True))
    assert ranks_by_code["GHA"][0] == "9"
    assert ranks_by_code["BTN"][0] == "Provisional"
    assert re.fullmatch(r"place \d+ to \d+", ranks_by_code["BTN"][1])
    assert ranks_by_code["FSM"] == ("None", "")
    assert re.fullmatch(r"would take \d+", ranks_by_code["SAU"][1])
    assert "Five countries fit. Remove one to add another." in page_text
    assert 'id="add"' not in html
    assert "No weight of need against feasibility would: Ghana leads on both." in page_text
    assert "No single figure would, even far outside its usual range." in page_text
    assert re.search(r"No single figure would within its usual range\. The closest: child labor in Bhutan", page_text)
    assert "13.0% filled from 102 peers" in page_text
    assert "have Micronesia above" not in page_text


@pytest.mark.world("newcomer")
def test_each_value_leads_to_its_observation_and_all_are_in_the_export(newcomer: ScoreRun, reader: Client) -> None:
    html = get(reader, "GHA", "SEN")
    for code in ("GHA", "SEN"):
        lines = CountryScore.objects.get(run=newcomer, country__code=code).lines
        for pk in {pk for line in lines if line["nominal_weight"] for pk in line["observations"]}:
            assert f'href="/data/observations/{pk}/"' in html
    for key in re.findall(r'href="#e-(\w+)"', html):
        assert f'id="e-{key}"' in html
    response = reader.get(address("GHA", "SEN", format="csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]  # a streaming answer
    assert {row["Code"] for row in rows} == {"GHA", "SEN"}
    (labor,) = [row for row in rows if row["Code"] == "GHA" and row["Factor"].startswith("Child labor, act")]
    assert (labor["Published value"], labor["Place in the file"]) == ("5.5", "Child labour!B82")
    published = "2022, UNICEF, economic activity: 5.5; 2018, UNICEF, activity or chores: 20.1"
    assert labor["All published values"] == published


@pytest.mark.world("newcomer")
def test_the_first_six_factors_are_those_with_the_widest_gap(newcomer: ScoreRun, reader: Client) -> None:
    html = get(reader, "NGA", "MDG", "GHA", "PHL")
    first, rest = html.split('<details class="c-more"><summary>8 more factors', 1)
    gaps = [float(one) for one in re.findall(r'c-prof__gap"><b>([\d.]+)</b>', html)]
    assert gaps == sorted(gaps, reverse=True)
    assert (first.count("c-prof__gap"), rest.count("c-prof__gap")) == (6, 8)
    assert "3 more pairs" in first


# ---- addresses and states ------------------------------------------------------------------------------------------


def test_without_a_country_the_first_three_are_proposed(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst)
    names = [row.name for row in ranking_of(run).ranked[:3]]
    assert f"Compare {names[0]}, {names[1]} and {names[2]}" in unescape(text_of(html))
    edge = [row.name for row in ranking_of(run).ranked[19:21]]
    assert f"Just above and below rank 20: Compare {edge[0]} and {edge[1]}" in unescape(text_of(html))
    url = "/ranking/compare/?" + "&amp;".join(f"c={row.code}" for row in ranking_of(run).ranked[:3])
    assert f'href="{url}"' in html
    assert analyst.get(unescape(url)).status_code == 200


def test_with_one_country_its_neighbors_and_those_like_it_are_offered(run: ScoreRun, analyst: Client) -> None:
    ranking = ranking_of(run)
    middle, last = ranking.ranked[10], ranking.ranked[-1]
    assert [row.rank for row in closest(ranking, middle)[0]] == [10, 12]
    assert [row.rank for row in closest(ranking, last)[0]] == [28, 29]
    neighbors, similar = ({row.code for row in rows} for rows in closest(ranking, middle))
    assert len(similar) == 2
    assert not similar & {middle.code, *neighbors}
    page_text = text(analyst, middle.code)
    assert f"{middle.name}: no country to compare with yet" in page_text
    assert f"Add {ranking.ranked[9].name} and {ranking.ranked[11].name}" in page_text
    for code in (NO_SURVEY, WITHOUT_NEED, "TCD"):
        assert ": no country to compare with yet" in text(analyst, code)


def test_an_address_is_made_clean(run: ScoreRun, analyst: Client) -> None:
    for asked_for, clean in (
        ("?c=gha&c=CIV", "?c=GHA&c=CIV"),
        ("?c=GHA&c=GHA&c=CIV", "?c=GHA&c=CIV"),
        ("?c=GHA&c=&run=" + str(run.pk), f"?c=GHA&run={run.pk}"),
        ("?c=", ""),
    ):
        response = analyst.get(f"/ranking/compare/{asked_for}")
        assert (response.status_code, response["Location"]) == (302, f"/ranking/compare/{clean}")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?c=GHA&c=ATL", "has no country with the code “ATL”"),
        ("?c=GHA&c=USA", "cannot be compared"),
        ("?country=GHA", "does not accept “country”"),
        ("?c=GHA&c=CIV&format=pdf", "“pdf” is not an export format"),
        ("?format=csv", "No country to export"),
    ],
)
def test_what_a_page_cannot_show_is_refused_with_text(run: ScoreRun, analyst: Client, query: str, message: str) -> None:
    response = analyst.get(f"/ranking/compare/{query}")
    assert response.status_code == 400
    assert message in unescape(response.content.decode())


def test_more_than_five_are_refused(run: ScoreRun, analyst: Client) -> None:
    codes = [row.code for row in ranking_of(run).ranked[:6]]
    response = analyst.get(address(*codes))
    assert response.status_code == 400
    assert "You can compare at most 5 countries; this address lists 6." in response.content.decode()
    assert analyst.get(address(*codes[:5])).status_code == 200


def test_earlier_run_is_named_and_kept_in_every_link(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    publish_values(tmp_path, [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    later = compute_screen(actor=None)
    html = get(analyst, "GHA", "CIV", run=str(run.pk))
    assert f"This compares countries in run {run.pk}, as it was." in text_of(html)
    assert f'href="/countries/GHA/?run={run.pk}"' in html
    assert f'<input type="hidden" name="run" value="{run.pk}">' in html
    assert f'href="/ranking/compare/?c=CIV&amp;run={run.pk}"' in html
    newest = get(analyst, "GHA", "CIV")
    assert f"Run {later.pk}" in text_of(newest)
    assert 'href="/countries/GHA/"' in newest
    assert analyst.get(address("GHA", "CIV", run="99999")).status_code == 404


def test_a_run_without_draws_claims_nothing_of_how_sure_it_is(run: ScoreRun, analyst: Client) -> None:
    without_draws()
    page_text = text(analyst, "GHA", "CIV", "XKX")
    assert "This run has no draws, so it cannot show how sure that order is." in page_text
    assert re.search(r"above (in )?\d+% of draws", page_text) is None


def test_a_run_whose_values_are_gone_shows_its_countries_without_pairs(
    run: ScoreRun, analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("country_comparison.queries", "countries.queries.withdrawn"):
        monkeypatch.setattr(f"selection.{module}.basis_of", lambda run: None)
    page_text = text(analyst, "GHA", "CIV")
    assert "are no longer available, so pairs cannot be compared" in page_text
    first, second = (next(row for row in ranking_of(run).ranked if row.code == code) for code in ("GHA", "CIV"))
    names = sorted((row.rank or 0, row.name) for row in (first, second))
    assert f"In the list: {names[0][1]} {names[0][0]} and {names[1][1]} {names[1][0]}." in page_text
    assert "no fact of need has been published" not in page_text


def test_change_too_small_for_its_unit_gets_more_decimals(run: ScoreRun) -> None:
    found = asked(run, "GHA", "XKX")
    pair = found.pairs[0]
    near = dataclasses.replace(
        pair,
        now=0.5,
        crossing=0.5004,
        change=FlipChange("GHA", "child_labour", errors=0.001, best=20.1, value=20.104),
    )
    (row,) = sentences_presenters.pair_rows(dataclasses.replace(found, pairs=(near,)))
    assert row.axis_shares == ("50.0%", "50%")
    assert row.figure is not None
    assert (row.figure.value, row.figure.best, row.figure.is_higher) == ("20.104%", "20.100%", True)


def test_no_single_figure_is_stated_where_none_does_it(run: ScoreRun) -> None:
    found = asked(run, "GHA", "XKX")
    never = dataclasses.replace(found.pairs[0], crossing=None, change=None)
    assert "No single change would reverse the order." in verdict_text(dataclasses.replace(found, pairs=(never,)))


@pytest.mark.parametrize(
    ("share", "first"),
    [(0.57, "are too close to call"), (0.6, "is ahead of"), (0.41, "are too close to call"), (0.3, "in most draws")],
)
def test_under_60_percent_two_countries_are_too_close_to_call(run: ScoreRun, share: float, first: str) -> None:
    found = asked(run, "GHA", "XKX")
    pair = dataclasses.replace(found.pairs[0], share=share)
    assert first in verdict_text(dataclasses.replace(found, pairs=(pair,)))


@pytest.mark.usefixtures("db")
def test_page_before_any_run_names_the_first_step(analyst: Client) -> None:
    assert "No ranking yet" in text(analyst, "GHA", "SEN")


def test_who_sees_no_ranking_sees_no_sign_of_one(run: ScoreRun, reviewer: Client, analyst: Client) -> None:
    assert reviewer.get(address("GHA", "CIV")).status_code == 404
    assert address("GHA") in get_country(analyst)
    assert address("GHA") not in get_country(reviewer)


def get_country(client: Client) -> str:
    return client.get("/countries/GHA/").content.decode()


def test_the_page_asks_a_bounded_number_of_queries(
    run: ScoreRun, analyst: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    codes = [row.code for row in ranking_of(run).ranked[:5]]
    get(analyst, *codes)
    with django_assert_max_num_queries(24):
        get(analyst, *codes)


# ---- notes ---------------------------------------------------------------------------------------------------------


def test_open_notes_are_shown_only_to_permitted_readers(run: ScoreRun, as_role: object) -> None:
    desk = Desk.make()
    seen = desk.write(desk.labor_contact, text="The two surveys ask differently.")
    desk.write(desk.labor_contact, text="Only among us.", visibility="agency")
    answered = desk.write(desk.labor_contact, text="Answered long ago.")
    desk.answer(answered, "accepted")
    html = signed_in(desk.office.analyst, "GHA", "XKX")
    assert "The two surveys ask differently." in html
    assert f"/notes/{seen.reference}/" in html
    assert "Only among us." not in html
    assert "Answered long ago." not in html
    assert "The two surveys ask differently." not in signed_in(desk.office.analyst, "XKX", "CIV")
    viewer = make_account(Role.VIEWER, username="reader")
    assert "The two surveys ask differently." not in signed_in(viewer, "GHA", "XKX")


def signed_in(user: User, *codes: str) -> str:
    client = Client()
    client.force_login(user)
    return get(client, *codes)


def test_no_factor_that_is_left_out_is_larger_than_one_that_is_named(run: ScoreRun) -> None:
    found = asked(run, "GHA", "XKX")
    gaps = {"marriage": 3.4, "child_labour": 1.4, "balance": 1.3, "births": -1.1, "literacy": -0.9, "cpi": 0.5}
    pair = dataclasses.replace(found.pairs[0], gaps=gaps)
    (row,) = sentences_presenters.pair_rows(dataclasses.replace(found, pairs=(pair,)))
    sentence = fragment_text("country_comparison/_pair_why.html", row=row)
    assert re.findall(r"\(\+(.*?)\)", sentence) == ["3.4", "1.4", "1.3", "1.1"]
    assert "All other factors together take 0.4 from the lead." in sentence
