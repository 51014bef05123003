"""Ranking page: its countries, order, permissions, charts, and exports with the same content."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from cpc.web.charts import shapes
from cpc.web.formats import DASH, day, listing
from indicators.models import Source
from indicators.observations.services import record_unpublished
from selection.model_definition.criteria_table import read as read_table
from selection.model_definition.editing import find, with_row
from selection.model_versions.services import versions as versions_services
from selection.models import CountryScore, ScoreRun, ScoringModel
from selection.ranking.queries.listing import (
    RANKED,
    Wanted,
    in_order,
    in_the_way,
)
from selection.reference_data import FORMER_MODELS
from selection.runs.rows import Chance, ranking_of
from selection.runs.services import compute_screen, look_back
from tests.support.pool import admitted
from tests.support.ranking_runs import copied, without_draws, without_rank
from tests.support.rankings import NO_SURVEY, OUTSIDE, WITHOUT_NEED, publish_values, value
from tests.support.rounds import Office

NAME = re.compile(r'<th scope="row" role="rowheader"><a href="/countries/([^/"]+)/[^"]*">')
ROW = re.compile(r'<tr role="row"(?: class="is-cut")?>.*?</tr>', re.DOTALL)


def codes(html: str) -> list[str]:
    """Return the countries of the list, in the order of the page."""
    return NAME.findall(html)


def row_of(html: str, code: str) -> str:
    """Return the row of one country."""
    rows: list[str] = ROW.findall(html)
    return next(row for row in rows if f'href="/countries/{code}/' in row)


def get(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(f"/ranking/{query}", headers=headers)
    html: str = response.content.decode()
    assert response.status_code == 200, html[:500]
    return html


def read(client: Client, query: str = "") -> str:
    """Return the text of the page without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", get(client, query))))


