"""Charts of terms and amounts against their limits: geometry, missing values, and the table beside the chart."""

from __future__ import annotations

import datetime as dt
import itertools
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal

import pytest

from cpc.web.charts import Money, Svg, Term, bullet, gantt, money_card, money_figure, money_legend, money_row, term_bar
from cpc.web.charts.metrics import width as width_of
from tests.cpc.web.test_charts import EVIL, marks, texts_of

TODAY = dt.date(2026, 11, 24)
PERU = Term(
    "Peru",
    start=dt.date(2017, 6, 15),
    planned=dt.date(2021, 6, 15),
    end=dt.date(2024, 6, 15),
    limit=dt.date(2022, 6, 15),
    exception=dt.date(2024, 6, 15),
    events=(dt.date(2023, 11, 28),),
    label="48 + 36 months",
    over="24 months over",
)
RUNNING = Term(
    "Colombia",
    start=dt.date(2022, 4, 26),
    planned=dt.date(2027, 4, 26),
    end=dt.date(2027, 4, 26),
    limit=dt.date(2027, 4, 26),
    running=True,
    label="60 months",
)
UNDATED = Term("Kosovo", None, None, None, None)


def right(mark: dict[str, float]) -> float:
    return mark["x"] + mark["width"]


def drawn(*terms: Term) -> tuple[Svg, Svg]:
    chart = gantt("terms", "Terms", "A finding.", "", terms, TODAY)
    assert chart.narrow is not None
    return chart.wide, chart.narrow


def ends_of(element: ET.Element) -> tuple[float, float]:
    """Return the left and right end of a text in the drawing."""
    at, wide = float(str(element.get("x"))), width_of(str(element.text), 12)
    start = at - {"middle": wide / 2, "end": wide}.get(str(element.get("text-anchor")), 0)
    return start, start + wide


# ---- terms ---------------------------------------------------------------------------------------------------------


def test_term_past_its_limit_is_filled_then_outlined_then_hatched() -> None:
    for drawing in drawn(PERU):
        (term,), (inside,), (over,) = (marks(drawing, style) for style in ("k-term", "k-ext", "k-over"))
        assert right(term) == pytest.approx(inside["x"], abs=1.1)
        assert right(inside) == pytest.approx(over["x"], abs=1.1)
        assert over["width"] > inside["width"]
        post = float(marks(drawing, "k-limit")[0]["d"].removeprefix("M").split()[0])
        assert over["x"] == pytest.approx(post, abs=1.1)
        assert len(marks(drawing, "k-exc")) == len(marks(drawing, "k-dia")) == 1


def test_a_planned_end_past_the_limit_is_hatched_from_the_limit_on() -> None:
    beyond = Term("X", dt.date(2020, 1, 1), dt.date(2027, 1, 1), dt.date(2027, 1, 1), dt.date(2025, 1, 1))
    (wide, _) = drawn(beyond)
    assert not marks(wide, "k-ext")
    assert marks(wide, "k-over")[0]["x"] == pytest.approx(right(marks(wide, "k-term")[0]), abs=1.1)


def test_a_term_that_runs_is_full_and_one_without_dates_hatched() -> None:
    for drawing in drawn(RUNNING, UNDATED):
        assert marks(drawing, "k-term")[0]["class"] == "k-term"
        assert len(marks(drawing, "k-gap")) == 1
        assert {"Colombia", "Kosovo", "Today, Nov 24, 2026"} <= set(texts_of(drawing))
        assert "Kosovo: no dates" in drawing


def test_the_same_dates_stand_in_the_table() -> None:
    chart = gantt("terms", "Terms", "A finding.", "", [PERU, UNDATED], TODAY)
    assert chart.table is not None
    assert chart.table.rows[0] == (
        "Peru",
        "Jun 15, 2017",
        "Jun 15, 2021",
        "Jun 15, 2024",
        "Jun 15, 2022",
        "Jun 15, 2024",
        "Nov 28, 2023",
    )
    assert set(chart.table.rows[1][1:]) == {"\N{EN DASH}"}
    assert [item.label for item in chart.legend] == [
        "Term, not running",
        "Extension inside the limit",
        "Over the limit",
        "No dates",
        "Limit",
        "Exception",
        "Dialogue",
    ]


