"""Lists of values: filters, orders, and figures on rows that are not stored; and what REST shows of a row."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from indicators.models import Confirmation, Country, Import, Indicator, Observation, Source, SourceFile
from indicators.observations.queries import ValueFigure, count_states_with_value, figures, filter_rows, in_order
from indicators.observations.serializers import (
    ConfirmationSerializer,
    CountrySerializer,
    IndicatorSerializer,
    ObservationSerializer,
    SourceSerializer,
)
from indicators.observations.witness import Remaining, Witness, WitnessVerdict
from indicators.sources.world_factbook_fields import NEITHER_LIST, NOT_LISTED

SCORE = Indicator(code="x.score", decimals=1)
TIER = Indicator(code="x.tier", labels=["Tier 1", "Tier 2", "Tier 3"])


def place(code: str, name: str, region: str = "Africa", kind: str = "state") -> Country:
    return Country(code=code, name=name, region=region, kind=kind)


def row(code: str, name: str, value: float | None = None, **more: Any) -> Observation:
    country = place(code, name, more.pop("region", "Africa"), more.pop("kind", "state"))
    return Observation(**{"country": country, "period": "2024", "year": 2024, "value": value, **more})


BENIN = row("BEN", "Benin", 7.0, year=2022, period="2022", edition="2024", edition_rank=20240000, quality="stated")
GHANA = row("GHA", "Ghana", -3.0, edition="2025", edition_rank=20250000, quality="inferred")
IVORY = row(
    "CIV", "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", 7.0, edition="2025", edition_rank=20250000, quality="stated"
)
NIGER = row("NER", "Niger", missing="not_collected", edition="2023", edition_rank=20230000, quality="stated")
ROWS = [NIGER, GHANA, IVORY, BENIN]


def codes(rows: list[Observation]) -> list[str]:
    return [found.country.code for found in rows]


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("country", ["BEN", "CIV", "GHA", "NER"]),
        ("-country", ["NER", "GHA", "CIV", "BEN"]),
        ("value", ["GHA", "BEN", "CIV", "NER"]),
        ("-value", ["BEN", "CIV", "GHA", "NER"]),
        ("period", ["BEN", "CIV", "GHA", "NER"]),
        ("-period", ["CIV", "GHA", "NER", "BEN"]),
        ("edition", ["NER", "BEN", "CIV", "GHA"]),
        ("-edition", ["CIV", "GHA", "BEN", "NER"]),
        ("quality", ["GHA", "BEN", "CIV", "NER"]),
    ],
)
def test_rows_in_order_with_ties_by_name_and_missing_values_last(asked: str, order: list[str]) -> None:
    assert codes(in_order(ROWS, SCORE, asked)) == order


@pytest.mark.parametrize(
    ("asked", "order"), [("value", ["GHA", "BEN", "CIV", "NER"]), ("-value", ["CIV", "BEN", "GHA", "NER"])]
)
def test_labels_sort_in_the_order_of_the_publisher(asked: str, order: list[str]) -> None:
    rows = [
        row("BEN", "Benin", label="Tier 2"),
        row("NER", "Niger", missing="special_case"),
        row("CIV", "Ivory Coast", label="Tier 3"),
        row("GHA", "Ghana", label="Tier 1"),
    ]
    assert codes(in_order(rows, TIER, asked)) == order


@pytest.mark.parametrize(
    ("query", "region", "found"),
    [
        ("", "", ["NER", "GHA", "CIV", "BEN"]),
        ("cote d'iv", "", ["CIV"]),
        (" gha ", "", ["GHA"]),
        ("civ", "", ["CIV"]),
        ("ci", "", []),
        ("ni", "", ["NER", "BEN"]),
        ("", "Near East", []),
        ("ghana", "Africa", ["GHA"]),
        ("ghana", "Near East", []),
    ],
)
def test_rows_match_part_of_a_name_or_a_whole_code(query: str, region: str, found: list[str]) -> None:
    assert codes(filter_rows(ROWS, query=query, region=region)) == found


def test_the_figures_of_numbers() -> None:
    assert figures(SCORE, ROWS) == [
        ValueFigure("Highest", 7.0, "Benin, 2022", 1),
        ValueFigure("Median", 7.0, "of 3 values", 1),
        ValueFigure("Lowest", -3.0, "Ghana, 2024", 1),
        ValueFigure("No value", 1),
    ]
    assert figures(SCORE, [GHANA, BENIN])[1] == ValueFigure("Median", 2.0, "of 2 values", 1)
    assert [figure.term for figure in figures(SCORE, [GHANA])] == ["Highest", "Median", "Lowest"]
    assert figures(SCORE, [NIGER]) == [ValueFigure("No value", 1)]
    assert figures(SCORE, []) == []


def test_the_figures_of_labels_count_each_label_also_one_without_a_country() -> None:
    rows = [row("A", "A", label="Tier 2"), row("B", "B", label="Tier 2"), row("C", "C", missing="special_case")]
    assert figures(TIER, rows) == [
        ValueFigure("Tier 1", 0),
        ValueFigure("Tier 2", 2),
        ValueFigure("Tier 3", 0),
        ValueFigure("No value", 1),
    ]


def test_countries_with_a_value_leave_out_territories_and_missing_values() -> None:
    assert count_states_with_value([*ROWS, row("HKG", "Hong Kong", 75.0, kind="territory")]) == 3


# ---- the second witness --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "label", "text"),
    [
        ("confirms", "Tier 3", "Confirmed by the Factbook"),
        ("contradicts", "Tier 3", "The Factbook differs: Tier 3"),
        ("contradicts", NOT_LISTED, "The Factbook differs: Tier 1 or 2"),
        ("contradicts", NEITHER_LIST, "The Factbook differs: Neither Watch List nor Tier 3"),
        ("narrows", NOT_LISTED, "Tier 1 or 2 according to the Factbook"),
        ("narrows", NEITHER_LIST, "Neither Watch List nor Tier 3 according to the Factbook"),
    ],
)
def test_witness_texts(verdict: str, label: str, text: str) -> None:
    assert Witness(Observation(label=label), WitnessVerdict(verdict)).text == text


@pytest.mark.parametrize(
    ("counted", "end"),
    [
        (
            Remaining("2025", 188, 0, 1, {"": 1}),
            "confirms 0 of the 188 tiers of 2025, and differs on 1; the tier is unconfirmed for 1 country whose tier "
            "rests on one third-party list.",
        ),
        (
            Remaining("2025", 1200, 1000, 0, {NOT_LISTED: 1}),
            "confirms 1,000 of the 1,200 tiers of 2025, and differs on none; only the step between Tier 1 and Tier 2 "
            "is unconfirmed for 1 country whose tier rests on one third-party list.",
        ),
        (
            Remaining("2025", 188, 1, 0, {"": 2}),
            "confirms 1 of the 188 tiers of 2025, and differs on none; the tier is unconfirmed for all 2 countries "
            "whose tiers rest on one third-party list.",
        ),
        (
            Remaining("2025", 188, 0, 0, {NOT_LISTED: 1, "": 1}),
            "confirms 0 of the 188 tiers of 2025, and differs on none; only the step between Tier 1 and Tier 2 is "
            "unconfirmed for 1 of the 2 countries whose tiers rest on one third-party list, and the tier is "
            "unconfirmed for the other 1.",
        ),
    ],
)
def test_one_tier_that_remains_unconfirmed(counted: Remaining, end: str) -> None:
    assert counted.sentence == f"The World Factbook {end}"


# ---- what REST shows -----------------------------------------------------------------------------------------------

CPI = Source(key="cpi", title="Index", publisher="Transparency", license="CC", attribution="© T", homepage="https://t")


def observation(**changes: Any) -> Observation:
    found = row(
        "GHA",
        "Ghana",
        42.0,
        pk=43,
        indicator=Indicator(code="cpi.score", source=CPI, publisher="Sample agency"),
        series="Urban",
        standard_error=1.5,
        low=39.5,
        high=45.5,
        quality="inferred",
        note="by hand",
        edition="2025",
        batch=Import(published_on=dt.date(2026, 1, 31), dated_by="The rule"),
        file=SourceFile(name="a.xlsx", sha256="aa"),
        locator="S!B2",
        raw_text="42,0",
        valid_from=5,
        valid_to=7,
        superseded_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
    )
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def test_a_value_in_rest_has_each_field_under_its_own_name() -> None:
    row = observation()
    row.confirmed_by = []  # type: ignore[attr-defined]  # prefetched by the view
    assert ObservationSerializer(row, context={"witnesses": {}}).data == {
        "id": 43,
        "indicator": "cpi.score",
        "country": {"code": "GHA", "name": "Ghana"},
        "period": "2024",
        "series": "Urban",
        "value": 42.0,
        "label": None,
        "missing": None,
        "standard_error": 1.5,
        "low": 39.5,
        "high": 45.5,
        "quality": "inferred",
        "note": "by hand",
        "provenance": {
            "source": "cpi",
            "publisher": "Sample agency",
            "edition": "2025",
            "published_on": "2026-01-31",
            "dated_by": "The rule",
            "file": {"name": "a.xlsx", "sha256": "aa"},
            "locator": "S!B2",
            "raw_text": "42,0",
        },
        "confirmed_by": [],
        "second_witness": None,
        "known_from": 5,
        "known_to": 7,
        "superseded_at": "2026-02-01T00:00:00Z",
    }


def test_a_confirmation_in_rest_names_the_source_of_its_own_file() -> None:
    batch = Import(source=CPI, published_on=dt.date(2027, 1, 31))
    found = Confirmation(
        batch=batch, edition="2026", file=SourceFile(name="b.xlsx", sha256="bb"), locator="S!C3", raw_text="42"
    )
    assert ConfirmationSerializer(found).data == {
        "source": "cpi",
        "publisher": "Transparency",
        "edition": "2026",
        "published_on": "2027-01-31",
        "file": {"name": "b.xlsx", "sha256": "bb"},
        "locator": "S!C3",
        "raw_text": "42",
    }


@pytest.mark.parametrize(("direction", "word"), [(1, "higher"), (-1, "lower"), (0, "neither")])
def test_an_indicator_in_rest(direction: int, word: str) -> None:
    indicator = Indicator(
        code="cpi.score",
        source=CPI,
        name="Score",
        unit="points",
        wording="w",
        direction=direction,
        minimum=0,
        maximum=100,
        labels=["a"],
        decimals=1,
        publisher="p",
    )
    assert IndicatorSerializer(indicator).data == {
        "code": "cpi.score",
        "source": "cpi",
        "name": "Score",
        "unit": "points",
        "wording": "w",
        "direction": word,
        "minimum": 0,
        "maximum": 100,
        "labels": ["a"],
        "decimals": 1,
        "publisher": "p",
    }


@pytest.mark.parametrize(("months", "frozen"), [(None, True), (12, False)])
def test_a_source_in_rest_is_frozen_without_a_next_edition(months: int | None, frozen: bool) -> None:
    serializer = SourceSerializer()
    source = Source(key="tip", cadence_months=months)
    assert serializer.fields["frozen"].get_attribute(source) is frozen
    assert serializer.get_publication_rule(source) == "A tier counts as published on June 30 of its report year."
    assert serializer.get_publication_rule(Source(key="own")) == ""


def test_a_former_state_in_rest_names_its_successor() -> None:
    field = CountrySerializer().fields["successor"]
    assert field.to_representation(field.get_attribute(SimpleNamespace(successor_code="RUS"))) == "RUS"
