"""Country page: from the publisher's cell to points, by permission, for states, territories, and former states."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from indicators.models import Country, Observation
from selection.countries.queries.country import country_page
from selection.model_definition.criteria_table import ModelTable, read
from selection.models import CountryScore, ScoreRun
from selection.runs.rows import ranking_of
from selection.runs.services import compute_screen
from tests.support.pages import a_narrative
from tests.support.rankings import NO_SURVEY, SPECIAL, WITHOUT_NEED, publish_values, value


def get(client: Client, code: str, query: str = "") -> str:
    response = client.get(f"/countries/{code}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    """Return the text of the page without markup."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_printed_points_and_weights_add_up_on_every_level(run: ScoreRun) -> None:
    ranking = ranking_of(run)
    for row in ranking.ranked:
        country = Country.objects.get(code=row.code)
        page = country_page(country, ranking.table, run, as_of=run.as_of)
        assert page.total == round(row.score or 0, 1)
        branches = [group for group in page.groups if not group.level]
        assert sum(group.printed or 0 for group in branches) == pytest.approx(page.total)
        assert sum(group.weight or 0 for group in branches) == pytest.approx(100)
        assert sum(f.made.printed for f in page.factors if f.made) == pytest.approx(page.total)
        for group in (group for group in page.groups if group.level):
            assert sum(f.made.printed for f in group.factors if f.made) == pytest.approx(group.printed)
        for factor in page.factors:
            if factor.made:
                assert abs(factor.made.printed - factor.made.points) < 0.21


def test_each_value_leads_to_the_page_of_its_observation(run: ScoreRun, analyst: Client) -> None:
    html = get(analyst, "GHA")
    lines = CountryScore.objects.get(run=run, country__code="GHA").lines
    counted = {pk for line in lines if line["nominal_weight"] for pk in line["observations"]}
    beside = {line["observation"] for line in lines if not line["nominal_weight"] and line["observation"]}
    assert (len(counted), len(beside)) == (13, 1)
    for pk in counted:
        assert f'<a href="/data/observations/{pk}/">' in html
    for row in Observation.objects.in_bulk(beside).values():
        assert f'<a href="/data/observations/{row.pk}/"><code>{row.locator}</code></a>' in html
    assert analyst.get(f"/data/observations/{counted.pop()}/").status_code == 200


def test_facts_give_rank_interval_and_score(run: ScoreRun, analyst: Client) -> None:
    row = CountryScore.objects.get(run=run, country__code="GHA")
    text = text_of(get(analyst, "GHA"))
    assert f"{row.rank} of 30" in text
    assert f"{row.rank_low} to {row.rank_high} in 90% of draws" in text
    assert f"The points add up to {row.score:.1f} of 100." in text


def reweighed(**weights: float) -> ModelTable:
    plain = read().to_dict()
    nodes = [{**row, "weight": weights.get(row["key"], row["weight"])} for row in plain["nodes"]]
    return ModelTable.from_dict({**plain, "nodes": nodes})


@pytest.mark.parametrize(("need", "feasibility", "weight"), [(3.0, 2.0, "60.0"), (1.0, 1.0, "50.0")])
def test_what_a_part_counts_for_is_its_weight(
    need: float, feasibility: float, weight: str, run: ScoreRun, analyst: Client
) -> None:
    table = reweighed(need=need, feasibility=feasibility)
    compute_screen(actor=None, on=run.reference_date, table=table)
    html = get(analyst, "GHA")
    weights = re.findall(r"c-fac__m[^<]* of ([\d.]+) points", html)
    assert weights[0] == weight
    assert sum(map(float, weights)) == pytest.approx(100)


def test_what_is_not_measured_is_never_shown_as_none(run: ScoreRun, analyst: Client) -> None:
    shown = text_of(get(analyst, NO_SURVEY))
    assert "child labor is not measured" in shown
    assert "no child labor" not in shown.lower()


