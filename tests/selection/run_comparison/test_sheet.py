"""Sheet of a comparison: every column with its width and its value, for a country that moves, enters, or leaves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from selection.run_comparison.presenters.causes import CauseText, sheet_fields, sheet_rows
from selection.run_comparison.queries.causes import Cause
from selection.run_comparison.queries.comparison import RunMove
from selection.run_comparison.queries.data_differences import DataBehind
from tests.selection.run_comparison.built import change, comparison, line
from tests.support.rows import ranking_row


def published(pk: int, value: float, edition: str) -> Any:
    """Return a published value of births in a file of an edition."""
    source = SimpleNamespace(publisher="UNICEF, Data Warehouse")
    measured = SimpleNamespace(
        pk=1, name="Births not registered", code="births", unit="percent", decimals=1, direction=0, source=source
    )
    batch = SimpleNamespace(published_on=None, edition=edition)
    return SimpleNamespace(
        pk=pk, value=value, label="", missing="", series="", period="2018", indicator=measured, indicator_id=1,
        batch_id=pk, batch=batch, edition=edition,
    )  # fmt: skip


def causes(*moves: RunMove, hidden: frozenset[str] = frozenset()) -> CauseText:
    rows = {1: published(1, 20.0, "2025"), 2: published(2, 23.0, "2026")}
    return CauseText(comparison(*moves), DataBehind(observations=rows, editions=(), other=()), hidden)


BIRTHS = change(
    points=2.4, before=line(20.0, observations=[1]), after=line(23.0, observations=[2], nominal_weight=0.08)
)
GHANA = RunMove(
    before=ranking_row("GHA", "Ghana", rank=9, score=51.3),
    after=ranking_row("GHA", "Ghana", rank=4, score=53.7),
    places=5,
    points=2.4,
    alone=4,
    cause=Cause.DATA,
    changes=(BIRTHS, change("marriage", points=0.1, before=None)),
)
LABELS = [
    ("Country", 28),
    ("Code", 8),
    ("Rank, run 1", 10),
    ("Rank, run 2", 10),
    ("Places up among those ranked by both", 12),
    ("Places up by its own changes alone", 12),
    ("Standing", 24),
    ("Score, run 1", 10),
    ("Score, run 2", 10),
    ("Main cause", 24),
    ("Ranks up, by part", 48),
    ("Criterion", 32),
    ("Cause", 24),
    ("Points", 10),
    ("Value, run 1", 28),
    ("Value, run 2", 28),
    ("Edition, run 1", 28),
    ("Edition, run 2", 28),
    ("Note", 40),
]


def told(found: CauseText) -> list[list[Any]]:
    columns = sheet_fields(found)
    assert [(column.label, column.width) for column in columns] == LABELS
    return [[column.cell(row) for column in columns] for row in sheet_rows(found)]


def test_a_country_has_a_row_for_each_criterion_that_differs() -> None:
    of_ghana = ["Ghana", "GHA", 9, 4, 5, 4, "", 51.3, 53.7, "Other data", ""]
    first, second = told(causes(GHANA))
    assert first == [
        *of_ghana,
        "Births not registered",
        "Other data",
        2.4,
        "Births not registered: 20.0% (2018)",
        "Births not registered: 23.0% (2018)",
        "UNICEF, 2025 edition",
        "UNICEF, 2026 edition",
        "revised for the same year; weight 8.0 of 100, was 7.0",
    ]
    assert second[: len(of_ghana) + 3] == [*of_ghana, "Child marriage", "Other data", 0.1]
    assert second[14] == "not counted"
    assert second[16] == ""


def test_a_criterion_that_the_reader_does_not_see_yet_is_left_out() -> None:
    [row] = told(causes(GHANA, hidden=frozenset({"births"})))
    assert row[11] == "Child marriage"
    [row] = told(causes(GHANA, hidden=frozenset({"births", "marriage"})))
    assert row[11:] == ["", "", None, "", "", "", "", ""]
    assert row[:3] == ["Ghana", "GHA", 9]


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ({"before": None}, (None, 4, None, None, "Newly ranked", None, 53.7)),
        (
            {"after": ranking_row("GHA", "Ghana", status="outside_pool")},
            (9, None, None, None, "No longer ranked: outside the pool", 51.3, None),
        ),
    ],
)
def test_what_only_one_run_knows_is_empty_for_the_other(values: dict[str, Any], cells: tuple[Any, ...]) -> None:
    known = {"before": GHANA.before, "after": GHANA.after, "places": None, "points": None, "changes": (BIRTHS,)}
    [row] = told(causes(RunMove(**{**known, **values})))
    assert tuple(row[2:9]) == cells
    assert row[13] is None


def test_a_rated_criterion_has_no_published_value() -> None:
    rated = change("forms", before=line(None, ratings=[1]), after=line(None))
    [row] = told(causes(RunMove(GHANA.before, GHANA.after, 5, 1.0, cause=Cause.DATA, changes=(rated,))))
    assert row[14:18] == ["as rated", "not rated", "", ""]
