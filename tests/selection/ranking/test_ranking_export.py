"""Sheet of a ranking: every column with its width and its value for a country that has all of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from selection.models import CountryStatus, ScoreRun
from selection.pool_rules.policy import PartnershipTerm
from selection.ranking.presenters.export import fields, notes
from selection.runs.all_in_figures import AllInFigures, DrawnRanks, FreeWeighting
from selection.runs.rows import Chance, Group, RankingRow, Weak
from tests.support.rows import former_table, ranking, ranking_row

ALL_IN = AllInFigures(
    data_weights=DrawnRanks(2, 5, 9, 0.81, 0.62),
    settled=DrawnRanks(3, 6, 10, 0.82, 0.63, "in"),
    holds=0.83,
    income_rank=4,
    reliability=6.8,
    reliability_settled=7.5,
    lost={},
    free=FreeWeighting(0.84, 1, 60, 0.95, {"need": 0.61}),
    outside=DrawnRanks(7, 8, 11, 0.85),
)
GHANA = ranking_row(
    "GHA",
    "Ghana",
    rank=3,
    low=1,
    median=4,
    high=12,
    score=51.9,
    need=61.26,
    feasibility=44.0,
    coverage=0.97,
    lower=48.5,
    upper=53.5,
    income="LM",
    tier="Tier 2",
    tier_quality="unconfirmed",
    points=(30.5, 21.4),
    gaps=(("births", "not_collected"),),
    weak=Weak(old=(("prevalence", 2016), ("literacy", 2015)), filled=("births",), bridged=("child_labour",)),
    hurdles={
        "corruption": Chance("pass", 0.69),
        "tier3": Chance("pass", 1.0),
        "income_focus": Chance("fail", 0.0),
    },
    p10=0.31,
    p20=0.796,
    designs=0.896,
    group="open",
    place=40,
    region_rank=2,
    best=1,
    worst=61,
    widths={
        "age": 21,
        "measurement": 22,
        "bridge": 23,
        "missing": 24,
        "weights": 25,
        "overdue": 26,
        "data": 27,
        "designs": 28,
        "data_weights": 29,
        "total": 30,
    },
    fails=("E1", "E2"),
    former=(PartnershipTerm("GHA", "Sample", dt.date(2015, 1, 1), dt.date(2020, 1, 1)),),
    all_in=ALL_IN,
)
GROUPS = (Group("need", "Need", "need", ()), Group("feasibility", "Feasibility", "feas", ()))


def told(row: RankingRow, **values: Any) -> list[tuple[str, int, Any]]:
    """Return label, width, and cell of each column of the sheet."""
    found = dataclasses.replace(ranking([row], **values), groups=GROUPS)
    return [(column.label, column.width, column.cell(row)) for column in fields(found)]


FIRST: list[tuple[str, int, Any]] = [
    ("Rank", 6, 3),
    ("Country", 28, "Ghana"),
    ("Code", 8, "GHA"),
    ("Region", 24, "Africa"),
    ("Rank in the region", 10, 2),
    ("Place it would take", 10, None),
    ("First 20: in, open or out", 12, "open"),
    ("Evidence rules not met", 12, "E1, E2"),
    ("Income class", 14, "Lower middle"),
    ("Tier", 18, "Tier 2"),
    ("Tier stated or not", 14, "unconfirmed"),
    ("Score", 10, 51.9),
    ("Need", 10, 61.26),
    ("Feasibility", 10, 44.0),
    ("Points: Need", 14, 30.5),
    ("Points: Feasibility", 14, 21.4),
]
LAST: list[tuple[str, int, Any]] = [
    ("Weight known, 0 to 1", 12, 0.97),
    ("Score if all missing were 0", 12, 48.5),
    ("Score if all missing were 100", 12, 53.5),
    ("Corruption hurdle", 16, "69% to pass"),
    ("Probability to pass it", 12, 0.69),
    ("Not on Tier 3", 12, "Likely pass"),
    ("Low or middle income", 12, "Likely fail"),
    ("Standing", 24, "Ranked"),
    ("Why not ranked", 50, ""),
]
WEAK = (
    "Filled from peers: births not registered; Child labor from another series; Survey of 2016: prevalence; "
    "Literacy of 2015"
)
WIDTH = "Width of the interval in places"
ALONE, SETTLED, OUTSIDE = "Data and weights alone", "If no tier changes", "Outside the pool"
LOW, MEDIAN, HIGH = "rank in 5% of draws or better", "median rank", "rank in 95% of draws or better"
SHARE = "share of draws in the first"


def test_every_column_of_a_run_with_all_in_draws() -> None:
    columns = told(GHANA)
    assert columns[: len(FIRST)] == FIRST
    of = "draws of data, weights, and method"
    assert columns[len(FIRST) : -len(LAST) - 3] == [
        (f"Rank in 5% of {of} or better", 12, 1),
        (f"Median rank of the {of}", 12, 4),
        (f"Rank in 95% of {of} or better", 12, 12),
        ("Share of draws in the first 10", 12, 0.31),
        ("Share of draws in the first 20", 12, 0.796),
        ("Share of methods in the first 20", 12, 0.896),
        ("Best case, place", 10, 1),
        ("Worst case, place", 10, 61),
        (f"{WIDTH}: Age of the figures", 14, 21),
        (f"{WIDTH}: Measurement of the figures", 14, 22),
        (f"{WIDTH}: Values from another series", 14, 23),
        (f"{WIDTH}: Values filled from peers", 14, 24),
        (f"{WIDTH}: Weights", 14, 25),
        (f"{WIDTH}: Tiers alone, while an edition is overdue", 14, 26),
        (f"{WIDTH}: All data together", 14, 27),
        (f"{WIDTH}: Other methods", 14, 28),
        (f"{WIDTH}: Data and weights", 14, 29),
        (f"{WIDTH}: Data, weights, and method (the range in each row)", 14, 30),
        ("Rank in the income group", 14, 4),
        (f"{ALONE}: {LOW}", 14, 2),
        (f"{ALONE}: {MEDIAN}", 14, 5),
        (f"{ALONE}: {HIGH}", 14, 9),
        (f"{ALONE}: {SHARE} 20", 14, 0.81),
        (f"{ALONE}: {SHARE} 10", 14, 0.62),
        (f"If its tier holds: {SHARE} 20", 14, 0.83),
        (f"{SETTLED}: {LOW}", 14, 3),
        (f"{SETTLED}: {MEDIAN}", 14, 6),
        (f"{SETTLED}: {HIGH}", 14, 10),
        (f"{SETTLED}: {SHARE} 20", 14, 0.82),
        (f"{SETTLED}: in, open or out", 14, "in"),
        ("Reliability, 0 to 10", 14, 6.8),
        ("Reliability if no tier changes", 14, 7.5),
        (f"Free weights: {SHARE} 20", 14, 0.84),
        (f"Free weights: {LOW}", 14, 1),
        (f"Free weights: {HIGH}", 14, 60),
        ("Free weights: share in the first 20 under the weights typical of it", 14, 0.95),
        (f"{OUTSIDE}: {LOW}", 14, 7),
        (f"{OUTSIDE}: {MEDIAN}", 14, 8),
        (f"{OUTSIDE}: {HIGH}", 14, 11),
        (f"{OUTSIDE}: {SHARE} 20", 14, 0.85),
    ]
    assert columns[-len(LAST) - 3 : -3] == LAST
    assert columns[-3:] == [
        ("What is missing", 50, "Births not registered: No estimate"),
        ("Missing or old", 50, WEAK),
        ("Former partner", 16, "2015 to 2020"),
    ]


def test_every_column_of_a_run_whose_draws_leave_out_the_method() -> None:
    columns = told(GHANA, table=former_table())
    labels = [label for label, _, _ in columns]
    of = "draws of data and weights"
    start = labels.index(f"Rank in 5% of {of} or better")
    assert columns[:start] == FIRST
    assert columns[start : start + 3] == [
        (f"Rank in 5% of {of} or better", 12, 1),
        (f"Median rank of the {of}", 12, 4),
        (f"Rank in 95% of {of} or better", 12, 12),
    ]
    end = labels.index("Weight known, 0 to 1")
    assert columns[end - 3 : end] == [
        (f"{WIDTH}: All data together", 14, 27),
        (f"{WIDTH}: Data and weights (the range in each row)", 14, 30),
        (f"{WIDTH}: Other methods (not in the range)", 14, 28),
    ]
    assert columns[end:-3] == LAST


def test_figures_that_a_country_lacks_are_empty() -> None:
    bare = AllInFigures(
        data_weights=DrawnRanks(2, 5, 9, 0.81),
        settled=None,
        holds=None,
        income_rank=None,
        reliability=6.8,
        reliability_settled=None,
        lost={},
        free=None,
        outside=None,
    )
    known = {label: cell for label, _, cell in told(dataclasses.replace(GHANA, all_in=bare))}
    for label in (
        f"{ALONE}: {SHARE} 10",
        f"If its tier holds: {SHARE} 20",
        f"{SETTLED}: {LOW}",
        f"{SETTLED}: in, open or out",
        "Reliability if no tier changes",
        f"Free weights: {SHARE} 20",
        f"{OUTSIDE}: {HIGH}",
        f"{OUTSIDE}: {SHARE} 20",
        "Rank in the income group",
    ):
        assert known[label] is None, label
    row = ranking_row("AND", "Andorra", status=CountryStatus.PROVISIONAL, place=40, reason="E2 fails.")
    cells = {label: cell for label, _, cell in told(row)}
    assert (cells["Rank"], cells["Place it would take"], cells["Standing"]) == (None, 40, "Provisional")
    assert (cells["Points: Need"], cells["Income class"], cells["Corruption hurdle"]) == (None, "", "")
    assert cells["Why not ranked"] == "E2 fails."
    assert cells[f"{ALONE}: {LOW}"] is None
    assert cells[f"{WIDTH}: Weights"] is None
    assert cells["Former partner"] == ""


def test_what_the_sheet_says_of_its_run() -> None:
    run = ScoreRun(
        pk=7,
        as_of=12,
        as_of_at=dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC),
        reference_date=dt.date(2026, 11, 25),
        model_key="cpc-default",
        model_version="4",
        model_hash="abc",
        snapshot_hash="def",
        engine_version="4",
        draws=10_000,
        seed="99",
    )
    found = ranking()
    assert notes(run, found, "All ranked: 83 countries", "Illustrative.") == (
        ("What", "Desk screen, run 7: public data only. Illustrative."),
        ("Shown", "All ranked: 83 countries"),
        ("Data as known", "publication 12, Nov 24, 2026, 09:30 UTC"),
        ("Ages counted to", "Nov 25, 2026"),
        ("Model", "cpc-default 4, abc"),
        ("Snapshot", "def"),
        ("Engine", "4"),
        ("Draws and seed", "10,000 draws, seed 99"),
        (
            "Intervals",
            "90% of the draws of data, weights, and method. Widths by source overlap, so their sum is more than the "
            "total.",
        ),
        ("Tiers", "“unconfirmed” tiers are compiled from secondary sources; check them in the report."),
        ("Note on the model", found.table.note),
    )