def test_a_reviewer_sees_values_and_sources_and_nothing_of_a_score(run: ScoreRun, reviewer: Client) -> None:
    html = get(reviewer, "GHA")
    text = text_of(html).lower()
    for word in ("rank", "score", "weight", "points", "run ", "draws", "median of the ranked"):
        assert word not in text.replace(" points ", " "), word  # the unit of some publishers
    observation = Observation.objects.live().get(indicator__code="cpi.score", country__code="GHA")
    assert f"/data/observations/{observation.pk}/" in html
    assert reviewer.get(f"/countries/GHA/?run={run.pk}").status_code == 400
    response: Any = reviewer.get("/countries/GHA/?format=csv")
    header = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert "Points" not in header
    assert "Weight" not in header
    assert "Place in the file" in header


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (NO_SURVEY, "Albania is provisional and has no rank: child labor is not measured within 15 years."),
        (WITHOUT_NEED, "Malta cannot be ranked: no fact of need is published."),
        (SPECIAL, "Haiti is outside the pool: Special Case in the TIP Report of 2025."),
        ("TCD", "Chad is outside the pool: Tier 3 in the TIP Report of 2025."),
        ("USA", "Not listed"),
        ("AND", "Not listed"),
        ("HKG", "A territory that publishers list separately"),
        ("ROU", "High income gives 0.3"),
        ("GHA", "Not rated"),
    ],
)
def test_territories_and_other_units_have_a_page_that_explains_them(
    code: str, message: str, run: ScoreRun, analyst: Client
) -> None:
    assert message in text_of(get(analyst, code))


def test_former_states_name_their_successor(run: ScoreRun, analyst: Client) -> None:
    former = Country.objects.filter(kind="former").exclude(successor_code="").first()
    assert former is not None
    successor = Country.objects.get(code=former.successor_code)
    html = get(analyst, former.code)
    assert f"Its successor is {successor.name}." in text_of(html)
    assert f'href="/countries/{successor.code}/"' in html


def test_unknown_codes_are_not_found_and_small_letters_lead_to_capitals(run: ScoreRun, analyst: Client) -> None:
    assert analyst.get("/countries/ZZZ/").status_code == 404
    assert analyst.get("/countries/gha/").headers["Location"] == "/countries/GHA/"
    assert analyst.get("/countries/GHA/?color=red").status_code == 400


def test_inferred_values_are_shown_and_do_not_score(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    later = [
        value("factbook.school_life_expectancy", "GHA", "2023", "14", quality="inferred"),
        value("tip.tier", "AND", "2025", "Tier 2"),
        value("wb.income_class", "AND", "FY2026", "UM"),
        value("cpi.score", "AND", "2024", "61", quality="inferred"),
    ]
    publish_values(tmp_path / "later", later, edition="2026")
    compute_screen(actor=None)
    ghana, andorra = text_of(get(analyst, "GHA")), text_of(get(analyst, "AND"))
    assert "On record: School life expectancy: 14 years (2023, inferred), not counted" in ghana
    assert (
        "On record: Corruption Perceptions Index (higher is better): 61 points (2024, inferred), not counted" in andorra
    )
    lines = {line["key"]: line for line in CountryScore.objects.filter(country__code="AND").latest("pk").lines}
    assert lines["cpi"]["estimate"]["source"] == "peers"
    assert lines["cpi"]["observations"] == []


def test_country_page_of_a_run_shows_its_results_then(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    old = Observation.objects.live().get(indicator__code="cpi.score", country__code="GHA")
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "80", error="2.5")], edition="2026")
    compute_screen(actor=None)
    new = Observation.objects.live().get(indicator__code="cpi.score", country__code="GHA")
    assert f"/data/observations/{new.pk}/" in get(analyst, "GHA")
    then = get(analyst, "GHA", f"?run={run.pk}")
    assert f"/data/observations/{old.pk}/" in then
    assert f"/data/observations/{new.pk}/" not in then
    assert f"Ghana in run {run.pk}, as computed then." in text_of(then)


