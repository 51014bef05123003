"""Trends of the evidence: drawn from one series only, and otherwise the reason why there is none."""

from __future__ import annotations

import pytest

from indicators.models import Country, Indicator, Observation, Source
from selection.evidence.trends import NoTrend, trend
from selection.review.presenters import shown_trend, spark


def value(year: int, amount: float | None, *, series: str = "", label: str = "", source: str = "cpi") -> Observation:
    indicator = Indicator(code="x.y", name="X", source=Source(key=source))
    return Observation(
        indicator=indicator, country=Country(code="GHA"), year=year, period=str(year), series=series, value=amount,
        label=label, edition=str(year + 1),
    )  # fmt: skip


def found(*known: Observation, source: str = "cpi"):  # type: ignore[no-untyped-def]  # the type is that of `trend`
    return trend(known[-1], known, source)


@pytest.mark.parametrize("years", [(2024,), (2023, 2024), (2021, 2023, 2024)])
def test_values_of_one_series_are_a_trend_from_two_on(years: tuple[int, ...]) -> None:
    got = found(*(value(year, year - 2000.0) for year in years))
    assert (got.why, len(got.points)) == ((NoTrend.SINGLE, 0) if len(years) == 1 else (None, len(years)))


def test_a_trend_moved_if_its_newest_value_differs_from_the_one_before() -> None:
    assert found(value(2022, 40), value(2023, 42), value(2024, 43)).moved
    assert not found(value(2022, 40), value(2023, 43), value(2024, 43)).moved
    assert not found(value(2024, 43)).moved


def test_another_method_has_no_trend_and_names_the_earlier_value() -> None:
    got = found(value(2018, 5, series="GSI 2018"), value(2021, 3, series="GSI 2023"))
    assert (got.why, [row.series for row in got.others]) == (NoTrend.METHOD, ["GSI 2018"])
    shown = shown_trend(got)
    assert (shown.picture, shown.others) == (None, (("5", 2018, "GSI 2018"),))


def test_series_of_the_same_year_are_no_earlier_method() -> None:
    got = found(value(2024, 50, series="men"), value(2024, 52, series="women"), value(2024, 51))
    assert got.why is NoTrend.SINGLE


def test_surveys_are_no_trend() -> None:
    got = found(value(2012, 30), value(2018, 20), source="unicef")
    assert (got.why, len(got.others)) == (NoTrend.SURVEYS, 1)


def test_tiers_have_an_order_and_other_labels_have_none() -> None:
    tiers = found(value(2023, None, label="2WL"), value(2024, None, label="3"), value(2025, None, label="2"))
    assert tiers.points == ((2023, 2.0), (2024, 1.0), (2025, 3.0))
    assert found(value(2023, None, label="No"), value(2024, None, label="Some")).why is NoTrend.UNORDERED


def test_later_values_than_the_shown_one_are_left_out() -> None:
    shown = value(2023, 42)
    got = trend(shown, [value(2022, 40), shown, value(2024, 50)], "cpi")
    assert got.points == ((2022, 40), (2023, 42))


@pytest.mark.parametrize("points", [((2023, 1.0), (2024, 1.0)), ((2013, 84.0), (2020, 82.0), (2025, 80.0))])
def test_the_picture_ends_in_a_dot_within_its_frame(points: tuple[tuple[int, float], ...]) -> None:
    drawn = str(spark(points))
    assert drawn.count("k-dot") == drawn.count("k-line") == 1
    assert 'cx="71"' in drawn
