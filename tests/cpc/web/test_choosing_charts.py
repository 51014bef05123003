"""Charts of the pages that choose countries: chances, ranks, both axes, and the doubts about one country."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from cpc.web import charts, formats
from cpc.web.charts import Dot, Doubt, Position, Slope
from cpc.web.charts.labels import Box, Named, arrange, boxes_of
from cpc.web.charts.spots import part_ties
from tests.cpc.web.test_charts import EVIL, marks, texts_of

DASH = "\N{EN DASH}"

POOL = [(30 + (i * 37) % 41, 40 + (i * 53) % 37) for i in range(60)]


def dot(index: int = 0, **more: Any) -> Dot:
    need, feasibility = POOL[index]
    given: dict[str, Any] = {
        "name": f"Country {index}",
        "href": f"/c/{index}/",
        "need": need,
        "feasibility": feasibility,
        "chance": max(0.0, 1 - index / 40),
        "rank": index + 1,
        "need_range": (need - 5.0, need + 60.0),
        "feasibility_range": (feasibility - 60.0, feasibility + 5.0),
    }
    return Dot(**(given | more))


def links(drawing: str) -> list[ET.Element]:
    return list(ET.fromstring(drawing).iter("a"))


# ---- chances and ranks in a row ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "step", "cell", "prose"),
    [
        (None, 0, DASH, DASH),
        (0.0, 1, "<1%", "under 1%"),
        (0.0099, 1, "<1%", "under 1%"),
        (0.01, 1, "1%", "1%"),
        (0.1999, 1, "20%", "20%"),
        (0.2, 2, "20%", "20%"),
        (0.5, 3, "50%", "50%"),
        (0.79, 3, "79%", "79%"),
        (0.8, 4, "80%", "80%"),
        (0.99, 4, "99%", "99%"),
        (0.995, 4, ">99%", "over 99%"),
        (1, 4, ">99%", "over 99%"),
    ],
)
def test_a_chance_has_a_step_and_is_never_none_or_all(chance: float | None, step: int, cell: str, prose: str) -> None:
    assert charts.chance_step(chance) == step
    assert formats.chance(chance) == cell
    assert formats.chance(chance, prose=True) == prose


@pytest.mark.parametrize("value", [-0.01, 1.01, 80])
def test_what_is_no_share_of_draws_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a share of draws"):
        formats.chance(value)


def test_chance_bar_length_equals_the_chance_and_is_hatched_without_one() -> None:
    (bar,) = marks(charts.chance_bar(0.9, width=64), "k-p4f")
    assert (bar["x"], bar["width"]) == (0, pytest.approx(57.6))
    (outlined,) = marks(charts.chance_bar(0.25, width=64), "k-p2f")
    assert (outlined["x"], outlined["x"] + outlined["width"]) == (0.5, pytest.approx(15.5))
    assert not marks(charts.chance_bar(0.0), "k-p1f")
    assert marks(charts.chance_bar(None), "k-gap")


def test_a_whisk_shows_rank_interval_and_the_first_ones() -> None:
    drawing = charts.whisk(3, 1, 41, 41, first=20, width=88)
    assert marks(drawing, "k-dot")[0]["cx"] == 8
    assert marks(drawing, "k-range")[0]["d"] == "M4 9L84 9"
    assert marks(drawing, "k-quad")[0]["width"] == 43  # between the 20th and the 21st
    assert marks(charts.whisk(None, None, None, 41, first=20), "k-gap")
    drawn = charts.whisk(None, 5, 9, 41, first=20)
    assert marks(drawn, "k-range")
    assert not marks(drawn, "k-dot")


@pytest.mark.parametrize("total", [1, 5, 20])
def test_a_list_no_longer_than_the_cut_is_all_band(total: int) -> None:
    drawing = charts.whisk(1, 1, total, total, first=20, width=88)
    assert marks(drawing, "k-quad")[0]["width"] >= 48
    assert marks(charts.bounds(1, total, 1, total, total, first=20, width=88), "k-gap")


def test_bounds_hatch_every_open_rank_below_the_line() -> None:
    drawing = charts.bounds(1, 93, 2, 32, 93, first=20, width=284)
    (gap,) = marks(drawing, "k-gap")
    assert (gap["x"], gap["width"]) == (1, 282)
    assert marks(drawing, "k-range")[0]["d"] == "M7 11L97 11"
    beyond = charts.bounds(50, 120, None, None, 93, first=20, width=284)
    assert marks(beyond, "k-gap")[0]["x"] + marks(beyond, "k-gap")[0]["width"] <= 284
    assert not marks(beyond, "k-range")
    assert not marks(charts.bounds(None, None, 3, 3, 93, first=20), "k-gap")


def test_an_axis_bar_has_the_color_of_its_branch() -> None:
    assert marks(charts.axis_bar(50, "need", width=64), "k-need3")[0]["width"] == 32
    assert marks(charts.axis_bar(120, "feas", width=64), "k-feas1")[0]["width"] == 64
    assert marks(charts.axis_bar(None, "feas"), "k-gap")


# ---- need against feasibility --------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["wide", "narrow"])
def test_every_mark_is_a_link_with_its_numbers(variant: str) -> None:
    view = charts.scatter("s", "f", "c", [dot(i) for i in range(60)], first=20)
    drawing = getattr(view, variant)
    found = links(drawing)
    assert len(found) == 60
    assert {link.get("href") for link in found} == {f"/c/{i}/" for i in range(60)}
    assert all(link.get("tabindex") == "-1" for link in found)
    assert ET.fromstring(drawing).get("role") == "group"
    (own,) = [link for link in found if link.get("href") == "/c/3/"]
    labels = "Country 3: need 59.0, feasibility 51.0, rank 4, in the first 20 in 92% of draws"
    assert (own.get("aria-label"), own.findtext("title")) == (labels, labels)


def test_mark_shows_partner_hurdle_and_interval() -> None:
    plain, marked = dot(1), dot(2, partner=True, likely_fail=True, interval=(2, 31), chance=None)
    view = charts.scatter("s", "f", "c", [plain, marked], first=20)
    assert view.wide is not None
    (own,) = [link for link in links(view.wide) if link.get("href") == "/c/2/"]
    (other,) = [link for link in links(view.wide) if link.get("href") == "/c/1/"]
    assert str(other.get("aria-label")).endswith("in the first 20 in 98% of draws")
    assert str(own.get("aria-label")).endswith(
        "rank 2 to 31 in 90% of draws, partner now or before, likely to fail the corruption hurdle"
    )
    classes = [mark.get("class") for mark in own if mark.tag != "title"]
    assert classes == ["k-hit", "k-ring", "k-p0"]
    assert own[-1].tag == "path"
    labels = [item.label for group in view.keys for item in group.items]
    assert {"No draws yet", "Partner now or before", "Likely to fail the corruption hurdle"} <= set(labels)


def test_the_key_counts_the_four_steps_and_names_only_what_is_drawn() -> None:
    shown = [dot(i, chance=chance, rank=None) for i, chance in enumerate((0.8, 0.95, 0.5, 0.2, 0.19, 0.0))]
    steps, rest = charts.scatter("s", "f", "c", shown, first=15).keys
    assert steps.title == "In the first 15, share of draws"
    assert [(item.label, item.count) for item in steps.items] == [
        ("80% or more", 2),
        ("50% to 80%", 1),
        ("20% to 50%", 1),
        ("Under 20%", 2),
    ]
    assert [item.label for item in rest.items] == ["No country beats these on both", "Median of the ranked"]


def test_first_countries_have_crosses_and_bold_names_inside_the_axes() -> None:
    view = charts.scatter("s", "f", "c", [dot(i) for i in range(40)], first=12)
    assert view.wide is not None
    crosses = marks(view.wide, "k-cross")
    assert len(crosses) == 12
    for cross in crosses:
        (left, y), (right, _), (x, top), (_, bottom) = (
            tuple(map(float, pair.split(" "))) for pair in str(cross["d"]).replace("M", "L")[1:].split("L")
        )
        assert 34 <= left <= x <= right <= 856
        assert 26 <= top <= y <= bottom <= 478
    bold = {label.text for label in ET.fromstring(view.wide).iter("text") if "k-lb--on" in str(label.get("class"))}
    assert bold <= {f"Country {i}" for i in range(12)}
    assert len(bold) >= 10


def test_a_filter_moves_neither_axis_nor_median_nor_front() -> None:
    pool = [(dot(i).need, dot(i).feasibility) for i in range(60)]
    whole = charts.scatter("s", "f", "c", [dot(i) for i in range(60)], first=20, pool=pool)
    one = charts.scatter("s", "f", "c", [dot(7)], first=20, pool=pool)
    none = charts.scatter("s", "f", "c", [], first=20, pool=pool)
    for style in ("k-med", "k-front", "k-quad", "k-grid"):
        assert marks(str(whole.wide), style) == marks(str(one.wide), style) == marks(str(none.wide), style)
    of = [mark for link in links(str(whole.wide)) if link.get("href") == "/c/7/" for mark in link]
    assert [mark.get("cx") for mark in of if mark.get("class") != "k-hit"] == [
        mark.get("cx") for mark in links(str(one.wide))[0] if mark.get("class") != "k-hit"
    ]
    assert (len(links(str(one.wide))), len(links(str(none.wide)))) == (1, 0)
    assert none.keys == ()


def test_no_countries_draws_a_low_plate_with_text() -> None:
    view = charts.scatter("s", "", "c", [], first=20)
    for drawing in (view.wide, view.narrow):
        assert texts_of(str(drawing)) == ["No country to show"]
        assert marks(str(drawing), "k-gap")
        assert ET.fromstring(str(drawing)).get("height") == "160"


def test_a_single_country_is_drawn_and_escaped() -> None:
    view = charts.scatter("s", EVIL, EVIL, [dot(0, name=EVIL, href=f"/?q={EVIL}")], first=20)
    assert len(links(str(view.wide))) == 1
    assert "<script" not in str(view.wide)
    assert not marks(str(view.wide), "k-front")


def test_the_front_is_that_of_the_points_none_beats() -> None:
    assert charts.front([(10, 90), (50, 50), (90, 10), (40, 50), (50, 50), (20, 20)]) == [(10, 90), (50, 50), (90, 10)]
    assert charts.front([]) == []


def test_countries_with_equal_scores_all_lead_and_the_most_feasible_is_first() -> None:
    scores = [("a", 90, 10), ("b", 50, 50), ("c", 10, 90), ("d", 50, 40), ("e", 50, 50)]
    dots = [Dot(name, "", need, feasibility) for name, need, feasibility in scores]
    assert [found.name for found in charts.leading(dots)] == ["c", "b", "e", "a"]


def test_each_country_of_a_small_round_is_named() -> None:
    scores = {"Ghana": (45.0, 63.8), "Malawi": (41.2, 56.3), "Togo": (44.8, 53.9), "Kenya": (34.7, 51.2)}
    dots = [
        Dot(name, "#", need, feasibility, rank=rank)
        for rank, (name, (need, feasibility)) in enumerate(scores.items(), 1)
    ]
    chart = charts.scatter_of_first("s", "F.", "c", dots, first=20, first_label="First 20")
    drawn = ET.fromstring(chart.wide)
    labels = next(group for group in drawn.iter("g") if group.get("class") == "k-labels")
    assert {"".join(label.itertext()) for label in labels} == set(scores)
    # The axes end at tens with room beyond the values: need 30 to 50, feasibility 40 to 70.
    assert [text for text in texts_of(chart.wide) if text.isdecimal()] == ["30", "40", "50", "40", "50", "60", "70"]


def test_the_first_are_dark_and_a_hurdle_makes_a_diamond() -> None:
    dots = [
        Dot(EVIL, "", 60, 40, rank=1),
        Dot("b", "", 40, 60, rank=2, likely_fail=True),
        Dot("c", "", 30, 30, rank=3),
        Dot("d", "", 65, 65, rank=4),
    ]
    chart = charts.scatter_of_first("s", "F.", "c", dots, first=2, first_label="First two")
    for drawing in (chart.wide, str(chart.narrow)):
        assert [len(marks(drawing, style)) for style in ("k-pt--top", "k-pt--block", "k-pt")] == [1, 1, 2]
        assert not links(drawing)
        assert "<script" not in drawing
        assert "c: need 30.0, feasibility 30.0" in drawing
    assert "F. 1 of 4 countries are above the median on both scores. No country beats d on both." in chart.wide
    assert [item.label for item in chart.legend] == [
        "First two",
        "Other ranked country",
        "Does not pass a hurdle",
        "Median",
    ]
    assert chart.table is None


@pytest.mark.parametrize("count", [2, 3, 7])
def test_ties_are_set_apart_so_that_each_can_be_met(count: int) -> None:
    spots = [(100.0, 50.0)] * count + [(200.0, 50.0)]
    parted = part_ties(spots)
    assert parted[-1] == (200, 50)
    assert all(math.dist(one, other) >= 9.9 for one, other in itertools.combinations(parted[:-1], 2))
    assert all(math.dist(spot, (100, 50)) < 13 for spot in parted[:-1])
    view = charts.scatter("s", "f", "c", [dot(3, href=f"/t/{i}/") for i in range(count)] + [dot(9)], first=20)
    hits = marks(str(view.wide), "k-hit")
    assert len(links(str(view.wide))) == count + 1
    for one, other in itertools.combinations(hits, 2):
        assert math.dist((one["cx"], one["cy"]), (other["cx"], other["cy"])) >= one["r"] + other["r"] - 0.2


@pytest.mark.parametrize("variant", ["wide", "narrow"])
@pytest.mark.parametrize("first", [5, 20, 60])
def test_names_meet_no_mark_no_name_and_no_edge(variant: str, first: int) -> None:
    dots = [dot(i, name=f"Country {i}" * (1 + i % 2), partner=i % 9 == 0) for i in range(60)]
    drawing = str(getattr(charts.scatter("s", "f", "c", dots, first=first), variant))
    (group,) = [g for g in ET.fromstring(drawing).iter("g") if g.get("class") == "k-labels"]
    assert group.get("aria-hidden") == "true"
    boxes = [_box_of(label) for label in group]
    width, height = (float(str(ET.fromstring(drawing).get(side))) for side in ("width", "height"))
    assert len(boxes) >= (10 if variant == "wide" else first // 20)
    for box in boxes:
        assert box.left >= 34
        assert box.right <= width
        assert box.bottom <= height - 42
    assert not [1 for one, other in itertools.combinations(boxes, 2) if _meet(one, other)]
    by_name = {link.get("href"): link for link in links(drawing)}
    for label, box in zip(group, boxes, strict=True):
        for href, link in by_name.items():
            own = str(link.get("aria-label")).split(":")[0] == label.text
            mark = next(m for m in link if m.tag == "circle" and m.get("class") != "k-hit")
            x, y, r = (float(str(mark.get(name))) for name in ("cx", "cy", "r"))
            assert own or not _meet(box, Box(x - r, y - r, x + r, y + r)), (label.text, href)


def _box_of(label: ET.Element) -> Box:
    strong = "k-lb--on" in str(label.get("class"))
    base_x, base_y, _, box = next(
        spot for spot in boxes_of(str(label.text), 0, 0, strong=strong) if spot[2] == label.get("text-anchor")
    )
    right, down = float(str(label.get("x"))) - base_x, float(str(label.get("y"))) - base_y
    return Box(box.left + right, box.top + down, box.right + right, box.bottom + down)


def _meet(one: Box, other: Box) -> bool:
    """Return whether two boxes overlap by more than rounding.

    Coordinates are written with one digit, so boxes that touch may seem to share a tenth of a pixel.
    """
    return (
        one.left + 0.2 < other.right
        and other.left + 0.2 < one.right
        and one.top + 0.2 < other.bottom
        and other.top + 0.2 < one.bottom
    )


def test_label_that_blocks_two_others_moves() -> None:
    area = Box(0, 0, 200, 40)
    long, one, two = (
        Named("A name as long as that", 60, 20, False),
        Named("B", 5, 20, False),
        Named("C", 190, 20, False),
    )
    labels, boxes = arrange([long, one, two], [], area)
    assert len(labels) == len(boxes) >= 2
    assert arrange([], [], area) == ([], [])


@pytest.mark.parametrize("reach", [9.0, 14.0])
def test_names_keep_their_distance_from_a_large_mark(reach: float) -> None:
    for _, _, anchor, box in boxes_of("Name", 0, 0, strong=False, reach=reach):
        if anchor == "start" and box.top < 0 < box.bottom:
            assert box.left >= reach - 2.1


# ---- one country ---------------------------------------------------------------------------------------------------


def test_a_position_is_a_dot_among_ticks_with_its_interval() -> None:
    chart = charts.position(
        "p", "f", "c", Position("Country A", 50.0, [10.0, 20.0, 90.0], 40.0, (25.0, 200.0)), axis="Need", width=212
    )
    assert marks(chart.wide, "k-dot")[0]["cx"] == 106
    assert marks(chart.wide, "k-range")[0]["d"] == "M56 44L206 44"
    assert str(marks(chart.wide, "k-tick")[0]["d"]).count("M") == 3
    assert texts_of(chart.wide) == ["Median 40.0", "0", "100", "Country A 50.0"]
    assert "25.0 to 200.0 in 90% of draws. Median of the ranked: 40.0. 3 ranked countries." in chart.wide
    assert chart.table is None


def test_unknown_position_is_hatched_with_text() -> None:
    chart = charts.position("p", "f", "c", Position("Country A", None, [], None), axis="Need")
    assert marks(chart.wide, "k-gap")
    assert "Not known" in texts_of(chart.wide)
    assert not marks(chart.wide, "k-dot")


@pytest.mark.parametrize("value", [0.0, 100.0])
def test_labels_at_the_ends_stay_inside_the_drawing(value: float) -> None:
    chart = charts.position("p", "f", "c", Position("A country of long name", value, [], value), axis="Need", width=300)
    at = [float(str(label.get("x"))) for label in ET.fromstring(chart.wide).iter("text") if "k-v" in str(label.attrib)]
    assert all(70 < x < 230 for x in at)


DOUBTS = [Doubt("All together", 5, 48, strong=True), Doubt("Age", 23, 23), Doubt("Missing values", None, None)]


@pytest.mark.parametrize("variant", ["wide", "narrow"])
def test_drivers_draw_an_interval_a_row_and_hatch_what_is_not_known(variant: str) -> None:
    chart = charts.drivers("d", "f", "c", 23, 92, DOUBTS, first=20)
    drawing = getattr(chart, variant)
    assert len(marks(drawing, "k-range")) == len(marks(drawing, "k-range--b")) == 1
    assert len(marks(drawing, "k-gap")) == 1
    assert len(marks(drawing, "k-dot")) == 2
    assert {"First 20", "Rank 92", "All together", f"5{DASH}48", "23", "not known"} <= set(texts_of(drawing))
    assert chart.table is not None
    assert chart.table.rows == (("All together", "5", "48"), ("Age", "23", "23"), ("Missing values", DASH, DASH))


def test_drivers_without_draws_or_with_one_country() -> None:
    assert "No draws yet" in texts_of(charts.drivers("d", "f", "c", 1, 5, [], first=20).wide)
    lone = charts.drivers("d", "f", "c", 1, 1, [Doubt("Age", 1, 1)], first=20)
    assert marks(lone.wide, "k-dot")


MOVED = [
    Slope("Ghana", 1, 2, "/countries/gha/"),
    Slope("Senegal", 3, 1),
    Slope("Peru", 2, 4),
    Slope("Togo", 4, None),
    Slope("Chad", 9, 9),
]


@pytest.mark.parametrize("variant", ["wide", "narrow"])
def test_a_slope_sets_off_who_enters_and_who_leaves(variant: str) -> None:
    drawing = getattr(charts.slope("s", "f", "c", ("Run 1", "Run 2"), MOVED, first=2, top=4), variant)
    assert len(marks(drawing, "k-sl")) == 4
    assert len(marks(drawing, "k-sl--in")) == len(marks(drawing, "k-sl--out")) == 1
    labels = texts_of(drawing)
    assert labels.count("Senegal") == labels.count("Peru") == 2
    assert "Chad" not in labels
    assert labels.count("Togo") == 1
    assert labels.count("after 4, or no rank") == 2
    assert "Enter the first 2: Senegal. Leave it: Peru." in drawing


def test_slope_of_equal_rankings_has_a_text() -> None:
    chart = charts.slope("s", "f", "c", ("Run 1", "Run 2"), [Slope("Ghana", 1, 1)], first=1, top=1)
    assert "The same countries are among the first 1 in both." in chart.wide
    assert "after 1" in texts_of(chart.wide)
    with pytest.raises(ValueError, match="does not show the first 2"):
        charts.slope("s", "f", "c", ("Run 1", "Run 2"), [], first=2, top=1)


def test_a_slope_cuts_names_that_are_too_long() -> None:
    name = "A country whose name is far longer than the room beside its dot"
    drawing = charts.slope("s", "f", "c", ("Run 1", "Run 2"), [Slope(name, 1, 1)], first=1, top=1).narrow
    assert drawing is not None
    assert any(word.startswith("A country") and word.endswith("…") for word in texts_of(drawing))


# ---- places in lists of several years ------------------------------------------------------------------------------


def placing(**more: Any) -> charts.Placing:
    given: dict[str, Any] = {"name": "Peru", "note": "signed 2017", "rank": 27, "of": 107, "low": 7, "high": 60}
    return charts.Placing(**(given | more))


def test_rank_is_drawn_on_the_scale_of_its_own_list() -> None:
    chart = charts.placed("p", "Need", "Finding", "Context", [placing(rank=1, of=10), placing(rank=10, of=10)])
    dots = [float(mark["cx"]) for mark in marks(chart.wide, "k-dot")]
    top, *_, last = (float(mark["d"].split("L")[0][1:].split()[0]) for mark in marks(chart.wide, "k-grid"))
    assert dots == [top, last]
    assert "Peru, signed 2017: 1 of 10, 7 to 60 in 90% of draws." in chart.wide


def test_unpublished_values_are_hollow_and_outside_countries_diamonds() -> None:
    cases = [
        placing(complete=False),
        placing(outside=True),
        placing(rank=None, low=None, high=None),
        placing(of=1, rank=1),
    ]
    chart = charts.placed("p", "Need", "Finding", "Context", cases)
    for drawing in (chart.wide, chart.narrow or ""):
        assert len(marks(drawing, "k-hollow")) == 1
        assert len(marks(drawing, "k-gap")) == 1
        assert ["cx" in mark for mark in marks(drawing, "k-dot")] == [False, True]
    assert "outside that year's pool" in chart.wide
    assert "Peru: no rank." in chart.wide


def test_a_name_is_escaped_and_an_empty_picture_is_drawn() -> None:
    assert EVIL not in charts.placed("p", "Need", "Finding", "Context", [placing(name=EVIL)]).wide
    assert charts.placed("p", "Need", "Finding", "Context", []).wide
    assert [item.label for item in charts.placed_legend("all", "", "outside")] == ["all", "outside"]