def test_the_export_has_every_factor_with_its_place(run: ScoreRun, analyst: Client) -> None:
    response: Any = analyst.get("/countries/GHA/?format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    score = CountryScore.objects.get(run=run, country__code="GHA")
    assert len(rows) == len(ranking_of(run).table.criteria)
    assert sum(float(row["Points"] or 0) for row in rows) == pytest.approx(score.score, abs=1e-9)
    assert all(row["Place in the file"] for row in rows if row["Published value"])
    births = next(row for row in rows if row["Factor"] == "Births not registered")
    assert float(births["Estimate at 5%"]) < float(births["Best estimate"]) < float(births["Estimate at 95%"])
    assert births["Estimate from"] == "own"
    assert analyst.get("/countries/GHA/?format=pdf").status_code == 400


def test_trends_are_pictures_with_a_sentence_and_their_numbers(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    years = [value("cpi.score", "GHA", str(year), str(40 + year - 2020), error="2") for year in range(2018, 2025)]
    publish_values(tmp_path / "years", years, edition="2024")
    compute_screen(actor=None)
    text = text_of(get(analyst, "GHA"))
    assert re.search(r"Corruption perceptions: \d+, (up|down) \d+ since 2018", text)
    assert "Corruption Perceptions Index: numbers" in text
    assert "TIP tier: Tier 2 in 2025" in text


def test_the_list_splits_kinds_filters_and_sorts(run: ScoreRun, analyst: Client, reviewer: Client) -> None:
    states = Country.objects.filter(kind="state").count()
    assert f"{states} entries" in text_of(analyst.get("/countries/").content.decode())
    html = text_of(analyst.get("/countries/?q=cote&sort=rank").content.decode())
    assert "1 of" in html
    assert "Côte d" in html
    first = ranking_of(run).ranked[0]
    by_rank = analyst.get("/countries/?sort=rank").content.decode()
    assert by_rank.index(f"/countries/{first.code}/") < by_rank.index("/countries/AND/") if "AND/" in by_rank else True
    assert "Rank" not in text_of(reviewer.get("/countries/").content.decode())
    assert reviewer.get("/countries/?sort=rank").status_code == 400
    assert analyst.get("/countries/?kind=planet").status_code == 400
    assert "Hong Kong" in analyst.get("/countries/?kind=territory&show=all").content.decode()


@pytest.mark.django_db
def test_where_nothing_is_loaded_no_publisher_is_stated_to_give_none(analyst: Client) -> None:
    text = text_of(get(analyst, "GHA"))
    assert "None loaded" in text
    assert "No estimate" not in text
    assert "Not applicable" not in text


def test_a_source_that_is_not_loaded_differs_from_one_without_a_value(run: ScoreRun, analyst: Client) -> None:
    page = country_page(Country.objects.get(code=NO_SURVEY), ranking_of(run).table, run, as_of=run.as_of)
    reasons = {factor.row.key: factor.missing for factor in page.factors if factor.missing}
    assert reasons["child_labour"] == "not_collected"  # others have a survey
    assert reasons["balance"] == "not_loaded"  # of nobody


@pytest.mark.parametrize(
    "runs", [pytest.param(0, marks=pytest.mark.world("empty")), pytest.param(1, marks=pytest.mark.world("ranking"))]
)
def test_breadcrumb_and_navigation_agree(runs: int, analyst: Client) -> None:
    assert ScoreRun.objects.count() == runs
    html = get(analyst, "GHA")
    (current,) = re.findall(r'<a href="([^"]+)" aria-current="true"', html[: html.index("<main")])
    assert current == "/countries/"
    assert 'href="/countries/"' in html[html.index("usa-breadcrumb") : html.index("<h1")]


def test_recommendations_of_the_newest_narrative_are_listed(
    run: ScoreRun, analyst: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    narrative = a_narrative(tmp_path / "narrative")
    html = get(analyst, "GHA")
    assert f"Recommendations of the TIP Report {narrative.report_year}" in text_of(html)
    assert "Train every sample inspector" in html
    assert f'href="/data/narratives/{narrative.pk}/"' in html
    assert "Recommendations of the" not in get(analyst, "GHA", f"?run={run.pk}")


def test_who_sees_rounds_is_led_to_the_restrictions(run: ScoreRun, analyst: Client, reviewer: Client) -> None:
    link = 'href="/countries/GHA/restrictions/"'
    assert link in get(analyst, "GHA")
    assert link not in get(reviewer, "GHA")


def test_value_of_an_earlier_edition_is_marked(run: ScoreRun, analyst: Client, tmp_path: Path) -> None:
    year = run.reference_date.year
    publish_values(tmp_path / "new", [value("cpi.score", "GHA", "2026", "41")], edition="2026", name="new")
    compute_screen(actor=None)
    ghana, kosovo = (text_of(get(analyst, code)) for code in ("GHA", "XKX"))
    assert "newer edition on record" not in ghana
    assert "newer edition on record: 2026" in kosovo
    response: Any = analyst.get("/countries/XKX/?format=csv")
    rows = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    exported = next(row for row in rows if row["Factor"] == ranking_of(run).table.row("cpi").label)
    assert (exported["Age in years"], exported["Newer edition"]) == (str(year - 2025), "2026")
    earlier = text_of(get(analyst, "XKX", f"?run={run.pk}"))
    assert "newer edition on record" not in earlier
