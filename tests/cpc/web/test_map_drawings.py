"""Whole drawings of placings and maps, the places of labels, and what screen readers get of a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from cpc.web.charts import Area, Placing, locator, placed, placed_legend, shapes, svg, worldmap
from cpc.web.charts.labels import Box, Named, arrange, boxes_of, plate
from cpc.web.charts.metrics import width as wide
from cpc.web.charts.worldmap import NARROW, WIDE
from tests.cpc.web.drawn import shapes as drawn
from tests.cpc.web.drawn import size
from tests.support.outlines import drawn_points

n = svg.number

GHANA = Placing("Ghana", "2015", 3, 11, 2, 5)
PERU = Placing("Peru", "2017", 11, 11, complete=False, outside=True)
TOGO = Placing("Togo", "2019", None, 11)


# ---- ranks in lists of different lengths ---------------------------------------------------------------------------


def test_placings_on_one_scale() -> None:
    chart = placed("p", "Places", "F.", "C.", [GHANA, PERU, TOGO])
    assert size(chart.wide) == ("570", "184")
    grid = [
        ("128", "grid", "start: Top"),
        ("235", "grid", "middle: Top 25%"),
        ("342", "med", "middle: Middle"),
        ("449", "grid", ""),
        ("556", "grid", "end: Last"),
    ]
    lines = [
        part
        for x, kind, label in grid
        for part in (f"path M{x} 32L{x} 180 k-{kind}", f"text {x},24 k-ax {label}")
        if label or part.startswith("path")
    ]
    assert drawn(chart.wide) == [
        "rect 128,32 107x148 k-quad",
        *lines,
        "text 114,60 k-lb k-lb--on end: Ghana",
        "text 114,75 k-ax end: 2015",
        "path M128 62L556 62 k-hair",
        "path M170.8 62L299.2 62 k-range",
        "circle 213.6,62 r6 k-dot",
        "text 114,106 k-lb k-lb--on end: Peru",
        "text 114,121 k-ax end: 2017",
        "path M128 108L556 108 k-hair",
        "path M556 101L563 108L556 115L549 108Z k-hollow",
        "text 114,152 k-lb k-lb--on end: Togo",
        "text 114,167 k-ax end: 2019",
        "rect 128,150 428x8 k-gap",
    ]
    root = ET.fromstring(chart.wide)
    assert root.findtext("title") == "Places"
    assert root.findtext("desc") == (
        "Ghana, 2015: 3 of 11, 2 to 5 in 90% of draws. Peru, 2017: 11 of 11, with values not all published at that "
        "time, outside that year's pool. Togo: no rank."
    )
    assert (chart.finding, chart.context, chart.table, chart.legend) == ("F.", "C.", None, ())


def test_placings_on_a_phone() -> None:
    partly = Placing("Ghana", "2015", 1, 1, 1, 1, complete=False)
    chart = placed("p", "Places", "F.", "C.", [partly])
    assert size(chart.narrow) == ("322", "104")
    after = 6 + wide("Ghana", 12.5, strong=True) + 8
    assert drawn(chart.narrow)[0] == "rect 6,32 75.5x68 k-quad"
    assert drawn(chart.narrow)[-5:] == [
        "text 6,58 k-lb k-lb--on: Ghana",
        f"text {n(after)},58 k-ax: 2015",
        "path M6 78L308 78 k-hair",
        "path M6 78L6 78 k-range k-range--then",
        "circle 6,78 r6 k-hollow",
    ]


def test_the_legend_of_placings_has_the_marks_with_a_label() -> None:
    assert [(item.label, drawn(item.mark)) for item in placed_legend("Whole", "Partly", "Outside")] == [
        ("Whole", ["path M1 7L29 7 k-range", "circle 15,7 r5 k-dot"]),
        ("Partly", ["path M1 7L29 7 k-range k-range--then", "circle 15,7 r5 k-hollow"]),
        ("Outside", ["path M8 1.5L14.5 8L8 14.5L1.5 8Z k-dot"]),
    ]
    assert [size(item.mark) for item in placed_legend("W", "P", "O")] == [("30", "14"), ("30", "14"), ("16", "16")]
    assert [item.label for item in placed_legend("", "Partly", "")] == ["Partly"]


# ---- places of labels ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strong", "reach", "more"), [(False, 9.0, 0), (True, 9.0, 0), (True, 12.0, 3), (False, 14, 5)]
)
def test_the_spots_around_a_mark(strong: bool, reach: float, more: float) -> None:
    w = wide("Ghana", 12.5 if strong else 12, strong=strong) + 2
    spots = boxes_of("Ghana", 100, 50, strong=strong, reach=reach)
    middle = 100 - w / 2
    expected = [
        (109 + more, 54, "start", 109 + more),
        (91 - more, 54, "end", 91 - more - w),
        (100, 40 - more, "middle", middle),
        (100, 68 + more, "middle", middle),
        (108 + more, 43 - more, "start", 108 + more),
        (92 - more, 43 - more, "end", 92 - more - w),
        (108 + more, 65 + more, "start", 108 + more),
        (92 - more, 65 + more, "end", 92 - more - w),
    ]
    assert [spot[:3] for spot in spots] == [case[:3] for case in expected]
    for (_, _, _, box), (_, base, _, start) in zip(spots, expected, strict=True):
        assert (box.left, box.right) == pytest.approx((start - 2, start + w + 2))
        assert (box.top, box.bottom) == (base - 10, base + 3)


def test_labels_take_the_best_free_spots_and_as_many_as_fit() -> None:
    room = Box(0, 0, 200, 100)
    labels, boxes = arrange([Named("Ghana", 100, 50, strong=True)], [], room)
    assert [str(label) for label in labels] == [svg.text(109, 54, "Ghana", "k-lb k-lb--on", "start")]
    assert boxes == [boxes_of("Ghana", 100, 50, strong=True)[0][3]]
    taken = [boxes[0]]
    labels, after = arrange([Named("Ghana", 100, 50, strong=False)], taken, room)
    assert [str(label) for label in labels] == [svg.text(91, 54, "Ghana", "k-lb", "end")]
    assert after[0] == taken[0]
    assert len(after) == 2
    assert arrange([Named("Ghana", 100, 50, strong=False)], [Box(0, 0, 200, 99)], room)[0] == []
    assert arrange([Named("Ghana", 100, 50, strong=False)], [], Box(0, 0, 20, 20)) == ([], [])
    own = Box(90, 40, 110, 60)
    assert len(arrange([Named("Ghana", 100, 50, strong=False)], [own], room)[0]) == 1


def test_reason_for_an_empty_drawing_is_on_a_plate() -> None:
    w = wide("No value", 12) + 16
    assert plate("No value", 50, 40) == [
        svg.rect(50 - w / 2, 24, w, 24, "k-plate"),
        svg.text(50, 40, "No value", "k-v0", "middle"),
    ]


# ---- what a picture is to a screen reader --------------------------------------------------------------------------

BODY = (svg.circle(1, 2, 3, "k-dot"),)


def test_a_picture_has_its_name_and_description_for_screen_readers() -> None:
    named = '<title id="a-t">T</title><desc id="a-d">D</desc><circle class="k-dot" cx="1" cy="2" r="3"/></svg>'
    start = '<svg class="k k-fit" viewBox="0 0 30 20" width="30" height="20"'
    assert svg.picture(30, 20, BODY, key="a", title="T", desc="D") == (
        f'{start} role="img" aria-labelledby="a-t a-d" focusable="false">{named}'
    )
    assert svg.linked_picture(30, 20, BODY, key="a", title="T", desc="D") == (
        f'{start} role="group" aria-labelledby="a-t" aria-describedby="a-d" focusable="false">{named}'
    )


def test_a_decoration_is_hidden_from_screen_readers() -> None:
    rest = 'viewBox="0 0 30 20" width="30" height="20" aria-hidden="true" focusable="false">'
    mark = '<circle class="k-dot" cx="1" cy="2" r="3"/></svg>'
    assert svg.decoration(30, 20, BODY) == f'<svg class="k k-fit" {rest}{mark}'
    assert svg.mark(30, 20, *BODY) == f'<svg class="k" {rest}{mark}'


def test_a_mark_that_leads_to_a_page_has_its_label_and_no_stop_of_the_keyboard() -> None:
    assert svg.link("/a/", "A & B", *BODY) == (
        '<a class="k-link" href="/a/" tabindex="-1" aria-label="A &amp; B"><title>A &amp; B</title>'
        '<circle class="k-dot" cx="1" cy="2" r="3"/></a>'
    )


# ---- maps ----------------------------------------------------------------------------------------------------------

WEST = [(10, 0), (10, 10), (0, 10), (0, 0)]
EAST = [(10, 10), (10, 0), (20, 0), (20, 10)]


def test_the_map_shows_the_same_part_of_the_world_at_both_widths() -> None:
    for frame, height in ((WIDE, 387), (NARROW, 144)):
        assert frame.scale == pytest.approx(frame.width / 5.3)
        assert frame.height == height
        assert frame.project(0, 0) == pytest.approx((2.6 * frame.scale, 1.312 * frame.scale))
        x, y = frame.project(33, 47)
        assert x > frame.project(0, 47)[0]
        assert y < frame.project(33, 0)[1]


def area(shape: str, kind: str = "ranked", chance: float | None = 0.5) -> Area:
    return Area(shape, f"Country {shape}", f"/{shape}/", kind, chance)  # type: ignore[arg-type]  # kinds come as text


def test_a_whole_map(small_world: shapes.Shapes) -> None:
    areas = [area("111", chance=0.9), area("222", "provisional"), area("333", chance=0.3), area("798", "outside", None)]
    view = worldmap("m", "F.", "C.", areas, first=20)
    assert size(view.wide) == ("868", "387")
    assert size(view.narrow) == ("322", "144")
    assert view.wide is not None
    root = ET.fromstring(view.wide)
    assert root.findtext("title") == "Map of the share of draws in the first 20"
    assert root.findtext("desc") == "F. C."
    links = [(link.get("href"), [(mark.tag, mark.get("class")) for mark in link][1:]) for link in root.iter("a")]
    assert links == [
        ("/222/", [("path", "k-cgap")]),
        ("/333/", [("path", "k-c2")]),
        ("/111/", [("path", "k-c4")]),
        ("/798/", [("circle", "k-hit"), ("circle", "k-c0 k-small")]),
    ]
    paths = {str(link.get("href")): link.find("path") for link in root.iter("a")}
    for href, corners in (("/111/", WEST), ("/222/", EAST)):
        path = paths[href]
        assert path is not None
        [ring] = drawn_points(str(path.get("d")))
        assert set(ring) == {(round(x, 1), round(y, 1)) for x, y in (WIDE.project(*corner) for corner in corners)}
    x, y = WIDE.project(179.2, -8.5)
    hit, mark = (mark for mark in list(root.iter("a"))[-1] if mark.tag == "circle")
    assert [(one.get("cx"), one.get("cy"), one.get("r")) for one in (hit, mark)] == [
        (n(x), n(y), "11"),
        (n(x), n(y), "2.4"),
    ]
    marks = [[(item.label, drawn(item.mark)) for item in group.items] for group in view.keys]
    assert [fills for _, fills in marks[0]] == [[f"rect 0.5,0.5 21x13 k-c{step}"] for step in (4, 3, 2, 1)]
    assert marks[1] == [
        ("No rank: some values for need are missing", ["rect 0.5,0.5 21x13 k-cgap"]),
        ("Outside the pool", ["rect 0.5,0.5 21x13 k-c0"]),
    ]
    assert [size(item.mark) for item in view.keys[0].items] == [("22", "14")] * 4
    assert [[item.count for item in group.items] for group in view.keys] == [[1, 0, 1, 0], [1, 1]]


def test_a_whole_crop(small_world: shapes.Shapes) -> None:
    crop = locator("l", "West", "111", {"222": "East"})
    assert (size(crop.wide), size(crop.narrow)) == (("392", "264"), ("322", "216"))
    assert crop.wide is not None
    root = ET.fromstring(crop.wide)
    assert root.findtext("title") == "Where West is"
    assert root.findtext("desc") == "West and the land around it. In view: East."
    inner = root.find("svg")
    assert inner is not None
    assert (inner.get("class"), inner.get("width"), inner.get("height")) == ("k-crop", "392", "264")
    sea, others, own, labels = list(inner)
    assert (sea.tag, sea.attrib) == ("rect", {"class": "k-sea", "x": "0", "y": "0", "width": "392", "height": "264"})
    assert [(path.tag, path.get("class")) for path in (others, own)] == [
        ("path", "k-land"),
        ("path", "k-land k-land--on"),
    ]
    assert (labels.tag, labels.get("class")) == ("g", "k-labels")
    assert [(text.text, text.get("class"), text.get("text-anchor")) for text in labels] == [
        ("West", "k-lb k-lb--on", "middle"),
        ("East", "k-lb", "middle"),
    ]
    # Ten degrees of latitude are 264 / 24 pixels each; the middle of West is the middle of the picture.
    [ring] = drawn_points(str(own.get("d")))
    ys = [y for _, y in ring]
    assert (min(ys), max(ys)) == (77, 187)
    assert (labels[0].get("x"), labels[0].get("y")) == ("196", "136")
    assert crop.note == "Boundaries are not authoritative."
