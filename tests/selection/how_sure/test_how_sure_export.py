"""Sheets of How sure: every column of the ranks, the work list, and the weights, with its width and its value."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from cpc.web.tables import Column
from selection.how_sure.presenters import export
from selection.how_sure.presenters.export import TaskRow
from selection.how_sure.presenters.work_list import DataLink
from selection.how_sure.queries.findings import HowSure, Way, WeightSlack
from selection.how_sure.queries.importance import EffectOfWeight
from selection.runs.rows import RankingRow
from tests.selection.how_sure import all_in
from tests.selection.how_sure.built import ranked
from tests.selection.how_sure.built import sure as built
from tests.support.rows import former_table, ranking, ranking_row

GHANA = ranking_row(
    "GHA",
    "Ghana",
    rank=3,
    low=1,
    high=12,
    group="open",
    p20=0.796,
    designs=0.896,
    bins=(0.1, 0.2, 0.3),
    widths={"age": 7, "weights": 8, "total": 11, "designs": 9},
    ranges={"age": (2, 9), "weights": (1, 9)},
    designs_range=(4, 13),
    singles=(3, 5),
    all_in=all_in.figures(0.84),
)
WAYS = (Way("", ""), Way("Scale of need", "logarithmic"))


def told(fields: tuple[Column[Any], ...], row: Any) -> list[tuple[str, int, Any]]:
    return [(column.label, column.width, column.cell(row)) for column in fields]


def sure(*rows: RankingRow, **values: Any) -> HowSure:
    return built([*rows, *ranked(9)], ways=WAYS, **values)


# ---- ranks ---------------------------------------------------------------------------------------------------------

RANKS: list[tuple[str, int, Any]] = [
    ("Rank", 6, 3),
    ("Country", 28, "Ghana"),
    ("Code", 8, "GHA"),
    ("First 20: in, open or out", 12, "open"),
    ("Share of draws at ranks 1 to 5", 12, 0.1),
    ("Share of draws at ranks 6 to 10", 12, 0.2),
    ("Share of draws in the first 20", 12, 0.796),
    ("Age: highest rank", 12, 2),
    ("Age: lowest rank", 12, 9),
    ("Weights: highest rank", 12, 1),
    ("Weights: lowest rank", 12, 9),
    ("All together: highest rank", 12, 1),
    ("All together: lowest rank", 12, 12),
    ("Other methods: highest rank", 12, 4),
    ("Other methods: lowest rank", 12, 13),
    ("Age: places between", 12, 7),
    ("Weights: places between", 12, 8),
    ("All together: places between", 12, 11),
    ("Other methods: places between", 12, 9),
]
WAYS_TOLD: list[tuple[str, int, Any]] = [
    ("Rank by the model's own method", 12, 3),
    ("Rank with scale of need: logarithmic", 12, 5),
]


def test_every_column_of_the_ranks_with_all_in_draws() -> None:
    found = sure(GHANA)
    assert told(export.rank_fields(found), GHANA) == [
        *RANKS,
        ("Data and weights: highest rank of the range", 12, 1),
        ("Data and weights: lowest rank of the range", 12, 43),
        ("Data and weights: share of draws in the first 20", 12, 0.82),
        ("If no tier changes: highest rank of the range", 12, 1),
        ("If no tier changes: lowest rank of the range", 12, 32),
        ("If no tier changes: share of draws in the first 20", 12, 0.86),
        ("Group if no tier changes", 12, "in"),
        ("Share in the first 20 if its tier holds", 12, 0.85),
        ("Share of all weightings in the first 20", 12, 0.84),
        ("Typical weight of need in those", 12, 0.61),
        ("Share in the first 20 with those weights", 12, 0.95),
        ("Reliability, 0 to 10", 12, 6.8),
        *WAYS_TOLD,
        (f"Share of all {found.ranking.designs} methods in the first 20", 12, 0.896),
    ]
    lacks = ranking_row("X", rank=4, all_in=all_in.figures(settled=None, free=None))
    cells = {label: cell for label, _, cell in told(export.rank_fields(found), lacks)}
    empty = [label for label, cell in cells.items() if cell is None]
    assert "If no tier changes: highest rank of the range" in empty
    assert "Group if no tier changes" in empty
    assert "Share of all weightings in the first 20" in empty
    assert "Typical weight of need in those" in empty
    assert "All together: highest rank" in empty
    assert "Age: places between" in empty
    assert "Share of draws at ranks 1 to 5" in empty
    assert "Rank by the model's own method" in empty
    assert cells["Reliability, 0 to 10"] == 6.8
    assert all(cell is None for label, _, cell in told(export.rank_fields(found), ranking_row("Y")) if ":" in label[5:]
               and label != "First 20: in, open or out")  # fmt: skip


def test_the_ranks_of_a_run_without_all_in_draws_end_with_the_methods() -> None:
    row = dataclasses.replace(GHANA, all_in=None)
    found = dataclasses.replace(sure(row), ranking=ranking([row, *ranked(9)], table=former_table()))
    assert told(export.rank_fields(found), row) == [
        *RANKS,
        *WAYS_TOLD,
        (f"Share of all {found.ranking.designs} methods in the first 20", 12, 0.896),
    ]


def test_what_would_be_if_no_tier_changes_is_left_out_where_none_is_overdue() -> None:
    row = dataclasses.replace(GHANA, all_in=all_in.figures(settled=None))
    assert [label for label, _, _ in told(export.rank_fields(sure(row)), row) if "If no tier" in label] == []


# ---- work list -----------------------------------------------------------------------------------------------------

TASK_LABELS = [
    ("To do", 8),
    ("Country", 28),
    ("Code", 8),
    ("Rank", 6),
    ("Figure", 30),
    ("Average change in the chance of the first 20", 14),
    ("Share of draws in the first 20", 12),
    ("The same share if the figure is low", 12),
    ("The same share if it is high", 12),
    ("Year of the value", 8),
    ("Why it is uncertain", 50),
    ("Whom to ask", 36),
    ("Where to load it", 50),
]


def cells_of(row: TaskRow) -> list[Any]:
    fields = export.task_fields(20, lambda path: f"https://cpc.example{path}")
    assert [(column.label, column.width) for column in fields] == TASK_LABELS
    return [column.cell(row) for column in fields]


def test_each_kind_of_task_fills_its_columns() -> None:
    figure: Any = SimpleNamespace(value=0.021, low=0.7, high=0.9, year=2018)
    load, ask = DataLink("Load it", "/data/imports/?source=tip"), "https://cpc.example/data/imports/?source=tip"
    get = TaskRow("Get", "Child labor", "A survey of 2018", "UNICEF", load, GHANA, figure)
    assert cells_of(get) == [
        "Get", "Ghana", "GHA", 3, "Child labor", 0.021, 0.796, 0.7, 0.9, 2018, "A survey of 2018", "UNICEF", ask,
    ]  # fmt: skip
    assert cells_of(dataclasses.replace(get, link=None))[-1] == ""
    check = TaskRow("Confirm", "TIP Report tier", "Not confirmed", "The TIP Office", None, GHANA)
    assert cells_of(check) == [
        "Confirm", "Ghana", "GHA", 3, "TIP Report tier", None, 0.796, None, None, None, "Not confirmed",
        "The TIP Office", "",
    ]  # fmt: skip
    edition = TaskRow("Load", "2026 TIP Report", "Worth 3 places", "State", load)
    assert cells_of(edition) == [
        "Load", None, None, None, "2026 TIP Report", None, None, None, None, None, "Worth 3 places", "State", ask,
    ]  # fmt: skip


# ---- weights -------------------------------------------------------------------------------------------------------


def slack_of(key: str, label: str = "Births", group: str = "Need") -> WeightSlack:
    ranges = {100: (0.1, 0.2), 90: (0.05, 0.3), 75: (0.0, 0.4)}
    return WeightSlack(key, label, group, 0.15, ranges, None, None)


def effect(key: str, effective: float | None, label: str = "Births not registered") -> EffectOfWeight:
    return EffectOfWeight(key, label, False, 0.07, effective, 0.4)


WEIGHTS = [
    ("Weight", 30),
    ("Group", 20),
    ("Share of its group", 12),
    ("Weight in the total", 12),
    ("Effective importance", 12),
    ("Correlation with the total", 12),
    ("Lowest share at which 10 of the first stay", 16),
    ("Highest share at which 10 of the first stay", 16),
    ("Lowest share at which 9 of the first stay", 16),
    ("Highest share at which 9 of the first stay", 16),
    ("Lowest share at which 8 of the first stay", 16),
    ("Highest share at which 8 of the first stay", 16),
]


@pytest.mark.parametrize(
    ("item", "cells"),
    [
        (
            (slack_of("births"), effect("births", 0.05)),
            ["Births not registered", "Need", 0.15, 0.07, 0.05, 0.4, 0.1, 0.2, 0.05, 0.3, 0.0, 0.4],
        ),
        ((slack_of("need"), None), ["Births", "Need", 0.15, None, None, None, 0.1, 0.2, 0.05, 0.3, 0.0, 0.4]),
        ((None, effect("cpi", None)), ["Births not registered", "", None, 0.07, None, 0.4, *[None] * 6]),
        ((None, None), ["", "", *[None] * 10]),
    ],
)
def test_each_weight_has_its_effect_and_its_room(item: Any, cells: list[Any]) -> None:
    fields = export.weight_fields(sure(GHANA))
    assert [(column.label, column.width) for column in fields] == WEIGHTS
    assert [column.cell(item) for column in fields] == cells


def test_weights_without_an_effect_of_their_own_come_last() -> None:
    slacks = (slack_of("need"), slack_of("births"), slack_of("law"))
    effects = [effect("births", 0.05), effect("cpi", None), effect("law", 0.2)]
    found = sure(GHANA, weights=slacks)
    assert export.weight_items(found, effects) == [
        (slacks[2], effects[2]),
        (slacks[1], effects[0]),
        (None, effects[1]),
        (slacks[0], None),
    ]


OVERLAP = ("Intervals", "Ranks of 90% of the draws. Widths by source overlap, so they add up to more than the total.")
ENDS = ("Low and high", "The lowest and the highest fifth of the figure's draws.")


def test_what_the_sheets_say_of_themselves() -> None:
    found = sure(GHANA)
    among = ("In", "Among the first in at least 80% of draws, which vary data, weights, and method.")
    assert export.about(found) == (OVERLAP, among, ENDS)
    former = dataclasses.replace(found, ranking=ranking([GHANA], table=former_table()))
    [overlap, both, ends] = export.about(former)
    assert (overlap, ends) == (OVERLAP, ENDS)
    assert both == ("In", "Among the first in at least 80% and 90% of draws and of methods.")
