"""Page of a country in a run by a method: three sentences, both axes, the doubt, and every status of a country."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cpc.web import formats
from indicators.models import Country
from selection.countries.presenters.verdict import finding, verdict
from selection.countries.queries.country import country_page
from selection.countries.queries.screen import Screen, screen_of
from selection.model_definition.criteria_table import read
from selection.models import CountryScore, ScoreRun
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen
from tests.selection.countries.test_pages_country import get, text_of
from tests.support.fragments import fragment_text
from tests.support.rankings import NO_SURVEY, SPECIAL, WITHOUT_NEED, publish_values, value
from tests.support.rows import former_table


def screen(run: ScoreRun, code: str) -> Screen:
    page = country_page(Country.objects.get(code=code), ranking_of(run).table, run, as_of=run.as_of)
    found = screen_of(page, run)
    assert found is not None
    return found


def without_draws() -> ScoreRun:
    return compute_screen(actor=None, table=dataclasses.replace(read(), draws=0))


def test_the_verdict_has_exactly_three_sentences_in_every_state(run: ScoreRun) -> None:
    statuses = set()
    for one in (run, without_draws()):
        for score in CountryScore.objects.filter(run=one).exclude(lines=[]).select_related("country"):
            found = screen(one, score.country.code)
            first = fragment_text("countries/_finding.html", finding=finding(found))
            rest = fragment_text("countries/_verdict_text.html", verdict=verdict(found)).removesuffix(" See the pool")
            for text, sentences in ((first, 1), (rest, 2)):
                assert text[0].isupper(), text
                assert re.findall(r"[.!?](?=\s|$)", text.replace("U.S.", "US")) == ["."] * sentences, text
                assert text.endswith("."), text
            statuses.add(score.status)
    assert statuses == {"ranked", "provisional", "not_rankable", "outside_pool"}


def test_rank_interval_chance_and_methods_are_those_of_the_run(run: ScoreRun, analyst: Client) -> None:
    row = CountryScore.objects.get(run=run, country__code="GHA")
    assert row.p20 is not None
    text = text_of(get(analyst, "GHA"))
    assert (
        f"It ranks {row.rank} of 30, {row.rank_low} to {row.rank_high} in 90% of draws, and is in the first 20" in text
    )
    assert f"All together {formats.span(str(row.rank_low), str(row.rank_high))}" in text
    assert f"Weights {formats.span(*map(str, row.detail['ranges']['weights']))}" in text
    assert "Widths don\N{RIGHT SINGLE QUOTATION MARK}t add up." in text
    assert "Share of draws in each band of ranks 1\N{EN DASH}5" in text
    for word in ("probability of selection", "confidence", "accurate", "failed", "excluded"):
        assert word not in text.lower()


def test_the_first_20_is_stated_by_the_setting_of_the_model(run: ScoreRun, analyst: Client) -> None:
    table = read()
    method = {**(table.method or {}), "first": 7, "short": 3}
    compute_screen(actor=None, table=dataclasses.replace(table, method=method))
    text = text_of(get(analyst, "GHA"))
    assert "in the first 7 in" in text
    assert "In the first 7" in text
    assert "first 20" not in text


def test_run_without_draws_shows_no_interval_and_explains_it(run: ScoreRun, analyst: Client) -> None:
    without_draws()
    text = text_of(get(analyst, "GHA"))
    assert "this run has no draws" in text
    assert re.search(r"\d+ to \d+ in 90% of draws, and", text) is None
    assert "If a value were withdrawn" in text
    assert "this run has no draws, so there are no bounds" in text_of(get(analyst, NO_SURVEY))


def test_a_provisional_country_has_bounds_and_no_rank(run: ScoreRun, analyst: Client) -> None:
    row = CountryScore.objects.get(run=run, country__code=NO_SURVEY)
    text = text_of(get(analyst, NO_SURVEY))
    assert f"it would rank {row.place} among the 30 ranked countries, {row.rank_low} to {row.rank_high}" in text
    assert "For a rank it needs child labor (U.S. Department of Labor, UNICEF or World Bank)." in text
    assert "Not known; filled from" in text
    assert "Rank in the pool" not in text
    assert " points" not in text.split("Shown but not counted")[0].split("Facts and factors")[1]


def test_country_outside_the_pool_shows_the_reason_and_the_way_in(run: ScoreRun, analyst: Client) -> None:
    place = CountryScore.objects.get(run=run, country__code="ROU").place
    html = get(analyst, "ROU")
    text = text_of(html)
    assert "Romania is outside the pool: high income by the World Bank&#x27;s classes." in text
    assert place == 31
    assert "it would rank after all 30 ranked countries, " in text
    assert "A recorded decision by two people can admit it, with a reason." in text
    assert '<a href="/ranking/pool/">' in html
    assert "a reason and a legal note" in text_of(get(analyst, "TCD"))
    row = CountryScore.objects.get(run=run, country__code="ROU").detail["all_in"]
    assert f"after all 30 ranked countries, {row['low']} to {row['high']} in 90% of draws" in text
    assert "If a value were withdrawn" not in text
    assert "Outside the pool" in text_of(get(analyst, SPECIAL))


def test_country_without_facts_shows_no_figures_of_its_peers(run: ScoreRun, analyst: Client) -> None:
    text = text_of(get(analyst, WITHOUT_NEED))
    assert "Need: anywhere from 0 to 100" in text
    assert "would make it provisional" in text
    assert "In the first" not in text
    need = text.split("Facts and factors")[1].split("Political will")[0]
    assert need.count("Not known") >= 3 * 2  # the value and the sentence of each fact
    assert "None" not in need


def test_values_are_stated_as_published_and_as_used(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    rows = [
        value("gsi.prevalence", "GHA", "2016", "4.8", series="GSI 2018"),
        value("unicef.child_labour_activity", NO_SURVEY, "2021", "6.5"),
    ]
    publish_values(tmp_path, rows, edition="2018")
    run = compute_screen(actor=None)
    lines = {line["key"]: line for line in CountryScore.objects.get(run=run, country__code="GHA").lines}
    best = {
        key: f"{line['estimate']['best']:.1f}" for key, line in lines.items() if line.get("estimate", {}).get("best")
    }
    text = text_of(get(analyst, "GHA"))
    assert (
        "Published Prevalence of modern slavery (lower is better): 4.8 (GSI 2018) and 14.0 (GSI 2023) ; "
        f"counts as {best['prevalence']}: the editions agree little"
    ) in text
    marriage = f"counts as {best['marriage']}%, adjusted by the trend; today"
    births = f"that leaves 50.0%; used {best['births']}%, because the trend is credited for five years at most; today"
    assert f"Published Child marriage (lower is better): 45.0% (2020) ; {marriage}" in text
    assert f"Published Birth registration (higher is better): 50.0% (2020) ; {births}" in text
    assert "4 years old. Based on how levels moved before, today Moderate in" in text
    assert "Published TIP Report tier: Tier 2 (2025) ; A newer edition is due and not loaded." in text


def test_a_bridged_value_names_the_series_that_substitutes(run: ScoreRun, tmp_path: Path) -> None:
    pairs = [
        value("unicef.child_labour_activity", row.code, "2019", str(3 + k))
        for k, row in enumerate(ranking_of(run).ranked)
    ]
    publish_values(tmp_path, [*pairs, value("unicef.child_labour_activity", NO_SURVEY, "2021", "6.5")], edition="2026")
    found = screen(compute_screen(actor=None), NO_SURVEY)
    assert found.score.status == "ranked"
    assert found.lines["child_labour"]["estimate"]["source"] == "activity"
    (used,) = [one for one in found.statements["child_labour"] if one.is_used]
    assert (used.label, used.value) == ("UNICEF, economic activity", 6.5)


def test_earlier_runs_are_listed(run: ScoreRun, analyst: Client) -> None:
    assert "Rank in each run" not in text_of(get(analyst, "GHA"))
    compute_screen(actor=None, on=run.reference_date, table=former_table())
    assert "Rank in each run" in text_of(get(analyst, "GHA"))
    assert "ranks" in text_of(get(analyst, "GHA", f"?run={run.pk}"))


def test_who_sees_no_ranking_sees_nothing_of_a_verdict(run: ScoreRun, reviewer: Client) -> None:
    text = text_of(get(reviewer, "GHA"))
    for word in ("in need", "withdrawn", "provisional", "draws", "the pool"):
        assert word not in text.lower()


@pytest.mark.parametrize("code", ["GHA", NO_SURVEY, "ROU", WITHOUT_NEED])
def test_the_page_asks_a_bounded_number_of_queries(
    code: str, run: ScoreRun, analyst: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    get(analyst, code)
    with django_assert_max_num_queries(40):
        get(analyst, code)


def test_list_of_countries_explains_each_missing_rank(run: ScoreRun, analyst: Client, reviewer: Client) -> None:
    listed = text_of(analyst.get("/countries/?show=all").content.decode())
    for label in ("Provisional", "Outside the pool", "Not rankable"):
        assert label in listed
    assert "Provisional" not in text_of(reviewer.get("/countries/?show=all").content.decode())