def exported(client: Client, query: str) -> list[dict[str, str]]:
    response: Any = client.get(f"/ranking/{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def ranked_codes(run: ScoreRun, order: str = "rank", **where: Any) -> list[str]:
    rows = run.countries.filter(rank__isnull=False, **where).order_by(order)
    return list(rows.values_list("country__code", flat=True))


# ---- lists ---------------------------------------------------------------------------------------------------------


def test_ranked_countries_stand_by_rank_and_by_pages(run: ScoreRun, analyst: Client) -> None:
    ranked = ranked_codes(run)
    assert len(ranked) == 30
    assert codes(get(analyst))[:20] == ranked[:20]
    assert codes(get(analyst, "?page=2")) == ranked[20:]
    assert codes(get(analyst, "?show=all")) == ranked
    html = get(analyst)
    assert 'href="?page=2#list">Next 10</a>' in html
    assert 'href="?show=all#list">All 30</a>' in html
    assert 'href="?page=1#list">Previous 20</a>' in get(analyst, "?page=2")
    assert "20 at a time</a>" in get(analyst, "?show=all")


def test_below_the_line_is_the_likeliest_country_if_it_exceeds_one_above(run: ScoreRun, analyst: Client) -> None:
    scores = list(run.countries.filter(rank__isnull=False).order_by("rank"))
    shares = [score.p20 or 0.0 for score in scores]
    best = max(range(20, 30), key=lambda place: shares[place])
    exceeded = sum(share < shares[best] for share in shares[:20])
    html, text = get(analyst), read(analyst)
    if exceeded:
        assert codes(html) == [*ranked_codes(run)[:20], scores[best].country.code]
        assert f"1 to 20 of 30, and {scores[best].country.name}" in text
        assert f"more often than {exceeded} of the 20 above it." in text
    else:
        assert codes(html) == ranked_codes(run)[:20]
        assert "above it" not in text
    for query in ("?page=2", "?sort=-need", "?show=all", "?region=Africa"):
        assert "above it" not in read(analyst, query)


@pytest.mark.tampers
@pytest.mark.parametrize(("share", "shown"), [(0.39, False), (0.4, False), (0.41, True)])
def test_a_country_below_the_line_is_shown_from_above_the_least_share(
    share: float, shown: bool, run: ScoreRun, analyst: Client
) -> None:
    def change(row: CountryScore) -> None:
        if row.rank is not None:
            row.p20 = 0.4 if row.rank == 20 else 0.5 if row.rank < 20 else share if row.rank == 25 else 0.1

    again = copied(run, change)
    html = get(analyst)
    code = ranked_codes(again)[24]
    assert codes(html) == [*ranked_codes(again)[:20], *([code] if shown else [])]
    name = again.countries.get(country__code=code).country.name
    assert (f"1 to 20 of 30, and {name}" in read(analyst)) is shown
    assert (
        f"{name} is in the first 20 in 41% of draws, more often than 1 of the 20 above it." in read(analyst)
    ) is shown


def test_every_country_is_listed_once_and_a_missing_rank_is_explained(run: ScoreRun, analyst: Client) -> None:
    lists = {tab: codes(get(analyst, f"?tab={tab}&show=all")) for tab in ("", "provisional", "outside", "not-rankable")}
    everyone = [code for found in lists.values() for code in found]
    assert sorted(everyone) == sorted(run.countries.values_list("country__code", flat=True))
    assert lists["provisional"] == [NO_SURVEY]
    assert lists["not-rankable"] == [WITHOUT_NEED]
    assert {*OUTSIDE, "USA", "AND"} <= set(lists["outside"])
    reasons = {
        row["Code"]: row["Why not ranked"]
        for tab in ("provisional", "outside", "not-rankable")
        for row in exported(analyst, f"?tab={tab}&format=csv")
    }
    assert all(reasons.values())
    assert reasons["TCD"] == "Tier 3 in the TIP Report of 2025."
    assert reasons[NO_SURVEY] == "Child labor is not measured within 15 years."
    assert "must be listed in the TIP Report" in reasons["AND"]


def test_the_pool_is_folded_with_counts_that_add_up(run: ScoreRun, analyst: Client) -> None:
    text = read(analyst)
    inside = run.countries.filter(status__in=("ranked", "provisional", "not_rankable")).count()
    outside = run.countries.count() - inside
    match = re.search(
        r"(\d+) countries are in the pool\. (\d+) are outside\. (\d+) of them are in the TIP Report: (.*?)\. (.*?) The",
        text,
    )
    assert match is not None
    assert (int(match[1]), int(match[2])) == (inside, outside)
    counts = re.findall(r"\d+", match[4].replace("Tier 3", "the tier"))
    assert sum(map(int, counts)) == int(match[3]) - ("the United States" in match[4])
    assert sum(map(int, re.findall(r"\d+", match[5]))) == outside - int(match[3])
    assert "The rules are the defaults; no one has changed them." in text
    assert "30 countries in the pool" not in text  # provisional ones and those that cannot be ranked are in it
    assert f"Model version {run.model_version}, {inside} countries in the pool, values as of" in text
    assert 'href="/ranking/pool/"' in get(analyst)


def test_the_pool_names_who_changed_it_and_when(office: Office, run: ScoreRun, client: Client) -> None:
    client.force_login(office.analyst)
    admission = admitted(office.analyst, office.approver, "ROU")
    assert "The rules, admissions, or partnerships of the pool have changed since this run." in read(client)
    client.post("/ranking/compute/")
    text = read(client)
    assert "33 countries are in the pool, 1 of them by decision." in text
    sentence = f"Romania admitted, proposed by {office.analyst}; approved by {office.approver}."
    assert f"Last changed {day(admission.in_force_from)}: {sentence}" in text
    assert f"Admitted until {day(admission.until)}" in row_of(get(client, "?show=all"), "ROU")


@pytest.mark.tampers
def test_a_run_beside_for_time_alone_is_pointed_out(run: ScoreRun, analyst: Client) -> None:
    later = copied(run, lambda row: None, beside="day")
    assert f"Run {later.pk} uses the same data with ages counted to {day(later.reference_date)} " in read(analyst)
    as_computed = read(analyst, f"?run={later.pk}")
    assert f"This is run {later.pk}, as computed then. The current run is run {run.pk} ." in as_computed


def test_the_three_groups_come_before_any_rank_and_lead_to_their_countries(run: ScoreRun, analyst: Client) -> None:
    html, text = get(analyst), read(analyst)
    counts = {group: run.countries.filter(group=group).count() for group in ("in", "open", "out")}
    assert sum(counts.values()) == run.ranked
    inside = sorted(run.countries.filter(group="in").values_list("country__name", flat=True))
    assert f"{counts['in']} countries are firmly in the first 20 while the 2026 TIP Report is missing: " in text
    assert f"missing: {inside[0]}" in text
    settled = [row.detail["settled"] for row in run.countries.filter(rank__isnull=False)]
    then = {group: sum(one["group"] == group for one in settled) for group in counts}
    assert then != counts
    assert html.index("firmly in the first") < html.index("c-ranks__no")
    for (group, count), label in zip(counts.items(), ("Firmly in", "Open", "Firmly out"), strict=True):
        assert f'href="/ranking/?group={group}#list"' in html
        assert (f"{label} {count} countries {then[group]} if no tier changes" in text) is (count != then[group])
        shown = codes(get(analyst, f"?group={group}&show=all"))
        assert shown == ranked_codes(run, group=group)
        assert len(shown) == count


def test_a_group_without_countries_leads_to_no_match(run: ScoreRun, analyst: Client) -> None:
    assert not run.countries.filter(group="out").exists()
    text = read(analyst, "?group=out")
    assert (
        "No country in this list matches this filter: “Firmly out”. Without “Firmly out”, 30 countries are left."
        in text
    )
    assert "0 of 30 countries" in text


def test_who_may_import_is_led_to_the_report(run: ScoreRun, analyst: Client, as_role: Callable[[Role], Client]) -> None:
    button, record = "Load the 2026 report", 'href="/data/sources/tip/not-published/?edition=2026"'
    html = get(analyst)
    assert button in html
    assert record in html
    viewed = get(as_role(Role.VIEWER))
    assert "while the 2026 TIP Report is missing" in viewed
    for other in (viewed, get(analyst, "?tab=provisional"), get(analyst, f"?run={look_back_of(run).pk}")):
        assert button not in other
        assert record not in other


def look_back_of(run: ScoreRun) -> ScoreRun:
    return look_back(actor=None, on=run.reference_date - dt.timedelta(days=1))


def test_once_the_report_is_published_the_page_asks_for_a_new_run(
    run: ScoreRun, analyst: Client, tmp_path: Path
) -> None:
    listed = run.countries.exclude(tier="").values_list("country__code", "tier")
    tiers = [value("tip.tier", code, "2026", tier) for code, tier in listed]
    publish_values(tmp_path / "tiers", tiers, edition="2026", out=dt.date(2026, 7, 1))
    html = get(analyst)
    assert "Compute again" in html
    assert "Load the 2026 report" not in html
    analyst.post("/ranking/compute/")
    text = read(analyst)
    assert "is missing" not in text
    assert "if no tier changes" not in text
    assert "are firmly in the first 20: " in text


def test_a_statement_makes_the_list_firm_and_is_named(office: Office, run: ScoreRun, client: Client) -> None:
    client.force_login(office.analyst)
    tip = Source.objects.get(key="tip")
    record_unpublished(
        source=tip, edition="2026", as_of=dt.date(2026, 7, 3), evidence="state.gov", actor=office.analyst
    )
    client.post("/ranking/compute/")
    text = read(client)
    assert "is missing" not in text
    assert f"By a statement of {office.analyst}, the 2026 TIP Report had not been published as of Jul 3, 2026" in text
    assert "Load the 2026 report" not in text
    inside = ScoreRun.objects.latest("pk").countries.filter(group="in").count()
    assert inside > run.countries.filter(group="in").count()
    assert f"{inside} countries are firmly in the first 20: " in text


def test_a_run_of_version_3_has_its_own_interval_and_no_reliability(run: ScoreRun, analyst: Client) -> None:
    former = compute_screen(actor=None, table=read_table(FORMER_MODELS[-1]))
    text = read(analyst, f"?run={former.pk}")
    assert "in at least 80% of draws and 90% of methods" in text
    assert "draws of data and weights; the method is not in it" in text
    assert "Reliability" not in text
    assert "if no tier changes" not in text
    assert analyst.get(f"/ranking/?run={former.pk}&columns=reliability").status_code == 400
    row = exported(analyst, f"?run={former.pk}&format=csv")[0]
    assert "Rank in 5% of draws of data and weights or better" in row
    assert not [heading for heading in row if "eliability" in heading or "alone: " in heading]


def test_what_limits_the_list_is_computed_from_the_run(run: ScoreRun, analyst: Client) -> None:
    text, ranking = read(analyst), ranking_of(run)
    first = [row.region for row in ranking.first]
    most = max(first.count(region) for region in first)
    assert f"{most} of the first 20 are in " in text
    pairs = run.result["drawn"]["pairs"]
    steps = sorted(pairs[i][i + 1] for i in range(len(pairs) - 1))
    middle = steps[len(steps) // 2] if len(steps) % 2 else (steps[len(steps) // 2 - 1] + steps[len(steps) // 2]) / 2
    assert ranking.neighbors[1] == pytest.approx(middle)
    assert f"The higher one comes out ahead in {round(100 * middle)}% of draws." in text
    assert "The model is illustrative until the office adopts a version." in text
    assert "The figures on need do not show every form of trafficking." in text


def test_what_most_doubt_comes_from_is_that_of_the_run(run: ScoreRun, analyst: Client) -> None:
    parts = run.result["drawn"]["all_in"]["decomposition"]["everyone"]
    most = max(parts, key=lambda name: parts[name][0])
    name = {"data": "data", "weights": "weights", "designs": "method"}[most]
    alone, together = (round(100 * share) for share in parts[most])
    assert f"of the doubt is {name}: {alone}% of the variance of ranks, with interactions {together}%." in read(analyst)


# ---- filters, order and columns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=cote+d%27ivoire", ["CIV"]),
        ("?q=IVOIRE", ["CIV"]),
        ("?q=xkx", ["XKX"]),
        ("?tab=outside&tier=Tier+3", ["TCD"]),
        ("?tab=outside&income=H", ["ROU"]),
        ("?q=gha&tier=Tier+3", []),
    ],
)
def test_filters_keep_what_fits_all_of_them_and_count_it(
    query: str, expected: list[str], run: ScoreRun, analyst: Client
) -> None:
    html = get(analyst, query)
    assert codes(html) == expected
    assert re.search(rf"\b{len(expected)} of \d+ countries", html)
    assert ("No country matches" in html) is (not expected)


