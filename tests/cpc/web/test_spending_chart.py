"""The chart of spending: heights by hand, marks only for what is known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from cpc.web.charts import Course, spending_chart
from cpc.web.charts.svg import Svg

M = Decimal(1_000_000)
COURSE = Course(
    first_day=date(2024, 1, 1),
    last_day=date(2028, 1, 1),
    today=date(2026, 7, 1),
    limit=5 * M,
    planned=[(date(2024, 1, 1), Decimal(0)), (date(2028, 1, 1), 4 * M)],
    obligated=[(date(2025, 1, 1), 2 * M), (date(2026, 1, 1), 3 * M)],
    expended=[(date(2024, 1, 1), Decimal(0)), (date(2026, 1, 1), 2 * M)],
    expected=4 * M,
    runs_out=date(2027, 1, 1),
)


def draw(course: Course) -> Svg:
    return spending_chart("spending", "Spending", "F.", "C.", course).wide


def points(drawing: Svg, style: str) -> list[tuple[float, float]]:
    found = re.search(rf'<path class="{style}" d="M([^"]*)"', drawing)
    if found is None:
        return []
    numbers = [float(n) for pair in found[1].split("L") for n in pair.split(" ")]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_lines_are_drawn_on_one_scale() -> None:
    drawing = draw(COURSE)
    (start, zero), (middle, two) = points(drawing, "k-expline")
    (_, again), (end, four) = points(drawing, "k-planline")
    assert zero == again
    assert abs((zero - four) - 2 * (zero - two)) < 0.3
    assert abs((middle - start) - (end - start) / 2) < 0.5, "two of four years"
    (_, from_two), (at, at_four) = points(drawing, "k-rate")
    assert (from_two, at, at_four) == (two, end, four)
    steps = points(drawing, "k-oblline")
    assert [round((zero - y) / (zero - two), 1) for _, y in steps] == [0, 1, 1, 1.5, 1.5]
    ring = re.search(r'class="k-hollow" cx="([\d.]+)" cy="([\d.]+)"', drawing)
    assert ring is not None
    assert abs(float(ring[2]) - steps[-1][1]) < 0.2, "the ring lies on what is obligated that day"
    limit = points(drawing, "k-limit")
    assert abs((zero - limit[0][1]) - 2.5 * (zero - two)) < 0.3


def test_what_is_not_known_is_not_drawn() -> None:
    bare = replace(COURSE, expected=None, runs_out=None, planned=[], limit=None)
    chart = spending_chart("spending", "Spending", "F.", "C.", bare)
    for style in ("k-rate", "k-planline", "k-limit"):
        assert not points(chart.wide, style), style
    assert "k-hollow" not in chart.wide
    assert [item.label for item in chart.legend] == ["Expended", "Obligated"]
    nothing = replace(bare, expended=[], obligated=[])
    assert "No amounts." in draw(nothing)


def test_money_that_outlasts_the_term_has_no_ring() -> None:
    assert "k-hollow" in draw(replace(COURSE, runs_out=COURSE.last_day))
    assert "k-hollow" not in draw(replace(COURSE, runs_out=date(2028, 1, 2)))


def test_the_table_has_each_report_with_what_was_obligated_then() -> None:
    chart = spending_chart("spending", "Spending", "F.", "C.", COURSE)
    assert chart.table is not None
    assert chart.table.rows[0][2] == "$0.00"
    assert chart.table.rows[1] == ("Jan 1, 2026", "$2,000,000.00", "$3,000,000.00")
    assert chart.narrow is not None
