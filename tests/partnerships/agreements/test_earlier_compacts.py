"""Compacts of a country as the selection shows them: documented ones with days and money, and no sample."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from partnerships.models import Partnership
from selection.lookups.earlier_compacts import EarlierCompact, earlier_compacts, policy_limits
from tests.worlds.partnerships.build import Active

ON = date(2026, 11, 30)


@pytest.mark.django_db
@pytest.mark.world("documented")
def test_the_compacts_of_ghana_and_peru_have_their_days_and_money() -> None:
    found = earlier_compacts(["GHA", "PER", "KEN"], ON)
    [ghana], [peru] = found["GHA"], found["PER"]
    assert found["KEN"] == []
    assert (ghana.signed, ghana.ended, ghana.is_over) == (date(2015, 6, 23), date(2020, 6, 23), True)
    assert ghana.sentence == (
        "Compact of Jun 23, 2015, ended Jun 23, 2020. Up to $5.0M planned, later reported as $6.9M (day not known). "
        "Above the amount of today's policy."
    )
    assert peru.sentence == (
        "Compact of Jun 15, 2017, extended to 84 months, ended Jun 15, 2024. $5.0M planned, later reports differ: "
        "$6.7M (Feb 6, 2020), more than $11.0M (2022), over $10.0M (Nov 29, 2023), more than $9.8M (October 2024) and "
        "$7.1M (day not known). Above both limits of today's policy."
    )
    assert (ghana.limits_exceeded, peru.limits_exceeded) == (("money",), ("term", "money"))
    assert (peru.months_over, peru.funding_over) == (24, Decimal(6_000_000))


@pytest.mark.django_db
@pytest.mark.world("documented")
def test_a_compact_in_force_has_its_last_day() -> None:
    [romania] = earlier_compacts(["ROU"], ON)["ROU"]
    assert (romania.is_over, romania.limits_exceeded) == (False, ("money",))
    assert ", in force until " in romania.name
    assert romania.url.startswith("/partnerships/")


@pytest.mark.parametrize(("day", "is_there"), [(date(2008, 1, 1), False), (ON, True)])
@pytest.mark.django_db
@pytest.mark.world("documented")
def test_the_limits_are_those_of_the_policy_of_the_day(day: date, is_there: bool) -> None:
    limits = policy_limits(day)
    assert (limits is not None) is is_there
    if limits is not None:
        assert (limits.months, limits.funding) == (60, Decimal(5_000_000))


def test_a_compact_run_here_counts_and_a_sample_never_does(active: Active) -> None:
    [compact] = earlier_compacts(["GHA"], ON)["GHA"]
    assert isinstance(compact, EarlierCompact)
    assert (compact.title, compact.planned and compact.planned.amount) == (
        active.partnership.title, active.partnership.planned_total
    )  # fmt: skip
    samples = Partnership.objects.filter(kind="sample").values_list("country__code", flat=True)
    assert all(not rows for rows in earlier_compacts(list(samples), ON).values())
