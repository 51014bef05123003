"""Charts of a ranking's confidence: the range of each weight, and the effect of one value on a chance."""

from __future__ import annotations

import re

import pytest

from cpc.web import charts
from cpc.web.charts import Room

ROOMS = [
    Room("Need", 0.5, (0.48, 0.55), (0.4, 0.69), strong=True),
    Room("A weight whose name is rather long", 0.2, (0.0, 1.0), (0.0, 1.0)),
    Room("Touchy", 0.3, (0.3, 0.3), (0.1, 0.3)),
]


def bars(svg: str, kind: str) -> list[tuple[float, float]]:
    """Return start and width of each bar."""
    found = re.findall(rf'<rect class="k-{kind}" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    return [(float(x), float(width)) for x, width in found]


@pytest.mark.parametrize("variant", ["wide", "narrow"])
def test_each_weight_has_both_ranges_and_a_post_within_the_picture(variant: str) -> None:
    chart = charts.tornado("t", "Need is touchy.", "Shares of a group.", ROOMS)
    svg = str(getattr(chart, variant))
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])  # type: ignore[index]  # it has one
    every, most = bars(svg, "every"), bars(svg, "most")
    assert len(every) == len(most) == svg.count("k-target") == 3
    for (start, long), (outer, longer) in zip(every, most, strict=True):
        assert outer <= start
        assert start + long <= outer + longer + 0.1
        assert outer + longer <= width
    left, whole = most[1]
    assert list(every[0]) == pytest.approx([left + 0.48 * whole, 0.07 * whole], abs=0.2)
    assert every[2][1] == 0
    assert "Need is touchy." in svg
    assert svg.count("k-lb--on") == 1


def test_chart_without_a_weight_has_a_text() -> None:
    assert "No weight has a sibling" in charts.tornado("t", "f", "c", []).wide


def test_the_swing_of_a_chance_lies_on_one_scale() -> None:
    svg = charts.swing(0.9, 0.5, 0.1)
    assert re.search(r'k-range k-range--b" d="M12.8 9L83.2 9"', svg)
    assert 'cx="48"' in svg
    assert "k-range" not in charts.swing(None, 0.5, None)
    assert "k-dot" not in charts.swing(None, None, None)


@pytest.mark.parametrize("kind", ["every", "most", "now"])
def test_marks_of_the_key_keep_their_size(kind: str) -> None:
    assert "k-fit" not in charts.room_mark(kind)


def test_a_width_bar_is_a_part_of_its_track() -> None:
    assert bars(charts.width_bar(43, 60), "every") == [(0, 301)]
    assert bars(charts.width_bar(28, 60, part=True), "most") == [(0.5, 195)]
    assert bars(charts.width_bar(55, 60, whole=True), "whole") == [(0, 385)]
    assert bars(charts.width_bar(60, 60), "every") == bars(charts.width_bar(61, 60), "every") == [(0, 420)]
    for part in (False, True):
        svg = charts.width_bar(0, 60, part=part)
        assert svg.count("<rect") == 1
    assert "M0 0L0 16" in charts.width_bar(5, 0, post=0)


def test_width_bar_without_a_second_number_has_no_post() -> None:
    assert "k-medline" not in charts.width_bar(55, 60)
    assert "M329 0L329 16" in charts.width_bar(55, 60, post=47)
    assert "M420 0L420 16" in charts.width_bar(55, 60, post=70)
