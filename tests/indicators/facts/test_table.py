"""Short forms of the facts CSV: each is read back as it was written."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.facts.table import indicator_spec, number, number_text, raw_of, raw_text, schema
from indicators.facts.writer import _row
from indicators.models import Import
from indicators.sources.base import BetterDirection


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.0, "0"),
        (42.0, "42"),
        (-3.0, "-3"),
        (42.5, "42.5"),
        (1e15, "1000000000000000.0"),
        (999999999999999.0, "999999999999999"),
        (0.1, "0.1"),
    ],
)
def test_a_number_is_written_in_its_shortest_form(value: float | None, text: str) -> None:
    assert number_text(value) == text
    assert number(text) == value


@pytest.mark.parametrize(
    ("raw", "value", "cell"),
    [("42", "42", ""), ("42.0", "42", "42.0"), ("", "42", "\\"), ("", "", ""), ("n/a", "", "n/a")],
)
def test_raw_text_equal_to_the_value_is_omitted(raw: str, value: str, cell: str) -> None:
    assert raw_text(raw, value) == cell
    assert raw_of(cell, value) == raw


def test_the_schema_has_the_columns_of_the_resource_and_its_key() -> None:
    found = schema(("indicator", "country", "period", "value", "low"))
    assert [(field["name"], field["type"]) for field in found["fields"]] == [
        ("indicator", "string"),
        ("country", "string"),
        ("period", "string"),
        ("value", "string"),
        ("low", "number"),
    ]
    assert found["primaryKey"] == ["indicator", "country", "period"]
    assert schema(("series", "period"))["primaryKey"] == ["period", "series"]


def test_a_definition_without_direction_or_labels_states_neither() -> None:
    stated: dict[str, Any] = {"code": "own.meals", "name": "Meals", "unit": "%", "wording": "w", "surplus": 1}
    spec = indicator_spec(stated)
    assert (spec.code, spec.direction, spec.labels) == ("own.meals", BetterDirection.NEITHER, ())
    spec = indicator_spec({**stated, "direction": -1, "labels": ["a", "b"], "decimals": 2})
    assert (spec.direction, spec.labels, spec.decimals) == (BetterDirection.LOWER, ("a", "b"), 2)


OBSERVED: tuple[Any, ...] = ("cpi.score", "GHA", "2024", "Urban", 42.0, "", "", 1.5, 39.0, 45.5)
STATED: tuple[Any, ...] = ("inferred", "2019", 20190000, "S!B2", "42.00", "by hand")
ROW = {
    "indicator": "cpi.score",
    "country": "GHA",
    "period": "2024",
    "series": "Urban",
    "value": "42",
    "missing": "",
    "error": "1.5",
    "low": "39",
    "high": "45.5",
    "quality": "inferred",
    "edition": "2019",
    "rank": "20190000",
    "locator": "S!B2",
    "raw": "42.00",
    "note": "by hand",
}


@pytest.mark.parametrize(
    ("observed", "stated", "changes"),
    [
        ({}, {}, {}),
        ({4: None, 5: "Tier 2"}, {4: "Tier 2"}, {"value": "Tier 2", "raw": ""}),
        ({4: None, 6: "not_collected"}, {4: ""}, {"value": "", "missing": "not_collected", "raw": ""}),
        ({}, {0: "stated"}, {"quality": ""}),
        ({}, {1: "2025", 2: 20250000}, {"edition": "", "rank": ""}),
        ({}, {1: "2025"}, {"edition": "2025"}),
        ({}, {2: 20250000}, {"rank": "20250000"}),
    ],
)
def test_row_omits_what_the_resource_states_once(
    observed: dict[int, Any], stated: dict[int, Any], changes: dict[str, str]
) -> None:
    one, other = list(OBSERVED), list(STATED)
    for at, value in observed.items():
        one[at] = value
    for at, value in stated.items():
        other[at] = value
    assert _row((*one, *other), Import(edition="2025", edition_rank=20250000)) == {**ROW, **changes}
