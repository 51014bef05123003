"""Criteria that go against the total, and the facts of need that explain it, on values built by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from selection.how_sure.queries.importance import EffectOfWeight, Opposite, _correlation, _opposites
from tests.support.rows import ranking

RISING = (0.1, 0.2, 0.3, 0.4)
FALLING = (0.4, 0.3, 0.2, 0.1)
LEVEL = (0.2, 0.2, 0.2, 0.2)


def against(key: str, r: float | None, *, axis: bool = False) -> EffectOfWeight:
    return EffectOfWeight(key, key.capitalize(), axis, 0.015, 0.2, r)


def opposites(rows: Sequence[EffectOfWeight], **values: tuple[float | None, ...]) -> list[Opposite]:
    return list(_opposites(dataclasses.replace(ranking(), values=values), rows))


def test_criteria_with_the_same_explanation_are_named_together() -> None:
    rows = [against("literacy", -0.36), against("school_life", -0.32), against("balance", -0.25)]
    found = opposites(
        rows,
        literacy=RISING,
        school_life=RISING,
        balance=FALLING,
        marriage=FALLING,
        births=FALLING,
        child_labour=RISING,
    )
    assert found == [
        Opposite(("Literacy", "School_life"), ("Child marriage", "Births not registered")),
        Opposite(("Balance",), ("Child labor, activity or chores",)),
    ]


@pytest.mark.parametrize(("r", "found"), [(-0.21, 1), (-0.2, 1), (-0.19, 0), (None, 0)])
def test_a_criterion_goes_against_the_total_from_a_fifth_on(r: float | None, found: int) -> None:
    assert len(opposites([against("literacy", r)], literacy=RISING, marriage=FALLING)) == found


def test_an_axis_and_a_criterion_without_an_explanation_are_left_out() -> None:
    assert opposites([against("feasibility", -0.5, axis=True)], feasibility=RISING, marriage=FALLING) == []
    assert opposites([against("literacy", -0.5)], literacy=RISING, marriage=RISING) == []
    assert opposites([against("literacy", -0.5)], marriage=FALLING) == []


def test_a_correlation_is_of_the_countries_that_have_both() -> None:
    values = {"a": RISING, "b": (0.3, None, 0.2, 0.1), "level": LEVEL, "one": (0.1, None, None, None)}
    assert _correlation(values, "a", "a") == pytest.approx(1.0)
    # 0.1, 0.3, 0.4 against 0.3, 0.2, 0.1: covariance -0.03 / 2, deviations 0.152753 and 0.1.
    assert _correlation(values, "a", "b") == pytest.approx(-0.981981, abs=1e-6)
    assert _correlation(values, "a", "level") == 0.0
    assert _correlation(values, "a", "one") == 0.0
    assert _correlation(values, "a", "none") == 0.0
