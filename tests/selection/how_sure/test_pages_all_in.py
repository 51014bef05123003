"""Page on the confidence in a ranking whose draws vary data, weights, and method together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpc.accounts.permissions import Role
from indicators.models import Source
from indicators.observations.services import record_unpublished
from selection.how_sure.queries.findings import how_sure
from selection.model_definition.criteria_table import read
from selection.models import CountryScore, ScoreRun
from selection.reference_data import FORMER_MODELS
from selection.runs.queries.all_in import all_in_findings
from selection.runs.services import compute_screen
from tests.selection.how_sure.test_pages_how_sure import PAGE, exported, get, panel, text_of
from tests.support.accounts import make_account
from tests.support.ranking_runs import copied, without_rank

AsRole = Callable[[Role], Client]


def fold(html: str, id: str) -> str:
    """Return one fold of the page."""
    return html.split(f'id="{id}"', 1)[1].split("</details>", 1)[0]


# ---- what is shown -------------------------------------------------------------------------------------------------


def test_the_page_has_two_panels_and_folds_whose_summaries_are_findings(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst)
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", html.partition("<main")[2].partition("</main>")[0])
    assert heads == ["How far does each doubt move a rank?", "What would help most?"]
    summaries = re.findall(r"<summary><span><b>(.*?)</b> (.*?) ?</span></summary>", " ".join(html.split()))
    assert [name for name, _ in summaries] == [
        "Country by country:",
        "Weights and their effect:",
        "If no one agrees on weights:",
        "Other ways to make the list:",
        "One weight at a time:",
        "Data, weights, and method:",
        "Was this tested?",
    ]
    assert all(finding.endswith(".") for _, finding in summaries)
    assert "Which doubt moves the list most, and what can we do about it?" in html


def test_the_lead_and_the_bars_have_the_widths_and_shares_of_the_run(run: ScoreRun, analyst: Client) -> None:
    drawn, text = run.result["drawn"], text_of(get(analyst))
    widths, shares = drawn["median_widths"], drawn["all_in"]["decomposition"]["everyone"]
    assert f"A typical rank could be anywhere within {round(widths['total'])} places, and" in text
    alone, together = max(shares.values())
    assert f"{round(100 * alone)}% of the differences between draws, {round(100 * together)}% together with" in text
    bars = [text_of(item) for item in re.findall(r"<li.*?</li>", panel(get(analyst), "doubts"), re.DOTALL)]
    assert len(bars) == 8
    assert bars[-1].startswith("All together ")
    assert bars[-1].endswith(f" {round(widths['total'])} ranks")
    (part,) = [bar for bar in bars if bar.startswith("of that: tiers of 2025")]
    assert part.endswith(f" {round(widths['overdue'])} ranks")


def test_an_overdue_report_has_a_button_for_those_who_may_load_it(run: ScoreRun, as_role: AsRole) -> None:
    found = all_in_findings(run)
    assert found is not None
    assert found.settled is not None
    html = panel(get(as_role(Role.ANALYST)), "first")
    assert '<a class="usa-button" href="/data/imports/?source=tip#upload">Load it' in html
    inside = found.settled.counts["in"]
    assert f"If no tier changes: {inside} countries firmly in instead of" in text_of(html)
    viewer = panel(get(as_role(Role.VIEWER)), "first")
    assert "usa-button" not in viewer
    assert "Load the 2026 TIP Report" in viewer
    assert "Where to find it" in viewer


def test_tiers_to_confirm_come_last_and_are_as_many_as_in_the_task_list(run: ScoreRun, analyst: Client) -> None:
    items = re.findall(r"<li>.*?</li>", panel(get(analyst), "first"), re.DOTALL)
    ranked = run.countries.filter(rank__isnull=False, tier_quality="unconfirmed").count()
    rows = [row for row in exported(analyst, "?list=tasks&format=csv") if row["To do"] == "Confirm"]
    assert text_of(items[-1]).startswith(f"Confirm {len(rows)} tiers {ranked} ranked (")
    others = len(rows) - ranked
    assert f") and {others} other{'s' * (others != 1)}. Removes the mark" in text_of(items[-1])
    assert len(items) == 4


def test_figures_come_in_the_order_of_their_points(run: ScoreRun, analyst: Client) -> None:
    items = re.findall(r"<li>.*?</li>", panel(get(analyst), "first"), re.DOTALL)
    sums = [one for one in how_sure(run).sums if one.criterion.key != "tier"]
    for item, one in zip(items[1:3], sums, strict=False):
        assert f"Worth {round(100 * one.value)} points over {one.countries} countries" in text_of(item)
    assert one.value == pytest.approx(run.result["drawn"]["data"][one.criterion.key], abs=0.01)


def test_countries_have_both_ranges_and_what_holds_if_no_tier_changes(run: ScoreRun, analyst: Client) -> None:
    html = fold(get(analyst), "countries")
    assert html.count("<tr role") == 1 + 20
    best = run.countries.get(rank=1)
    row = re.search(rf'<a href="/countries/{best.country.code}/">.*?</tr>', html, re.DOTALL)
    assert row is not None
    cells = [text_of(cell) for cell in re.findall(r"<td.*?</td>", row[0], re.DOTALL)]
    settled, inner = best.detail["settled"], best.detail["data_weights"]
    ends = [(best.rank_low, best.rank_high), (inner["low"], inner["high"]), (settled["low"], settled["high"])]
    assert [cells[0], cells[1], cells[4]] == [
        f"{low}\N{EN DASH}{high}" if low != high else f"{low}" for low, high in ends
    ]
    everyone = get(analyst, "?show=all")
    assert fold(everyone, "countries").count("<tr role") == 1 + run.ranked
    assert fold(everyone, "free").count("<tr role") == 1 + run.ranked
    assert '<details class="c-finding" id="countries" open>' in everyone


def test_the_fold_of_weights_has_each_counted_criterion_and_both_axes(run: ScoreRun, analyst: Client) -> None:
    html = fold(get(analyst), "effects")
    stored = run.result["drawn"]["all_in"]["importance"]
    assert html.count("<tr role") == 1 + len(stored)
    assert "Need (axis)" in html
    assert "Feasibility (axis)" in html


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER])
def test_every_link_of_the_page_leads_to_a_page_that_the_reader_may_open(
    run: ScoreRun, as_role: AsRole, role: Role
) -> None:
    client = as_role(role)
    html = get(client)
    urls = {unescape(url) for url in re.findall(r'href="(/[^"]*)"', panel(html, "first") + fold(html, "tested"))}
    urls |= {f"{PAGE}{unescape(url)}" for url in re.findall(r'href="(\?[^"#]*)', html.split("<main")[1])}
    assert len(urls) >= 4
    for url in sorted(urls):
        assert client.get(url.split("#")[0]).status_code == 200, url


def test_the_page_asks_few_questions_of_the_database(run: ScoreRun, analyst: Client) -> None:
    get(analyst)
    with CaptureQueriesContext(connection) as asked:
        get(analyst)
    assert len(asked) <= 15


# ---- exports -------------------------------------------------------------------------------------------------------


def test_the_sheet_of_ranks_adds_what_all_in_draws_tell(run: ScoreRun, analyst: Client) -> None:
    rows = exported(analyst, "?format=csv")
    assert len(rows) == run.ranked
    best = run.countries.get(rank=1)
    detail = best.detail
    expected = {
        "Data and weights: highest rank of the range": detail["data_weights"]["low"],
        "If no tier changes: lowest rank of the range": detail["settled"]["high"],
        "If no tier changes: share of draws in the first 20": detail["settled"]["p20"],
        "Group if no tier changes": detail["settled"]["group"],
        "Share in the first 20 if its tier holds": detail["holds"],
        "Share of all weightings in the first 20": detail["free"]["share"],
        "Typical weight of need in those": detail["free"]["weights"]["need"],
        "Share in the first 20 with those weights": detail["free"]["confidence"],
        "Reliability, 0 to 10": detail["reliability"]["value"],
        "All together: lowest rank": best.rank_high,
    }
    assert {name: rows[0][name] for name in expected} == {name: str(value) for name, value in expected.items()}


def test_the_task_list_begins_with_the_report_and_ends_with_tiers_to_check(run: ScoreRun, analyst: Client) -> None:
    rows = exported(analyst, "?list=tasks&format=csv")
    kinds = [row["To do"] for row in rows]
    figures, unchecked = how_sure(run).figures, how_sure(run).unchecked
    assert kinds == ["Load", *["Get"] * len(figures), *["Confirm"] * len(unchecked)]
    assert (rows[0]["Figure"], rows[0]["Country"]) == ("2026 TIP Report", "")
    assert rows[0]["Why it is uncertain"].startswith("Worth ")
    assert "If no tier changes: " in rows[0]["Why it is uncertain"]
    assert rows[0]["Where to load it"] == "http://testserver/data/imports/?source=tip#upload"
    assert rows[-1]["Why it is uncertain"].endswith("ranges move only if the tier turns out different")
    assert f"All {len(rows)} as a task list (CSV)" in text_of(get(analyst))
    assert analyst.get(f"{PAGE}?list=tasks&format=xlsx").status_code == 200


def test_the_sheet_of_weights_has_nominal_weight_effect_and_room(run: ScoreRun, analyst: Client) -> None:
    rows = {row["Weight"]: row for row in exported(analyst, "?list=weights&format=csv")}
    stored = {key: values for key, *values in run.result["drawn"]["all_in"]["importance"]}
    births = rows["Births not registered"]
    nominal, effective, r = stored["births"]
    columns = ("Weight in the total", "Effective importance", "Correlation with the total")
    assert [float(births[name]) for name in columns] == pytest.approx([nominal, effective, r])
    (room,) = [one for one in run.result["drawn"]["stability"] if one["key"] == "births"]
    ends = [float(births[f"{end} share at which 20 of the first stay"]) for end in ("Lowest", "Highest")]
    assert ends == pytest.approx(room["ranges"]["100"])
    assert rows["Governance"]["Effective importance"] == ""
    assert rows["Need"]["Weight in the total"] == "0.5"


# ---- other states --------------------------------------------------------------------------------------------------


def test_a_statement_takes_the_report_off_the_page(run: ScoreRun, analyst: Client) -> None:
    person = make_account(Role.ANALYST, username="ana")
    tip = Source.objects.get(key="tip")
    looked = dt.date(2026, 7, 3)
    record_unpublished(source=tip, edition="2026", as_of=looked, evidence="state.gov", actor=person)
    compute_screen(actor=None)
    html = get(analyst)
    text = text_of(html)
    stated = "the 2026 TIP Report was not published by Jul 3, 2026, so the tiers of 2025 are exact."
    assert f"{person} recorded that {stated}" in text
    assert "Load the 2026 TIP Report" not in text
    assert "of that:" not in text
    assert "if no tier changes" not in text
    assert "k-medline" not in panel(html, "doubts")
    assert "If no tier changes: share of draws in the first 20" not in exported(analyst, "?format=csv")[0]
    assert all(row["To do"] != "Load" for row in exported(analyst, "?list=tasks&format=csv"))


def test_run_of_version_3_lists_what_its_page_lacks(run: ScoreRun, analyst: Client) -> None:
    former = compute_screen(actor=None, on=run.reference_date - dt.timedelta(days=1), table=read(FORMER_MODELS[-1]))
    html = get(analyst, f"?run={former.pk}")
    assert "This run is of version 3 of the method, whose ranges leave out two doubts." in html
    assert 'id="bands"' in html
    assert 'id="effects"' not in html
    assert exported(analyst, f"?run={former.pk}&list=weights&format=csv")[0]["Effective importance"] == ""


@pytest.mark.tampers
def test_where_nothing_is_ranked_there_is_no_order(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, f"?run={copied(run, without_rank).pk}")
    assert "No country is ranked, so there is no order to assess." in html
    assert 'id="doubts"' not in html
    assert "c-finding" not in html


@pytest.mark.tampers
def test_one_ranked_country_has_its_row(run: ScoreRun, analyst: Client) -> None:
    def alone(row: CountryScore) -> None:
        if row.rank != 1:
            without_rank(row)

    html = get(analyst, f"?run={copied(run, alone).pk}")
    assert "One country is ranked, so it is certain to be in the first 20." in html
    assert fold(html, "countries").count("<tr role") == 2
    assert "the range of " in fold(html, "countries")
    assert ">All 1 (CSV)</a>" in html
