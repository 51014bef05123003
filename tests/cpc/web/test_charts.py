"""Charts: geometry, escaping, and charts without values, with one value, or with missing values."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from cpc.web import charts
from cpc.web.charts import Series, svg
from cpc.web.charts.scale import between, linear, round_ends

EVIL = "<script>\"x\"&'y'</script>"


def marks(drawing: str, style: str) -> list[dict[str, Any]]:
    """Return the attributes of the elements with this class, numbers as floats; the SVG must be well-formed."""
    found = [element for element in ET.fromstring(drawing).iter() if style in (element.get("class") or "").split()]
    return [{k: float(v) if re.fullmatch(r"-?[\d.]+", v) else v for k, v in e.attrib.items()} for e in found]


def texts_of(drawing: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(drawing).iter("text")]


def series(values: dict[int, float | None], **more: Any) -> Series:
    return Series(key="s", name="Index", finding="A finding.", context="", values=values, **more)


# ---- builder -------------------------------------------------------------------------------------------------------


def test_text_and_attributes_are_escaped() -> None:
    drawing = svg.picture(10, 10, [svg.text(1, 2, EVIL)], key="a", title=EVIL, desc=EVIL)
    assert "<script" not in drawing
    root = ET.fromstring(drawing)
    assert [root.findtext("title"), root.findtext("desc"), root.findtext("text")] == [EVIL, EVIL, EVIL]
    assert root.get("aria-labelledby") == "a-t a-d"


@pytest.mark.parametrize("attribute", ["style", "onclick", "onload", 'a"b'])
def test_inline_style_and_handlers_cannot_be_written(attribute: str) -> None:
    with pytest.raises(ValueError, match="forbid inline style and script"):
        svg.tag("g", **{attribute: "x"})


def test_coordinates_have_one_digit_and_are_numbers() -> None:
    assert [svg.number(value) for value in (1, 1.04, 1.25001, -0.01, 10.0)] == ["1", "1", "1.3", "0", "10"]
    with pytest.raises(ValueError, match="draw what is missing as a gap"):
        svg.rect(0, 0, float("nan"), 1, "k")


@pytest.mark.parametrize("key", ["", "A", "1a", "a b", "a_b"])
def test_a_key_that_is_no_id_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of an id"):
        svg.picture(1, 1, [], key=key, title="t", desc="d")


def test_scales() -> None:
    assert [linear(0, 10, 100, 0)(v) for v in (0, 5, 10)] == [100, 50, 0]
    assert linear(3, 3, 0, 10)(3) == 5
    assert round_ends([39, 43]) == (39, 43)
    assert round_ends([0.12, 0.5], from_zero=True) == pytest.approx((0, 0.5))
    assert round_ends([]) == (0, 1)
    assert between(30, 70, 10) == [30, 40, 50, 60, 70]


# ---- rows ----------------------------------------------------------------------------------------------------------


def test_rank_interval_spans_its_ranks_and_is_hatched_without_one() -> None:
    drawing = charts.rank_interval(1, 1, 40, 40, width=112)
    assert marks(drawing, "k-range")[0]["d"] == "M6 9L106 9"
    assert marks(drawing, "k-dot")[0]["cx"] == 6
    unranked = charts.rank_interval(None, None, None, 40)
    assert marks(unranked, "k-gap")
    assert not marks(unranked, "k-dot")
    assert marks(charts.rank_interval(1, 1, 1, 1, width=112), "k-dot")[0]["cx"] == 56


def test_profile_hatches_a_missing_value() -> None:
    assert marks(charts.profile(0.5, 0.25, width=120), "k-fill")[0]["width"] == 60
    assert marks(charts.profile(None), "k-gap")


# ---- series --------------------------------------------------------------------------------------------------------


def test_a_line_breaks_over_missing_years_and_hatches_them() -> None:
    chart = charts.line_chart(
        series({2015: 1, 2016: 2, 2019: 3, 2020: 4}, reasons={2017: "No estimate"}),
        intervals={2019: (2, 4), 2020: (3, 5)},
    )
    assert marks(chart.wide, "k-line")[0]["d"].count("M") == 2
    (gap,) = marks(chart.wide, "k-gap")
    years = [circle["cx"] for circle in marks(chart.wide, "k-dot0") + marks(chart.wide, "k-dot")]
    left, right = min(years), max(years)
    step = (right - left) / 5
    assert gap["x"] == pytest.approx(left + 1.5 * step, abs=0.1)
    assert gap["width"] == pytest.approx(2 * step, abs=0.1)
    assert marks(chart.wide, "k-band")[0]["d"].endswith("Z")
    assert chart.table is not None
    assert [row[1] for row in chart.table.rows] == ["1", "2", "No estimate", "No value", "3", "4"]
    assert chart.table.rows[0][2] == "\N{EN DASH}"
    assert "2 years without a value" in chart.wide


def test_years_at_the_ends_can_be_missing() -> None:
    chart = charts.line_chart(series({2016: 1, 2017: 2}, years=(2014, 2019)))
    assert len(marks(chart.wide, "k-gap")) == 2
    assert {"2014", "2019"} <= set(texts_of(chart.wide))


def test_surveys_are_joined_without_hatching() -> None:
    chart = charts.line_chart(series({2006: 34, 2012: 28, 2018: 20}), yearly=False, reference=("Median", 25))
    assert not marks(chart.wide, "k-gap")
    assert marks(chart.wide, "k-line")[0]["d"].count("L") == 2
    assert chart.table is not None
    assert len(chart.table.rows) == 3
    assert [item.label for item in chart.legend] == ["Median"]


@pytest.mark.parametrize(
    "chart",
    [
        charts.line_chart(series({})),
        charts.line_chart(series({2020: None})),
        charts.tier_strip("t", "f", "c", {}),
        charts.tier_strip("t", "f", "c", {2020: None}),
    ],
    ids=["line", "line of None", "tiers", "tiers of None"],
)
def test_no_values_draws_a_hatched_plot_with_text(chart: charts.Chart) -> None:
    assert marks(chart.wide, "k-gap")
    assert ET.fromstring(chart.wide).findtext("desc") == "No value is published."


@pytest.mark.parametrize(
    "values",
    [
        {2000 + i: 24_060 + 2_300.0 * i for i in range(25)},  # rises through the room above the first dot
        {2000 + i: 80_000 - 2_300.0 * i for i in range(25)},
        {2000 + i: 40_000.0 + 30_000 * (-1) ** i for i in range(25)},
        {2000: 10.0, 2001: 90.0},
    ],
)
def test_the_first_value_does_not_stand_on_the_line(values: dict[int, float | None]) -> None:
    drawing = charts.line_chart(series(values, written=lambda value: f"${value:,.0f}")).wide
    (first,) = marks(drawing, "k-v0")
    points = [
        tuple(map(float, pair.split(" "))) for pair in re.findall(r"[\d.]+ [\d.]+", marks(drawing, "k-line")[0]["d"])
    ]
    right = first["x"] + 7 * len(f"${values[2000]:,.0f}")
    over = [at for (x0, y0), (x1, y1) in itertools.pairwise(points) for at in _between((x0, y0), (x1, y1), right)]
    assert not [y for y in over if first["y"] - 9 < y < first["y"] + 2]


def _between(start: tuple[float, float], end: tuple[float, float], right: float) -> list[float]:
    """Return the heights of points along a section of the line, up to `right`."""
    steps = [step / 20 for step in range(21)]
    spots = [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in steps]
    return [y for x, y in spots if x <= right]


def test_single_value_is_a_labeled_dot() -> None:
    line = charts.line_chart(series({2020: 5}), intervals={2020: (4, 6)})
    assert len(marks(line.wide, "k-dot")) == 1
    assert marks(line.wide, "k-err")
    assert "One value, 5 in 2020." in line.wide


def test_tiers_lie_in_their_rows_and_tell_inferred_special_and_missing_apart() -> None:
    tiers: dict[int, str | None] = {2019: "special_case", 2020: "1", 2021: "2WL", 2022: "3", 2024: "2"}
    chart = charts.tier_strip("t", "f", "c", tiers, inferred={2024})
    first, watch, third = marks(chart.wide, "k-cell")
    (inferred,) = marks(chart.wide, "k-cell--inferred")
    assert first["y"] < inferred["y"] < watch["y"] < third["y"]
    assert "k-cell--wl" in str(watch["class"])
    assert len(marks(chart.wide, "k-cell--none")) == len(marks(chart.wide, "k-gap")) == 1
    assert chart.table is not None
    labels = [row[1] for row in chart.table.rows]
    assert labels == ["Special Case", "Tier 1", "Watch List", "Tier 3", "No value", "Tier 2, inferred"]
    with pytest.raises(ValueError, match="no tiers"):
        charts.tier_strip("t", "f", "c", {2020: "4"})


def test_pool_strip_names_its_marks_inside_the_picture() -> None:
    chart = charts.pool_strip(
        "p",
        "Rate",
        "f",
        "c",
        own=("Ghana", 100.0),
        peers=[("Peru", 1), (EVIL, 2)],
        post=("Median", 99.0),
        ends=(0, 100),
    )
    assert "Median 99" in texts_of(chart.wide)
    assert "<script" not in chart.wide
    assert chart.table is not None
    assert [row[0] for row in chart.table.rows] == ["Ghana", "Median", "Peru", EVIL]
    missing = charts.pool_strip("p", "Rate", "f", "c", own=("Ghana", None), peers=[], post=None, reason="No estimate")
    assert marks(missing.wide, "k-gap")
    assert "Ghana: No estimate" in texts_of(missing.wide)


def test_a_table_with_an_uneven_row_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        charts.ChartTable("t", (charts.ChartColumn("a"),), (("1", "2"),))
