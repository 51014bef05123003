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
        (formats.spell_out(0, "note is", "notes are"), "No notes are"),
        (formats.spell_out(1, "note is", "notes are"), "One note is"),
        (formats.spell_out(2, "note is", "notes are"), "Two notes are"),
    ],
)
def test_other_figures(written: str, expected: str) -> None:
    assert written == expected


def test_dates_are_utc_and_relative_to_a_given_day() -> None:
    late_in_new_york = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert formats.day(late_in_new_york) == "Nov 24, 2026"
    assert formats.moment(NOV_24) == "Nov 24, 2026, 09:00 UTC"
    assert formats.moment(late_in_new_york) == "Nov 24, 2026, 04:30 UTC"
    assert formats.time(late_in_new_york) == "04:30 UTC"
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


def test_chance_has_a_decimal_where_rounding_would_cross_a_limit() -> None:
    assert formats.chance(0.795, limits=(0.8, 0.05)) == "79.5%"
    assert formats.chance(0.8, limits=(0.8,)) == "80%"
    assert formats.chance(0.795) == "80%"
    assert formats.chance(0.048, limits=(0.8, 0.05)) == "4.8%"
    assert formats.chance(0.002, limits=(0.8, 0.05)) == "<1%"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 places"),
        (0.5, "0.5 places"),
        (1, "1 place"),
        (1.0, "1 place"),
        (2, "2 places"),
        (15.0, "15 places"),
        (1500, "1,500 places"),
    ],
)
def test_count_with_its_noun(count: float, text: str) -> None:
    assert formats.count_of(count, "place") == text


def test_noun_with_a_plural_of_its_own() -> None:
    assert formats.count_of(1, "country", "countries") == "1 country"
    assert formats.count_of(3, "country", "countries") == "3 countries"


@pytest.mark.parametrize(("count", "verb"), [(0, "are"), (1, "is"), (2, "are")])
def test_verb_agrees_with_its_count(count: int, verb: str) -> None:
    assert formats.agree(count, "is", "are") == verb


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ("", None, ""),
        ("A", None, "A"),
        ("AB", None, "A and B"),
        ("ABC", None, "A, B and C"),
        ("ABC", 3, "A, B and C"),
        ("ABCD", 3, "A, B, C and D"),
        ("ABCDE", 3, "A, B, C and 2 more"),
    ],
)
def test_listing_names_the_first_and_counts_the_rest(names: str, most: int | None, text: str) -> None:
    assert formats.listing(list(names), most=most) == text
    assert formats.listing(list(names), "or", most=most) == text.replace(" and ", " or ")


@pytest.mark.parametrize(
    ("days", "text"), [(-1, ""), (0, ""), (1, "Late by 1 day"), (2, "Late by 2 days"), (1200, "Late by 1,200 days")]
)
def test_lateness_begins_on_the_day_after_the_due_day(days: int, text: str) -> None:
    due_on = dt.date(2026, 6, 30)
    assert formats.late_by(due_on, due_on + dt.timedelta(days)) == text
    assert formats.late_by(due_on, dt.datetime(2026, 6, 30, 23, 59, tzinfo=dt.UTC)) == ""


@pytest.mark.parametrize(
    ("value", "text", "prose"),
    [
        (None, DASH, DASH),
        (0, "<1%", "under 1%"),
        (0.0099, "<1%", "under 1%"),
        (0.01, "1%", "1%"),
        (0.015, "2%", "2%"),
        (0.99, "99%", "99%"),
        (0.9901, ">99%", "over 99%"),
        (1, ">99%", "over 99%"),
    ],
)
def test_a_chance_is_never_none_and_never_certain(value: float | None, text: str, prose: str) -> None:
    assert (formats.chance(value), formats.chance(value, prose=True)) == (text, prose)


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_a_chance_is_a_share(value: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        formats.chance(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.796, "79.6%"),
        (0.7949, "79%"),
        (0.804, "80%"),
        (0.805, "80%"),
        (0.045, "4%"),
        (0.046, "4.6%"),
        (0.05, "5%"),
        (0.054, "5%"),
    ],
)
def test_a_decimal_keeps_a_chance_on_its_side_of_a_limit(value: float, text: str) -> None:
    assert formats.chance(value, limits=(0.8, 0.05)) == text


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        (None, DASH),
        (0, "0%"),
        (0.04, "0.0%"),
        (9.94, "9.9%"),
        (10, "10%"),
        (10.4, "10%"),
        (-9.9, f"{MINUS}9.9%"),
        (-10, f"{MINUS}10%"),
        (1234, "1,234%"),
    ],
)
def test_a_percentage_has_a_decimal_below_ten(value: float | None, percent: str) -> None:
    assert formats.percent(value) == percent
    assert formats.share(None if value is None else Decimal(str(value)) / 100) == percent


