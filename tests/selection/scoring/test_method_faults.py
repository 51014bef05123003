"""Faults of the fields of version 4 of the method, each at its boundary, as the engine reports them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from selection.scoring import Goalposts, Model, OrdinalMap, validate
from selection.scoring.method import Choice, Combine, Estimate, Method, Option, Scale, Series, Transitions

from .build import leaf, model

SHARE = Goalposts(0.0, 100.0)
LABELS = OrdinalMap((("high", 1.0), ("low", 0.0)))
ONE, TWO = (Series("own", "Own", "a"),), (Series("own", "Own", "a"), Series("part", "Part", "b"))
STEP = ((0.8, 0.2), (0.3, 0.7))
PLAIN, OTHER = Option("plain", "Plain"), Option("other", "Other", arithmetic=True)
ROOT = Choice("root", "Root", (PLAIN, OTHER))


def of(how: Estimate, function: Any = SHARE, method: Method | None = None) -> list[tuple[str, str]]:
    """Return the codes and paths of the findings about a model with one such criterion."""
    leaves = (leaf("x", 1.0, function, estimate=how), leaf("y", 1.0, SHARE, estimate=Estimate()))
    return found(model(*leaves, method=method or Method(first=2, short=1), root_tau=0, node_tau=0))


def found(built: Model) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in validate(built)]


def both(measurement: float = 0.0, drift: float = 0.0, series: tuple[Series, ...] = TWO) -> Estimate:
    return Estimate(Scale.LOGIT, series, Combine.SURVEYS, measurement=measurement, drift=drift)


def one_pooled(measurement: float, agreement: float, series: tuple[Series, ...] = ONE) -> Estimate:
    return Estimate(Scale.POINTS, series, Combine.POOLED, measurement=measurement, agreement=agreement)


@pytest.mark.parametrize(
    ("how", "codes"),
    [
        (Estimate(trend_years=-1), ["trend"]),
        (Estimate(trend_years=0), []),
        (Estimate(trend_years=1), []),
        (Estimate(clip=(1.0, 0.0)), ["clip"]),
        (Estimate(clip=(1.0, 1.0)), ["clip"]),
        (Estimate(clip=(1.0, math.nextafter(1.0, 2.0))), []),
        (Estimate(clip=(-math.inf, 1.0)), ["clip"]),
        (Estimate(clip=(0.0, math.inf)), ["clip"]),
        (Estimate(clip=(math.nan, 1.0)), ["clip"]),
        (both(), ["surveys_series"]),
        (both(measurement=1e-9), []),
        (both(drift=1e-9), []),
        (both(0.1, series=ONE), ["surveys_series"]),
        (both(0.1, series=(*TWO, Series("third", "Third", "c"))), []),
        (both(0.1, series=()), ["surveys_series"]),
        (both(0.1, series=(ONE[0], Series("combined", "Part", "b"))), ["series_key"]),
        (both(0.1, series=(ONE[0], Series("own_first", "Part", "b"))), ["series_key"]),
        (both(0.1, series=(ONE[0], Series("newest", "Part", "b"))), ["series_key"]),
        (one_pooled(0.0, 1.0), ["pooled_series"]),
        (one_pooled(1.0, 0.0), ["pooled_series"]),
        (one_pooled(1e-9, 1e-9), []),
        (one_pooled(1.0, 1.0, ()), ["pooled_series"]),
        (one_pooled(0.0, 0.0, TWO), []),
    ],
)
def test_faults_of_an_estimate(how: Estimate, codes: list[str]) -> None:
    assert of(how) == [(code, "root/x") for code in codes]


@pytest.mark.parametrize(
    ("due", "is_day"),
    [
        ("06-30", True), ("06-31", False), ("02-28", True), ("02-29", False), ("01-01", True), ("12-31", True),
        ("12-32", False), ("00-01", False), ("13-01", False), ("01-00", False), ("6-30", False), ("06-3", False),
        ("0630", False), ("06-30 ", False), ("June 30", False),
    ],
)  # fmt: skip
def test_a_due_day_is_a_day_that_every_year_has(due: str, is_day: bool) -> None:
    how = Estimate(transitions=Transitions(("low", "high"), (STEP,), due=due))
    assert of(how, LABELS) == ([] if is_day else [("transitions_due", "root/x")])


@pytest.mark.parametrize(("tables", "due", "codes"), [
    (1, "06-30", []), (2, "06-30", ["transitions_due"]), (2, "", []), (0, "06-30", ["transitions_shape"]),
])  # fmt: skip
def test_a_due_day_has_one_table(tables: int, due: str, codes: list[str]) -> None:
    how = Estimate(transitions=Transitions(("low", "high"), (STEP,) * tables, due=due))
    assert of(how, LABELS) == [(code, "root/x") for code in codes]


@pytest.mark.parametrize(
    ("choices", "all_in", "codes"),
    [((), True, ["all_in"]), ((), False, []), ((ROOT,), True, []), ((ROOT,), False, [])],
)
def test_designs_are_drawn_only_where_there_is_a_choice(
    choices: tuple[Choice, ...], all_in: bool, codes: list[str]
) -> None:
    method = Method(first=2, short=1, choices=choices, all_in=all_in)
    assert of(Estimate(), method=method) == [(code, "method/") for code in codes]


@pytest.mark.parametrize(
    ("ends", "unscaled", "is_sound"),
    [
        ((5.0, 95.0), False, True),
        ((0.0, 100.0), False, True),
        ((-0.1, 95.0), False, False),
        ((5.0, 100.1), False, False),
        ((50.0, 50.0), False, False),
        ((95.0, 5.0), False, False),
        ((5.0, 95.0), True, False),
    ],
)
def test_percentiles_are_two_of_the_countries_the_lower_first(
    ends: tuple[float, float], unscaled: bool, is_sound: bool
) -> None:
    way = Option("other", "Other", percentiles=ends, unscaled=unscaled)
    method = Method(first=2, short=1, choices=(Choice("axes", "Axes", (PLAIN, way)),))
    assert of(Estimate(), method=method) == ([] if is_sound else [("option", "choices/axes")])


def test_percentiles_change_something_and_so_are_not_the_model_s_own_way() -> None:
    way = replace(PLAIN, percentiles=(5.0, 95.0))
    method = Method(first=2, short=1, choices=(Choice("axes", "Axes", (way, OTHER)),))
    assert of(Estimate(), method=method) == [("first_option", "choices/axes")]


@pytest.mark.parametrize("name", ["own_first", "newest"])
@pytest.mark.parametrize(
    ("how", "is_sound"),
    [
        (both(0.1), True),
        (replace(both(0.1), combine=Combine.FIRST), False),
        (one_pooled(1.0, 1.0, TWO), False),
        (Estimate(), False),
    ],
)
def test_only_two_surveys_have_other_ways_to_take_them(name: str, how: Estimate, is_sound: bool) -> None:
    way = Option("other", "Other", values=(("x", name),))
    method = Method(first=2, short=1, choices=(Choice("surveys", "Surveys", (PLAIN, way)),))
    assert of(how, method=method) == ([] if is_sound else [("option", "choices/surveys")])


@pytest.mark.parametrize(("name", "is_sound"), [("mean", False), ("pooled", False), ("part", True), ("gone", False)])
def test_two_surveys_are_no_editions(name: str, is_sound: bool) -> None:
    way = Option("other", "Other", values=(("x", name),))
    method = Method(first=2, short=1, choices=(Choice("surveys", "Surveys", (PLAIN, way)),))
    assert of(both(0.1), method=method) == ([] if is_sound else [("option", "choices/surveys")])


def test_fields_of_version_4_leave_the_hash_of_a_model_without_them() -> None:
    plain = Method(first=2, short=1, choices=(ROOT,))
    built = model(
        leaf("x", 1.0, LABELS, estimate=Estimate(transitions=Transitions(("low", "high"), (STEP,)))), method=plain
    )
    written = str(built.to_dict())
    for name in ("due", "trend_years", "clip", "percentiles", "all_in", "income_group"):
        assert f"'{name}':" not in written
    assert Model.from_dict(built.to_dict()) == built
    again = replace(built, method=replace(plain, all_in=True, income_group="income"))
    assert Model.from_dict(again.to_dict()) == again
    assert again.hash != built.hash
