"""Charts that compare countries: lanes, shares of a pair, small multiples."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from cpc.web import charts
from cpc.web.charts import Multiples, Strip
from tests.cpc.web.test_charts import EVIL, marks, texts_of

QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"


def test_each_country_has_its_own_lane() -> None:
    drawing = charts.lanes([Strip(0.5), Strip(0.5), Strip(1.0)], 0.25, width=118, lane=14)
    dots = [marks(drawing, f"k-cmp{index}")[0] for index in range(3)]
    assert [(dot["cx"], dot["cy"]) for dot in dots] == [(59, 10), (59, 24), (109, 38)]
    assert marks(drawing, "k-medline")[0]["d"] == "M34 0L34 48"
    assert not marks(drawing, "k-gap")


def test_filled_values_are_hollow_on_hatching_and_unknown_ones_hatching() -> None:
    drawing = charts.lanes([Strip(0.5, is_filled=True), Strip(None), Strip(None, applies=False)], None)
    assert len(marks(drawing, "k-gap")) == 2
    assert len(marks(drawing, "k-cmph0")) == 1
    assert not any(marks(drawing, f"k-cmp{index}") for index in range(3))
    assert not marks(drawing, "k-hair")


@pytest.mark.parametrize(("share", "first", "second"), [(0.57, 84.5, 63.5), (1.0, 149, 0), (0.0, 0, 149)])
def test_pair_is_split_at_its_share_with_a_post_at_one_half(share: float, first: float, second: float) -> None:
    drawing = charts.pairbar(share, 1, 0)
    assert marks(drawing, "k-cmp1")[0]["width"] == pytest.approx(first)
    assert marks(drawing, "k-cmp0")[0]["width"] == pytest.approx(second)
    assert marks(drawing, "k-split")[0]["d"] == "M75 0L75 16"


def test_a_pair_without_draws_is_hatched() -> None:
    assert marks(charts.pairbar(None, 0, 1), "k-gap")


ROW = Multiples("Index", {"A": {2012: 40.0, 2013: 41.0, 2015: 43.0}, "B": {2014: 20.0}, EVIL: {}}, (0.0, 50.0))


def test_small_multiple_draws_its_own_line_dark_on_the_common_scale() -> None:
    own, other = (charts.multi("m", name, ROW, width=270) for name in ("A", "B"))
    assert ET.fromstring(own).findtext("title") == "A: Index"
    assert ET.fromstring(own).findtext("desc") == "From 40 in 2012 to 43 in 2015."
    assert {"0", "50", "43", "2012", "2015"} <= set(texts_of(own))
    assert {"0", "50", "20", "2012", "2015"} <= set(texts_of(other))
    (line,) = marks(own, "k-line")
    assert line["d"].count("M") == 1  # of 2012 and 2013; nothing is drawn over 2014
    assert len(marks(own, "k-dot")) == 1
    assert marks(other, "k-line0")


def test_country_without_values_has_a_text_and_narrow_years_are_short() -> None:
    drawing = charts.multi("m", EVIL, ROW)
    assert "<script" not in drawing
    assert "Not published" in texts_of(drawing)
    assert {f"{QUOTE}12", f"{QUOTE}15"} <= set(texts_of(charts.multi("m", "A", ROW, width=110)))


def test_letters_mark_five_countries() -> None:
    assert [texts_of(charts.letter_mark(index)) for index in range(5)] == [[letter] for letter in charts.LETTERS]
    assert [item.label for item in charts.lanes_legend()] == ["Filled from peers", "Not known", "Median of the ranked"]
