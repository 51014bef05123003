"""Pages of sources, values, and provenance: access, content, and rejected parameters."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from indicators.facts.reader import read_package
from indicators.imports.publishing import retract
from indicators.models import Indicator, Observation
from indicators.observations.catalog import newest_editions, source_entry
from indicators.observations.published import dating_of
from indicators.sources.base import rank_of
from indicators.sources.dating import next_edition_due
from indicators.sources.value_notes import NO_SURVEY_YEAR
from indicators.templatetags.indicators_tags import scale
from tests.support.accounts import make_account
from tests.support.facts import publish_facts, write_package
from tests.support.pages import a_narrative, published, tiers

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
SCORES = [("cpi.score", "GHA", "2023", "43"), ("cpi.score", "CIV", "2023", "40"), ("cpi.score", "XKX", "2023", "41")]


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(make_account(Role.ANALYST))
    return client


def body(client: Client, url: str, status: int = HTTPStatus.OK) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content[:500]
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("source", "edition", "cadence", "last_year", "due"),
    [
        ("own", "2025-06", 12, 2025, dt.date(2026, 6, 1)),  # dated to the month: a year later
        ("own", "2024-11-07", 3, 2024, dt.date(2025, 2, 1)),  # across the turn of the year
        ("own", "2025", 12, 2024, dt.date(2026, 1, 1)),  # the edition of 2025 covers 2024: the next one covers 2025
        (
            "own",
            "2025",
            12,
            2025,
            dt.date(2027, 1, 1),
        ),  # the edition of 2025 covers 2025: the next one is out after 2026
        ("tip", "2025", 12, 2025, dt.date(2026, 6, 30)),  # on June 30 of the report year
        ("cpi", "2025", 12, 2025, dt.date(2027, 1, 31)),  # by January 31 of the next year
        ("ilab", "2023", 12, 2023, dt.date(2025, 9, 30)),  # by the end of September of the next year
        ("wgi", "2024", 12, 2023, dt.date(2025, 9, 30)),  # an edition of September covers the year before
        ("freedom_house", "2025", 12, 2024, dt.date(2026, 3, 31)),  # by the end of March of its year
        ("world_bank", "FY2026", 12, 2026, dt.date(2026, 7, 1)),  # on the day on which fiscal year 2027 begins
        ("mcc", "FY2026", 12, 2026, dt.date(2026, 11, 30)),  # by the end of November before fiscal year 2027
        ("unicef", "2024", 12, 2022, dt.date(2027, 1, 1)),  # from the second year after the year of the edition
        ("unicef", "2025-06", 12, 2023, dt.date(2026, 6, 1)),  # its label states the month, the rule does not apply
        ("walk_free", "2023", 60, 2021, dt.date(2028, 5, 31)),  # five years after the day of the last one
        ("walk_free", "2030", 60, 2028, dt.date(2035, 1, 1)),  # no rule gives the day of this edition
    ],
)
def test_a_newer_edition_is_due_by_the_rule_of_its_source(
    source: str, edition: str, cadence: int, last_year: int, due: dt.date
) -> None:
    assert next_edition_due(dating_of(source), edition, rank_of(edition), cadence, last_year) == due


@pytest.mark.parametrize(
    ("today", "label", "detail"),
    [
        (dt.date(2026, 6, 29), "Newest", ""),
        (dt.date(2026, 6, 30), "Newer edition expected", "Since June 2026"),
        (dt.date(2026, 7, 1), "Newer edition expected", "Since June 2026"),
        (dt.date(2026, 11, 26), "Newer edition expected", "Since June 2026"),
    ],
)
def test_report_of_2025_is_newest_until_the_next_is_due(
    tmp_path: Path, today: dt.date, label: str, detail: str
) -> None:
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), year=2025, flag="inferred: sample"))
    entry = source_entry("tip", today=today)
    assert entry is not None
    assert (entry.freshness[0].label, entry.freshness[0].detail) == (label, detail)
    assert newest_editions(today)["tip"][1].label == label


def test_source_shows_its_freshness(tmp_path: Path) -> None:
    def labels_of(key: str, today: dt.date = TODAY) -> list[str]:
        entry = source_entry(key, today=today)
        assert entry is not None
        return [state.label for state in entry.freshness]

    held, firm = "1 of 196 countries", "None inferred or unconfirmed"
    assert labels_of("cpi") == ["None loaded"]
    publish_facts(tmp_path, name="a", edition="2025", facts=[("cpi.score", "GHA", "2025", "43")])
    assert labels_of("cpi") == ["Newest", held, firm]
    assert labels_of("cpi", dt.date(2027, 1, 30)) == ["Newest", held, firm]
    assert labels_of("cpi", dt.date(2027, 1, 31)) == ["Newer edition expected", held, firm]
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), year=2026, flag="inferred: sample"))
    assert labels_of("tip") == ["Newest", held, "Partly unconfirmed"]


def test_confirming_edition_is_newest_and_territories_are_not_counted(tmp_path: Path) -> None:
    facts = [("cpi.score", "GHA", "2023", "43"), ("cpi.score", "HKG", "2023", "75")]
    publish_facts(tmp_path, name="a", edition="2023", facts=facts)
    publish_facts(tmp_path, name="b", edition="2024", facts=facts)
    entry = source_entry("cpi", today=TODAY)
    assert entry is not None
    assert entry.newest is not None
    assert (entry.newest.label, entry.newest.confirming, entry.countries, entry.values) == ("2024", 2, 1, 2)


def test_empty_catalog_offers_one_step_and_a_full_one_lists_sources(analyst: Client, tmp_path: Path) -> None:
    assert "Nothing published yet" in body(analyst, reverse("sources"))
    publish_facts(tmp_path, name="CPI", edition="2023", facts=SCORES)
    page = body(analyst, reverse("sources"))
    assert "Nothing published yet" not in page
    assert '3 <span class="u-muted">of 196</span>' in page
    assert "Transparency International" in body(analyst, reverse("source", args=["cpi"]))
    assert analyst.get(reverse("source", args=["nowhere"])).status_code == HTTPStatus.NOT_FOUND


def test_values_are_filtered_without_accents_sorted_and_exported_as_shown(analyst: Client, tmp_path: Path) -> None:
    publish_facts(tmp_path, name="CPI", edition="2023", facts=SCORES)
    url = reverse("indicator", args=["cpi.score"])
    page = body(analyst, f"{url}?q=cote+d%27ivoire")
    assert "Côte d’Ivoire" in page  # noqa: RUF001  # the name as shown
    assert "Ghana" not in page
    assert "1 of 3 values" in page
    response = analyst.get(f"{url}?sort=-value&format=csv&columns=file")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # the response is streamed
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Code"], row["Value"]) for row in rows] == [("GHA", "43.0"), ("XKX", "41.0"), ("CIV", "40.0")]
    assert rows[0]["Place in the file"] == "Sheet!B2"
    assert "Transparency International" in rows[0]["Attribution"]
    response = analyst.get(f"{url}?region=Africa&format=xlsx&columns=file")
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]  # the response is streamed
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)] == [
        "Côte d’Ivoire",  # noqa: RUF001  # the publisher's own character
        "Ghana",
    ]
    assert ("Region", "Africa") in [(row[0].value, row[1].value) for row in book["About"].iter_rows()]


def test_missing_values_come_last_in_both_directions(analyst: Client, tmp_path: Path) -> None:
    publish_facts(tmp_path, name="CPI", edition="2023", facts=SCORES)
    missing = [("cpi.score", "NER", "2023", "")]
    publish_facts(tmp_path, name="b", edition="2022", facts=missing, missing="not_collected")
    for sort in ("value", "-value"):
        page = body(analyst, reverse("indicator", args=["cpi.score"]) + f"?sort={sort}")
        assert page.index(">Niger<") > max(page.index(">Ghana<"), page.index(">Kosovo<"))
    assert "No estimate" in page


def test_as_of_shows_what_was_known_by_number_and_by_day(analyst: Client, tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2023", facts=[("cpi.score", "GHA", "2023", "43")])
    publish_facts(tmp_path, name="b", edition="2024", facts=[("cpi.score", "GHA", "2023", "47")])
    url = reverse("indicator", args=["cpi.score"])

    def shown(query: str) -> str:
        response = analyst.get(f"{url}{query}format=csv&columns=file")
        text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # the response is streamed
        return ",".join(row["Value"] for row in csv.DictReader(io.StringIO(text)))

    assert shown("?") == "47.0"
    assert shown("?as_of=1&") == "43.0"
    assert shown("?as_of=2000-01-01&") == ""
    assert shown(f"?as_of={dt.datetime.now(dt.UTC).date()}&") == "47.0"
    assert "As of publication 1" in body(analyst, f"{url}?as_of=1")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("as_of=last+week", "neither a publication number nor a date"),
        ("as_of=99", "There is no publication 99 yet"),
        ("as_of=2026-02-30", "neither a publication number nor a date"),
        ("period=1800", "“1800” is not in the list"),
        ("region=Atlantis", "“Atlantis” is not in the list"),
        ("sort=luck", "be sorted by “luck”"),
        ("format=pdf", "“pdf” is not an export format"),
        ("color=red", "does not accept “color”"),
    ],
)
def test_what_a_filter_does_not_know_is_refused_by_name(analyst: Client, query: str, expected: str) -> None:
    assert expected in body(analyst, reverse("indicator", args=["cpi.score"]) + f"?{query}", HTTPStatus.BAD_REQUEST)


def test_provenance_names_the_cell_and_that_the_file_is_not_stored(analyst: Client, tmp_path: Path) -> None:
    publish_facts(tmp_path, name="CPI2023.xlsx", edition="2023", facts=SCORES, raw_text="forty", note="by hand")
    row = Observation.objects.get(country__code="XKX")
    page = body(analyst, reverse("observation", args=[row.pk]))
    for expected in (
        "Kosovo",
        "Sheet!B4",
        "CPI2023.xlsx",
        row.file.sha256,
        "CC BY-ND 4.0",
        "Transparency International",
    ):
        assert expected in page
    assert "not stored here; this value came with the facts shipped with CPC" in page
    assert reverse("import", args=[row.batch_id]) in page
    assert 'href=""' not in page


def test_history_tells_superseded_late_and_restated_values_apart(analyst: Client, tmp_path: Path) -> None:
    def fact(value: str) -> list[tuple[str, str, str, str]]:
        return [("cpi.score", "GHA", "2023", value)]

    publish_facts(tmp_path, name="a", edition="2023", facts=fact("43"))
    wrong = publish_facts(tmp_path, name="b", edition="2025", facts=fact("99"))
    publish_facts(tmp_path, name="c", edition="2022", facts=fact("11"))
    retract(batch_id=wrong.pk, actor=None, reason="Typed by hand")
    first = Observation.objects.get(value=43, reasserts=None)
    page = body(analyst, reverse("observation", args=[first.pk]))
    for expected in (
        "This value was replaced",
        "Never shown: older edition",
        "Taken back",
        "Restated after another import",
    ):
        assert expected in page
    withdrawn = body(analyst, reverse("observation", args=[Observation.objects.get(value=99).pk]))
    assert "Typed by hand" in withdrawn
    live = Observation.objects.live().get()
    assert live.value == 43
    assert reverse("observation", args=[live.pk]) in withdrawn


@pytest.mark.parametrize("url", ["observations/0/", "observations/99999999999999999999999/", "indicators/no.such/"])
def test_guessed_addresses_are_not_found(analyst: Client, url: str) -> None:
    assert analyst.get(f"/data/{url}").status_code == HTTPStatus.NOT_FOUND


def test_stored_file_is_downloadable_by_importers_only(analyst: Client, tmp_path: Path) -> None:
    batch = published(tmp_path, tiers(("GHA", "Ghana", "Tier 2")))
    url = reverse("source-file", args=[batch.file.sha256])
    response = analyst.get(url)
    with batch.file.on_disk() as path:
        assert b"".join(response.streaming_content) == path.read_bytes()  # type: ignore[attr-defined]  # the response is streamed
    assert response["Content-Disposition"] == 'attachment; filename="tiers.csv"'
    assert response["X-Content-Type-Options"] == "nosniff"
    page = body(analyst, reverse("observation", args=[Observation.objects.get().pk]))
    assert url in page
    assert analyst.get(reverse("source-file", args=["0" * 64])).status_code == HTTPStatus.NOT_FOUND
    facts = publish_facts(tmp_path, name="CPI", edition="2023", facts=SCORES)
    assert analyst.get(reverse("source-file", args=[facts.file.sha256])).status_code == HTTPStatus.NOT_FOUND
    other = Client()
    other.force_login(make_account(Role.APPROVER))
    assert other.get(url).status_code == HTTPStatus.FORBIDDEN
    assert url not in body(other, reverse("observation", args=[Observation.objects.first().pk]))  # type: ignore[union-attr]  # the row exists


def test_a_reviewer_reads_values_and_narratives_and_a_visitor_signs_in(client: Client, tmp_path: Path) -> None:
    narrative = a_narrative(tmp_path)
    row = Observation.objects.live().get()
    urls = [
        reverse("sources"),
        reverse("source", args=["tip"]),
        reverse("indicator", args=["tip.tier"]),
        reverse("observation", args=[row.pk]),
        reverse("narratives"),
        reverse("narrative", args=[narrative.pk]),
    ]
    for url in urls:
        assert client.get(url).status_code == HTTPStatus.FOUND
    client.force_login(make_account(Role.REVIEWER))
    for url in urls:
        assert "Confirm<" not in body(client, url)


def test_search_finds_sources_and_indicators(analyst: Client) -> None:
    page = body(analyst, reverse("search") + "?q=corruption")
    assert reverse("source", args=["cpi"]) in page
    assert reverse("indicator", args=["cpi.score"]) in page


@pytest.mark.parametrize(
    ("unit", "low", "high", "expected"),
    [
        ("%", 0, 100, "Percent"),
        ("percent of children", 0, 100, "Percent of children"),
        ("percentile", 0, 100, "Percentile"),
        ("percent of revenues", None, 100, "Percent of revenues"),
        ("points", 0, 100, "Points, 0 to 100"),
        ("% of GDP", None, None, "% of GDP"),
        ("rating", 1, 7, "Rating, 1 to 7"),
    ],
)
def test_scale_shows_its_bounds_once(unit: str, low: float | None, high: float | None, expected: str) -> None:
    assert scale(Indicator(unit=unit, minimum=low, maximum=high)) == expected


def test_value_names_the_source_of_its_transcription(analyst: Client, tmp_path: Path) -> None:
    note = f"by count; compiled from: github o/tiers, t.csv, commit {'0b1a' * 10}"
    publish_facts(tmp_path, name="CPI2023.xlsx", edition="2023", facts=SCORES[:1], note=note)
    page = body(analyst, reverse("observation", args=[Observation.objects.get().pk]))
    assert "Note: By count." in page
    assert "o/tiers on GitHub, t.csv" in page
    assert f"Revision of that source: <code>{'0b1a' * 3}</code>" in page
    assert "compiled from" not in page


def test_report_year_is_not_shown_as_survey_year(analyst: Client, tmp_path: Path) -> None:
    package = write_package(
        tmp_path / "package",
        source="ilab",
        adapter="ilab_findings",
        name="countries_2021.xml",
        edition="2022",
        rank=20220000,
        facts=[("ilab.working_children", "MDA", "2022", "24.3")],
        note=f"ages 5-14; {NO_SURVEY_YEAR}",
    )
    read_package(package, actor=None)
    page = body(analyst, reverse("observation", args=[Observation.objects.get().pk]))
    assert "Year of the report" in page
    assert "Reference period" not in page
    assert "the texts in it are from the 2022 edition." in page
    assert "Lower is better for the country. If the ranking uses it, a worse value means more need" in page


def test_the_catalog_and_a_source_show_what_was_known_then(analyst: Client, tmp_path: Path) -> None:
    publish_facts(tmp_path, name="first", edition="2024", facts=SCORES[:1])
    second = publish_facts(tmp_path, name="second", edition="2025", facts=SCORES)
    assert "<dd>3<small>of 196 have a value" in body(analyst, "/data/sources/cpi/")
    then = body(analyst, "/data/sources/cpi/?as_of=1")
    assert "As of publication 1" in then
    assert "The newest edition, 2024, has values for 1 of 196 countries." in then
    assert "current then" in then
    assert re.search(r"One of \d+ sources is loaded", body(analyst, "/data/?as_of=1"))
    assert "No source is loaded yet" in body(analyst, "/data/?as_of=0")
    retract(batch_id=second.pk, actor=None, reason="Tried")
    assert "<dd>3<small>of 196 have a value" in body(analyst, "/data/sources/cpi/?as_of=2")
    assert "<dd>1<small>of 196 have a value" in body(analyst, "/data/sources/cpi/?as_of=3")
    for url in ("/data/", "/data/sources/cpi/", "/data/narratives/", "/countries/GHA/"):
        assert "There is no publication 99 yet" in body(analyst, f"{url}?as_of=99", HTTPStatus.BAD_REQUEST)


def test_narratives_show_what_stood_then(analyst: Client, tmp_path: Path) -> None:
    publish_facts(tmp_path, name="first", edition="2024", facts=SCORES)
    narrative = a_narrative(tmp_path)
    assert narrative.country.name in body(analyst, "/data/narratives/?as_of=2")
    assert "No narratives yet" in body(analyst, "/data/narratives/?as_of=1")
    retract(batch_id=narrative.batch_id, actor=None, reason="Tried")
    assert "No narratives yet" in body(analyst, "/data/narratives/")
    again = body(analyst, "/data/narratives/?as_of=2")
    assert narrative.country.name in again
    assert "to confirm" in again


def test_a_country_shows_what_was_known_then(analyst: Client, tmp_path: Path) -> None:
    publish_facts(tmp_path, name="first", edition="2024", facts=SCORES)
    publish_facts(tmp_path, name="second", edition="2025", facts=[("cpi.score", "GHA", "2023", "47")])
    url = "/countries/GHA/"

    def factor(query: str) -> str:
        response: Any = analyst.get(f"{url}?{query}format=csv")
        rows = csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))
        return next(row["Published value"] for row in rows if row["Factor"] == "Corruption Perceptions Index")

    assert (factor(""), factor("as_of=1&"), factor("as_of=0&")) == ("47.0", "43.0", "")
    assert "As of publication 1" in body(analyst, f"{url}?as_of=1")
    assert "not both" in body(analyst, f"{url}?as_of=1&run=1", HTTPStatus.BAD_REQUEST)
