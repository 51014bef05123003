"""Checks of a value against its indicator, and its row in the staging table."""

from __future__ import annotations

import math
from typing import Any

import pytest

from indicators.imports.matching import Check, count_by, year_of
from indicators.imports.staging import copy_line
from indicators.models import Indicator
from indicators.models.observations import precedence
from indicators.sources.base import Missing, Problem, Quality, Reading, ReadResult, Reason, Severity

SCORE = Indicator(pk=3, code="x.score", minimum=0, maximum=100)
TIERS = Indicator(pk=4, code="x.tier", labels=["Tier 1", "Tier 2"])


def reading(**values: Any) -> Reading:
    return Reading(**{"indicator": "x.score", "country": "Ghana", "period": "2024", "locator": "S!B2", **values})


@pytest.mark.parametrize(
    ("indicator", "values", "found"),
    [
        (SCORE, {"value": 0.0}, None),
        (SCORE, {"value": 100.0}, None),
        (SCORE, {"value": -0.1, "raw": "-0.1"}, (Reason.OUT_OF_RANGE, "-0.1 is outside 0 to 100.")),
        (SCORE, {"value": 100.1, "raw": "100.1"}, (Reason.OUT_OF_RANGE, "100.1 is outside 0 to 100.")),
        (Indicator(pk=5, minimum=0), {"value": -1.0, "raw": "-1"}, (Reason.OUT_OF_RANGE, "-1 is outside the scale.")),
        (Indicator(pk=5, maximum=5), {"value": 6.0, "raw": "6"}, (Reason.OUT_OF_RANGE, "6 is outside the scale.")),
        (Indicator(pk=5, minimum=0), {"value": 1e9}, None),
        (Indicator(pk=5, maximum=5), {"value": -1e9}, None),
        (SCORE, {"value": math.nan, "raw": "x"}, (Reason.UNREADABLE_NUMBER, "'x' is not a finite number.")),
        (
            Indicator(pk=5),
            {"value": math.inf, "raw": "inf"},
            (Reason.UNREADABLE_NUMBER, "'inf' is not a finite number."),
        ),
        (SCORE, {"value": 1.0, "period": "last"}, (Reason.UNREADABLE_YEAR, "'last' is not a period with a year.")),
        (
            SCORE,
            {"missing": Missing.NOT_COLLECTED, "period": "x"},
            (Reason.UNREADABLE_YEAR, "'x' is not a period with a year."),
        ),
        (SCORE, {"missing": Missing.NOT_COLLECTED}, None),
        (TIERS, {"label": "Tier 2"}, None),
        (TIERS, {"label": "Tier 4"}, (Reason.UNKNOWN_LABEL, "'Tier 4' is not one of Tier 1, Tier 2.")),
        (TIERS, {"value": 1.0}, (Reason.UNKNOWN_LABEL, "'' is not one of Tier 1, Tier 2.")),
    ],
)
def test_a_value_is_checked_against_its_indicator(
    indicator: Indicator, values: dict[str, Any], found: tuple[Reason, str] | None
) -> None:
    problem = Check(indicator).problem(reading(**values))
    assert (problem and (problem.reason, problem.message)) == found
    if problem is not None:
        assert (problem.severity, problem.locator, problem.country) == (Severity.REJECTED, "S!B2", "Ghana")


@pytest.mark.parametrize(
    ("period", "year"),
    [("2024", 2024), ("FY2026", 2026), ("2019-2021", 2021), ("2021/22", 2021), ("20", 0), ("", 0)],
)
def test_the_year_of_a_period_is_the_last_of_four_digits(period: str, year: int) -> None:
    assert year_of(period) == year


def test_row_without_an_edition_takes_the_file_edition() -> None:
    document = ReadResult("2025", 20250000)
    own = Check(SCORE).staged(reading(edition="2019", edition_rank=20190000), 7, document)
    assert (own.edition, own.edition_rank, own.precedence) == ("2019", 20190000, 201900003)
    of_file = Check(SCORE).staged(reading(quality=Quality.UNCONFIRMED), 7, document)
    assert (of_file.edition, of_file.edition_rank, of_file.precedence) == ("2025", 20250000, 202500002)
    assert (of_file.indicator_id, of_file.country_id, of_file.year) == (3, 7, 2024)
    assert [precedence(1, quality) for quality in ("inferred", "unconfirmed", "estimated", "computed", "stated")] == [
        10,
        12,
        13,
        13,
        13,
    ]
    yielding = Check(SCORE).staged(reading(quality=Quality.UNCONFIRMED, yields=True), 7, document)
    assert 202500000 < yielding.precedence < of_file.precedence


def test_staging_row_has_columns_in_order() -> None:
    row = Check(SCORE).staged(
        reading(
            period="2024",
            series="Urban\tand\\rural",
            value=1.5,
            standard_error=0.25,
            low=1.0,
            high=2.0,
            raw="1.50\n",
            quality=Quality.ESTIMATED,
            note="by hand",
        ),
        7,
        ReadResult("2025", 20250000),
    )
    assert copy_line(9, row) == (
        "9\t3\t7\t2024\t2024\tUrban\\tand\\\\rural\t1.5\t\t\t0.25\t1.0\t2.0\tS!B2\t1.50\\n\t2025\t20250000\testimated\t"
        "by hand\t202500003\n"
    )
    gap = Check(SCORE).staged(reading(missing=Missing.NOT_COLLECTED), 7, ReadResult("2025", 20250000))
    assert copy_line(9, gap) == (
        "9\t3\t7\t2024\t2024\t\t\\N\t\tnot_collected\t\\N\t\\N\t\\N\tS!B2\t\t2025\t20250000\tstated\t\t202500003\n"
    )


def test_the_rows_of_problems_are_counted_by_severity() -> None:
    problems = [
        Problem(Severity.REJECTED, Reason.UNKNOWN_COUNTRY, "a", rows=3),
        Problem(Severity.REJECTED, Reason.OUT_OF_RANGE, "b"),
        Problem(Severity.WARNING, Reason.INCONSISTENT, "c", rows=0),
        Problem(Severity.NOTE, Reason.NOT_A_COUNTRY, "d", rows=2),
    ]
    assert count_by(problems) == {"rejected": 4, "warning": 0, "note": 2}