def test_region_and_hurdle_filters_agree_with_the_run(run: ScoreRun, analyst: Client) -> None:
    assert codes(get(analyst, "?region=Africa&show=all")) == ranked_codes(run, region="Africa")
    likely = {row.code for row in ranking_of(run).ranked if row.hurdles["corruption"].kind == "fail"}
    assert likely
    assert set(codes(get(analyst, "?hurdle=fail&show=all"))) == likely


@pytest.mark.parametrize("key", ["score", "need", "feasibility", "rank", "p20", "designs"])
def test_every_column_sorts_both_ways(key: str, run: ScoreRun, analyst: Client) -> None:
    shown = "&".join(f"columns={name}" for name in ("score", "need", "feasibility", "p20", "designs"))
    risen = codes(get(analyst, f"?{shown}&sort={key}&show=all"))
    rising = [CountryScore.objects.get(run=run, country__code=code) for code in risen]
    values = [getattr(score, key) for score in rising]
    assert values == sorted(values)
    html = get(analyst, f"?{shown}&sort=-{key}&show=all")
    falling = [getattr(CountryScore.objects.get(run=run, country__code=code), key) for code in codes(html)]
    assert falling == sorted(falling, reverse=True)
    assert html.count('aria-sort="descending"') == 1


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("?color=red", 400, "color"),
        ("?segment=first", 400, "segment"),
        ("?sort=size", 400, "size"),
        ("?tab=last", 400, "last"),
        ("?tab=provisional&sort=score", 400, "score"),
        ("?view=globe", 400, "globe"),
        ("?view=list", 400, "list"),
        ("?columns=need&columns=luck", 400, "luck"),
        ("?group=maybe", 400, "maybe"),
        ("?format=pdf", 400, "pdf"),
        ("?region=Atlantis", 400, "Atlantis"),
        ("?page=9", 404, ""),
        ("?run=999999", 404, ""),
        ("?run=one", 404, ""),
    ],
)
def test_what_the_page_does_not_know_is_named(
    query: str, status: int, message: str, run: ScoreRun, analyst: Client
) -> None:
    response = analyst.get(f"/ranking/{query}")
    assert response.status_code == status
    assert message in response.content.decode()


