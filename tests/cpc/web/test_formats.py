from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cpc.web import formats
from indicators.sources.base import Missing

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
NOV_24 = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (None, 1, DASH),
        (0, 0, "0"),
        (-64, 0, f"{MINUS}64"),
        (1234567, 0, "1,234,567"),
        (Decimal("57.05"), 1, "57.0"),
        (-0.04, 1, "0.0"),
        (0.125, None, "0.125"),
        (Decimal("1E+3"), 0, "1,000"),
    ],
)
def test_numbers(value: formats.Number | None, places: int | None, written: str) -> None:
    assert formats.number(value, places) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(value: formats.Number) -> None:
    with pytest.raises(ValueError, match="None for a value that is not known"):
        formats.number(value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.share(0.76), "76%"),
        (formats.share(0.055), "5.5%"),
        (formats.percent(0), "0%"),
        (formats.percent(-3.25), f"{MINUS}3.2%"),
        (formats.money(9_600_000), "$9.6M"),
        (formats.money(Decimal("921760.40")), "$921,760"),
        (formats.money(-64_000_000), f"{MINUS}$64.0M"),
        (formats.dollars(Decimal("9600000")), "$9,600,000.00"),
        (formats.signed(3), "+3"),
        (formats.signed(-2), f"{MINUS}2"),
        (formats.signed(0), "0"),
        (formats.span("2", "14"), f"2{DASH}14"),
        (formats.span("2", "14", prose=True), "2 to 14"),
        (formats.span("2", "2"), "2"),
        (formats.fiscal_year(2027), "FY 2027"),
        (formats.spell_out(5), "Five"),
        (formats.spell_out(12), "12"),
    ],
)
def test_other_figures(written: str, expected: str) -> None:
    assert written == expected


def test_dates_are_utc_and_relative_to_a_given_day() -> None:
    late_in_new_york = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert formats.day(late_in_new_york) == "Nov 24, 2026"
    assert formats.moment(NOV_24) == "Nov 24, 2026, 09:00 UTC"
    assert formats.deadline(dt.date(2026, 12, 4)) == "Fri, Dec 4"
    distances = {1: "tomorrow", 0: "today", -1: "yesterday", 10: "in 10 days", 1028: "in 1,028 days", -3: "3 days ago"}
    for days, label in distances.items():
        assert formats.relative_day(NOV_24.date() + dt.timedelta(days=days), NOV_24.date()) == label


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        formats.moment(NOV_24.replace(tzinfo=None))


def test_every_reason_an_adapter_can_give_has_a_label() -> None:
    assert {formats.missing(reason) for reason in Missing} <= {label[0] for label in formats.MISSING_LABELS.values()}
    assert formats.missing("stale", 2015) == "Old: 2015"


@pytest.mark.parametrize("reason", ["", "none", "n/a"])
def test_an_unlisted_reason_is_refused(reason: Any) -> None:
    with pytest.raises(ValueError, match="use one of not_rated"):
        formats.missing(reason)


def test_a_chance_beside_a_limit_has_a_decimal_where_rounding_would_take_it_over() -> None:
    assert formats.chance(0.795, limits=(0.8, 0.05)) == "79.5%"
    assert formats.chance(0.8, limits=(0.8,)) == "80%"
    assert formats.chance(0.795) == "80%"
    assert formats.chance(0.048, limits=(0.8, 0.05)) == "4.8%"
    assert formats.chance(0.002, limits=(0.8, 0.05)) == "<1%"


@pytest.mark.parametrize(
    ("days", "text"), [(-1, ""), (0, ""), (1, "Late by 1 day"), (2, "Late by 2 days"), (1200, "Late by 1,200 days")]
)
def test_lateness_begins_on_the_day_after_the_due_day(days: int, text: str) -> None:
    due_on = dt.date(2026, 6, 30)
    assert formats.late_by(due_on, due_on + dt.timedelta(days)) == text
    assert formats.late_by(due_on, dt.datetime(2026, 6, 30, 23, 59, tzinfo=dt.UTC)) == ""
