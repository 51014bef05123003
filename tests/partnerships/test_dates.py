"""Calendar months: Python and PostgreSQL count them the same, on February 29 and at the ends of months, too."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partnerships.limits import Limits, add_months, latest_lawful_end, months_needed, term_within_limit
from partnerships.models import Partnership
from partnerships.schedules import ReportFrequency, passed_warnings, periods
from tests.support.error_codes import constraint_code
from tests.support.examples import examples
from tests.worlds.partnerships.build import Stage

DAYS = st.dates(date(1990, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(1, 180)
PROPERTY = settings(max_examples=examples(300), suppress_health_check=[HealthCheck.function_scoped_fixture])


def limits(months: int) -> Limits:
    return Limits(months, Decimal("5000000.00"), "A memo")


@pytest.mark.parametrize(
    ("starts_on", "last"),
    [
        (date(2021, 1, 1), date(2026, 1, 1)),
        (date(2024, 2, 29), date(2029, 2, 28)),
        (date(2023, 2, 28), date(2028, 2, 28)),
        (date(2021, 12, 31), date(2026, 12, 31)),
    ],
)
def test_the_fifth_anniversary_is_lawful_and_the_day_after_is_not(starts_on: date, last: date) -> None:
    assert latest_lawful_end(starts_on, limits(60)) == last
    assert term_within_limit(starts_on, last, limits(60), used=60) == []
    [finding] = term_within_limit(starts_on, last + timedelta(days=1), limits(60), used=60)
    assert (finding.code, finding.limit) == ("term_limit", last.isoformat())
    assert "1 day later" in finding.message
    assert finding.message.endswith("60 of 60 months are used.")


@PROPERTY
@given(first=DAYS, months=MONTHS)
@example(first=date(2024, 2, 29), months=60)
@example(first=date(2024, 2, 29), months=48)
@example(first=date(2023, 1, 31), months=1)
@example(first=date(2099, 12, 31), months=2)
def test_python_and_postgresql_add_months_the_same_way(db: None, first: date, months: int) -> None:
    last = add_months(first, months)
    days = [last + timedelta(days=shift) for shift in (-1, 0, 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (%s::date + make_interval(0, %s))::date, " + ", ".join(["cpc_months_needed(%s, %s)"] * 3),
            [first, months, *(value for day in days for value in (first, day))],
        )
        in_database, *needed = cursor.fetchone()
    assert in_database == last
    assert needed == [months_needed(first, day) for day in days]
    assert months_needed(first, last) <= months < months_needed(first, last + timedelta(days=1))


@settings(PROPERTY, max_examples=examples(60))
@given(first=st.dates(date(2014, 1, 1), date(2060, 12, 31)), shift=st.integers(-400, 400))
@example(first=date(2024, 2, 29), shift=0)
@example(first=date(2024, 2, 29), shift=1)
@example(first=date(2023, 2, 28), shift=1)
@example(first=date(2021, 12, 31), shift=0)
def test_database_check_equals_the_rule(stage: Stage, first: date, shift: int) -> None:
    partnership = Partnership.objects.first() or stage.draft()
    last = add_months(first, 60) + timedelta(days=shift)
    lawful = not term_within_limit(first, last, partnership.limits, used=0)
    assert lawful == (shift <= 0)
    try:
        with transaction.atomic():
            Partnership.objects.filter(pk=partnership.pk).update(starts_on=first, ends_on=last)
            transaction.set_rollback(True)
        code = ""
    except DatabaseError as error:
        code = constraint_code(error)
    assert code == ("" if lawful else "term_limit")


@given(first=DAYS, days=st.integers(0, 3000), frequency=st.sampled_from(ReportFrequency))
@settings(max_examples=examples(100))
def test_reporting_periods_cover_the_award_without_gap(first: date, days: int, frequency: ReportFrequency) -> None:
    last = first + timedelta(days=days)
    found = list(periods(first, last, frequency))
    assert (found[0][0], found[-1][1]) == (first, last)
    for (_, end), (start, _) in pairwise(found):
        assert start == end + timedelta(days=1)


def test_expiry_is_announced_half_a_year_a_quarter_and_a_month_before() -> None:
    ends_on = date(2026, 12, 31)
    assert [passed_warnings(ends_on, ends_on - timedelta(days=d)) for d in (181, 180, 90, 30, 0, -1)] == [
        [], [180], [180, 90], [180, 90, 30], [180, 90, 30], [],
    ]  # fmt: skip