def test_columns_are_chosen_and_carried_in_the_links(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, "?columns=score&columns=p10")
    heads = html[html.index("<thead") : html.index("</thead>")]
    labels = [re.sub(r"<[^>]+>", "", head) for head in re.findall(r"<th .*?</th>", heads)]
    assert labels == ["Rank", "Country", "Score", "In the first 10"]
    assert "columns=score&amp;columns=p10&amp;sort=-score" in html
    assert "In the first 10" not in get(analyst)[: get(analyst).index("</thead>")].split("<thead")[1]
    usual = re.findall(r'name="columns" value="(\w+)" checked', get(analyst))
    shown = get(analyst, "?" + "&".join(f"columns={key}" for key in usual))
    assert "columns=" not in "".join(re.findall(r'href="([^"]*)"', shown))  # those of every day are no words in links


def test_empty_result_names_the_filters_and_offers_to_drop_the_strictest(run: ScoreRun, analyst: Client) -> None:
    region = ranked_codes(run, region="Near East")
    query = "?region=Near+East&q=ghana"
    text = read(analyst, query)
    assert "matches both filters: “ghana” and “Near East”" in text
    assert f"Without “ghana”, {len(region)} countries are left." in text
    assert 'href="?region=Near+East#list">Remove “ghana”' in get(analyst, query)
    whole = RANKED.of(ranking_of(run))
    assert in_the_way(whole, Wanted(q="nowhere")) == ("q", 30)
    assert in_the_way(whole, Wanted(q="nowhere", region="Atlantis")) is None


