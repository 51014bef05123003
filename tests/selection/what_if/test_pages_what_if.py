"""Server-rendered What if page: its states, parameters, and download."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from selection.model_definition.criteria_table import read
from selection.models import ScoreRun
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen
from tests.support.ranking_runs import copied

pytestmark = pytest.mark.world("ranking")

URL = "/ranking/what-if/"


def get(client: Client, query: str = "") -> str:
    """Return the page without the data of its script, which has all sentences."""
    answer = client.get(URL + query)
    assert answer.status_code == 200
    return " ".join(unescape(answer.text.split('<script id="what-if-data"')[0]).split())


def data(client: Client, query: str = "", name: str = "what-if-page") -> Any:
    html = client.get(URL + query).text
    return json.loads(html.split(f'<script id="{name}" type="application/json">')[1].split("</script>")[0])


def test_the_page_of_the_run_itself(run: ScoreRun, analyst: Client) -> None:
    page = get(analyst)
    assert f"<b>Nothing has changed: this is run {run.pk}.</b> Change a number to see who would move." in page
    assert "Nothing to explain: no country enters or leaves." in page
    assert "A scenario is not a finding." in page
    assert "A rule decides only which countries are ranked; all values are still the run" in page
    assert "The United States is outside" in page
    first = ranking_of(run).ranked[0]
    row = f'1</td><td class="num">1</td><th scope="row"><a href="/countries/{first.code}/">'
    assert row in page.replace("> <", "><")


def test_the_form_is_answered_by_the_server_and_its_address_can_be_shared(run: ScoreRun, analyst: Client) -> None:
    page = get(analyst, "?w-need=90&w-feasibility=10")
    assert 'name="w-need" type="number" min="0" max="100" step="any" value="90" data-was="50"' in page
    assert "<span>90% of the whole</span><b>, was 50%</b>" in page
    assert "<span>27% of the whole</span>" in page  # prevalence: 30% of need
    assert f'<a href="{URL}">Reset to version {run.model_version}</a>' in page
    assert "enter the first 20" in page or "enters the first 20" in page
    assert "First 30 of 30" not in page
    assert f'href="{URL}?w-feasibility=10&w-need=90&format=csv"' in page


def test_numbers_that_do_not_add_up_are_counted_in_proportion(run: ScoreRun, analyst: Client) -> None:
    page = get(analyst, "?w-tier=80&w-ilab=30")
    assert "Adds up to 110, so the shares used are 72.7% and 27.3%." in page
    assert get(analyst, "?w-tier=80&w-ilab=40").count("Nothing has changed") == 1  # two to one, as in the model
    page = get(analyst, "?w-political_rights=0&w-civil_liberties=0&w-cpi=0")
    assert "All are 0, so the group does not count. Its weight goes to the other groups at its level." in page


def test_a_number_changed_alone_keeps_its_percent_where_no_script_runs(run: ScoreRun, analyst: Client) -> None:
    def values(page: str, *keys: str) -> list[str]:
        found = [re.search(rf'name="w-{key}" [^>]*? value="([^"]*)"', page) for key in keys]
        return [one[1] for one in found if one]

    page = get(analyst)
    assert 'name="keep" value="1" type="checkbox" checked' in page
    assert '<input type="hidden" name="before" value="run">' in page
    page = get(analyst, "?w-need=60&w-feasibility=50&keep=1&before=run")
    assert values(page, "need", "feasibility") == ["60", "40"]
    assert f'href="{URL}?w-feasibility=40&w-need=60&format=csv"' in page
    before = "w-feasibility%3D40%26w-need%3D60"
    assert '<input type="hidden" name="before" value="w-feasibility=40&w-need=60">' in page
    page = get(analyst, f"?w-need=70&w-feasibility=40&keep=1&before={before}")
    assert values(page, "need", "feasibility") == ["70", "30"]
    page = get(analyst, "?w-prevalence=65&w-child_labour=30&w-marriage=20&w-births=20&keep=1")
    assert values(page, "prevalence", "child_labour", "marriage", "births") == ["65", "15", "10", "10"]  # as by script
    page = get(analyst, "?w-need=60&w-feasibility=60&keep=1")
    assert "Nothing has changed" in page  # all were changed: they count in proportion
    page = get(analyst, "?w-need=60&w-feasibility=50&before=run")
    assert "Adds up to 110, so the shares used are 54.5% and 45.5%." in page
    assert 'name="keep" value="1" type="checkbox">' in page
    assert "Use keep=1 to keep each group at 100, not" in analyst.get(f"{URL}?keep=2").text
    assert analyst.get(f"{URL}?keep=1&before=w-luck=3").status_code == 400


def test_nothing_weighted_is_an_error_with_text_and_the_list_stays(run: ScoreRun, analyst: Client) -> None:
    page = get(analyst, "?w-need=0&w-feasibility=0")
    assert "<b>Need and feasibility are both 0, so no country can be ranked.</b>" in page
    assert f"The list below is from run {run.pk}." in page
    assert "<b>No country can be ranked.</b> Every weight is 0: raise need or feasibility.</output>" in page
    assert "stay the same" not in page.split('id="stops"')[1].split('id="with"')[0]
    assert len(data(analyst, "?w-need=0&w-feasibility=0")["groups"]) == 30
    assert page.count('<th scope="row">') == 30


def test_form_offers_the_models_choices_and_shows_their_effect(run: ScoreRun, analyst: Client) -> None:
    plain = get(analyst)
    for choice in run.table["method"]["choices"]:
        sets_weights = any(option.get("weights") for option in choice["options"])
        assert (f'name="take-{choice["key"]}"' in plain) is not sets_weights
    assert '<option value="combined" selected>Both surveys combined</option>' in plain
    assert "The overdue 2026 edition changes no TIP Report tier" in plain
    assert 'id="farthest" aria-live="polite" hidden' in plain
    asked = get(analyst, "?take-prevalence=gsi_2018&hold=tier")
    assert '<option value="gsi_2018" selected>2018 as published</option>' in asked
    assert 'id="hold-tier" name="hold" value="tier" checked' in asked
    told = re.findall(r'id="farthest" aria-live="polite">([^<]+)</p>', asked)
    assert len(told) == 1
    assert re.fullmatch(r"With prevalence “2018 as published”, .+ moves from \d+ to \d+.*\.", told[0])
    # With weights changed as well, no movement is put down to the option.
    assert 'id="farthest" aria-live="polite" hidden' in get(analyst, "?take-prevalence=gsi_2018&w-need=80")
    sent = data(analyst, "?take-prevalence=gsi_2018", "what-if-data")
    assert [choice["key"] for choice in sent["choices"]] == [one["key"] for one in run.table["method"]["choices"]]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?take-prevalence=gsi_1999", "Choice prevalence has no option “gsi_1999”."),
        ("?take-balance=more", "This run has no choice “balance” to ask about."),
        ("?hold=cpi", "This run has no overdue edition of “cpi”. Use one of: tier."),
    ],
)
def test_an_option_that_the_run_does_not_have_is_refused(
    run: ScoreRun, analyst: Client, query: str, message: str
) -> None:
    answer = analyst.get(URL + query)
    assert answer.status_code == 400
    assert message in unescape(answer.text)


def test_groups_are_by_the_share_of_all_in_draws(run: ScoreRun, analyst: Client) -> None:
    rule = data(analyst)["groups_by"]
    assert (rule["in"], rule["out"]) == (0.8, 0.05)
    query = "?take-child_labour=own_first&draws=1"
    drawn, page = data(analyst, query)["drawn"], get(analyst, f"{query}&show=all")
    groups = {code: "in" if p >= 0.8 else "out" if p < 0.05 else "open" for code, (_, _, p) in drawn.items()}
    text = b"".join(analyst.get(f"{URL}{query}&format=csv")).decode("utf-8-sig")
    shown = list(csv.DictReader(text.splitlines()))
    for row in shown:
        assert row["Group"] == rule["labels"][groups[row["Code"]]]
        assert row["Question"].endswith("Child labor: own survey first (was both surveys combined).")
    counts = [sum(row["Group"] == label for row in shown) for label in ("Firmly in", "Open", "Firmly out")]
    assert f"with your settings: {counts[0]} firmly in, {counts[1]} open, {counts[2]} firmly out." in page
    assert page.count("<td>Open</td>") == counts[1]


def test_a_run_of_version_3_keeps_its_page(run: ScoreRun, analyst: Client) -> None:
    table = read(settings.BASE_DIR / "selection/reference/former/default_model_3.json")
    earlier = compute_screen(actor=None, table=table)
    page = get(analyst, f"?run={earlier.pk}&w-need=80&draws=1")
    assert "Which countries are firmly in or out was not recomputed" in page
    assert "Choices of the method" not in page
    assert '<th scope="col">Group' not in page
    assert data(analyst, f"?run={earlier.pk}")["groups_by"] is None
    assert analyst.get(f"{URL}?run={earlier.pk}&take-root=arithmetic").status_code == 400


@pytest.mark.parametrize(
    ("query", "lone"),
    [("?w-need=0", "feasibility"), ("?w-feasibility=0", "need"), ("?w-need=100&w-feasibility=0", "need")],
)
def test_one_side_alone_is_answered_with_a_warning(run: ScoreRun, analyst: Client, query: str, lone: str) -> None:
    page = get(analyst, query)
    warning = page.split('id="stops"')[1].split("</output>")[0]
    assert f"<b>Only {lone} counts now.</b> The statute requires both" in warning


def test_chances_come_from_the_run_until_requested(run: ScoreRun, analyst: Client) -> None:
    query = "?w-need=90&w-feasibility=10"
    before, after = get(analyst, query), get(analyst, f"{query}&draws=1")
    assert (
        f"Until you draw, ranges, shares of draws, and groups are from run {run.pk}, not from your settings." in before
    )
    assert f"<small data-of>settings of run {run.pk}</small>" in before
    assert "are from 10,000 draws of data, weights, and method with your settings:" in after
    assert "<small data-of>your settings</small>" in after
    assert data(analyst, query)["drawn"] is None
    drawn = data(analyst, f"{query}&draws=1")["drawn"]
    assert len(drawn) >= 30
    assert drawn != data(analyst, "?draws=1")["drawn"]


def test_who_is_let_in_and_whose_evidence_is_not_asked_for(run: ScoreRun, analyst: Client) -> None:
    page = get(analyst, "?pool=tier3&off=E2&rule-E3=30")
    assert "gain a rank." in page or "gains a rank." in page
    assert 'id="pool-tier3" name="pool" value="tier3" checked' in page
    assert 'id="off-E2" name="off" value="E2" checked' in page
    assert 'name="rule-E3" type="number" min="1" max="60" step="1" value="30" data-was="15"' in page
    assert "Gains a rank" in get(analyst, "?pool=tier3&off=E2&show=all")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?w-need=many", "Enter a number from 0 to 100"),
        ("?w-luck=1", "This run has no weight “luck”"),
        ("?luck=1", "This page does not accept “luck”"),
        ("?rule-E2=99", "Enter 1 to 60"),
        ("?off=E9", "no rule of evidence “E9”"),
        ("?pool=united_states", "is not a reason for which you can include countries"),
        ("?draws=2", "draws=1"),
        ("?show=some", "all"),
        ("?format=pdf", "csv"),
        ("?with=999999", "There is no run 999999 by the current method"),
    ],
)
def test_what_the_page_does_not_know_is_refused(run: ScoreRun, analyst: Client, query: str, message: str) -> None:
    answer = analyst.get(URL + query)
    assert answer.status_code == 400
    text = unescape(answer.text)
    assert message in text or message in " ".join(text.split()), text[-2000:]


def test_rules_that_leave_few_countries_or_none_are_answered(run: ScoreRun, analyst: Client) -> None:
    strict = "?rule-E2=1&rule-E3=1&rule-E4=1"
    for query in (strict, f"{strict}&draws=1"):
        page = get(analyst, query)
        assert "lose their rank" in page or "No country is ranked under these rules." in page
    assert page.count('<th scope="row">') < 30


def test_links_name_only_the_run_and_the_question(run: ScoreRun, analyst: Client) -> None:
    page = get(analyst, f"?w-need=60&with={run.pk}&show=all")
    for name in ("scenario-new", "what-if-draft"):
        assert f'href="{reverse(name)}?run={run.pk}&w-need=60"' in page
        assert analyst.get(f"{reverse(name)}?run={run.pk}&w-need=60").status_code == 200


@pytest.mark.parametrize("query", ["?run=999999", "?with=nobody", "?scenario=nobody"])
def test_what_is_not_there_is_not_found(run: ScoreRun, analyst: Client, query: str) -> None:
    assert analyst.get(URL + query).status_code == 404


def test_the_file_has_every_ranked_country_and_the_question(run: ScoreRun, analyst: Client) -> None:
    answer = analyst.get(f"{URL}?w-need=90&w-feasibility=10&draws=1&format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it is streamed
    rows = list(csv.DictReader(text.splitlines()))
    assert [int(row["Rank now"]) for row in rows] == list(range(1, 31))
    assert "need 90% (was 50%)" in rows[0]["Question"]
    assert 0.0 <= float(rows[-1]["Share of draws in the first 20"]) <= 1.0
    assert f"Rank, Run {run.pk}, version {run.model_version}" in rows[0]


def test_the_page_is_for_those_who_see_rankings(run: ScoreRun, reviewer: Client) -> None:
    assert reviewer.get(URL).status_code == 404


@pytest.mark.tampers
def test_run_by_an_unknown_engine_is_explained_and_has_no_form(run: ScoreRun, analyst: Client) -> None:
    before = copied(run, lambda row: None, engine="0.9")
    for name in ("what-if", "what-if-draft", "scenario-new"):
        page = " ".join(unescape(analyst.get(reverse(name) + f"?run={before.pk}&w-need=60").text).split())
        assert f"Run {before.pk} used an earlier method." in page
    assert analyst.get(f"{URL}?run={run.pk}&with={before.pk}").status_code == 400
    page = get(analyst, f"?run={run.pk}")
    assert f'<option value="{before.pk}"' not in page
    assert f'href="{URL}?run={run.pk}">Reset to version' in page


@pytest.mark.parametrize(
    ("query", "marked", "message"),
    [
        ("w-need=-0.1", ["w-need"], "The weight of Need is -0.1. Enter a number from 0 to 100."),
        ("w-need=100.1", ["w-need"], "The weight of Need is 100.1. Enter a number from 0 to 100."),
        ("rule-E2=0", ["rule-E2"], "The limit of rule E2 is 0 years. Enter 1 to 60."),
        ("rule-E2=61", ["rule-E2"], "The limit of rule E2 is 61 years. Enter 1 to 60."),
        ("w-need=-5&rule-E3=1e9", ["w-need", "rule-E3"], "The limit of rule E3 is “1e9”. Enter whole years, 1 to 60."),
    ],
)
def test_a_number_out_of_range_has_its_message_at_its_field(
    run: ScoreRun, analyst: Client, query: str, marked: list[str], message: str
) -> None:
    answer = analyst.get(f"{URL}?{query}&w-tier=40&pool=tier3")
    page = " ".join(unescape(answer.text).split())
    assert answer.status_code == 400
    assert message in page
    assert f"The list below is from run {run.pk}." in page
    assert "<b>A number is out of range.</b> Correct each number that is marked to see the effect." in page
    assert re.findall(r'<input[^>]* name="([^"]+)"[^>]*aria-invalid="true"', page) == marked
    for field in marked:
        hint = "Enter a number from 0 to 100." if field[0] == "w" else "Enter whole years from 1 to 60."
        assert f'id="e-{field}">{hint}</p>' in page
    typed = dict(parse_qsl(query))
    assert all(f'name="{field}" type="number"' in page and f'value="{typed[field]}"' in page for field in marked)
    # Everything else that was typed is kept.
    assert 'name="w-tier" type="number" min="0" max="100" step="any" value="40"' in page
    assert 'value="tier3" checked' in page
    assert analyst.get(f"{URL}?{query}&format=csv").status_code == 400


@pytest.mark.parametrize("query", ["w-need=0", "w-need=100", "rule-E2=1", "rule-E2=60"])
def test_a_number_at_the_end_of_its_range_is_answered(run: ScoreRun, analyst: Client, query: str) -> None:
    assert "aria-invalid" not in get(analyst, f"?{query}")


def test_a_share_of_the_whole_is_compared_with_that_of_the_run(run: ScoreRun, analyst: Client) -> None:
    page = get(analyst, "?w-child_labour=50&w-need=60")
    assert '<p class="u-small u-muted" id="s-child_labour"><span>23% of the whole</span><b>, was 15%</b></p>' in page
    assert '<p class="u-small u-muted" id="s-need"><span>55% of the whole</span><b>, was 50%</b></p>' in page
