"""Tables of values and indicators, and the statements on a source, cell by cell and at each bound."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Country, Import, Indicator, Observation, Publication, Source, SourceFile
from indicators.observations import catalog, presenters
from indicators.observations.catalog import Freshness, IndicatorEntry, SourceEntry
from indicators.observations.coverage import LoadedEdition
from indicators.observations.in_use import InUse
from indicators.observations.provenance import Chapter
from indicators.observations.queries import AsOf
from indicators.templatetags.indicators_tags import scale
from tests.support.cells import cells, links, plain

DASH = "\N{EN DASH}"
CPI = Source(
    key="cpi",
    title="Corruption Perceptions Index",
    publisher="Transparency International",
    license="CC BY-ND 4.0",
    attribution="© Transparency International",
)
SCORE = Indicator(
    code="cpi.score",
    source=CPI,
    name="Score",
    unit="points",
    wording="Perceived corruption",
    direction=1,
    minimum=0,
    maximum=100,
    decimals=1,
)
ANA = User(name="Ana", role=Role.ANALYST)


def value(pk: int = 43, **changes: Any) -> Observation:
    return Observation(
        **{
            "pk": pk,
            "indicator": SCORE,
            "country": Country(code="GHA", name="Ghana", kind="state"),
            "period": "2024",
            "year": 2024,
            "series": "Urban",
            "value": 42.25,
            "standard_error": 1.5,
            "low": 39.5,
            "high": 45.5,
            "quality": "estimated",
            "edition": "2025",
            "raw_text": "42.249",
            "file": SourceFile(pk=1, name="CPI2025.xlsx", sha256="68c7"),
            "locator": "CPI!E8",
            "valid_from": 5,
            **changes,
        }
    )


def in_file(row: Observation) -> dict[str, Any]:
    return {column.label: column.cell(row) for column in presenters.VALUES_FILE}


def test_a_file_of_values_has_each_field_under_its_own_name() -> None:
    assert in_file(value()) == {
        "Country": "Ghana",
        "Code": "GHA",
        "Indicator": "cpi.score",
        "Period": "2024",
        "Series": "Urban",
        "Value": 42.25,
        "Unit": "points",
        "Why no value": "",
        "Standard error": 1.5,
        "Low": 39.5,
        "High": 45.5,
        "Quality": "Estimated",
        "Edition": "2025",
        "Text in the file": "42.249",
        "File": "CPI2025.xlsx",
        "Place in the file": "CPI!E8",
        "SHA-256 of the file": "68c7",
        "Publication": 5,
        "Attribution": "© Transparency International",
    }
    assert in_file(value(value=None, label="Tier 2"))["Value"] == "Tier 2"
    assert in_file(value(value=None, missing="not_collected"))["Why no value"] == "No estimate"


@pytest.mark.parametrize(
    ("number", "publisher", "known", "source"),
    [
        (None, "", "now", "Corruption Perceptions Index, Transparency International"),
        (0, "", "publication number 0", "Corruption Perceptions Index, Transparency International"),
        (7, "Sample agency", "publication number 7", "Corruption Perceptions Index, Sample agency"),
    ],
)
def test_the_notes_of_a_file_of_values(number: int | None, publisher: str, known: str, source: str) -> None:
    narrowing = [("as_of", "As of", "7"), ("region", "Region", "Africa")]
    form: Any = SimpleNamespace(cleaned_data={"as_of": AsOf(number)}, narrowing=narrowing)
    indicator = Indicator(code="x", source=CPI, name="Score", wording="Perceived corruption", publisher=publisher)
    assert presenters.value_notes(indicator, form) == [
        ("Indicator", "Score (x)"),
        ("What is measured", "Perceived corruption"),
        ("Source", source),
        ("License", "CC BY-ND 4.0"),
        ("Attribution", "© Transparency International"),
        ("As known", known),
        ("Region", "Africa"),
    ]


@pytest.mark.parametrize(("direction", "text"), [(1, "Higher is better"), (-1, "Lower is better"), (0, "Not stated")])
def test_a_row_of_the_indicators_of_a_source(direction: int, text: str) -> None:
    table = presenters.indicators_table(CPI)
    assert table.caption == "Indicators of Corruption Perceptions Index"
    indicator = Indicator(code="cpi.score", name="Score", wording="Perceived", unit="points", direction=direction)
    found = {
        "Indicator": "Score / Perceived",
        "Scale": "Points",
        "Direction": text,
        "Newest": "2024",
        "Countries": "180",
        "Values": "1,200",
    }
    assert cells(table.columns, IndicatorEntry(indicator, 1200, 180, "2024")) == found
    empty = cells(table.columns, IndicatorEntry(indicator, 0, 0, ""))
    assert (empty["Newest"], empty["Countries"], empty["Values"]) == (DASH, DASH, DASH)
    assert cells(table.columns, IndicatorEntry(indicator, 1, 0, "2024"))["Countries"] == "0"


def test_a_row_of_the_values_of_an_indicator() -> None:
    table = presenters.values_table(SCORE, [value()], ANA)
    assert table.caption == "Score by country, in points"
    assert cells(table.columns, value()) == {
        "Country": "Ghana",
        "Period": "2024",
        "Value": "42.2",
        "Error or interval": "± 1.50; 39.5 to 45.5",
        "Quality": "Estimate",
        "Edition": "2025",
        "Location in the file": "CPI!E8, the source of the value for Ghana",
    }
    assert links(table.columns, value()) == ["/countries/GHA/", "/data/observations/43/"]
    assert presenters.values_table(Indicator(name="Score"), [value()], ANA).caption == "Score by country"


@pytest.mark.parametrize(
    ("files", "label", "text"),
    [
        ((1, 1), "Location in the file", "CPI!E8, the source of the value for Ghana"),
        ((1, 2), "File and location", "CPI2025.xlsx CPI!E8, the source of the value for Ghana"),
    ],
)
def test_a_file_is_named_in_each_row_only_if_there_are_several(files: tuple[int, ...], label: str, text: str) -> None:
    rows = [value(pk, file=SourceFile(pk=file, name="CPI2025.xlsx")) for pk, file in enumerate(files, 1)]
    assert cells(presenters.values_table(SCORE, rows, ANA).columns, rows[0])[label] == text


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"standard_error": None, "low": None, "high": None}, None),
        ({"standard_error": None}, "39.5 to 45.5"),
        ({"low": None, "high": None}, "± 1.50"),
        ({"standard_error": 0.0, "low": None, "high": None}, "± 0.00"),
        ({"standard_error": None, "low": 0.0, "high": 0.0}, "0.0 to 0.0"),
    ],
)
def test_errors_have_a_column_only_if_a_value_has_one(changes: dict[str, Any], shown: str | None) -> None:
    row = value(**changes)
    columns = presenters.values_table(SCORE, [row], ANA).columns
    assert cells(columns, row).get("Error or interval") == shown
    bare = value(standard_error=None, low=None, high=None)
    assert cells(presenters.values_table(SCORE, [bare, value()], ANA).columns, bare)["Error or interval"] == DASH


@pytest.mark.parametrize(
    ("labels", "changes", "text", "kind", "descending"),
    [
        ([], {}, "42.2", "number", True),
        (["Tier 1", "Tier 2"], {"value": None, "label": "Tier 2"}, "Tier 2", "text", False),
        ([], {"value": None, "missing": "suppressed"}, "Withheld", "number", True),
        ([], {"value": 0.0}, "0.0", "number", True),
    ],
)
def test_numbers_sort_descending_and_labels_in_publisher_order(
    labels: list[str], changes: dict[str, Any], text: str, kind: str, descending: bool
) -> None:
    indicator = Indicator(name="Score", labels=labels, decimals=1)
    row = value(indicator=indicator, **changes)
    columns = {column.label: column for column in presenters.values_table(indicator, [row], ANA).columns}
    assert plain(columns["Value"].value(row)) == text
    assert (columns["Value"].kind, columns["Value"].descending_first) == (kind, descending)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("state", "Hong Kong"), ("territory", "Hong Kong territory"), ("former", "Hong Kong former state")],
)
def test_note_marks_what_is_no_country(kind: str, text: str) -> None:
    place = value(country=Country(code="HKG", name="Hong Kong", kind=kind))
    assert cells(presenters.values_table(SCORE, [place], ANA).columns, place)["Country"] == text


@pytest.mark.parametrize(
    ("unit", "low", "high", "labels", "text"),
    [
        ("points", 0, None, [], "Points, from 0"),
        ("points", None, 10, [], "Points"),
        ("", 1, 7, [], "No unit, 1 to 7"),
        ("index", -2.5, 2.5, [], "Index, \N{MINUS SIGN}2.5 to 2.5"),
        ("%", 0, 50, [], "Percent, 0 to 50"),
        ("tier", 0, 1, ["Tier 1", "Tier 2"], "Tier 1, Tier 2"),
    ],
)
def test_a_scale_without_one_of_its_ends(
    unit: str, low: float | None, high: float | None, labels: list[str], text: str
) -> None:
    assert scale(Indicator(unit=unit, minimum=low, maximum=high, labels=labels)) == text


# ---- the statements on a source ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newest", "all_countries", "found"),
    [
        (180, 200, Freshness("good", "180 of 196 countries")),
        (179, 200, Freshness("warn", "Partial", "179 of 196 countries; 21 more have a value from an earlier edition")),
        (9, 10, Freshness("good", "9 of 196 countries")),
        (8, 10, Freshness("warn", "Partial", "8 of 196 countries; 2 more have a value from an earlier edition")),
        (0, 0, Freshness("good", "0 of 196 countries")),
        (
            1000,
            1200,
            Freshness("warn", "Partial", "1,000 of 196 countries; 200 more have a value from an earlier edition"),
        ),
    ],
)
def test_an_edition_is_partial_below_nine_tenths_of_the_countries(
    newest: int, all_countries: int, found: Freshness
) -> None:
    entry = SourceEntry(CPI, countries=all_countries)
    assert catalog._coverage(entry, LoadedEdition("2025", 1, countries=newest), 196) == found


def test_one_weak_value_makes_a_source_partly_unconfirmed() -> None:
    assert catalog._quality(0, 10) == Freshness("good", "None inferred or unconfirmed")
    assert catalog._quality(1, 1200) == Freshness(
        "warn", "Partly unconfirmed", "1 of 1,200 values inferred or unconfirmed"
    )


def used(*editions: tuple[str, int], weak: int = 0, last: int = 2025) -> InUse:
    return InUse(36, 34, 1200, weak, 2024, last, editions)


@pytest.mark.parametrize(
    ("editions", "detail"),
    [
        ([("2025", 34)], "Edition 2025"),
        ([("2026", 4), ("2025", 30)], "Values by edition: 2026 for 4, 2025 for 30"),
        ([("4", 4), ("3", 3), ("2", 1200)], "Values by edition: 4 for 4, 3 for 3, 2 for 1,200"),
        (
            [("5", 5), ("4", 4), ("3", 3), ("2", 2), ("1", 1)],
            "Values by edition: 5 for 5, 4 for 4, 3 for 3, earlier ones for 3",
        ),
    ],
)
def test_the_editions_in_use(editions: list[tuple[str, int]], detail: str) -> None:
    assert catalog._in_use(used(*editions)) == [
        Freshness("info", "34 of 36 candidates", detail),
        Freshness("good", "None inferred or unconfirmed"),
        Freshness("info", "Values of 2024 to 2025"),
    ]


def test_weak_values_and_one_year_in_use() -> None:
    found = catalog._in_use(used(("2025", 34), weak=17, last=2024))
    assert found[1] == Freshness("warn", "Partly unconfirmed", "17 of 1,200 values in use")
    assert found[2].label == "Values of 2024"


@pytest.mark.parametrize(
    ("first", "last", "text"), [(None, None, ""), (2019, 2019, "2019"), (2019, 2023, "2019 to 2023")]
)
def test_the_years_of_a_source(first: int | None, last: int | None, text: str) -> None:
    assert SourceEntry(CPI, first_year=first, last_year=last).years == text


@pytest.mark.parametrize(("programs", "text"), [(1, "1 program recorded"), (2, "2 programs recorded")])
def test_a_source_of_programs_has_no_editions(programs: int, text: str) -> None:
    entry = SourceEntry(CPI, programs=programs)
    assert catalog._freshness(entry, dt.date(2026, 11, 24), 196) == [Freshness("good", "Maintained in CPC", text)]
    assert catalog._freshness(SourceEntry(CPI), dt.date(2026, 11, 24), 196) == [Freshness("unknown", "None loaded")]


def test_a_frozen_source_expects_no_edition() -> None:
    edition = LoadedEdition("2017", 20170000, live=1)
    found = catalog._age(SourceEntry(Source(key="cpi")), edition, dt.date(2026, 11, 24))
    assert found == Freshness("none", "Frozen", "The publisher has ended the series", "lock")


def test_newest_edition_states_or_confirms_a_live_value() -> None:
    over, confirming = LoadedEdition("2025", 2, superseded=9), LoadedEdition("2024", 1, confirming=1)
    assert SourceEntry(CPI, editions=[over, confirming, LoadedEdition("2023", 0, live=5)]).newest == confirming
    assert SourceEntry(CPI, editions=[over]).newest is None
    assert LoadedEdition("2024", 1, live=3, confirming=4, superseded=5).known == 7


def test_pressing_statements_appear_once_per_label() -> None:
    good, old = Freshness("good", "Newest"), Freshness("warn", "Newer edition expected")
    weak, weak_in_use = (
        Freshness("warn", "Partly unconfirmed", "5 of 9"),
        Freshness("warn", "Partly unconfirmed", "2 of 4"),
    )
    assert SourceEntry(CPI, freshness=[good, weak], in_use=[weak_in_use, old]).pressing == [weak, old]
    calm = SourceEntry(CPI, freshness=[good, Freshness("good", "9 of 9")])
    assert (calm.pressing, calm.state) == ([good], good)
    late = SourceEntry(CPI, freshness=[weak, old])
    assert late.state == weak
    entries = [
        calm,
        late,
        SourceEntry(CPI, freshness=[old]),
        late,
        SourceEntry(CPI, freshness=[Freshness("none", "Frozen")]),
    ]
    assert catalog.count_states(entries) == [
        ("Newer edition expected", 1),
        ("Partly unconfirmed", 2),
        ("Newest", 1),
        ("Frozen", 1),
    ]


# ---- the history of a value ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valid_to", "kind", "batch", "live", "never_shown", "withdrawn"),
    [
        (None, None, 3, True, False, False),
        (5, "publish", 3, False, True, False),
        (6, "publish", 3, False, False, False),
        (6, "retract", 3, False, False, True),
        (6, "retract", 4, False, False, False),
    ],
)
def test_a_chapter_of_the_history_of_a_value(
    valid_to: int | None, kind: str | None, batch: int, live: bool, never_shown: bool, withdrawn: bool
) -> None:
    row = value(valid_to=valid_to, batch=Import(pk=3), batch_id=3)
    closed = Publication(seq=6, kind=kind, batch=Import(pk=batch)) if kind else None
    chapter = Chapter(row, None, closed, is_here=True)
    assert (chapter.is_live, chapter.never_shown, chapter.withdrawn) == (live, never_shown, withdrawn)


def test_the_moment_of_a_publication() -> None:
    at = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    assert AsOf().moment is None
    assert AsOf(0).moment == dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert AsOf(3, Publication(seq=3, at=at)).moment == at
