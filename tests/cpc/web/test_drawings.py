"""Whole drawings of small examples: every shape and text, with its place and class, in order."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from cpc.web import charts
from cpc.web.charts import Multiples, Room, Series, Strip, svg
from cpc.web.charts import row_marks as marks
from cpc.web.charts.metrics import width as wide
from cpc.web.charts.positions import Doubt, Position, drivers, position
from cpc.web.charts.slope import Slope, slope
from cpc.web.charts.strip import pool_strip
from cpc.web.charts.tiers import SPECIAL, tier_strip
from tests.cpc.web.drawn import shapes, size

EN_DASH = "\N{EN DASH}"
n = svg.number


# ---- countries beside each other ----------------------------------------------------------------------------------


def test_lanes() -> None:
    values = [Strip(0.5), Strip(None), Strip(0.25, is_filled=True), Strip(None, applies=False)]
    drawing = charts.lanes(values, 1.0, width=118, lane=14)
    assert size(drawing) == ("118", "62")
    assert shapes(drawing) == [
        "path M9 10L109 10 k-hair",
        "path M9 10L59 10 k-cmpl0",
        "rect 9.5,20 99x8 k-gap r1",
        "rect 9.5,34 99x8 k-gap r1",
        "path M109 0L109 62 k-medline",
        "circle 59,10 r5 k-cmp0",
        "circle 34,38 r4.5 k-cmph k-cmph2",
    ]


def test_a_pair() -> None:
    assert shapes(charts.pairbar(0.25, 1, 0, width=100)) == [
        "rect 0,2 24x12 k-cmp1",
        "rect 26,2 74x12 k-cmp0",
        "path M50 0L50 16 k-split",
    ]
    assert shapes(charts.pairbar(None, 1, 0, width=100)) == ["rect 0.5,2.5 99x11 k-gap r1"]


def test_small_multiples() -> None:
    row = Multiples("Index", {"A": {2020: 0.0, 2021: 50.0}, "B": {2020: 50.0, 2021: 25.0}, "C": {}}, (0.0, 50.0))
    left, right = n(wide("50", 12) + 8), 270 - wide("50", 13, strong=True) - 12
    assert shapes(charts.multi("m", "A", row)) == [
        f"path M{left} 10L{n(right)} 10 k-grid",
        f"path M{left} 43L{n(right)} 43 k-grid",
        f"path M{left} 76L{n(right)} 76 k-axis",
        f"text {n(wide('50', 12) + 2)},14 k-ax end: 50",
        f"text {n(wide('50', 12) + 2)},80 k-ax end: 0",
        f"path M{left} 10L{n(right)} 43 k-line0",
        f"path M{left} 76L{n(right)} 10 k-line",
        f"circle {n(right)},10 r3.6 k-dot",
        f"text {n(right + 7)},14.5 k-v k-halo: 50",
        f"text {left},92 k-ax: 2020",
        f"text {n(right)},92 k-ax end: 2021",
    ]
    assert shapes(charts.multi("m", "C", row)) == [
        "rect 0.5,10 269x66 k-gap",
        "rect 81,28 108x22 k-plate",
        "text 135,44 k-v0 middle: Not published",
    ]


# ---- ranges of ranks and weights ----------------------------------------------------------------------------------


def test_the_range_of_a_weight() -> None:
    chart = charts.tornado("t", "F.", "C.", [Room("Need", 0.5, (0.4, 0.6), (0.3, 0.8), strong=True)])
    assert size(chart.wide) == ("760", "66")
    ticks = [
        part
        for step in range(11)
        for part in (
            f"path M{236 + 51 * step} 20L{236 + 51 * step} 58 k-grid",
            f"text {236 + 51 * step},13 k-ax middle: {10 * step}%" if step < 10 else "text 760,13 k-ax end: 100%",
        )
    ]
    assert shapes(chart.wide) == [
        *ticks,
        "text 222,43 k-lb k-lb--on end: Need",
        "rect 389,34 255x10 k-most r1",
        "rect 440,31 102x16 k-every r1",
        "path M491 28L491 50 k-target",
    ]
    assert size(chart.narrow) == ("322", "86")
    assert shapes(chart.narrow) == [
        "path M4 20L4 78 k-grid",
        "text 4,13 k-ax start: 0%",
        "path M80 20L80 78 k-grid",
        "text 80,13 k-ax middle: 25%",
        "path M156 20L156 78 k-grid",
        "text 156,13 k-ax middle: 50%",
        "path M232 20L232 78 k-grid",
        "text 232,13 k-ax middle: 75%",
        "path M308 20L308 78 k-grid",
        "text 322,13 k-ax end: 100%",
        "text 4,42 k-lb k-lb--on: Need",
        "rect 95.2,52 152x10 k-most r1",
        "rect 125.6,49 60.8x16 k-every r1",
        "path M156 46L156 68 k-target",
    ]
    assert shapes(charts.tornado("t", "F.", "C.", []).wide)[-1] == "text 244,44 k-v0: No weight has a sibling"


def test_marks_of_the_ranges() -> None:
    assert shapes(charts.room_mark("now")) == ["path M9 1L9 13 k-target"]
    assert shapes(charts.room_mark("most")) == ["rect 1,2 16x10 k-most r1"]
    assert shapes(charts.room_mark("every")) == ["rect 1,1 16x12 k-every r1"]


def test_a_score_among_those_of_the_pool() -> None:
    score = Position("Ghana", 60.0, [0.0, 50.0], 40.0, (50.0, 70.0))
    chart = position("p", "F.", "C.", score, axis="Need", width=212)
    assert shapes(chart.wide) == [
        "path M6 44L206 44 k-axis",
        "path M6 37v14M106 37v14 k-tick",
        "path M86 26L86 56 k-medline",
        "text 86,21 k-ax middle: Median 40.0",
        "text 6,81 k-ax: 0",
        "text 206,81 k-ax end: 100",
        "path M106 44L146 44 k-range k-range--b",
        "circle 126,44 r6 k-dot",
        "text 126,71 k-v k-halo middle: Ghana 60.0",
    ]
    assert ET.fromstring(chart.wide).findtext("desc") == (
        "Ghana: need 60.0, 50.0 to 70.0 in 90% of draws. Median of the ranked: 40.0. 2 ranked countries."
    )
    unknown = position("p", "F.", "C.", Position("Ghana", None, [], None), axis="Need", width=212)
    assert shapes(unknown.wide)[1:] == [
        "text 6,81 k-ax: 0",
        "text 206,81 k-ax end: 100",
        "rect 6,38 200x12 k-gap",
        "text 106,71 k-v k-halo middle: Not known",
    ]


def test_ranks_by_source_of_doubt() -> None:
    doubts = [Doubt("All", 2, 5, strong=True), Doubt("Age", None, None), Doubt("Bridge", 3, 3)]
    chart = drivers("d", "F.", "C.", 3, 11, doubts, first=2)
    assert size(chart.wide) == ("640", "118")
    assert shapes(chart.wide) == [
        "rect 166,18 65.2x94 k-quad",
        "text 166,12 k-ax: First 2",
        "text 578,12 k-ax end: Rank 11",
        "text 156,43 k-lb k-lb--on end: All",
        "path M170 39L578 39 k-hair",
        "path M210.8 39L333.2 39 k-range k-range--b",
        "circle 251.6,39 r4.4 k-dot",
        f"text 588,43 k-v: 2{EN_DASH}5",
        "text 156,73 k-lb end: Age",
        "rect 170,65 408x8 k-gap",
        "text 588,73 k-v0: not known",
        "text 156,103 k-lb end: Bridge",
        "path M170 99L578 99 k-hair",
        "circle 251.6,99 r4.4 k-dot",
        "text 588,103 k-v0: 3",
    ]
    assert shapes(chart.narrow)[3:6] == [
        "text 0,44 k-lb k-lb--on: All",
        "path M4 56L260 56 k-hair",
        "path M29.6 56L106.4 56 k-range k-range--b",
    ]
    assert shapes(drivers("d", "F.", "C.", 1, 2, [], first=2).wide) == [
        "rect 166,18 416x34 k-quad",
        "text 166,12 k-ax: First 2",
        "text 578,12 k-ax end: Rank 2",
        "text 170,39 k-v0: No draws yet",
    ]


def test_two_rankings() -> None:
    rows = [
        Slope("Ghana", 1, 2, "/g/"),
        Slope("Togo", 2, 1),
        Slope("Mali", 2, None),
        Slope("Chad", None, 3),
    ]
    chart = slope("s", "F.", "C.", ("Before", "After"), rows, first=1, top=2)
    assert size(chart.wide) == ("760", "146")
    assert shapes(chart.wide) == [
        "rect 0,38 760x28 k-quad",
        "path M0 68L760 68 k-med",
        "text 176,18 k-lb k-lb--on end: Before",
        "text 584,18 k-lb k-lb--on: After",
        "path M190 84L570 116 k-sl",
        "text 156,88 k-lb end: Mali",
        "text 180,88 k-ax end: 2",
        "circle 190,84 r3.4 k-dot0",
        "path M190 52L570 84 k-sl k-sl--out",
        "text 156,56 k-lb k-lb--on end: Ghana",
        "text 180,56 k-ax end: 1",
        "circle 190,52 r3.4 k-dot",
        "text 604,88 k-lb k-lb--on start: Ghana",
        "text 580,88 k-ax start: 2",
        "circle 570,84 r3.4 k-dot",
        "path M190 84L570 52 k-sl k-sl--in",
        "text 156,88 k-lb k-lb--on end: Togo",
        "text 180,88 k-ax end: 2",
        "circle 190,84 r3.4 k-dot",
        "text 604,56 k-lb k-lb--on start: Togo",
        "text 580,56 k-ax start: 1",
        "circle 570,52 r3.4 k-dot",
        "text 180,130 k-ax end: after 2, or no rank",
        "text 580,130 k-ax: after 2, or no rank",
    ]
    assert [link.get("href") for link in ET.fromstring(chart.wide).iter("a")] == ["/g/", "/g/"]
    assert ET.fromstring(chart.wide).findtext("desc") == "Enter the first 1: Togo. Leave it: Ghana."


def test_marks_in_a_row_of_ranks() -> None:
    assert shapes(marks.whisk(3, 2, 5, 11, first=2, width=108)) == [
        "rect 0,2 19x14 k-quad",
        "path M4 9L104 9 k-hair",
        "path M14 9L44 9 k-range",
        "circle 24,9 r4 k-dot",
    ]
    assert shapes(marks.whisk(None, 2, 5, 11, first=2, width=108))[-1] == "path M14 9L44 9 k-range"
    assert shapes(marks.whisk(None, None, None, 11, first=2, width=108)) == ["rect 0.5,6 107x6 k-gap"]
    assert shapes(marks.whisk(1, None, None, 2, first=2, width=108))[0] == "rect 0,2 108x14 k-quad"
    assert shapes(marks.bounds(1, 8, 2, 5, 11, first=2, width=108)) == [
        "rect 0,1 19x20 k-quad",
        "path M4 11L104 11 k-hair",
        "rect 1,5 76x12 k-gap r2",
        "path M14 11L44 11 k-range",
    ]
    assert shapes(marks.bounds(None, None, 2, 2, 11, first=2, width=108))[1:] == [
        "path M4 11L104 11 k-hair",
        "path M14 11L14 11 k-range",
        "circle 14,11 r2 k-dot",
    ]
    assert shapes(marks.rank_interval(3, 2, 5, 11, width=112)) == [
        "path M6 9L106 9 k-hair",
        "path M16 9L46 9 k-range",
        "circle 26,9 r4 k-dot",
    ]
    assert shapes(marks.rank_interval(None, 2, 5, 11, width=112)) == ["rect 0.5,6 111x6 k-gap"]


def test_marks_in_a_row_of_shares() -> None:
    assert shapes(marks.axis_bar(50, "need")) == ["rect 0,4 64x6 k-track2 r1", "rect 0,4 32x6 k-need3 r1"]
    assert shapes(marks.axis_bar(101, "feas"))[1] == "rect 0,4 64x6 k-feas1 r1"
    assert shapes(marks.axis_bar(-1, "feas"))[1] == "rect 0,4 0x6 k-feas1 r1"
    assert shapes(marks.axis_bar(None, "feas")) == ["rect 0.5,4 63x6 k-gap"]
    assert shapes(marks.profile(0.5, 0.25)) == [
        "rect 0,5 120x6 k-track2 r1",
        "rect 0,5 60x6 k-fill r1",
        "path M30 2L30 14 k-medline",
    ]
    assert shapes(marks.profile(None)) == ["rect 0,5 120x6 k-track2 r1", "rect 0.5,5.5 119x5 k-gap"]
    assert shapes(marks.chance_bar(None)) == ["rect 0.5,2.5 63x9 k-gap r1"]
    assert shapes(marks.chance_bar(0.004)) == ["rect 0.5,2.5 63x9 k-chance r1"]
    assert shapes(marks.chance_bar(0.005))[1].startswith("rect 0,2 1.5x10 k-p")
    assert shapes(marks.chance_bar(1.0))[1].startswith("rect 0,2 64x10 k-p")
    assert shapes(marks.swing(0.75, 0.5, 0.25, width=108)) == [
        "path M4 9L104 9 k-hair",
        "path M29 9L79 9 k-range k-range--b",
        "circle 54,9 r4 k-dot",
    ]


# ---- values ------------------------------------------------------------------------------------------------------


def test_a_value_among_its_peers() -> None:
    def strip(own: float | None, post: float) -> list[str]:
        chart = pool_strip(
            "s",
            "Index",
            "F.",
            "C.",
            own=("Ghana", own),
            peers=[("A", 0.0), ("B", 100.0)],
            post=("Median", post),
            ends=(0, 100),
        )
        return shapes(chart.wide)

    assert strip(50.0, 40.0) == [
        "path M4 62L272 62 k-axis",
        "path M4 54v16M272 54v16 k-tick",
        "path M111.2 40L111.2 76 k-medline",
        "text 117.2,46 k-ax k-halo: Median 40",
        "circle 138,62 r5 k-dot",
        "text 138,90 k-v k-halo middle: Ghana 50",
        "text 4,115 k-ax: 0",
        "text 272,115 k-ax end: 100",
    ]
    assert strip(50.0, 90.0)[3] == "text 239.2,46 k-ax k-halo end: Median 90"
    label = wide("Ghana: No value", 13, strong=True)
    assert strip(None, 40.0)[4:7] == [
        "rect 4,76 268x18 k-gap",
        f"rect {n(132 - label / 2)},74 {n(label + 12)}x22 k-plate",
        "text 138,90 k-v k-halo middle: Ghana: No value",
    ]


def test_tiers_by_year() -> None:
    tiers = {2020: "1", 2021: "2WL", 2022: None, 2023: SPECIAL, 2024: "3"}
    chart = tier_strip("t", "F.", "C.", tiers, inferred={2024})
    assert shapes(chart.wide) == [
        "text 55,21.8 k-ax end: Tier 1",
        "path M62 29.5L272 29.5 k-grid",
        "text 55,45.2 k-ax end: Tier 2",
        "path M62 53L272 53 k-grid",
        "text 55,68.8 k-ax end: Watch List",
        "path M62 76.5L272 76.5 k-grid",
        "text 55,92.2 k-ax end: Tier 3",
        "path M62 100L272 100 k-grid",
        "rect 62.8,9 40.4x17.5 k-cell r1",
        "rect 104.8,56 40.4x17.5 k-cell k-cell--wl r1",
        "rect 146.3,6 41.4x94 k-gap",
        "rect 189,7 40x92 k-cell--none",
        "rect 230.8,79.5 40.4x17.5 k-cell--inferred r1",
        "text 62,115 k-ax: 2020",
        "text 272,115 k-ax end: 2024",
    ]
    assert shapes(tier_strip("t", "F.", "C.", {}).wide)[0] == "rect 62,6 210x94 k-gap"


def series(values: dict[int, float | None]) -> Series:
    return Series(key="s", name="Index", finding="F.", context="C.", values=values)


def test_a_line_with_its_interval_and_reference() -> None:
    left, end = wide("100", 12) + 8, 276 - wide("100", 13, strong=True) - 12
    edge = wide("0", 12) + 3
    above = 100 - 86 * edge / (end - left) - 8
    chart = charts.line_chart(
        series({2020: 0.0, 2021: 100.0}),
        ends=(0, 100),
        intervals={2020: (0.0, 20.0), 2021: (80.0, 100.0)},
        reference=("Median", 50.0),
    )
    assert shapes(chart.wide) == [
        f"path M{n(left)} 14L{n(end)} 14 k-grid",
        f"path M{n(left)} 57L{n(end)} 57 k-grid",
        f"path M{n(left)} 100L{n(end)} 100 k-axis",
        f"text {n(left - 6)},18 k-ax end: 100",
        f"text {n(left - 6)},104 k-ax end: 0",
        f"path M{n(left)} 82.8L{n(end)} 14L{n(end)} 31.2L{n(left)} 100Z k-band",
        f"path M{n(left)} 57L{n(end)} 57 k-med",
        f"path M{n(left)} 100L{n(end)} 14 k-line",
        f"circle {n(left)},100 r2.4 k-dot0",
        f"text {n(left + 1)},{n(above)} k-v0 k-halo: 0",
        f"circle {n(end)},14 r3.6 k-dot",
        f"text {n(end + 8)},18.5 k-v k-halo: 100",
        f"text {n(left)},115 k-ax: 2020",
        f"text {n(end)},115 k-ax end: 2021",
    ]


def test_a_survey_alone_has_a_whisker_and_missing_years_are_hatched() -> None:
    chart = charts.line_chart(
        series({2020: 50.0, 2021: None, 2022: 50.0}), ends=(0, 100), intervals={2020: (40.0, 60.0)}
    )
    left, end = wide("100", 12) + 8, 276 - wide("50", 13, strong=True) - 12
    half = (end - left) / 4
    assert [row for row in shapes(chart.wide) if "k-gap" in row or "k-err" in row] == [
        f"rect {n(left + half)},14 {n(2 * half)}x86 k-gap",
        f"path M{n(left)} 65.6L{n(left)} 48.4 k-err",
    ]
    assert sum("k-dot0" in row for row in shapes(chart.wide)) == 3


@pytest.mark.parametrize(
    ("draw", "shape"),
    [
        (svg.swatch("k-x"), ["rect 0.7,0.7 12.6x10.6 k-x"]),
        (svg.stroke("k-x"), ["path M1 6L25 6 k-x"]),
        (charts.letter_mark(1), ["circle 9,9 r8 k-cmp1", "text 9,13 k-cmpt k-cmpt1 middle: B"]),
    ],
)
def test_marks_of_legends(draw: str, shape: list[str]) -> None:
    assert shapes(draw) == shape
