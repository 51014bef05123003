"""Drawings with two axes, pairs of columns, and bars of parts; places of labels; and crops of the map."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from cpc.web import charts
from cpc.web.charts import Dot, svg
from cpc.web.charts.labels import Box, cut_to_fit, within
from cpc.web.charts.locator import Crop, _area, _centroid, _gap, _size, cut
from cpc.web.charts.metrics import width as wide
from cpc.web.charts.spots import hit_radius, part_ties, push_apart
from tests.cpc.web.drawn import shapes, size

n = svg.number
A = Dot("A", "/a/", 60.0, 50.0, 0.9, 1, need_range=(55.0, 65.0), feasibility_range=(40.0, 55.0))
B = Dot("B", "/b/", 50.0, 60.0, 0.1, 2, (2, 9))
C = Dot("C", "/c/", 40.0, 40.0, None, 3, partner=True, likely_fail=True)
PLANE = [
    "rect 445,26 411x218 k-quad",
    "path M445 26L445 478 k-med",
    "path M34 244L856 244 k-med",
    "path M34 452L856 452 k-grid",
    "text 26,456 k-ax end: 40",
    "path M34 244L856 244 k-grid",
    "text 26,248 k-ax end: 50",
    "path M34 36L856 36 k-grid",
    "text 26,40 k-ax end: 60",
    "path M34 478L856 478 k-axis",
    "path M44 478L44 482 k-axis",
    "text 44,495 k-ax middle: 40",
    "path M445 478L445 482 k-axis",
    "text 445,495 k-ax middle: 50",
    "path M846 478L846 482 k-axis",
    "text 846,495 k-ax middle: 60",
    "text 0,11 k-axt: Need score, 0 to 100",
    "text 856,516 k-axt end: Feasibility score, 0 to 100",
    "text 848,44 k-q k-q--on end: High need, able to act",
    "text 44,470 k-q k-halo start: Lower need, limited means",
    "text 848,470 k-q k-halo end: Lower need, able to act",
    "path M846 244L445 36 k-front",
    "path M44 36L645.5 36M445 26L445 140 k-cross",
]


def test_need_against_feasibility() -> None:
    view = charts.scatter("s", "F.", "C.", [A, B, C], first=1)
    assert size(view.wide) == ("868", "520")
    drawn = shapes(view.wide)
    assert drawn[: len(PLANE)] == PLANE
    assert drawn[len(PLANE) : len(PLANE) + 7] == [
        "circle 44,452 r12 k-hit",
        "circle 44,452 r9.6 k-ring",
        "path M44 446L50 452L44 458L38 452Z k-p0",
        "circle 846,244 r12 k-hit",
        "circle 846,244 r5 k-p1",
        "circle 445,36 r12 k-hit",
        "circle 445,36 r6 k-p4",
    ]
    names = [row.partition(" k-lb")[2] for row in drawn[len(PLANE) + 7 :]]
    assert [row.rpartition(": ")[2] for row in names] == ["A", "B", "C"]
    assert [" k-lb--on" in row for row in names] == [True, False, False]
    labels = [link.get("aria-label") for link in ET.fromstring(str(view.wide)).iter("a")]
    assert labels == [
        "C: need 40.0, feasibility 40.0, rank 3, partner now or before, likely to fail the corruption hurdle",
        "B: need 50.0, feasibility 60.0, rank 2 to 9 in 90% of draws, in the first 1 in 10% of draws",
        "A: need 60.0, feasibility 50.0, rank 1, in the first 1 in 90% of draws",
    ]
    marks = {item.label: shapes(item.mark) for item in view.keys[1].items}
    assert marks == {
        "Likely to fail the corruption hurdle": ["path M8 1.5L14.5 8L8 14.5L1.5 8Z k-p1"],
        "Partner now or before": ["circle 10,10 r8.6 k-ring", "circle 10,10 r5 k-p1"],
        "Range in 90% of draws (first 1 only)": ["path M1 10L19 10M10 1L10 19 k-cross"],
        "No country beats these on both": ["path M1 6L25 6 k-front"],
        "Median of the ranked": ["path M1 6L25 6 k-med"],
    }
    assert [shapes(item.mark)[0] for item in view.keys[0].items] == [
        "circle 8,8 r6 k-p4",
        "circle 8,8 r6 k-p3",
        "circle 8,8 r5 k-p2",
        "circle 8,8 r5 k-p1",
        "circle 8,8 r5 k-p0",
    ]


def test_need_against_feasibility_on_a_phone() -> None:
    view = charts.scatter("s", "F.", "C.", [A, B, C], first=1)
    assert size(view.narrow) == ("322", "380")
    drawn = shapes(view.narrow)
    assert drawn[:7] == [
        "rect 172,26 138x156 k-quad",
        "path M172 26L172 338 k-med",
        "path M34 182L310 182 k-med",
        "path M34 328L310 328 k-grid",
        "text 26,332 k-ax end: 40",
        "path M34 36L310 36 k-grid",
        "text 26,40 k-ax end: 60",
    ]
    assert [row for row in drawn if "k-q" in row][1:] == ["text 302,44 k-q k-q--on end: High need, able to act"]
    assert [row.rpartition(": ")[2] for row in drawn if " k-lb" in row] == ["A"]


def test_the_first_dark_and_the_others_pale() -> None:
    other = Dot("D", "/d/", 45.0, 45.0, 0.1, 4)
    chart = charts.scatter_of_first("s", "F.", "C.", [A, other, C], first=1, first_label="First")
    drawn = shapes(chart.wide)
    assert [row.rpartition(" ")[2] for row in drawn if " k-pt" in row and row.startswith("circle")] == [
        "k-pt",
        "k-pt--top",
    ]
    assert {row.split()[2] for row in drawn if " k-pt" in row and row.startswith("circle")} == {"r4.2", "r5.2"}
    assert sorted(title.text or "" for title in ET.fromstring(chart.wide).iter("title"))[:3] == [
        "A: need 60.0, feasibility 50.0",
        "C: need 40.0, feasibility 40.0",
        "D: need 45.0, feasibility 45.0",
    ]
    assert [(item.label, shapes(item.mark)) for item in chart.legend] == [
        ("First", ["circle 6,6 r5 k-pt--top"]),
        ("Other ranked country", ["circle 6,6 r4.4 k-pt"]),
        ("Does not pass a hurdle", ["path M6 1L11 6L6 11L1 6Z k-pt--block"]),
        ("Median", ["path M1 6L25 6 k-med"]),
    ]
    assert ET.fromstring(chart.wide).findtext("desc") == (
        "F. 1 of 3 countries are above the median on both scores. No country beats A on both."
    )


def test_nothing_to_show() -> None:
    view = charts.scatter("s", "F.", "C.", [], first=1)
    assert size(view.wide) == ("868", "160")
    plate = wide("No country to show", 12) + 16
    assert shapes(view.wide)[0] == "rect 34,26 822x92 k-gap"
    assert shapes(view.wide)[1].startswith("rect ")
    assert shapes(view.wide)[2] == "text 445,72 k-v0 middle: No country to show"
    assert float(shapes(view.wide)[1].split()[2].partition("x")[0]) >= plate - 1


# ---- places of marks and labels ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("middle", "place"), [(5, 10), (10, 10), (50, 50), (90, 90), (95, 90)])
def test_a_label_stays_within_its_room(middle: float, place: float) -> None:
    assert within(middle, 20, 0, 100) == place


def test_a_label_is_cut_where_its_room_ends() -> None:
    whole = wide("Ghana", 12)
    assert cut_to_fit("Ghana", whole, 12) == "Ghana"
    assert cut_to_fit("Ghana", whole - 0.1, 12) == "Gha\N{HORIZONTAL ELLIPSIS}"
    assert cut_to_fit("A Ghana", wide("A \N{HORIZONTAL ELLIPSIS}", 12), 12) == "A\N{HORIZONTAL ELLIPSIS}"
    assert cut_to_fit("Ghana", whole + 0.5, 12, strong=True) != "Ghana"


def test_marks_that_would_cover_each_other() -> None:
    assert hit_radius([(0, 0), (10, 0), (0, 40)], 0, 12) == 5
    assert hit_radius([(0, 0), (30, 0)], 0, 12) == 12
    assert part_ties([(0, 0), (9, 9)]) == [(0, 0), (9, 9)]
    first, second, alone = part_ties([(50.2, 50), (50, 50), (9, 9)])
    assert (*first, *second, *alone) == pytest.approx((45.2, 50, 55, 50, 9, 9))
    assert [value for spot in push_apart([(0, 0), (10, 0)], [5, 5]) for value in spot] == pytest.approx(
        (-0.25, 0, 10.25, 0)
    )
    assert push_apart([(0, 0), (10.5, 0)], [5, 5]) == [(0, 0), (10.5, 0)]


# ---- crops of the map ----------------------------------------------------------------------------------------------

EQUATOR = Crop(longitude=10.0, latitude=0.0, degrees=20.0, width=400.0, height=200.0)


def test_a_crop_is_flat_at_its_middle_latitude() -> None:
    assert EQUATOR.scale == 10
    assert EQUATOR.project(10, 0) == (200, 100)
    assert EQUATOR.project(12, 3) == pytest.approx((220, 70))
    north = Crop(10.0, 60.0, 20.0, 400.0, 200.0)
    assert north.squeeze == pytest.approx(0.5)
    assert north.project(12, 60) == pytest.approx((210, 100))
    assert Crop(0, 85, 20, 400, 200).squeeze == Crop(0, -80, 20, 400, 200).squeeze
    assert [EQUATOR.shift(*ends) for ends in ((0, 20), (-200, -160), (200, 220))] == [0, 360, -360]


@pytest.mark.parametrize(
    ("bounds", "is_seen"),
    [
        ((9, -1, 11, 1), True),
        ((30, -1, 31, 1), False),
        ((29, -1, 31, 1), True),
        ((-12, -1, -10, 1), False),
        ((-12, -1, -9, 1), True),
        ((9, 10, 11, 12), False),
        ((9, 9, 11, 12), True),
        ((9, -12, 11, -10), False),
        ((9, -12, 11, -9), True),
        ((369, -1, 371, 1), True),
    ],
)
def test_a_crop_sees_what_reaches_into_it(bounds: tuple[float, float, float, float], *, is_seen: bool) -> None:
    assert EQUATOR.sees(bounds) is is_seen


def test_a_ring_is_cut_at_the_edges_of_a_box() -> None:
    box = Box(0, 0, 10, 10)
    inside = [(1.0, 1.0), (9.0, 1.0), (9.0, 9.0)]
    assert cut(inside, box) == inside
    assert cut([(20.0, 20.0), (30.0, 20.0), (30.0, 30.0)], box) == []
    square = [(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0)]
    assert sorted(cut(square, box)) == [(0, 0), (0, 5), (5, 0), (5, 5)]
    assert abs(_area(square)) == 100
    assert _centroid(square) == pytest.approx((0, 0))
    assert _centroid([(0.0, 0.0), (9.0, 0.0), (0.0, 9.0)]) == pytest.approx((3, 3))
    assert _centroid([(1.0, 1.0), (3.0, 1.0)]) == (2, 1)


@pytest.mark.parametrize(
    ("other", "gap"),
    [((2, 2, 3, 3), 0), ((7, 0, 8, 5), 2), ((-3, 0, -1, 5), 1), ((0, 9, 5, 12), 4), ((0, -8, 5, -3), 3)],
)
def test_the_gap_between_boxes(other: tuple[float, float, float, float], gap: float) -> None:
    assert _gap((0, 0, 5, 5), other) == gap
    assert _size((0, 1, 5, 3)) == 10
