"""Bounds of plausible days, and query parameters that a page does not know."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.exceptions import BadRequest, ValidationError
from django.test import RequestFactory

from cpc.days import DayFormField, plausible_day
from cpc.parameters import check_parameters
from cpc.plausible import PATTERN, is_plausible


@pytest.mark.parametrize(
    ("day", "plausible"),
    [
        (date(1989, 12, 31), False),
        (date(1990, 1, 1), True),
        (date(2024, 2, 29), True),
        (date(2099, 12, 31), True),
        (date(2100, 1, 1), False),
    ],
)
def test_a_day_is_plausible_from_1990_to_2099(day: date, plausible: bool) -> None:
    assert is_plausible(day) is plausible
    assert bool(re.match(PATTERN, day.isoformat())) is plausible
    if plausible:
        plausible_day(day)
        assert DayFormField().clean(day.isoformat()) == day
        return
    for refuse in (lambda: plausible_day(day), lambda: DayFormField().clean(day.isoformat())):
        with pytest.raises(ValidationError, match=r"Enter a date from Jan 1, 1990 to Dec 31, 2099\."):
            refuse()


@pytest.mark.parametrize("text", ["2023-02-29", "2000-13-01", "2000-04-31", "1992-02-30", "2000-1-1"])
def test_no_other_text_is_a_day(text: str) -> None:
    assert not re.match(PATTERN, text)


@pytest.mark.parametrize(
    ("query", "allowed", "fault"),
    [
        ("", (), None),
        ("q=a&page=2", ("page", "q"), None),
        ("color=red", ("sort", "page"), "This page does not accept “color”. It accepts page, sort."),
        ("b=1&a=", (), "This page does not accept “a”, “b”. It accepts no parameters."),
    ],
)
def test_an_unknown_parameter_is_named(query: str, allowed: tuple[str, ...], fault: str | None) -> None:
    request = RequestFactory().get(f"/?{query}")
    if fault is None:
        check_parameters(request, allowed)
        return
    with pytest.raises(BadRequest) as refused:
        check_parameters(request, allowed)
    assert str(refused.value) == fault