def test_the_line_of_the_first_is_drawn_where_countries_follow(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst)
    assert html.count('class="is-cut"') == 1
    assert 'class="is-cut"' in row_of(html, ranked_codes(run)[19])
    assert "is-cut" not in get(analyst, "?sort=-need")
    assert "is-cut" not in get(analyst, f"?q={ranked_codes(run)[0]}")


@pytest.mark.tampers
def test_two_that_share_the_last_place_are_both_above_the_line(run: ScoreRun, analyst: Client) -> None:
    def tie(row: CountryScore) -> None:
        row.rank = 20 if row.rank == 21 else row.rank

    again = copied(run, tie)
    html = get(analyst)
    assert f"run {again.pk}" in html.lower()
    shared = ranked_codes(again, rank=20)
    assert len(shared) == 2
    assert html.count('class="is-cut"') == 1
    assert 'class="is-cut"' in row_of(html, codes(html)[20])
    assert set(shared) == set(codes(html)[19:21])


# ---- rows ----------------------------------------------------------------------------------------------------------


def test_a_row_has_both_axes_the_interval_and_the_shares(run: ScoreRun, analyst: Client) -> None:
    score = run.countries.get(rank=1)
    columns = ("interval", "p20", "need", "feasibility", "score", "region")
    html = row_of(get(analyst, "?" + "&".join(f"columns={name}" for name in columns)), score.country.code)
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    of_region = run.countries.filter(rank__isnull=False, region=score.region).count()
    assert f"{score.region} · " in text
    assert f"{score.region_rank} of {of_region}" in text
    for figure in (f"{score.need:.1f}", f"{score.feasibility:.1f}", f"{score.score:.1f}"):
        assert figure in text
    assert f"{score.rank_low}{DASH}{score.rank_high}" in text
    assert f"{round(100 * (score.p20 or 0))}%" in text


