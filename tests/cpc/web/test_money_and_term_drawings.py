"""Whole drawings of small examples of amounts, terms, and activities."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from decimal import Decimal

from cpc.web import charts
from cpc.web.charts import Activity, Money, Term, svg
from cpc.web.charts.metrics import width as wide
from tests.cpc.web.drawn import shapes, size

n = svg.number


# ---- money ---------------------------------------------------------------------------------------------------------


def test_amounts_in_a_row() -> None:
    money = Money(planned=8, limit=5, obligated=3, disbursed=1, exception=9)
    assert shapes(charts.money_row(money, top=10, width=200)) == [
        "rect 0,6 200x10 k-track2 r1",
        "rect 0.6,6.6 158.8x8.8 k-plan r1",
        "rect 100,6.6 60x8.8 k-over",
        "rect 0.6,8.5 59.4x5 k-obl",
        "rect 0.6,8.5 19.4x5 k-dis",
        "path M100 1L100 21 k-limit",
        "path M180 1L180 21 k-exc",
    ]
    unknown = Money(planned=None, limit=5)
    assert shapes(charts.money_row(unknown, top=10, width=200))[1] == "rect 0.5,6.5 99x9 k-gap"


def test_amounts_as_a_figure() -> None:
    million = Decimal(1_000_000)
    money = Money(planned=4 * million, limit=5 * million, obligated=3 * million, disbursed=2 * million)
    chart = charts.money_figure("m", "Money", "F.", "C.", money)
    per = 760 / 5.3
    assert shapes(chart.wide) == [
        "path M1 48L762 48 k-axis",
        f"rect 1.6,18.6 {n(4 * per - 1.2)}x28.8 k-plan r1",
        f"rect 1.6,24 {n(3 * per - 0.6)}x18 k-obl",
        f"rect 1.6,24 {n(2 * per - 0.6)}x18 k-dis",
        f"path M{n(1 + 5 * per)} 13L{n(1 + 5 * per)} 52 k-limit",
        f"text {n(1 + 5 * per)},10 k-ax middle: Limit $5M",
        "text 1,68 k-ax: $0",
        "text 10,37.3 k-bar k-bar--on: Disbursed $2.0M",
        f"text {n(1 + 3 * per)},68 k-lb end: Obligated $3.0M",
    ]
    assert size(chart.wide) == ("762", "72")
    assert ET.fromstring(chart.wide).findtext("desc") == (
        "planned $4.0M, obligated $3.0M, disbursed $2.0M, limit $5.0M."
    )


def test_a_result_against_its_target() -> None:
    assert shapes(charts.bullet(baseline=20, target=60, actual=40, whole=100, width=208)) == [
        "rect 0.5,7 199x12 k-track3 r1",
        "rect 0,10 80x6 k-dis",
        "path M120 3L120 23 k-target",
        "circle 40,13 r3 k-base",
    ]
    assert shapes(charts.bullet(baseline=0, target=None, actual=None, whole=100, width=208)) == [
        "rect 0.5,7 199x12 k-track3 r1",
        "rect 0.5,9.5 199x7 k-gap",
        "circle 4,13 r3 k-base",
    ]


# ---- terms and activities ------------------------------------------------------------------------------------------

TODAY = dt.date(2021, 3, 1)
JULY, JANUARY, END, MARCH = dt.date(2020, 7, 1), dt.date(2021, 1, 1), dt.date(2021, 7, 1), dt.date(2020, 3, 1)
PERU = Term(
    "Peru",
    start=dt.date(2020, 1, 1),
    planned=JULY,
    end=END,
    limit=JANUARY,
    exception=END,
    running=True,
    events=(MARCH,),
    label="A",
    over="B",
)


def on(day: dt.date, left: float, room: float) -> float:
    """Return the place of a day on a calendar of 2020 and 2021."""
    return left + room * (day - dt.date(2020, 1, 1)).days / 731


def of_term(left: float, room: float, y: float) -> list[str]:
    """Return bar, extension, excess, exception, limit with its flag, and dialogue of the term."""
    july, january, end = (on(day, left, room) for day in (JULY, JANUARY, END))
    return [
        f"rect {n(left)},{n(y)} {n(july - left)}x18 k-term r2",
        f"rect {n(july + 1)},{n(y + 0.5)} {n(january - july - 1)}x17 k-ext r1",
        f"rect {n(january + 1)},{n(y + 0.5)} {n(end - january - 1)}x17 k-over r1",
        f"path M{n(end)} {n(y - 5)}L{n(end)} {n(y + 23)} k-exc",
        f"path M{n(january)} {n(y - 5)}L{n(january)} {n(y + 23)} k-limit",
        f"path M{n(january - 4)} {n(y - 6)}L{n(january + 4)} {n(y - 6)}L{n(january)} {n(y - 1)}Z k-limith",
        f"circle {n(on(MARCH, left, room))},{n(y + 9)} r3.4 k-dia",
    ]


def test_terms_on_a_calendar() -> None:
    chart = charts.gantt("g", "Terms", "F.", "C.", [PERU], TODAY)
    years = [on(dt.date(year, 1, 1), 128, 1034) for year in (2020, 2021, 2022)]
    today = on(TODAY, 128, 1034)
    assert size(chart.wide) == ("1172", "92")
    last = 1170 - wide("2022", 12) / 2
    assert shapes(chart.wide) == [
        f"path M{n(years[0])} 22L{n(years[0])} 70 k-grid",
        f"text {n(max(years[0], 124 + wide('2020', 12) / 2))},14 k-ax middle: 2020",
        f"path M{n(years[1])} 22L{n(years[1])} 70 k-grid",
        f"text {n(years[1])},14 k-ax middle: 2021",
        f"path M{n(years[2])} 22L{n(years[2])} 70 k-grid",
        f"text {n(min(years[2], last))},14 k-ax middle: 2022",
        "text 114,51 k-lb k-lb--on end: Peru",
        "path M128 67L1162 67 k-grid",
        *of_term(128, 1034, 38),
        "text 136,51 k-bar k-bar--on: A",
        f"text {n(on(END, 128, 1034) + 12)},51 k-lb k-lb--on: B",
        f"path M{n(today)} 20L{n(today)} 70 k-today",
        f"text {n(today)},85 k-lb middle: Today, Mar 1, 2021",
    ]
    caption = 12 + wide("Peru", 12.5, strong=True)
    narrow = shapes(chart.narrow)
    assert size(chart.narrow) == ("322", "104")
    assert narrow[:4] == [
        "path M4 20L4 82 k-grid",
        f"text {n(wide('2020', 12) / 2)},14 k-ax middle: 2020",
        "text 4,40 k-lb k-lb--on: Peru",
        f"text {n(caption)},40 k-ax k-halo: A, B",
    ]
    assert narrow[4:11] == of_term(4, 310, 50)


def test_one_term_as_a_bar() -> None:
    chart = charts.term_bar("b", "Term", "F.", "C.", PERU, TODAY)
    years = [on(dt.date(year, 1, 1), 2, 758) for year in (2020, 2021, 2022)]
    july, today = on(JULY, 2, 758), on(TODAY, 2, 758)
    pale = [row.replace("k-term", "k-term k-term--done") for row in of_term(2, 758, 24)[:-1]]
    assert shapes(chart.wide) == [
        "path M2 20L2 46 k-grid",
        f"text {n(wide('2020', 12) / 2)},60 k-ax middle: 2020",
        f"path M{n(years[1])} 20L{n(years[1])} 46 k-grid",
        f"text {n(years[1])},60 k-ax middle: 2021",
        "path M760 20L760 46 k-grid",
        f"text {n(762 - wide('2022', 12) / 2)},60 k-ax middle: 2022",
        *pale,
        f"rect 2,24 {n(july - 2)}x18 k-term r2",
        f"circle {n(on(MARCH, 2, 758))},33 r3.4 k-dia",
        f"path M{n(today)} 16L{n(today)} 48 k-today",
        f"text {n(today - 6)},19 k-lb end: Today",
        f"text {n(years[1] + 7)},12 k-ax k-halo: Limit",
    ]
    assert size(chart.wide) == ("762", "64")


def test_activities_on_a_calendar() -> None:
    activity = Activity("Train", (MARCH, JULY), (JULY, None), "Under way", ((JULY, None), (MARCH, JANUARY)))
    chart = charts.activity_gantt("a", "Work", "F.", "C.", [activity], TODAY)
    march, july, january, today = (on(day, 4, 1160) for day in (MARCH, JULY, JANUARY, TODAY))
    assert size(chart.wide) == ("1172", "96")
    assert shapes(chart.wide) == [
        "path M4 20L4 72 k-grid",
        "text 4,14 k-ax start: 2020",
        f"path M{n(january)} 20L{n(january)} 72 k-grid",
        f"text {n(january)},14 k-ax middle: 2021",
        "path M1164 20L1164 72 k-grid",
        "text 1164,14 k-ax end: 2022",
        f"path M{n(today)} 18L{n(today)} 72 k-today",
        "text 4,40 k-lb k-lb--on: Train",
        "text 1164,40 k-ax k-halo end: Under way",
        f"rect {n(march)},48 {n(july - march)}x12 k-plan r2",
        f"rect {n(july)},51 {n(today - july)}x6 k-term r1",
        f"path M{n(july)} 48L{n(july + 6)} 54L{n(july)} 60L{n(july - 6)} 54Z k-lone",
        f"path M{n(january)} 48L{n(january + 6)} 54L{n(january)} 60L{n(january - 6)} 54Z k-dot",
        "path M4 70L1164 70 k-grid",
        f"text {n(today)},88 k-lb middle: Today, Mar 1, 2021",
    ]
