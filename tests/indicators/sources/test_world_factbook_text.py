"""Figures in The World Factbook's prose: a text is read completely or rejected."""

from __future__ import annotations

from decimal import Decimal

import pytest

from indicators.sources.base import Missing
from indicators.sources.world_factbook_text import Moment, Unit, UnreadableFigure, figure, moment


@pytest.mark.parametrize(
    ("text", "unit", "value", "when"),
    [
        ("$55.185 billion (2019 est.)", Unit.DOLLARS, "55185000000", Moment("2019", True)),
        ("$746,000", Unit.DOLLARS, "746000", None),
        ("-$1.5 million (FY04/05)", Unit.DOLLARS, "-1500000", Moment("FY2005", False)),
        (
            "$2.684 trillion (2022 est.) <b>note:</b> without grants",
            Unit.DOLLARS,
            "2684000000000",
            Moment("2022", True),
        ),
        ("12 years (2022 est.)", Unit.YEARS, "12", Moment("2022", True)),
        ("1 year", Unit.YEARS, "1", None),
        ("76.5% (2021 est.)", Unit.PERCENT, "76.5", Moment("2021", True)),
        ("13.7% (December 2014 est.)", Unit.PERCENT, "13.7", Moment("2014", True)),
        ("25.3% (2010-11)", Unit.PERCENT, "25.3", Moment("2011", False)),
        ("-5.8% of GDP (FY 2013 est.)", Unit.PERCENT_OF_GDP, "-5.8", Moment("FY2013", True)),
        ("8,174,527 (with the Golan Heights) (July 2016 est.)", Unit.PERSONS, "8174527", Moment("2016", True)),
        ("22.235 million&nbsp;(July 2016 est.)", Unit.PERSONS, "22235000", Moment("2016", True)),
    ],
)
def test_figure(text: str, unit: Unit, value: str, when: Moment | None) -> None:
    found = figure(text, unit)
    assert (found.value, found.moment, found.raw) == (Decimal(value), when, text)


@pytest.mark.parametrize(
    ("text", "unit", "missing", "when"),
    [
        ("NA", Unit.PERCENT, Missing.NOT_COLLECTED, None),
        ("NA%", Unit.PERCENT, Missing.NOT_COLLECTED, None),
        ("$NA", Unit.DOLLARS, Missing.NOT_COLLECTED, None),
        ("NA% of GDP", Unit.PERCENT_OF_GDP, Missing.NOT_COLLECTED, None),
        ("N/A (2013 est.)", Unit.PERCENT, Missing.NOT_COLLECTED, Moment("2013", True)),
        ("uninhabited", Unit.PERSONS, Missing.NOT_APPLICABLE, None),
        ("see entry for the the West Bank", Unit.DOLLARS, Missing.NOT_APPLICABLE, None),
    ],
)
def test_no_figure(text: str, unit: Unit, missing: Missing, when: Moment | None) -> None:
    found = figure(text, unit)
    assert (found.value, found.missing, found.moment) == (None, missing, when)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("4%-5% (2010 est.)", Unit.PERCENT, "a range"),
        ("about 12% (2010)", Unit.PERCENT, "not a figure in percent"),
        ("12% of the young (2010)", Unit.PERCENT, "follows the figure"),
        ("5.8% (2016)", Unit.PERCENT_OF_GDP, "not a figure"),
        ("1,23 million", Unit.PERSONS, "not a figure"),
        ("$3 zillion", Unit.DOLLARS, "follows the figure"),
        ("NAURU", Unit.PERCENT, "not a figure"),
        ("", Unit.PERCENT, "not a figure"),
    ],
)
def test_what_is_not_understood_whole_is_refused(text: str, unit: Unit, expected: str) -> None:
    with pytest.raises(UnreadableFigure, match=expected):
        figure(text, unit)


@pytest.mark.parametrize("text", ["official rates", "2016 survey", "12", "13/14", ""])
def test_a_remark_is_no_moment(text: str) -> None:
    assert moment(text) is None