def test_what_is_old_or_filled_is_named_in_the_row(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    assert "Survey of" not in get(analyst, "?show=all&columns=weak")
    provisional = row_of(get(analyst, "?tab=provisional&columns=weak"), NO_SURVEY)
    assert "No recent value: child labor" in provisional
    assert "Filled from peers: child labor" in provisional
    old = value("unicef.child_labour_activity_or_chores", NO_SURVEY, "2013", "20.0")
    publish_values(tmp_path / "old", [old], edition="2026", name="old")
    analyst.post("/ranking/compute/")
    assert "Survey of 2013: child labor" in row_of(get(analyst, "?show=all&columns=weak"), NO_SURVEY)


def test_a_provisional_country_has_bounds_and_no_rank(run: ScoreRun, analyst: Client) -> None:
    score = run.countries.get(status="provisional")
    text = read(analyst, "?tab=provisional")
    assert f"{score.rank_low}{DASH}{score.rank_high} median {score.rank_median}" in text
    assert score.rank_low is not None
    assert score.rank_low <= 20
    assert "1 of 1 provisional countries reaches the first 20 in at least 5% of draws" in text
    assert "c-rank2__no" not in get(analyst, "?tab=provisional")


def test_countries_outside_the_pool_are_under_their_reason_with_a_place(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, "?tab=outside&show=all")
    titles = [re.sub(r"<[^>]+>", "", title) for title in re.findall(r'class="c-group">(.*?)</tr>', html)]
    assert titles == ["Special Case 1", "Tier 3 1", "High income 1", "Not in the TIP Report 160", "The United States 1"]
    for code in ("ROU", "TCD"):
        place = run.countries.get(country__code=code).place
        assert f'data-label="Would rank">{place}</td>' in row_of(html, code)
    haiti = row_of(html, "HTI")  # a Special Case has no tier, which a rank needs
    assert "if it had a rank" in haiti
    assert 'class="c-group"' not in get(analyst, "?tab=outside&sort=country")


# ---- pictures ------------------------------------------------------------------------------------------------------


def marks(html: str) -> set[str]:
    """Return the countries to which the wide version of the chart links."""
    wide = html[html.index('class="u-wide"><svg') :]
    return set(re.findall(r'href="/countries/(\w+)/', wide[: wide.index("</svg>")]))


def marks_of_figures(html: str) -> int:
    """Count the charts above the list, each once."""
    return html.count('<div class="u-wide"><svg')


def test_picture_and_list_show_the_same_countries(run: ScoreRun, analyst: Client) -> None:
    assert marks(get(analyst, "?view=chart")) == set(ranked_codes(run))
    africa = "?region=Africa&show=all&view=chart"
    assert marks(get(analyst, africa)) == set(codes(get(analyst, africa)))
    assert "medians and axes are those of all" in get(analyst, africa)
    assert 'class="u-wide"><svg' not in get(analyst)
    assert 'class="u-wide"><svg' not in get(analyst, "?tab=provisional&view=chart")


def test_one_country_is_a_sentence_and_no_picture(run: ScoreRun, analyst: Client) -> None:
    score = run.countries.get(country__code="GHA")
    text = read(analyst, "?q=ghana")
    sentence = f"Ghana, rank {score.rank} of 30, {score.rank_low} to {score.rank_high} in 90% of draws."
    assert f"One country matches: {sentence}" in text
    assert 'class="u-wide"><svg' not in get(analyst, "?q=ghana&view=chart")


def test_the_map_has_its_list_and_who_has_no_rank(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, "?view=map")
    assert "Boundaries are not authoritative" in html
    assert {*ranked_codes(run), NO_SURVEY, WITHOUT_NEED} == marks(html)
    beside_map = html[html.index('<ol class="c-short">') : html.index("</ol>", html.index('<ol class="c-short">'))]
    assert re.findall(r"/countries/(\w+)/", beside_map) == ranked_codes(run)[:10]
    assert marks(get(analyst, "?view=map&group=in")) == set(ranked_codes(run, group="in"))


@pytest.mark.tampers
def test_missing_shapes_are_explained_and_the_list_stays(
    run: ScoreRun, analyst: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "FILE", tmp_path / "none.json")
    again = copied(run, lambda row: None)  # a view that was drawn before is kept
    html = get(analyst, "?view=map")
    assert unescape(shapes.MISSING) in unescape(html)
    assert codes(html)[:20] == ranked_codes(again)[:20]


# ---- states --------------------------------------------------------------------------------------------------------


@pytest.mark.tampers
def test_without_draws_no_country_is_called_in_or_out(run: ScoreRun, analyst: Client) -> None:
    copied(run, without_draws)
    text = read(analyst)
    assert "30 countries are ranked, and no draw was made." in text
    assert "firmly in" not in text
    assert "A draw computes" not in text
    assert "Neighbors in the list" not in text
    assert len(codes(get(analyst))) == 20
    assert "No draws yet" in read(analyst, "?view=chart")
    assert read(analyst, "?tab=provisional")
    assert "30 countries are ranked." in read_home(analyst)


@pytest.mark.tampers
def test_where_no_country_is_ranked_the_lists_say_why(run: ScoreRun, analyst: Client) -> None:
    copied(run, without_rank)
    text = read(analyst)
    assert "No country is ranked." in text
    assert "This run has no countries in this list." in text
    assert len(codes(get(analyst, "?tab=not-rankable&show=all"))) == 31
    assert "0 countries are ranked" in read_home(analyst)
    assert read(analyst, "?view=map")


def read_home(client: Client) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", client.get("/").content.decode())))


# ---- exports -------------------------------------------------------------------------------------------------------


def test_exports_hold_exactly_what_is_shown(run: ScoreRun, analyst: Client) -> None:
    query = "?income=LM&sort=-need"
    shown = codes(get(analyst, f"{query}&show=all"))
    rows = exported(analyst, f"{query}&format=csv")
    assert [row["Code"] for row in rows] == shown
    score = CountryScore.objects.get(run=run, country__code=shown[0])
    assert float(rows[0]["Score"]) == score.score
    parts = sum(float(cell) for heading, cell in rows[0].items() if heading.startswith("Points: "))
    assert parts == pytest.approx(score.score, abs=1e-9)
    response: Any = analyst.get(f"/ranking/{query}&format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert [row[2].value for row in book["Ranking"].iter_rows(min_row=2)] == shown
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Shown"] == f"All ranked; Income: Lower middle: {len(shown)} countries"
    assert about["Snapshot"] == run.snapshot_hash
    assert "illustrative until the office adopts" in str(about["What"])


def test_exports_have_every_share_and_the_position_of_unranked_countries(run: ScoreRun, analyst: Client) -> None:
    for exported_row in exported(analyst, "?format=csv"):
        score = run.countries.get(country__code=exported_row["Code"])
        assert float(exported_row["Share of draws in the first 10"]) == score.p10
        assert float(exported_row["Share of draws in the first 20"]) == score.p20
        assert float(exported_row["Share of methods in the first 20"]) == score.designs
        assert exported_row["First 20: in, open or out"] == score.group
        assert int(exported_row["Rank in the region"]) == score.region_rank
        assert int(exported_row["Width of the interval in places: Age of the figures"]) == score.detail["widths"]["age"]
        detail = score.detail
        rank = "rank in 5% of draws or better"
        assert int(exported_row["Rank in 5% of draws of data, weights, and method or better"]) == score.rank_low
        assert int(exported_row[f"Data and weights alone: {rank}"]) == detail["data_weights"]["low"]
        share = "share of draws in the first 20"
        assert float(exported_row[f"Data and weights alone: {share}"]) == detail["data_weights"]["p20"]
        assert float(exported_row[f"If its tier holds: {share}"]) == detail["holds"]
        assert float(exported_row[f"If no tier changes: {share}"]) == detail["settled"]["p20"]
        assert exported_row["If no tier changes: in, open or out"] == detail["settled"]["group"]
        assert float(exported_row["Reliability, 0 to 10"]) == detail["reliability"]["value"]
        assert float(exported_row[f"Free weights: {share}"]) == detail["free"]["share"]
        assert int(exported_row["Rank in the income group"]) == detail["income_rank"]
    chad = next(row for row in exported(analyst, "?tab=outside&format=csv") if row["Code"] == "TCD")
    assert int(chad["Place it would take"]) == run.countries.get(country__code="TCD").place
    assert chad["Rank"] == ""
    outside = run.countries.get(country__code="TCD").detail["all_in"]
    assert float(chad["Outside the pool: share of draws in the first 20"]) == outside["p20"]


# ---- live, fast, and for whom --------------------------------------------------------------------------------------


def test_a_live_filter_gets_the_list_alone(run: ScoreRun, analyst: Client) -> None:
    response = analyst.get("/ranking/?q=ghana&region=&sort=", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "<html" not in html
    assert codes(html) == ["GHA"]
    assert re.search(r'<span hx-swap-oob="innerHTML:#count">1 of 30 countries\s*</span>', html)
    assert "?q=ghana&amp;format=csv" in html
    assert response["HX-Replace-Url"] == "/ranking/?q=ghana"
    assert "HX-Request" in response["Vary"]


def test_a_page_takes_as_many_queries_however_long(run: ScoreRun, analyst: Client) -> None:
    get(analyst)
    counts = set()
    for query in ("?q=ghana", "?show=all", "?tab=outside&show=all", "?view=map", "?tab=provisional"):
        with CaptureQueriesContext(connection) as queries:
            get(analyst, query)
        counts.add(len(queries))
    assert len(counts) == 1


@pytest.mark.tampers
def test_no_page_reads_the_whole_result_of_a_run(run: ScoreRun, analyst: Client) -> None:
    copied(run, lambda row: None)  # a run that this process has not read yet
    with CaptureQueriesContext(connection) as queries:
        get(analyst)
    reading = [query["sql"] for query in queries if '"selection_scorerun"."result"' in query["sql"]]
    assert all('"result" #>' in sql for sql in reading), reading


def test_value_rejected_by_the_engine_is_named_and_stops_the_run(
    office: Office, run: ScoreRun, client: Client, tmp_path: Path
) -> None:
    client.force_login(office.analyst)
    published = ScoringModel.objects.get(state="published")
    draft = versions_services.clone_model(model=published, note="CPI by its logarithm.", actor=office.analyst)
    row = find(draft.table, "criteria", "cpi")
    by_log = {"kind": "goalposts", "lower": 1.0, "upper": 100.0, "direction": 1, "log": True}
    change = with_row("criteria", "cpi", {**row, "function": by_log})
    draft = versions_services.edit_model(
        model=draft, change=change, actor=office.analyst, expected_revision=draft.current_revision()
    )
    versions_services.publish_model(model=draft, actor=office.approver)
    publish_values(tmp_path / "zero", [value("cpi.score", "GHA", "2025", "0")], edition="2026")
    response = client.post("/ranking/compute/", follow=True)
    assert response.status_code == 200
    assert (
        "The ranking was not computed: criterion &#x27;cpi&#x27;, GHA: 0.0 has no logarithm"
        in response.content.decode()
    )
    assert ScoreRun.objects.get() == run


def test_a_new_publication_offers_a_new_run_once(
    run: ScoreRun, analyst: Client, as_role: Callable[[Role], Client], tmp_path: Path
) -> None:
    assert "Compute again" not in get(analyst)
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "80", error="2.5")], edition="2026")
    assert "1 publication came after it" in get(analyst)
    assert "Compute again" in get(analyst)
    viewer = as_role(Role.VIEWER)
    assert "Compute again" not in get(viewer)
    assert viewer.post("/ranking/compute/").status_code == 403
    for _ in range(2):
        response = analyst.post("/ranking/compute/", follow=True)
        assert response.redirect_chain == [("/ranking/", 302)]
    assert "Nothing has changed since run" in response.content.decode()
    assert ScoreRun.objects.count() == 2
    assert "Compute again" not in get(analyst)
    old = get(analyst, f"?run={run.pk}")
    assert f"This is run {run.pk}, as computed then." in old
    assert f'href="/countries/GHA/?run={run.pk}"' in get(analyst, f"?run={run.pk}&show=all")
    assert f'href="/ranking/?run={run.pk}&amp;group=in#list"' in old


