"""Outlines, projection, and map, tested with a small set of known corners and with the real outlines."""

from __future__ import annotations

import gzip
import math
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from typing import Any

import pytest

from cpc.web.charts import Area, locator, shapes, worldmap
from cpc.web.charts.spots import push_apart
from cpc.web.charts.worldmap import EAST, NARROW, WIDE, equal_earth
from indicators.countries import CountryListKind, countries
from tests.support.outlines import drawn_points

EVIL = "<script>\"x\"&'y'</script>"


def links(drawing: str) -> list[str]:
    """Return the labels of the links; each must have a target and be outside the Tab order."""
    found = list(ET.fromstring(drawing).iter("a"))
    assert all(link.get("href") and link.get("tabindex") == "-1" for link in found)
    return [str(link.get("aria-label")) for link in found]


def filled(drawing: str) -> dict[str, set[str]]:
    """Return the classes of the marks of each link, by the name at the start of its label."""
    return {
        str(link.get("aria-label")).split(":")[0]: {
            name for mark in link for name in (mark.get("class") or "").split() if name not in {"k-hit", "k-small"}
        }
        for link in ET.fromstring(drawing).iter("a")
    }


# ---- decoding ------------------------------------------------------------------------------------------------------


def test_arcs_are_sums_of_steps_and_rings_run_along_them(small_world: shapes.Shapes) -> None:
    ((west,),), ((east,),) = small_world.polygons["111"], small_world.polygons["222"]
    assert small_world.points(west) == [(10, 0), (10, 10), (0, 10), (0, 0), (10, 0)]
    assert small_world.points(east) == [(10, 10), (10, 0), (20, 0), (20, 10), (10, 10)]
    assert shapes.assemble((~0,), small_world.arcs) == [(10, 10), (10, 0)]
    assert small_world.bounds(east) == (10, 0, 20, 10)


def test_shapes_are_matched_by_number_or_name(small_world: shapes.Shapes) -> None:
    assert small_world.polygons.keys() == {"111", "222", "333", "XKX"}
    assert len(small_world.polygons[shapes.shape_key("", "XKX")]) == 1
    assert shapes.shape_key("288", "GHA") == "288"


def test_an_island_across_the_date_line_goes_on_past_it(small_world: shapes.Shapes) -> None:
    ((ring,),) = small_world.polygons["333"]
    assert small_world.bounds(ring) == (179, -20, 181, -17)


def test_parts_of_one_country_have_no_border_between_them(small_world: shapes.Shapes) -> None:
    (west,), (east,), (island,) = (small_world.polygons[key] for key in ("111", "222", "XKX"))
    separate, (whole,) = shapes.dissolve([west, island, east], small_world.arcs)
    assert separate == island
    assert set(small_world.points(whole)) == {(10, 0), (10, 10), (0, 10), (0, 0), (20, 0), (20, 10)}
    assert len(small_world.points(whole)) == 7
    assert shapes.dissolve([west, island], small_world.arcs) == (west, island)


@pytest.mark.parametrize("key", ["706", "196"])
def test_somalia_and_cyprus_are_drawn_whole(real_world: shapes.Shapes, key: str) -> None:
    polygons = real_world.polygons[key]
    ring = max((real_world.points(polygon[0]) for polygon in polygons), key=len)
    assert len(polygons) == 1
    assert ring[0] == ring[-1]
    assert len(ring) == len(set(ring)) + 1


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(179.0, 1.0), (-179.0, 2.0), (179.0, 3.0)], [(179, 1), (181, 2), (179, 3)]),
        ([(-179.0, 1.0), (179.0, 2.0)], [(181, 1), (179, 2)]),
        ([(-10.0, 1.0), (10.0, 2.0)], [(-10, 1), (10, 2)]),
    ],
)
def test_there_is_no_jump_at_the_date_line(points: list[Any], expected: list[Any]) -> None:
    assert shapes.unwrap(points) == expected


def test_simplifying_keeps_ends_and_corners_and_stays_within_its_tolerance() -> None:
    straight = [(float(x), 0.1 * (-1) ** x) for x in range(50)]
    assert shapes.simplify(straight, 0.5) == [straight[0], straight[-1]]
    corner = [(0.0, 0.0), (5.0, 0.2), (10.0, 0.0), (10.0, 10.0)]
    assert shapes.simplify(corner, 0.5) == [(0, 0), (10, 0), (10, 10)]
    ring = [(math.cos(turn / 30), math.sin(turn / 30)) for turn in range(189)]
    simplified = shapes.simplify([*ring, ring[0]], 0.01)
    assert simplified[0] == simplified[-1]
    assert 12 < len(simplified) < 40
    for point in ring:
        assert min(_off(point, one, other) for one, other in pairwise(simplified)) <= 0.01 + 1e-9


