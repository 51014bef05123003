"""Editions: the newest one for all countries, and those that are due and not loaded."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from indicators.queries import Known
from indicators.sources.dating import editions_due
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage, read
from selection.reference_data import FORMER_MODELS
from selection.scoring_inputs.cells import Cell, choose
from selection.scoring_inputs.screening import _overdue
from tests.selection.scoring_inputs.test_pool_facts import known

ILAB = read().row("ilab")
CODES = ("A", "B", "C", "D", "E")


def level(country: str, year: int, label: str = "Moderate Advancement", **values: str) -> Known:
    return known(country, year, label, indicator="ilab.advancement", **values)


LEVELS = [
    level("A", 2023, "Minimal Advancement"),
    level("A", 2024),
    level("B", 2023, "Significant Advancement"),
    level("C", 2023),
    level("C", 2024, "No Assessment"),
    level("E", 2024, "", missing="suppressed"),
    level("E", 2023),
]
"""A is in the newest edition, B only in an earlier one, D in none. In the newest, C is not assessed, E has no level."""


def cells(row: CriterionRow = ILAB) -> tuple[dict[str, Cell], str]:
    return choose(row, LEVELS, CODES)


def test_the_newest_edition_holds_for_all_countries() -> None:
    found, period = cells()
    assert period == "2024"
    assert found["A"] == Cell(used=LEVELS[1])
    assert found["B"] == Cell(missing="not_applicable", shown=LEVELS[2])
    assert found["C"] == Cell(missing="not_applicable", shown=LEVELS[4])
    assert found["D"] == Cell(missing="not_applicable")
    assert found["E"] == Cell(missing="not_applicable", shown=LEVELS[6])


def test_each_country_has_its_own_newest_level_in_version_3() -> None:
    found, period = cells(read(FORMER_MODELS[0]).row("ilab"))
    assert period == ""
    used = {code: cell.used.period if cell.used else "" for code, cell in found.items()}
    assert used == {"A": "2024", "B": "2023", "C": "", "D": "", "E": "2023"}


def test_the_reason_of_a_country_without_a_level_is_that_of_the_model() -> None:
    found, _ = cells(replace(ILAB, absent="not_collected"))
    reasons = {code: cell.missing for code, cell in found.items()}
    # The label states its own reason.
    assert reasons == {
        "A": "", "B": "not_collected", "C": "not_applicable", "D": "not_collected", "E": "not_collected"
    }  # fmt: skip


def test_an_edition_that_only_infers_is_not_the_newest() -> None:
    inferred = level("B", 2025, quality="inferred")
    found, period = choose(ILAB, [*LEVELS, inferred], CODES)
    assert period == "2024"
    assert found["B"] == Cell(missing="not_applicable", shown=LEVELS[2])
    found, _ = choose(ILAB, [inferred], CODES)
    assert found["B"] == Cell(missing="not_applicable", shown=inferred)


def test_without_any_value_there_is_no_edition() -> None:
    assert choose(ILAB, [], ["A"]) == ({"A": Cell(missing="not_applicable")}, "")


# ---- editions that are due -----------------------------------------------------------------------------------------

JUNE_30 = (6, 30)


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (dt.date(2025, 6, 30), ()),
        (dt.date(2026, 6, 29), ()),
        (dt.date(2026, 6, 30), (2026,)),
        (dt.date(2026, 7, 1), (2026,)),
        (dt.date(2027, 6, 29), (2026,)),
        (dt.date(2027, 6, 30), (2026, 2027)),
        (dt.date(2024, 12, 31), ()),
    ],
)
def test_an_edition_is_due_on_its_day(on: dt.date, years: tuple[int, ...]) -> None:
    assert editions_due(2025, on, JUNE_30) == years


def overdue(
    on: dt.date, *unpublished: tuple[str, str], loaded: str = "2025", table: ModelTable | None = None
) -> dict[str, int]:
    table = table or read()
    periods = {row.key: "" for row in table.rows(Stage.SCREEN)} | {"tier": loaded}
    return _overdue(table, Stage.SCREEN, periods, on, unpublished)


@pytest.mark.parametrize(
    ("on", "count"),
    [
        (dt.date(2026, 6, 29), 0),
        (dt.date(2026, 6, 30), 1),
        (dt.date(2026, 7, 1), 1),
        (dt.date(2027, 6, 29), 1),
        (dt.date(2027, 6, 30), 2),
    ],
)
def test_overdue_editions_are_counted_from_their_day(on: dt.date, count: int) -> None:
    assert overdue(on) == {"tier": count}


@pytest.mark.parametrize(
    ("stated", "count"),
    [
        ([("tip.tier", "2026")], 1),
        ([("tip.tier", "2026"), ("tip.tier", "2027")], 0),
        ([("tip.tier", "2025")], 2),
        ([("ilab.advancement", "2026")], 2),
        ([("tip.tier", "2028")], 2),
    ],
)
def test_an_edition_that_is_not_published_by_a_statement_is_not_overdue(
    stated: list[tuple[str, str]], count: int
) -> None:
    assert overdue(dt.date(2027, 6, 30), *stated) == {"tier": count}


def test_nothing_is_overdue_without_an_edition_or_a_due_day() -> None:
    day = dt.date(2027, 6, 30)
    assert overdue(day, loaded="") == {}
    assert overdue(day, loaded="FY2025") == {}
    assert overdue(day, loaded="2027") == {"tier": 0}
    assert overdue(day, table=read(FORMER_MODELS[0])) == {}
