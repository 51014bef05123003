"""Charts at their bounds: legends with one mark of many, boxes that touch, and labels at the ends."""

from __future__ import annotations

import pytest

from cpc.web import charts
from cpc.web.charts.amounts import Money, money_legend
from cpc.web.charts.labels import Box
from cpc.web.charts.row_marks import bounds
from cpc.web.charts.scale import between, round_ends
from tests.cpc.web.test_charts import marks


@pytest.mark.parametrize(
    ("money", "label"),
    [
        (Money(None, 10, obligated=1), "Obligated"),
        (Money(None, 10, disbursed=1), "Disbursed"),
        (Money(None, 10, stated=1), "Highest statement"),
        (Money(1, 10), "Planned"),
        (Money(11, 10), "Over the limit"),
        (Money(None, 10), "Not recorded"),
        (Money(1, 10, exception=20), "Exception"),
    ],
)
def test_the_legend_has_a_mark_that_only_one_row_uses(money: Money, label: str) -> None:
    other = Money(None, 10, disbursed=0) if label != "Disbursed" else Money(None, 10, obligated=0)
    shown = [item.label for item in money_legend([other, money])]
    assert label in shown
    assert label not in [item.label for item in money_legend([other])]
    assert "Limit" in shown
    assert money_legend([]) == ()


BOX = Box(0, 0, 10, 10)


@pytest.mark.parametrize(
    ("other", "meets", "inside"),
    [
        (Box(10, 0, 20, 10), False, False),
        (Box(0, 10, 10, 20), False, False),
        (Box(-10, 0, 0, 10), False, False),
        (Box(0, -10, 10, 0), False, False),
        (Box(9, 9, 20, 20), True, False),
        (Box(0, 0, 10, 10), True, True),
        (Box(1, 1, 9, 9), True, True),
        (Box(0, 0, 10, 11), True, False),
        (Box(-1, 0, 10, 10), True, False),
    ],
)
def test_boxes_that_touch_do_not_overlap(other: Box, meets: bool, inside: bool) -> None:
    assert (BOX.meets(other), other.meets(BOX), other.inside(BOX)) == (meets, meets, inside)


def test_a_box_is_around_its_middle_only() -> None:
    assert BOX.around(5, 5)
    assert not BOX.around(5, 5.2)
    assert not BOX.around(5.2, 5)


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([], (0.0, 1.0)),
        ([2.0, 14.0], (0.0, 15.0)),
        ([12.0, 97.0], (0.0, 100.0)),
        ([-3.0, 4.0], (-4.0, 4.0)),
        ([10.0, 20.0], (10.0, 20.0)),
    ],
)
def test_the_ends_of_an_axis_are_round(values: list[float], ends: tuple[float, float]) -> None:
    assert round_ends(values) == ends


def test_an_axis_may_start_at_zero() -> None:
    assert round_ends([12.0, 20.0], from_zero=True) == (0.0, 20.0)


def test_steps_between_two_ends_include_both() -> None:
    assert between(0, 1, 0.5) == [0, 0.5, 1]
    assert between(0.1, 0.9, 0.5) == [0.5]
    assert between(-1, 1, 1) == [-1, 0, 1]


@pytest.mark.parametrize(
    ("low", "high", "lines", "dots"), [(2, 5, 1, 0), (3, 3, 1, 1), (None, 5, 0, 0), (2, None, 0, 0)]
)
def test_an_interval_of_one_rank_is_a_dot(low: int | None, high: int | None, lines: int, dots: int) -> None:
    drawing = bounds(1, 9, low, high, 10, first=3)
    assert (len(marks(drawing, "k-range")), len(marks(drawing, "k-dot"))) == (lines, dots)


def test_the_first_ranks_end_half_a_rank_beyond_the_last_of_them() -> None:
    def band(total: int) -> float:
        (found,) = marks(charts.whisk(1, 1, 1, total, first=3, width=104), "k-quad")
        return float(found["width"])

    assert band(3) == band(2) == 104
    assert band(4) < 104