def test_rankings_are_not_there_for_a_reviewer(run: ScoreRun, reviewer: Client) -> None:
    for url in ("/ranking/", "/ranking/?format=csv", "/ranking/?tab=outside", "/runs/", f"/runs/{run.pk}/"):
        assert reviewer.get(url).status_code == 404
    assert reviewer.post("/ranking/compute/").status_code == 404
    assert reviewer.post(f"/runs/{run.pk}/replay/").status_code == 404
    home = reviewer.get("/").content.decode()
    assert 'href="/ranking/' not in home
    assert 'href="/countries/"' in home


def test_home_names_the_first_countries_and_that_newer_data_wait(
    run: ScoreRun, analyst: Client, tmp_path: Path
) -> None:
    first = CountryScore.objects.filter(run=run, rank__lte=3).order_by("rank").values_list("country__name", flat=True)
    assert f"First: {listing(list(first))}." in read_home(analyst)
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "80", error="2.5")], edition="2026")
    assert "Compute the ranking again" in analyst.get("/").content.decode()
    analyst.post("/ranking/compute/")
    assert "Compute the ranking again" not in analyst.get("/").content.decode()


def test_what_has_no_value_comes_last_in_both_directions(run: ScoreRun) -> None:
    rows = ranking_of(run).others
    for asked in ("need", "-need"):
        ordered = [row.need for row in in_order(rows, asked)]
        known = [need for need in ordered if need is not None]
        assert ordered == known + [None] * (len(ordered) - len(known))


@pytest.mark.parametrize(
    ("verdict", "probability", "kind"),
    [
        ("pass", 0.97, "pass"),
        ("pass", 0.6, "open"),
        ("fail", 0.4, "open"),
        ("fail", 0.02, "fail"),
        ("pass", None, "pass"),
        ("unknown", None, "unknown"),
    ],
)
def test_a_hurdle_too_close_to_call_is_open(verdict: str, probability: float | None, kind: str) -> None:
    assert Chance(verdict, probability).kind == kind
