"""Locator maps: a country's region, cropped from the small set of outlines and from the real one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from cpc.web.charts import locator, shapes
from cpc.web.charts.labels import Box
from cpc.web.charts.locator import cut
from indicators.countries import CountryListKind, countries
from tests.support.outlines import drawn_points

EVIL = "<script>\"x\"&'y'</script>"
STATES = [row for row in countries() if row.kind is CountryListKind.STATE]


@pytest.mark.parametrize(
    ("ring", "area_inside"),
    [
        ([(2, 2), (8, 2), (8, 8), (2, 8)], 36),
        ([(-5, -5), (15, -5), (15, 15), (-5, 15)], 100),
        ([(5, 5), (15, 5), (15, 15), (5, 15)], 25),
        ([(20, 20), (30, 20), (30, 30)], 0),
    ],
    ids=["inside", "around", "over a corner", "outside"],
)
def test_a_ring_is_cut_at_the_edges(ring: list[tuple[float, float]], area_inside: float) -> None:
    inside = cut(ring, Box(0, 0, 10, 10))
    pairs = pairwise([*inside, inside[0]]) if inside else []
    assert abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2 == pytest.approx(area_inside)


def test_country_is_filled_and_neighbors_have_our_names(small_world: shapes.Shapes) -> None:
    crop = locator("l", "West", "111", {"222": EVIL, "111": "never twice"})
    assert crop.wide is not None
    root = ET.fromstring(crop.wide)
    assert [text.text for text in root.iter("text")] == ["West", EVIL]
    assert root.get("role") == "img"
    assert "<script" not in crop.wide
    (own,) = [path for path in root.iter("path") if "k-land--on" in str(path.get("class"))]
    ((x, y), *_) = drawn_points(str(own.get("d")))[0]
    assert 0 < x < 392
    assert 0 < y < 264
    assert not list(root.iter("circle"))


@pytest.mark.parametrize("shape", ["333", "798"])
def test_a_state_at_the_date_line_or_without_outline_has_a_crop(small_world: shapes.Shapes, shape: str) -> None:
    crop = locator("l", "Somewhere", shape)
    assert crop.wide is not None
    (mark,) = ET.fromstring(crop.wide).iter("circle")
    assert abs(float(str(mark.get("cx"))) - 196) < 2
    assert abs(float(str(mark.get("cy"))) - 132) < 2


def test_an_unknown_shape_is_explained(small_world: shapes.Shapes) -> None:
    crop = locator("l", "Atlantis", "999")
    assert crop.wide is None
    assert "no outline" in crop.absent


@pytest.mark.usefixtures("real_world")
@pytest.mark.parametrize("code", ["GHA", "RUS", "FJI", "KIR", "XKX", "IDN", "USA", "MDV", "GMB"])
def test_country_is_centered_in_its_crop_with_its_name(code: str) -> None:
    row = next(row for row in STATES if row.code == code)
    names = {shapes.shape_key(other.numeric, other.code): other.name for other in STATES}
    crop = locator("l", row.name, shapes.shape_key(row.numeric, row.code), names)
    assert crop.wide is not None
    root = ET.fromstring(crop.wide)
    own = [path for path in root.iter("path") if "k-land--on" in str(path.get("class"))]
    points = [point for path in own for ring in drawn_points(str(path.get("d"))) for point in ring]
    assert any(98 < x < 294 and 66 < y < 198 for x, y in points)
    label = next(text for text in root.iter("text") if text.text == row.name)
    assert 0 < float(str(label.get("x"))) < 392
    assert len(crop.wide) < 60_000