def test_text_in_a_bar_avoids_the_rings() -> None:
    def text_at(*events: dt.date) -> list[float]:
        wide, _ = drawn(replace(RUNNING, events=events))
        found = [element for element in ET.fromstring(wide).iter("text") if element.text == RUNNING.label]
        return [float(str(element.get("x"))) for element in found]

    (free,) = text_at()
    (moved,) = text_at(dt.date(2022, 7, 1))
    assert moved > free
    assert text_at(*(dt.date(2022 + month // 12, month % 12 + 1, 1) for month in range(4, 64))) == []


def test_no_term_at_all_is_still_a_calendar() -> None:
    wide, _ = drawn()
    assert "No term." in wide
    assert marks(wide, "k-today")


def test_text_after_a_bar_stays_inside_the_drawing() -> None:
    late = Term(
        "Late",
        dt.date(2020, 1, 1),
        dt.date(2025, 1, 1),
        dt.date(2027, 12, 31),
        dt.date(2025, 1, 1),
        over="36 months over",
    )
    (wide, _) = drawn(late)
    (labels,) = [mark for mark in marks(wide, "k-lb--on") if mark.get("text-anchor") == "end" and mark["x"] > 130]
    assert labels["x"] < right(marks(wide, "k-over")[0])


def test_one_term_shows_what_has_passed_and_names_today_and_the_limit() -> None:
    chart = term_bar("term", "Term", "A finding.", "", RUNNING, TODAY)
    passed, whole = sorted(mark["width"] for mark in marks(chart.wide, "k-term"))
    assert passed / whole == pytest.approx(1673 / 1826, abs=0.01)
    assert {"Today", "Limit", "2022", "2027"} <= set(texts_of(chart.wide))


@pytest.mark.parametrize("months", range(1, 180, 7))
def test_years_keep_apart_however_long_the_term(months: int) -> None:
    end = dt.date(2022 + months // 12, months % 12 + 1, 1)
    term = Term("X", dt.date(2022, 4, 26), end, end, end, running=True)
    bar, many = term_bar("term", "Term", "", "", term, TODAY), gantt("terms", "Terms", "", "", [term], TODAY)
    for drawing in (bar.wide, bar.narrow, many.wide, many.narrow):
        assert drawing is not None
        years = sorted(ends_of(e) for e in ET.fromstring(drawing).iter("text") if str(e.text).isdecimal())
        assert all(after - before >= 6 for (_, before), (after, _) in itertools.pairwise(years))


def test_half_a_term_is_refused() -> None:
    with pytest.raises(ValueError, match="both its first and its last day"):
        Term("X", dt.date(2020, 1, 1), None, None, None)
    with pytest.raises(ValueError, match="needs its first and last day"):
        term_bar("term", "Term", "", "", UNDATED, TODAY)


# ---- money ---------------------------------------------------------------------------------------------------------

FULL = Money(
    planned=Decimal(10_000_000),
    limit=Decimal(5_000_000),
    obligated=Decimal(9_600_000),
    disbursed=Decimal("7912440.18"),
    exception=Decimal(10_000_000),
)


def test_amounts_lie_inside_each_other_on_one_scale() -> None:
    drawing = money_row(FULL, top=10_000_000, width=200)
    plan, obligated, disbursed = (right(marks(drawing, style)[0]) for style in ("k-plan", "k-obl", "k-dis"))
    assert (plan, obligated, disbursed) == pytest.approx((199.4, 192, 158.2), abs=0.2)
    assert marks(drawing, "k-limit")[0]["d"].startswith("M100 ")
    assert marks(drawing, "k-exc")[0]["d"].startswith("M200 ")
    (beyond,) = marks(drawing, "k-over")
    assert (beyond["x"], right(beyond)) == (100, 200)


@pytest.mark.parametrize(("limit", "exception"), [(5_000_000, 5_200_000), (5_000_000, 10_000_000), (900, 1_000)])
def test_labels_of_limit_and_exception_do_not_overlap(limit: int, exception: int) -> None:
    chart = money_figure("money", "Money", "", "", Money(planned=exception, limit=limit, exception=exception))
    for drawing in (chart.wide, chart.narrow):
        assert drawing is not None
        width = float(str(ET.fromstring(drawing).get("width")))
        labels = [e for e in ET.fromstring(drawing).iter("text") if str(e.text).startswith(("Limit", "Exception"))]
        (left, middle), (after, right_end) = sorted(map(ends_of, labels))
        assert left >= -0.1
        assert right_end <= width + 0.1
        assert after - middle >= 7.9


def test_what_is_within_the_limit_has_nothing_hatched_and_no_second_post() -> None:
    money = Money(planned=3_500_000, limit=5_000_000, stated=4_900_000)
    drawing = money_card(money)
    assert not marks(drawing, "k-over")
    assert not marks(drawing, "k-exc")
    assert marks(drawing, "k-stated")
    assert texts_of(drawing) == ["$5M"]


def test_unknown_term_is_hatched_with_text() -> None:
    money = Money(planned=None, limit=5_000_000)
    chart = money_figure("money", "Money", "A finding.", "", money)
    assert marks(chart.wide, "k-gap")
    assert "Not recorded" in texts_of(chart.wide)
    assert chart.table is not None
    assert [row[1] for row in chart.table.rows] == ["$5,000,000.00", "Not recorded", "Not recorded", "Not recorded"]
    assert [item.label for item in money_legend([money])] == ["Not recorded", "Limit"]


def test_zero_is_known_and_drawn_as_nothing() -> None:
    drawing = money_row(Money(planned=0, limit=5_000_000, obligated=0), top=5_000_000)
    assert not marks(drawing, "k-gap")
    assert marks(drawing, "k-obl")[0]["width"] == 0


def test_the_table_has_cents_and_shares_of_what_binds() -> None:
    chart = money_figure("money", "Money", "A finding.", "", FULL)
    assert chart.table is not None
    assert chart.table.rows == (
        ("Limit", "$5,000,000.00", "\N{EN DASH}"),
        ("Exception", "$10,000,000.00", "\N{EN DASH}"),
        ("Planned", "$10,000,000.00", "100%"),
        ("Obligated", "$9,600,000.00", "96%"),
        ("Disbursed", "$7,912,440.18", "79%"),
    )
    for drawing in (chart.wide, chart.narrow):
        assert drawing is not None
        assert {"Limit $5M", "Exception $10M", "Disbursed $7.9M", "Obligated $9.6M", "$0"} <= set(texts_of(drawing))


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="Obligated is -1"):
        Money(planned=None, limit=1, obligated=-1)


# ---- results -------------------------------------------------------------------------------------------------------


def test_a_result_is_a_bar_against_post_and_ring() -> None:
    drawing = bullet(baseline=41, target=120, actual=128, whole=150, width=156)
    assert marks(drawing, "k-dis")[0]["width"] == pytest.approx(128)
    assert marks(drawing, "k-target")[0]["d"].startswith("M120 ")
    assert marks(drawing, "k-base")[0]["cx"] == pytest.approx(41)
    assert not marks(drawing, "k-gap")


def test_no_result_is_hatched_and_no_baseline_has_no_ring() -> None:
    drawing = bullet(baseline=None, target=10, actual=None, whole=20)
    assert marks(drawing, "k-gap")
    assert not marks(drawing, "k-dis")
    assert not marks(drawing, "k-base")
    assert marks(bullet(baseline=None, target=None, actual=None, whole=None), "k-gap")
    with pytest.raises(ValueError, match="starts at zero"):
        bullet(baseline=None, target=None, actual=-1, whole=None)


def test_names_are_escaped() -> None:
    evil = Term(EVIL, dt.date(2020, 1, 1), None, dt.date(2021, 1, 1), None, label=EVIL, over=EVIL)
    for drawing in drawn(evil):
        assert "<script" not in drawing
        assert EVIL in texts_of(drawing)
