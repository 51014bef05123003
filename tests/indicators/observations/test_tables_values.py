"""Lists of values, indicators, and statements: headings with their links, rows to a page, and widths of the sheet."""

from __future__ import annotations

from typing import Any

import pytest

from cpc.accounts.models import User
from indicators.models import Indicator, Observation, Source
from indicators.observations.presenters import indicators_table, unpublished_table, values_table
from tests.support.tables import headings, look, sheet

HOVER = "usa-table c-stack usa-table--hover"
PLACE = ["Quality ?sort=quality", "Edition ?sort=-edition", "Location in the file"]


def values(*rows: Observation, **more: Any) -> Any:
    measured = Indicator(code="sample", name="Sample", unit="percent", decimals=1, **more)
    return values_table(measured, rows or [Observation(file_id=1)], User(role="analyst"))


def test_the_list_of_values_sorts_by_each_column() -> None:
    table = values()
    assert headings(table) == [
        "Country ?sort=-country ascending",
        "Period ?sort=-period",
        "Value num ?sort=-value",
        *PLACE,
    ]
    assert look(table) == (HOVER, 25)
    assert sheet(table) == [
        ("Country", 28),
        ("Code", 8),
        ("Indicator", 28),
        ("Period", 10),
        ("Series", 14),
        ("Value", 14),
        ("Unit", 18),
        ("Why no value", 18),
        ("Standard error", 14),
        ("Low", 10),
        ("High", 10),
        ("Quality", 12),
        ("Edition", 12),
        ("Text in the file", 20),
        ("File", 36),
        ("Place in the file", 36),
        ("SHA-256 of the file", 66),
        ("Publication", 12),
        ("Attribution", 40),
    ]


def test_levels_are_texts_with_the_best_first() -> None:
    assert headings(values(labels=["Tier 1", "Tier 2"]))[2] == "Value ?sort=value"


@pytest.mark.parametrize("error", [{"standard_error": 0.0}, {"low": 1.0}])
def test_errors_have_a_column_if_there_are_any(error: dict[str, float]) -> None:
    heads = headings(values(Observation(file_id=1), Observation(file_id=1, **error)))
    assert heads[2:5] == ["Value num ?sort=-value", "Error or interval num", "Quality ?sort=quality"]


def test_the_file_is_named_where_there_are_several() -> None:
    assert headings(values(Observation(file_id=1), Observation(file_id=2)))[-1] == "File and location"


def test_the_other_lists() -> None:
    statements = ["Edition", "Not published as of", "Where the person looked", "Recorded", "Status"]
    assert headings(unpublished_table(may_withdraw=True)) == [*statements, "Undo sr"]
    assert headings(unpublished_table(may_withdraw=False)) == statements
    assert look(unpublished_table(may_withdraw=True)) == (HOVER, 0)
    indicators = indicators_table(Source(key="tip"))
    assert headings(indicators) == ["Indicator", "Scale", "Direction", "Newest", "Countries num", "Values num"]
    assert look(indicators) == (HOVER, 25)