@pytest.mark.parametrize(
    ("value", "money", "dollars"),
    [
        (None, DASH, DASH),
        (0, "$0", "$0.00"),
        (Decimal("0.50"), "$0", "$0.50"),
        (999_999, "$999,999", "$999,999.00"),
        (1_000_000, "$1.0M", "$1,000,000.00"),
        (999_900_000, "$999.9M", "$999,900,000.00"),
        (1_000_000_000, "$1.0B", "$1,000,000,000.00"),
        (-1_000_000_000, f"{MINUS}$1.0B", f"{MINUS}$1,000,000,000.00"),
        (-999_999, f"{MINUS}$999,999", f"{MINUS}$999,999.00"),
    ],
)
def test_dollars_in_charts_and_in_ledgers(value: formats.Number | None, money: str, dollars: str) -> None:
    assert (formats.money(value), formats.dollars(value)) == (money, dollars)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (None, 0, DASH),
        (0.4, 0, "0"),
        (-0.4, 0, "0"),
        (0.6, 0, "+1"),
        (0.04, 1, "0.0"),
        (0.06, 1, "+0.1"),
        (10, 0, "+10"),
    ],
)
def test_a_change_that_rounds_to_zero_has_no_sign(value: float | None, decimals: int, text: str) -> None:
    assert formats.signed(value, decimals) == text


@pytest.mark.parametrize(
    ("days", "text"), [(-2, "2 days ago"), (2, "in 2 days"), (1000, "in 1,000 days"), (-1000, "1,000 days ago")]
)
def test_the_distance_to_a_day(days: int, text: str) -> None:
    assert formats.relative_day(NOV_24.date() + dt.timedelta(days), NOV_24.date()) == text
    assert formats.relative_day(None, NOV_24.date()) == DASH


def test_what_is_not_known_is_a_dash() -> None:
    assert [formats.day(None), formats.deadline(None), formats.moment(None), formats.fiscal_year(None)] == [DASH] * 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, DASH),
        ("", DASH),
        (0, "0"),
        (False, "no"),
        (True, "yes"),
        ("Ghana", "Ghana"),
        (["in_force"], "in_force"),
        (["Ghana", True, None], f"Ghana, yes, {DASH}"),
        ([], DASH),
        ([{"device": "Mac", "address": "198.51.100.7"}], "device Mac, address 198.51.100.7"),
        ({}, DASH),
    ],
)
def test_the_value_of_a_field(value: object, text: str) -> None:
    assert formats.plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "No"), (1, "One"), (9, "Nine"), (10, "10"), (1000, "1,000"), (-1, f"{MINUS}1")]
)
def test_a_count_at_the_start_of_a_sentence(value: int, text: str) -> None:
    assert formats.spell_out(value) == text


def test_counts_to_nine_are_spelled_out() -> None:
    words = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "10"]
    assert [formats.spell_out(value) for value in range(11)] == words
    assert formats.spell_out(-1) == formats.number(-1)


@pytest.mark.parametrize(
    ("noun", "text"),
    [("risk", "a risk"), ("objective", "an objective"), ("award", "an award"), ("plan", "a plan"), ("item", "an item")],
)
def test_a_noun_has_its_article(noun: str, text: str) -> None:
    assert formats.with_article(noun) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It can end on 2031-11-29 at the latest.", "It can end on Nov 29, 2031 at the latest."),
        ("USD 350,000.00 is obligated.", "$350,000.00 is obligated."),
        ("Prices are in USD.", "Prices are in USD."),
        ("Award 2026-99-01 of 2026", "Award 2026-99-01 of 2026"),
        ("Due 2026-01-02: “By 2026-01-02, USD 5”; USD 6", "Due Jan 2, 2026: “By 2026-01-02, USD 5”; $6"),
        ("Award X-2026-01-02 and 2026-01-02T10:00", "Award X-2026-01-02 and 2026-01-02T10:00"),
        ("", ""),
    ],
)
def test_days_and_dollars_of_a_rule_are_shown_as_pages_print_them(text: str, shown: str) -> None:
    assert formats.as_shown(text) == shown