def _off(point: tuple[float, float], one: tuple[float, float], other: tuple[float, float]) -> float:
    dx, dy = other[0] - one[0], other[1] - one[1]
    along = ((point[0] - one[0]) * dx + (point[1] - one[1]) * dy) / (dx * dx + dy * dy)
    along = min(max(along, 0), 1)
    return math.hypot(point[0] - one[0] - along * dx, point[1] - one[1] - along * dy)


def test_outlines_are_written_in_short_steps_that_add_up() -> None:
    ring = [(0.0, 0.0), (0.56, 0.31), (0.5, -12.0), (-3.04, 7.96), (0.0, 0.0)]
    data = shapes.outline([ring, [(1, 1), (1.01, 1.02), (5, 5)], []])
    assert data == "M0 0l.6.3-.1-12.3-3.5 20z"
    assert drawn_points(data) == [[(0, 0), (0.6, 0.3), (0.5, -12), (-3, 8)]]


# ---- projection ----------------------------------------------------------------------------------------------------


def test_the_projection_has_its_published_extent_and_is_even() -> None:
    assert equal_earth(180, 0) == pytest.approx((2.70663, 0), abs=1e-5)
    assert equal_earth(180, 0)[0] == pytest.approx(EAST, abs=1e-4)
    assert equal_earth(0, 90) == pytest.approx((0, 1.3173628), abs=1e-6)
    assert equal_earth(180, 90)[0] / equal_earth(180, 0)[0] == pytest.approx(0.59248, abs=1e-4)  # the poles are lines
    x, y = equal_earth(33, 47)
    assert equal_earth(-33, 47) == pytest.approx((-x, y))
    assert equal_earth(33, -47) == pytest.approx((x, -y))


@pytest.mark.parametrize("latitude", [-75, -40, 0, 35, 60, 84])
def test_areas_keep_their_size(latitude: float) -> None:
    step = 0.05
    corners = [equal_earth(10, latitude), equal_earth(11, latitude), equal_earth(11, latitude + step)]
    corners.append(equal_earth(10, latitude + step))
    area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*corners, corners[0]])) / 2
    sphere = math.radians(1) * (math.sin(math.radians(latitude + step)) - math.sin(math.radians(latitude)))
    assert area == pytest.approx(sphere, rel=1e-3)


# ---- map -----------------------------------------------------------------------------------------------------------


def area(shape: str, kind: str = "ranked", chance: float | None = 0.5, **more: Any) -> Area:
    return Area(shape, more.pop("name", f"Country {shape}"), "/x/", kind, chance, **more)  # type: ignore[arg-type]  # kinds come as text


def test_every_country_is_a_link_in_its_fill_at_both_widths(small_world: shapes.Shapes) -> None:
    areas = [area("111", chance=0.8), area("222", "provisional"), area("XKX", "outside", None), area("798", chance=0.1)]
    view = worldmap("m", "A finding.", "Context.", areas, first=20)
    assert view.wide is not None
    assert view.narrow is not None
    for drawing in (view.wide, view.narrow):
        assert filled(drawing) == {
            "Country 111": {"k-c4"},
            "Country 222": {"k-cgap"},
            "Country XKX": {"k-c0"},
            "Country 798": {"k-c1"},
        }
        root = ET.fromstring(drawing)
        assert root.get("role") == "group"
        assert root.find("path[@class='k-c0']") is not None  # the islands that no area names
        assert root.findtext("desc") == "A finding. Context."
    assert [[item.count for item in group.items] for group in view.keys] == [[1, 0, 0, 1], [1, 1]]
    assert "not authoritative" in view.note


def test_marks_say_rank_and_chance_or_what_they_are_given(small_world: shapes.Shapes) -> None:
    areas = [
        area("111", chance=0.005, rank=23),
        area("222", "provisional", 0.31),
        area("333", "outside", 0.9),
        area("XKX", description=EVIL, name=EVIL),
    ]
    view = worldmap("m", "f", "c", areas, first=20)
    assert view.wide is not None
    assert sorted(links(view.wide)) == sorted(
        [
            "Country 111: rank 23, in the first 20 in under 1% of draws",
            "Country 222: no rank, in the first 20 in 31% of draws",
            "Country 333: outside the pool",
            f"{EVIL}: {EVIL}",
        ]
    )
    assert "<script" not in view.wide


