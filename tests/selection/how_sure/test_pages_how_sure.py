"""Page on the confidence in a ranking by version 3 of the method, whose draws leave the method out.

It has bands, doubts, weights, design choices, and the list of values to obtain.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpc.accounts.permissions import Role
from cpc.web import formats
from selection.how_sure.presenters import weights as weights_presenters
from selection.how_sure.presenters.work_list import why
from selection.how_sure.queries.findings import LEAST, FigureDoubt, how_sure
from selection.model_definition.criteria_table import read
from selection.models import CountryScore, ScoreRun
from selection.ranking.queries.findings import groups_of
from selection.reference_data import FORMER_MODELS
from selection.runs import labels
from selection.runs.queries.basis import basis_of
from selection.runs.services import compute_screen
from selection.scoring import competition_ranks
from selection.scoring.robustness.exact import child_keys, root_scores
from tests.support.ranking_runs import copied, without_draws, without_rank
from tests.support.rankings import publish_values, value

AsRole = Callable[[Role], Client]
PAGE = "/ranking/how-sure/"


@pytest.fixture
def run(ranking: ScoreRun) -> ScoreRun:
    """Return a desk screen by version 3 of the model, newer than the one of the world."""
    return compute_screen(actor=None, on=ranking.reference_date, table=read(FORMER_MODELS[-1]))


def get(client: Client, query: str = "", status: int = 200) -> str:
    response = client.get(f"{PAGE}{query}")
    html: str = response.content.decode()
    assert response.status_code == status, html[:500]
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def panel(html: str, id: str) -> str:
    """Return one panel of the page."""
    return html.split(f'id="{id}"', 1)[1].split("</section>", 1)[0]


def exported(client: Client, query: str) -> list[dict[str, str]]:
    response = client.get(f"{PAGE}{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streamed file
    return list(csv.DictReader(io.StringIO(text)))


# ---- what is shown -------------------------------------------------------------------------------------------------


def test_panels_come_in_the_order_of_the_questions(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst)
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", html.partition("<main")[2].partition("</main>")[0])
    assert heads == [
        "How often each country reaches each range of ranks",
        "What to check and get next",
        "Which figure would help most across all countries",
        "How far each kind of doubt moves the rank",
        "How far each weight can move",
        "What this means",
        "12 ways to make the list",
    ]
    assert f"Run {run.pk}" in html
    assert 'aria-current="page"' in html.split("How sure</a>")[0].rsplit("<a", 1)[1]


def test_finding_counts_groups_and_warns_of_overlapping_widths(run: ScoreRun, analyst: Client) -> None:
    groups = groups_of(how_sure(run).ranking)
    assert groups is not None
    text = text_of(get(analyst))
    inside = len(groups.inside)
    start = (
        f"{labels.countries(inside)} {'is' if inside == 1 else 'are'} firmly in"
        if inside
        else "No country is firmly in"
    )
    assert start in text
    if groups.outside:
        assert f"{len(groups.outside)} are firmly out: in the first 20 in under 5% of draws and of methods." in text
    assert "These overlap, so they add up to more than the total." in text


def test_bands_print_the_shares_of_the_run(run: ScoreRun, analyst: Client) -> None:
    html = panel(get(analyst), "bands")
    rows = re.findall(r"<tr[^>]*><td class=\"num\">(\d+)</td>.*?</tr>", html)
    assert rows == [str(rank) for rank in range(1, 31)]
    best = run.countries.get(rank=1)
    cells = re.search(r'<td class="num">1</td>.*?</tr>', html, re.DOTALL)
    assert cells is not None
    printed = re.findall(r'c-h(\d)">(?:(\d+)|<span)', cells[0])
    shares = best.detail["bins"][: len(printed)]
    assert [text for _, text in printed] == ["" if share < 0.005 else str(round(100 * share)) for share in shares]
    assert [int(step) for step, _ in printed] == [sum(share >= e for e in (0.05, 0.25, 0.5, 0.75)) for share in shares]
    assert formats.chance(best.p20) in text_of(cells[0])
    assert len(re.findall("<tr", panel(get(analyst, "?show=all"), "bands"))) == 1 + run.ranked


def test_doubts_have_both_ends_of_each_source(run: ScoreRun, analyst: Client) -> None:
    html = panel(get(analyst), "doubts")
    best = run.countries.get(rank=1)
    row = re.search(rf'<a href="/countries/{best.country.code}/">.*?</tr>', html, re.DOTALL)
    assert row is not None
    spans = re.findall(r'<div class="c-int"><span>(.*?)</span>', row[0])
    ends = [best.detail["ranges"][key] for key in ("age", "measurement", "bridge", "missing", "weights")]
    ends += [(best.rank_low, best.rank_high), best.detail["designs_interval"]]
    assert spans == [formats.span(str(low), str(high)) for low, high in ends]


def test_ways_are_the_ranks_of_the_run_under_each_single_change(run: ScoreRun, analyst: Client) -> None:
    html = panel(get(analyst, "?show=all"), "ways")
    assert len(re.findall(r'<th scope="colgroup"', html)) == 8
    for row in run.countries.filter(rank__lte=3).select_related("country"):
        line = re.search(rf'<a href="/countries/{row.country.code}/">.*?</tr>', html, re.DOTALL)
        assert line is not None
        ranks = [int(rank) for rank in re.findall(r"<td class=\"[^\"]*\">(\d+)</td>", line[0])]
        assert ranks == row.detail["singles"]
        assert ranks[0] == row.rank


def test_moving_a_weight_past_its_room_swaps_the_named_countries(run: ScoreRun) -> None:
    found, basis = how_sure(run), basis_of(run)
    assert basis is not None
    result = basis.result
    ranked = [i for i, rank in enumerate(result.ranks) if rank]
    names = {row.code: row.name for row in found.ranking.ranked}
    checked = 0
    for weight in found.weights:
        (b, c), *_ = [
            (b, keys.index(weight.key))
            for b, branch in enumerate(result.plan.branches)
            if weight.key in (keys := child_keys(result.plan, branch))
        ]
        for step in (weight.below, weight.above):
            if step is None:
                continue
            weights = [branch.weights.copy() for branch in result.plan.branches]
            weights[b][c] = 0.0
            weights[b] *= (1.0 - step.share) / weights[b].sum()
            weights[b][c] = step.share
            ranks = competition_ranks(root_scores(result.plan, result.u[ranked], weights))
            then = {result.countries[i] for i, rank in zip(ranked, ranks, strict=True) if rank <= 20}
            now = {row.code for row in found.ranking.first}
            assert {row.code for row in step.leaves} == now - then
            assert {row.code for row in step.enters} == then - now
            sentence = weights_presenters.changed(step)
            assert all(names[code] in sentence for code in now ^ then)
            checked += 1
    assert checked > 5


# ---- the work list -------------------------------------------------------------------------------------------------


def test_work_list_has_every_figure_that_moves_a_chance_by_value(run: ScoreRun) -> None:
    figures, notable = how_sure(run).figures, how_sure(run).notable
    lines = [
        (line["estimate"]["datum"], row.country.code, line["key"])
        for row in run.countries.filter(status__in=("ranked", "provisional")).select_related("country")
        for line in row.lines
        if (line.get("estimate") or {}).get("datum")
    ]
    expected = sorted((value for value, _, _ in lines), reverse=True)
    assert [one.value for one in figures] == expected
    assert [one.value for one in notable] == [value for value in expected if value >= LEAST]
    assert len(notable) < len(figures)
    assert figures[0].value > 0.05
    total = run.result["drawn"]["data"]
    for one in how_sure(run).sums:
        assert one.value == pytest.approx(total[one.criterion.key], abs=0.01)


def test_low_and_high_are_of_the_figure_itself(run: ScoreRun) -> None:
    turned = [one for one in how_sure(run).figures if one.criterion.key == "unemployment"]
    assert turned
    for one in turned:  # more unemployment: less of a chance
        assert one.low is not None
        assert one.high is not None
        row = run.countries.get(country__code=one.row.code)
        (line,) = [line for line in row.lines if line["key"] == "unemployment"]
        assert line["estimate"]["datum_ends"] == [one.high, one.low]
    straight = [one for one in how_sure(run).figures if one.criterion.key == "child_labour"]
    assert all((one.high or 0) > (one.low or 0) for one in straight)


def test_each_reason_for_doubt_has_its_sentence(run: ScoreRun) -> None:
    figures = how_sure(run).figures
    sentences = {
        FigureDoubt.MISSING: "filled from",
        FigureDoubt.BRIDGED: "No recent survey of this figure; estimated from",
        FigureDoubt.LEVEL: "it could have changed since",
        FigureDoubt.EDITIONS: "Its editions differ",
        FigureDoubt.EDITION: "Only one edition",
        FigureDoubt.OLD: "years old",
        FigureDoubt.ERROR: "measured with error",
    }
    for one in figures:
        assert sentences[one.doubt] in why(one)
    assert len({one.doubt for one in figures}) >= 3


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER])
def test_every_work_list_link_opens_for_its_reader(run: ScoreRun, as_role: AsRole, role: Role) -> None:
    client = as_role(role)
    html = get(client)
    addresses = {unescape(url) for url in re.findall(r'href="(/[^"]*)"', panel(html, "first") + panel(html, "sums"))}
    paths = {url.split("#")[0] for url in addresses}
    assert any(path.startswith("/data/") for path in paths)
    assert ("Load a newer file<" in panel(html, "sums")) is (role is Role.ANALYST)
    countries = sorted(path for path in paths if path.startswith("/countries/"))
    assert {path.split("/")[2] for path in countries} <= set(run.countries.values_list("country__code", flat=True))
    for path in sorted(paths - set(countries[1:])):  # the page of one country represents all
        assert client.get(path).status_code == 200, path


def test_the_import_comes_with_its_source_filled_in(run: ScoreRun, analyst: Client) -> None:
    assert '<option value="unicef" selected>' in analyst.get("/data/imports/?source=unicef").content.decode()
    refused = analyst.get("/data/imports/?source=nowhere")
    assert refused.status_code == 400
    assert "There is no source “nowhere”" in refused.content.decode()


def test_tiers_that_no_one_has_checked_come_first(run: ScoreRun, analyst: Client) -> None:
    pool = run.countries.filter(status__in=("ranked", "provisional", "not_rankable"))
    unsure = pool.filter(tier_quality="unconfirmed")
    assert unsure.count() > 10
    text = text_of(panel(get(analyst), "first"))
    counts = f"{unsure.count()} of the {pool.count()} tiers of the pool are not checked against the report"
    assert f"Check the tiers. {counts}, {unsure.filter(rank__lte=20).count()} of them in the first 20." in text
    rows = [row for row in exported(analyst, "?list=tasks&format=csv") if row["To do"] == "Check"]
    assert {row["Code"] for row in rows} == set(unsure.values_list("country__code", flat=True))
    assert {row["Figure"] for row in rows} == {"TIP Report tier"}


def test_the_list_has_the_order_of_the_sentence_above_it(run: ScoreRun, analyst: Client) -> None:
    found, html = how_sure(run), panel(get(analyst), "first")
    text = text_of(html)
    most, single = found.sums[0], found.figures[0]
    starts = [
        "Check the tiers.",
        f"{most.criterion.label}, all countries.",
        f"{single.row.name} {single.criterion.label}",
    ]
    offsets = [text.index(start) for start in starts]
    assert offsets == sorted(offsets)
    average = round(100 * most.value / most.countries)
    assert f"would be {average} percentage point" in text
    assert f"on average over {most.countries} countries. Added up, that is more than" in text
    unchecked = html.split("Check the tiers.", 1)[1].split("</li>", 1)[0]
    assert unchecked.count('href="/countries/') == len(found.unchecked)
    assert 'href="/data/indicators/tip.tier/"' in unchecked
    assert 'href="https://www.state.gov/' in unchecked


def test_both_sheets_hold_what_the_page_shows(run: ScoreRun, analyst: Client) -> None:
    rows = exported(analyst, "?format=csv")
    assert [row["Rank"] for row in rows] == [str(rank) for rank in range(1, run.ranked + 1)]
    best = run.countries.get(rank=1)
    ends = [rows[0][f"Age: {end} rank"] for end in ("highest", "lowest")]
    assert ends == [str(end) for end in best.detail["ranges"]["age"]]
    assert rows[0]["Rank with scale of need: logarithmic from 1"] == str(best.detail["singles"][5])
    tasks = [row for row in exported(analyst, "?list=tasks&format=csv") if row["To do"] == "Get"]
    figures = how_sure(run).figures
    assert len(tasks) == len(figures)
    assert tasks[0]["Country"] == figures[0].row.name
    assert tasks[0]["Whom to ask"]
    assert tasks[0]["Where to load it"].startswith("http://testserver/")
    assert analyst.get(f"{PAGE}?list=tasks&format=xlsx").status_code == 200


# ---- other runs ----------------------------------------------------------------------------------------------------


def test_page_before_any_run_names_the_first_step(as_role: AsRole, tmp_path: Path) -> None:
    analyst = as_role(Role.ANALYST)
    assert "none has been published here yet" in get(analyst)
    publish_values(tmp_path, [value("cpi.score", "GHA", "2025", "40")])
    assert "Compute the first ranking" in get(analyst)
    assert "Compute the first ranking" not in get(as_role(Role.VIEWER))


@pytest.mark.tampers
def test_run_without_draws_is_explained(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, f"?run={copied(run, without_draws).pk}")
    assert "no draws were made" in html
    assert 'id="bands"' not in html
    assert 'id="doubts"' not in html
    assert 'id="weights"' not in html


@pytest.mark.tampers
def test_where_nothing_is_ranked_there_is_no_order(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, f"?run={copied(run, without_rank).pk}")
    assert "No country is ranked, so there is no order to assess." in html
    assert 'id="bands"' not in html
    assert "rows (CSV)" not in html


@pytest.mark.tampers
def test_one_ranked_country_has_its_row(run: ScoreRun, analyst: Client) -> None:
    def alone(row: CountryScore) -> None:
        if row.rank != 1:
            without_rank(row)

    html = get(analyst, f"?run={copied(run, alone).pk}")
    assert "1 row (CSV)" in html
    assert len(re.findall("<tr", panel(html, "bands"))) == 2
    assert "One country is ranked, so it is certain to be in the first 20." in html


# ---- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?show=some", "There is nothing to show as “some”. Use all."),
        ("?list=ranks", "There is no list “ranks”. Use tasks or weights."),
        ("?format=pdf", "“pdf” is not an export format."),
        ("?sort=rank", "sort"),
    ],
)
def test_a_parameter_that_the_page_does_not_know_is_refused(
    run: ScoreRun, analyst: Client, query: str, message: str
) -> None:
    assert message in get(analyst, query, 400)


def test_a_run_that_is_not_there_is_not_found(run: ScoreRun, analyst: Client) -> None:
    get(analyst, "?run=999999", 404)
    get(analyst, "?run=x", 404)


def test_the_page_asks_few_questions_of_the_database(run: ScoreRun, analyst: Client) -> None:
    get(analyst)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        get(analyst)
    assert len(asked) <= 14
