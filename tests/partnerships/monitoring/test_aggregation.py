"""Totals over several reporters, by hand: sums, duplicates, levels, and shares, within and over periods."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from partnerships.aggregation import (
    METHODS,
    AddedUp,
    Method,
    Planned,
    Report,
    carried_reports,
    method_in_effect,
    most_doubles,
    total_of,
    usual_method,
)
from partnerships.progress import Measure, Point, Rollup, roll_up, share_of

D = Decimal
MARCH, SEPTEMBER, LAST_YEAR = date(2026, 3, 31), date(2026, 9, 30), date(2025, 9, 30)


def said(*values: str | None, on: date = SEPTEMBER) -> list[Report]:
    """Return a report of each value: "4", or "163/214" for a share. The first reporter is the government."""
    reports = []
    for number, text in enumerate(values):
        counts = None
        value = None if text is None else D(text) if "/" not in text else None
        if text is not None and "/" in text:
            numerator, _, denominator = text.partition("/")
            counts = (D(numerator), D(denominator))
            value = share_of([counts])
        reports.append(Report(number or None, on, number, value, counts))
    return reports


@pytest.mark.parametrize(
    ("method", "values", "doubles", "expected"),
    [
        (Method.SUM, ("7",), 0, AddedUp(D(7))),
        (Method.SUM, ("142", "38", None), 0, AddedUp(D(180))),
        (Method.SUM, ("142", "38"), 22, AddedUp(D(180))),
        (Method.DISTINCT, ("142", "38"), 22, AddedUp(D(158), doubles=D(22))),
        (Method.DISTINCT, ("142", "38"), 38, AddedUp(D(142), doubles=D(38))),
        (Method.LATEST, ("4", "4"), 0, AddedUp(D(4), is_same=True)),
        (Method.LATEST, ("5", "4"), 0, AddedUp(D(4), differs=True)),
        (Method.LATEST, ("5", None), 0, AddedUp(D(5))),
        # 204 of 302, not the mean of 76.1682 and 46.5909.
        (Method.SHARE, ("163/214", "41/88"), 0, AddedUp(D("67.5497"), (D(204), D(302)))),
        (Method.SHARE, ("163/214",), 0, AddedUp(D("76.1682"), (D(163), D(214)))),
        (Method.SHARE, ("50",), 0, AddedUp(D(50))),
        (Method.SHARE, ("163/214", "50"), 0, AddedUp(None, lacks_counts=True)),
        (Method.SUM, (None, None), 0, AddedUp(None)),
        (Method.SUM, (), 0, AddedUp(None)),
        (Method.SUM, ("0", None), 0, AddedUp(D(0))),
    ],
)
def test_a_total_is_made_by_its_method(
    method: Method, values: tuple[str | None, ...], doubles: int, expected: AddedUp
) -> None:
    assert total_of(said(*values), method, D(doubles)) == expected


@pytest.mark.parametrize(
    ("values", "most"), [((), 0), ((142,), 0), ((142, 38), 38), ((142, 38, 50), 88), ((5, 5), 5), ((0, 3), 0)]
)
def test_at_most_what_is_beyond_the_largest_reporter_can_be_counted_twice(values: tuple[int, ...], most: int) -> None:
    assert most_doubles(map(D, values)) == most


def test_a_level_counts_until_its_reporter_counts_again_in_the_same_year() -> None:
    reports = [*said("1", "9", on=LAST_YEAR), *said("3", "4", on=MARCH), *said("5", None)]
    assert [(row.reporter, row.value) for row in carried_reports(reports, SEPTEMBER)] == [(None, D(5)), (1, D(4))]
    assert [(row.reporter, row.value) for row in carried_reports(reports, MARCH)] == [(None, D(3)), (1, D(4))]
    assert total_of(carried_reports(reports, SEPTEMBER), Method.SUM).value == 9
    assert total_of(carried_reports(reports, SEPTEMBER), Method.LATEST).value == 5, "the newer day counts"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Rollup.SUM, "67.5497"),  # 204 of 302
        (Rollup.LATEST, "46.5909"),
        (Rollup.AVERAGE, "61.3796"),  # of 76.1682 and 46.5909, half to even
        (Rollup.NONE, None),
    ],
)
def test_shares_combine_over_periods_by_their_counts(how: Rollup, expected: str | None) -> None:
    pairs = [(MARCH, (D(163), D(214))), (SEPTEMBER, (D(41), D(88)))]
    points = [Point(day, share_of([counts]), counts) for day, counts in pairs]
    assert roll_up(points, how).value == (None if expected is None else D(expected))


def test_a_share_without_counts_is_not_added_by_counts() -> None:
    points = [Point(MARCH, D(50), (D(1), D(2))), Point(SEPTEMBER, D(30))]
    assert roll_up(points, Rollup.SUM).value == 80


def test_half_of_the_last_decimal_of_a_share_is_rounded_up() -> None:
    assert share_of([(D(1), D(1_600_000))]) == D("0.0001")  # 0.0000625 percent
    assert share_of([(D(1), D(2_000_000))]) == D("0.0001")  # 0.00005 percent


MOMENTS = [datetime(2024, month, 1, tzinfo=UTC) for month in range(1, 7)]
FIRST = Planned(1, MOMENTS[1], Method.SUM)
SECOND = Planned(2, MOMENTS[3], Method.DISTINCT)


@pytest.mark.parametrize(
    ("planned", "approved_at", "expected"),
    [
        ([], None, (Method.LATEST, 0)),
        ([], MOMENTS[0], (Method.LATEST, 0)),
        # A year that is not approved uses the plan in effect.
        ([FIRST], None, (Method.SUM, 1)),
        ([FIRST, SECOND], None, (Method.DISTINCT, 2)),
        # A year that was approved before the second version keeps its method.
        ([FIRST, SECOND], MOMENTS[2], (Method.SUM, 1)),
        ([FIRST, SECOND], MOMENTS[3], (Method.DISTINCT, 2)),
        ([FIRST, SECOND], MOMENTS[4], (Method.DISTINCT, 2)),
        # The indicator came after the year.
        ([FIRST, SECOND], MOMENTS[0], (Method.SUM, 1)),
    ],
)
def test_a_later_plan_redraws_no_past_year(
    planned: list[Planned], approved_at: datetime | None, expected: tuple[Method, int]
) -> None:
    assert method_in_effect(planned, approved_at, Method.LATEST) == expected


def test_each_measure_has_a_usual_method() -> None:
    assert set(METHODS) == set(Measure)
    assert [usual_method(measure) for measure in (Measure.PEOPLE, Measure.PERCENT, Measure.SCORE)] == [
        Method.SUM, Method.SHARE, Method.LATEST,
    ]  # fmt: skip