def test_neighbors_share_their_border_to_the_tenth_of_a_pixel(small_world: shapes.Shapes) -> None:
    view = worldmap("m", "f", "c", [area("111"), area("222")], first=20)
    assert view.wide is not None
    paths = [str(link.find("path").get("d")) for link in ET.fromstring(view.wide).iter("a")]  # type: ignore[union-attr]  # each link here has a path
    (west,), (east,) = map(drawn_points, paths)
    assert len(set(west) & set(east)) == 2


def test_a_shape_that_is_not_there_is_named_in_the_note(small_world: shapes.Shapes) -> None:
    view = worldmap("m", "f", "c", [area("111"), area("999", name="Atlantis")], first=20)
    assert view.wide is not None
    assert len(links(view.wide)) == 1
    assert view.note.endswith("Not on the map: Atlantis.")


def test_no_country_at_all_leaves_land_and_key(small_world: shapes.Shapes) -> None:
    view = worldmap("m", "f", "c", [], first=20)
    assert view.wide is not None
    assert links(view.wide) == []
    assert ET.fromstring(view.wide).findall("path")
    assert [item.count for group in view.keys for item in group.items] == [0, 0, 0, 0]


@pytest.mark.usefixtures("without_shapes")
def test_without_outlines_the_map_shows_a_message() -> None:
    view = worldmap("m", "f", "c", [area("288")], first=20)
    assert (view.wide, view.narrow) == (None, None)
    assert "Run make" in view.absent
    crop = locator("l", "Ghana", "288")
    assert (crop.wide, crop.narrow, crop.absent) == (None, None, view.absent)


def test_circles_part_until_none_covers_another_and_stay_near() -> None:
    spots = [(10.0, 10.0)] * 4 + [(12.0, 10.0), (50.0, 50.0)]
    placed = push_apart(spots, [4.0] * 6)
    assert all(math.dist(one, other) >= 8 for one, other in combinations(placed, 2))
    assert placed[5] == (50, 50)
    assert all(math.dist(before, after) < 16 for before, after in zip(spots, placed, strict=True))
    assert push_apart([], []) == []


# ---- the real outlines ---------------------------------------------------------------------------------------------


STATES = [row for row in countries() if row.kind is CountryListKind.STATE]


def all_states() -> list[Area]:
    kinds = ("ranked", "ranked", "provisional", "outside")
    return [
        area(shapes.shape_key(row.numeric, row.code), kinds[index % 4], index % 100 / 100, name=row.name, rank=index)
        for index, row in enumerate(STATES)
    ]


@pytest.mark.usefixtures("real_world")
def test_every_state_has_a_mark_and_small_ones_a_circle() -> None:
    view = worldmap("m", "f", "c", all_states(), first=20)
    assert "Not on the map" not in view.note
    for drawing, frame in ((view.wide, WIDE), (view.narrow, NARROW)):
        assert drawing is not None
        assert sorted(link.split(":")[0] for link in links(drawing)) == sorted(row.name for row in STATES)
        root = ET.fromstring(drawing)
        circles = [mark for mark in root.iter("circle") if "k-small" in str(mark.get("class"))]
        assert 20 < len(circles) < 90
        for mark in circles:
            assert 0 <= float(str(mark.get("cx"))) <= frame.width
            assert 0 <= float(str(mark.get("cy"))) <= frame.height


@pytest.mark.usefixtures("real_world")
def test_the_map_is_small_enough_to_send() -> None:
    view = worldmap("m", "f", "c", all_states(), first=20)
    assert view.wide is not None
    assert view.narrow is not None
    assert len(view.wide) < 110_000
    assert len(view.narrow) < 80_000
    assert len(gzip.compress((view.wide + view.narrow).encode())) < 50_000


def test_land_lies_inside_the_picture(real_world: shapes.Shapes) -> None:
    view = worldmap("m", "f", "c", all_states(), first=20)
    assert view.wide is not None
    points = [
        point
        for path in ET.fromstring(view.wide).iter("path")
        for ring in drawn_points(str(path.get("d")))
        for point in ring
    ]
    assert len(points) > 5000
    assert min(x for x, _ in points) >= 0
    assert max(x for x, _ in points) <= WIDE.width
    assert min(y for _, y in points) >= 0
    assert max(y for _, y in points) <= WIDE.height


def test_no_ring_runs_across_the_whole_world_but_antarctica(real_world: shapes.Shapes) -> None:
    wide = {
        key
        for key, polygons in real_world.polygons.items()
        for polygon in polygons
        for ring in polygon
        if real_world.bounds(ring)[2] - real_world.bounds(ring)[0] > 180
    }
    assert wide == {"010"}
