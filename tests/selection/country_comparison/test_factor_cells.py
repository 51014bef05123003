"""Cells of the comparison of factors, on screens built by hand."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import pytest

from selection.countries.queries.screen import Screen
from selection.country_comparison.presenters.factors import evidence, factors
from selection.country_comparison.queries import Compared, CountryPair
from tests.selection.countries import screens
from tests.selection.countries.screens import OWN, PEERS, POOLED, estimate, indicator, observation, statement
from tests.support.rows import ranking, ranking_row

BIRTHS = indicator(code="wdi.birth_registration", unit="percent of children under 5")
DASH = "\N{EN DASH}"
REGISTERED = "published: birth registration 70.6% in 2018"


def screen(code: str, found: dict[str, Any] | None, key: str = "births", **values: Any) -> Screen:
    lines = [screens.line(key, found, nominal_weight=0.07)] if found else []
    used = (statement(observation(1, 70.6, 2018, indicator=BIRTHS)),)
    made = screens.screen(lines=lines, **{"statements": {key: used}, **values})
    return dataclasses.replace(made, country=type(made.country)(code=code, name=code))


def compared(*shown: Screen, **gaps: float) -> Compared:
    rows = tuple(ranking_row(one.country.code, rank=number) for number, one in enumerate(shown, 1))
    pairs = (CountryPair("A", "B", 0.7, None, None, "", None, gaps),) if len(shown) > 1 else ()
    return Compared(cast("Any", None), ranking(rows), rows, shown, pairs, True)


def cell(found: dict[str, Any] | None, key: str = "births", **values: Any) -> Any:
    other = screen("B", estimate(), key)
    (row,) = factors(compared(screen("A", found, key, **values), other))
    return row.cells[0]


GSI = (
    statement(observation(1, 4.8, 2016, indicator=indicator(unit="points"))),
    statement(observation(2, 2.9, 2021, indicator=indicator(unit="points"))),
    statement(observation(3, 1.0, 2011, indicator=indicator(unit="points")), is_used=False),
)
LEVEL = (statement(observation(1, None, 2022, label="Moderate Advancement")),)


@pytest.mark.parametrize(
    ("key", "found", "values", "told"),
    [
        ("births", estimate(best=29.4), {}, ("29.4%", REGISTERED, False, False, True)),
        ("births", estimate(best=29.4, age=7), {}, ("29.4%", REGISTERED, False, False, True)),
        ("births", estimate(best=29.4, age=8), {}, ("29.4%", REGISTERED, True, False, True)),
        ("marriage", estimate(best=70.6), {}, ("70.6%", "2018", False, False, False)),
        ("marriage", estimate(best=60.0), {}, ("60.0%", "published: 70.6% in 2018", False, False, True)),
        (
            "child_labour",
            estimate("working", best=60.0),
            {},
            ("60.0%", "from another series, 2018", False, False, True),
        ),
        ("child_labour", estimate(OWN, best=70.6), {}, ("70.6%", "2018", False, False, False)),
        (
            "births",
            estimate(PEERS, best=None, peers=["X", "Y"], age=None),
            {},
            ("30.0%", "filled from 2 peers", False, True, False),
        ),
        (
            "births",
            estimate(PEERS, best=None, peers=["X"], age=None),
            {"status": "not_rankable"},
            ("Not known", "", False, True, False),
        ),
        (
            "prevalence",
            estimate(POOLED, best=4.7),
            {"statements": {"prevalence": GSI}},
            ("4.7", "published: 4.8 and 2.9", False, False, True),
        ),
        ("ilab", estimate(best=None), {"statements": {"ilab": LEVEL}}, ("Moderate", "2022", False, False, False)),
        ("births", estimate(best=29.4), {"statements": {}}, ("29.4%", "", False, False, False)),
        ("births", None, {}, (DASH, "", False, False, False)),
    ],
)
def test_a_cell_has_the_value_its_source_and_whether_it_is_as_published(
    key: str, found: dict[str, Any] | None, values: dict[str, Any], told: tuple[str, str, bool, bool, bool]
) -> None:
    one = cell(found, key, **values)
    assert (one.value, one.note, one.is_old, one.is_filled, one.is_changed) == told


@pytest.mark.parametrize(
    ("gap", "between", "printed"),
    [
        (2.04, "A ahead of B", "2.0"),
        (-2.06, "B ahead of A", "2.1"),
        (0.06, "A ahead of B", "0.1"),
        (0.05, "A ahead of B", "0.0"),
        (0.04, "", "0.0"),
        (-0.04, "", "0.0"),
    ],
)
def test_the_gap_names_who_is_ahead_from_a_twentieth_of_a_point(gap: float, between: str, printed: str) -> None:
    (row,) = factors(compared(screen("A", estimate()), screen("B", estimate(PEERS, peers=["X"])), births=gap))
    assert (row.between, row.is_filled, row.printed) == (between, bool(between), printed)
    assert (row.label, row.about) == ("Births not registered", "Need, 7.0 of 100; percent of children under 5")
    (sure,) = factors(compared(screen("A", estimate()), screen("B", estimate()), births=gap))
    assert not sure.is_filled


def test_factors_are_listed_by_their_gap() -> None:
    shown = [
        dataclasses.replace(
            screen(code, estimate()),
            score=screens.screen(lines=[screens.line(key, estimate()) for key in ("births", "cpi", "tier")]).score,
        )
        for code in "AB"
    ]
    found = factors(compared(*shown, births=1.0, cpi=-3.0, tier=0.5))
    assert [row.key for row in found] == ["cpi", "births", "tier"]


@pytest.mark.parametrize(
    ("unit", "values", "about"),
    [
        ("percent", {}, "Need, 7.0 of 100"),
        ("%", {}, "Need, 7.0 of 100"),
        ("points", {"maximum": 40.0}, "Need, 7.0 of 100; of 40 points"),
        ("points", {"maximum": None}, "Need, 7.0 of 100; points"),
        ("people", {"maximum": 40.0}, "Need, 7.0 of 100; people"),
        ("people", {"code": "another"}, "Need, 7.0 of 100"),
    ],
)
def test_unit_is_named_unless_the_values_include_it(unit: str, values: dict[str, Any], about: str) -> None:
    of = indicator(unit=unit, **{"code": "wdi.birth_registration", **values})
    used = {"births": (statement(observation(1, 70.6, indicator=of)),)}
    (row,) = factors(compared(screen("A", estimate(), statements=used)))
    assert row.about == about


def test_a_country_without_the_factor_has_no_evidence() -> None:
    found = compared(screen("A", estimate(best=29.4)), screen("B", None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(BIRTHS), "stated_publisher", "World Bank, Washington")
        ((factor, publishers, rows),) = evidence(found, factors(found))
    assert (factor.label, publishers, [row.name for row in rows]) == ("Births not registered", "World Bank", ["A"])
    assert rows[0].use is not None
    assert (rows[0].use["kind"], rows[0].use["counts_as"]) == ("exact", "29.4%")
    unknown = compared(screen("A", estimate(PEERS, best=None, peers=["X"]), status="not_rankable", statements={}))
    assert evidence(unknown, factors(unknown))[0][2][0].use is None
