"""The ranking page: which rows, in which order, for whom, and that its exports are what it shows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from selection import services
from selection.model_editing import find, with_row
from selection.model_table import Stage, read
from selection.models import CountryScore, ScoreRun, ScoringModel
from selection.queries.ranking import Chance, in_order, ranking_of, sureness
from tests.support.rankings import NO_SURVEY, SPECIAL, WITHOUT_NEED, publish_values, value
from tests.support.rounds import Office

NAME = re.compile(r'<th scope="row" role="rowheader"><a href="/countries/([^/"]+)/[^"]*">')


def codes(html: str) -> list[str]:
    """The countries of the list, in the order of the page."""
    return NAME.findall(html)


def get(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(f"/ranking/{query}", headers=headers)
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def exported(client: Client, query: str) -> list[dict[str, str]]:
    response: Any = client.get(f"/ranking/{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_ranked_countries_stand_by_rank_and_by_pages(run: ScoreRun, analyst: Client) -> None:
    ranked = list(run.countries.filter(rank__isnull=False).order_by("rank").values_list("country__code", flat=True))
    assert len(ranked) == 30
    assert codes(get(analyst)) == ranked[:25]
    assert codes(get(analyst, "?page=2")) == ranked[25:]
    assert codes(get(analyst, "?show=all")) == ranked


def test_a_value_that_the_engine_refuses_is_named_and_nothing_is_computed(
    office: Office, run: ScoreRun, client: Client, tmp_path: Path
) -> None:
    client.force_login(office.analyst)
    published = ScoringModel.objects.get(state="published")
    draft = services.clone_model(model=published, note="CPI by its logarithm.", actor=office.analyst)
    row = find(draft.table, "criteria", "cpi")
    by_log = {"kind": "goalposts", "lower": 1.0, "upper": 100.0, "direction": 1, "log": True}
    change = with_row("criteria", "cpi", {**row, "function": by_log})
    draft = services.edit_model(model=draft, change=change, actor=office.analyst, edit=draft.edit)
    services.publish_model(model=draft, actor=office.approver)
    publish_values(tmp_path / "zero", [value("cpi.score", "GHA", "2025", "0")], edition="2026")
    response = client.post("/ranking/compute/", follow=True)
    assert response.status_code == 200
    said = "Nothing was computed: criterion &#x27;cpi&#x27;, GHA: 0.0 has no logarithm"
    assert said in response.content.decode()
    assert ScoreRun.objects.get() == run


def test_the_page_says_what_it_does_not_count(run: ScoreRun, analyst: Client) -> None:
    share = round(100 * read().share_of_full(Stage.SCREEN))
    assert f"Public data only: {share}% of the full model" in get(analyst)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=cote+d%27ivoire", ["CIV"]),
        ("?q=IVOIRE", ["CIV"]),
        ("?q=xkx", ["XKX"]),
        ("?tier=Tier+3", ["TCD"]),
        ("?income=H", ["ROU"]),
        ("?q=gha&tier=Tier+3", []),
    ],
)
def test_filters_keep_what_fits_all_of_them_and_count_it(
    query: str, expected: list[str], run: ScoreRun, analyst: Client
) -> None:
    html = get(analyst, query)
    assert codes(html) == expected
    assert f"{len(expected)} of 30 countries" in html
    assert ("No country matches" in html) is (not expected)


def test_region_and_hurdle_filters_agree_with_the_run(run: ScoreRun, analyst: Client) -> None:
    africa = set(
        run.countries.filter(rank__isnull=False, country__region="Africa").values_list("country__code", flat=True)
    )
    assert set(codes(get(analyst, "?region=Africa&show=all"))) == africa
    likely = {row.code for row in ranking_of(run).ranked if row.hurdles["corruption"].kind == "fail"}
    assert likely
    assert set(codes(get(analyst, "?hurdle=fail&show=all"))) == likely


@pytest.mark.parametrize("key", ["score", "need", "feasibility", "rank"])
def test_every_column_sorts_both_ways(key: str, run: ScoreRun, analyst: Client) -> None:
    rising = run.countries.filter(rank__isnull=False).order_by(key).values_list("country__code", flat=True)
    assert codes(get(analyst, f"?sort={key}&show=all")) == list(rising)
    html = get(analyst, f"?sort=-{key}&show=all")
    assert codes(html) == list(rising)[::-1]
    assert html.count('aria-sort="descending"') == 1


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("?colour=red", 400, "colour"),
        ("?sort=size", 400, "size"),
        ("?segment=last", 400, "last"),
        ("?format=pdf", 400, "pdf"),
        ("?show=some", 400, "some"),
        ("?region=Atlantis", 400, "Atlantis"),
        ("?page=9", 404, ""),
        ("?run=999999", 404, ""),
        ("?run=one", 404, ""),
    ],
)
def test_what_the_page_does_not_know_is_named(
    query: str, status: int, said: str, run: ScoreRun, analyst: Client
) -> None:
    response = analyst.get(f"/ranking/{query}")
    assert response.status_code == status
    assert said in response.content.decode()


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
    assert about["Shown"] == f"All ranked; Income group: Lower middle: {len(shown)} countries"
    assert about["Snapshot"] == run.snapshot_hash


def test_every_country_without_a_rank_is_there_with_its_reason(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, "?segment=unranked&show=all")
    others = set(run.countries.filter(rank__isnull=True).values_list("country__code", flat=True))
    assert set(codes(html)) == others
    assert {WITHOUT_NEED, SPECIAL, "USA", "AND"} <= others
    reasons = {row["Code"]: row["Why not ranked"] for row in exported(analyst, "?segment=unranked&format=csv")}
    assert reasons[WITHOUT_NEED] == "Need is not known: no value for prevalence and child labor."
    assert reasons[SPECIAL].startswith("Feasibility is not known: a Special Case")
    assert "The United States is the other participant" in reasons["USA"]
    assert "must be listed in the TIP Report" in reasons["AND"]
    first_page = get(analyst)
    for code in others:  # the panel beside the scatter reaches each of them too
        assert f'href="/countries/{code}/"' in first_page


def test_segments_split_the_ranked(run: ScoreRun, analyst: Client) -> None:
    assert "ROU" not in codes(get(analyst, "?segment=focus&show=all"))
    could = set(run.countries.filter(rank_low__lte=10).values_list("country__code", flat=True))
    assert set(codes(get(analyst, "?segment=first&show=all"))) == could


def test_what_is_to_note_stands_in_the_row(run: ScoreRun, analyst: Client) -> None:
    def row(name: str) -> str:
        found = re.search(f'<tr role="row"><td(?:(?!</tr>).)*>{name}</a>.*?</tr>', get(analyst, f"?q={name}"))
        assert found
        return found.group()

    assert "Tier 3 limits" in row("Chad")
    assert "High income" in row("Romania")
    assert "75% known, child labor not measured" in row("Albania")
    assert "no child labor" not in row("Albania")
    assert " known" not in row("Ghana").replace("not known", "")
    unconfirmed = CountryScore.objects.get(run=run, country__code=NO_SURVEY).tier_quality == "unconfirmed"
    assert (", not confirmed" in row("Albania")) is unconfirmed


def test_a_live_filter_gets_the_list_alone(run: ScoreRun, analyst: Client) -> None:
    response = analyst.get("/ranking/?q=ghana&region=&sort=", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "<html" not in html
    assert codes(html) == ["GHA"]
    assert re.search(r'<span hx-swap-oob="innerHTML:#count">1 of 30 countries\s*</span>', html)
    assert response["HX-Replace-Url"] == "/ranking/?q=ghana"
    assert "HX-Request" in response["Vary"]


def test_a_page_takes_as_many_queries_however_long(run: ScoreRun, analyst: Client) -> None:
    get(analyst)
    counts = []
    for query in ("?q=ghana", "?show=all"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            get(analyst, query)
        counts.append(len(queries))
    assert counts[0] == counts[1]


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
    assert f"This is run {run.pk}, as it was." in old
    assert f'href="/countries/GHA/?run={run.pk}"' in old


def test_rankings_are_not_there_for_a_reviewer(run: ScoreRun, reviewer: Client) -> None:
    for url in ("/ranking/", "/ranking/?format=csv", "/runs/", f"/runs/{run.pk}/"):
        assert reviewer.get(url).status_code == 404
    assert reviewer.post("/ranking/compute/").status_code == 404
    assert reviewer.post(f"/runs/{run.pk}/replay/").status_code == 404
    home = reviewer.get("/").content.decode()
    assert 'href="/ranking/' not in home
    assert 'href="/countries/"' in home


def test_home_shows_the_first_ten_and_what_changed(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    first = [row.code for row in ranking_of(run).first]
    assert codes(analyst.get("/").content.decode())[:10] == first
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "80", error="2.5")], edition="2026")
    assert "Compute the ranking again" in analyst.get("/").content.decode()
    analyst.post("/ranking/compute/")
    assert "differ" in analyst.get("/").content.decode()


def test_sureness_counts_from_the_intervals(run: ScoreRun) -> None:
    ranking = ranking_of(run)
    sure = sureness(ranking)
    assert sure is not None
    rows = list(run.countries.filter(rank__isnull=False))
    assert len(sure.could) == sum(1 for row in rows if row.rank_low is not None and row.rank_low <= 10)
    assert len(sure.stay) == sum(
        1
        for row in rows
        if row.rank is not None and row.rank <= 10 and row.rank_high is not None and row.rank_high <= 10
    )
    assert {row.code for row in sure.partly_known} == {NO_SURVEY} & {row.code for row in ranking.first}


def test_what_has_no_value_stands_last_in_both_directions(run: ScoreRun) -> None:
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
