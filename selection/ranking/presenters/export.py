"""Ranking as a sheet: every column of the list, the points behind a score, every doubt, and every reason."""

from __future__ import annotations

from collections.abc import Mapping

from cpc.web import formats
from cpc.web.tables import Column
from selection.models import CountryStatus, ScoreRun
from selection.ranking.presenters import sentences as sentences_presenters
from selection.ranking.presenters.all_in_export import all_in_fields
from selection.ranking.queries.listing import SORTS
from selection.runs import labels
from selection.runs.doubts import BY_GROUP
from selection.runs.rows import Ranking, RankingRow

Fields = tuple[Column[RankingRow], ...]

TOGETHER: Mapping[str, str] = {
    "data": "All data together",
    "total": "Data and weights (the range in each row)",
    "designs": "Other methods (not in the range)",
}
ALL_IN: Mapping[str, str] = {
    "overdue": "Tiers alone, while an edition is overdue",
    "data": "All data together",
    "designs": "Other methods",
    "data_weights": "Data and weights",
    "total": "Data, weights, and method (the range in each row)",
}
"""Sources of doubt that are drawn together, in former runs and in all-in draws. Overdue editions are a part of age."""


def fields(ranking: Ranking) -> Fields:
    first, drawn = ranking.table.first, f"draws of {labels.varied(ranking.table)}"
    return (
        Column("Rank", lambda row: row.rank, width=6),
        Column("Country", lambda row: row.name, width=28),
        Column("Code", lambda row: row.code, width=8),
        Column("Region", lambda row: row.region, width=24),
        Column("Rank in the region", lambda row: row.region_rank, width=10),
        Column("Place it would take", lambda row: row.place if row.rank is None else None, width=10),
        Column(f"First {first}: in, open or out", lambda row: row.group, width=12),
        Column("Evidence rules not met", lambda row: ", ".join(row.fails), width=12),
        Column("Income class", lambda row: labels.INCOME.get(row.income, ""), width=14),
        Column("Tier", lambda row: row.tier, width=18),
        Column("Tier stated or not", lambda row: row.tier_quality, width=14),
        Column("Score", lambda row: row.score, width=10),
        Column("Need", lambda row: row.need, width=10),
        Column("Feasibility", lambda row: row.feasibility, width=10),
        *(_points(ranking, index) for index in range(len(ranking.groups))),
        Column(f"Rank in 5% of {drawn} or better", lambda row: row.low, width=12),
        Column(f"Median rank of the {drawn}", lambda row: row.median, width=12),
        Column(f"Rank in 95% of {drawn} or better", lambda row: row.high, width=12),
        *_method_fields(ranking),
        *(all_in_fields(ranking) if ranking.is_all_in else ()),
        Column("Weight known, 0 to 1", lambda row: row.coverage, width=12),
        Column("Score if all missing were 0", lambda row: row.lower, width=12),
        Column("Score if all missing were 100", lambda row: row.upper, width=12),
        Column("Corruption hurdle", lambda row: _hurdle(row, "corruption"), width=16),
        Column("Probability to pass it", SORTS["hurdle"], width=12),
        Column("Not on Tier 3", lambda row: _hurdle(row, "tier3"), width=12),
        Column("Low or middle income", lambda row: _hurdle(row, "income_focus"), width=12),
        Column("Standing", lambda row: CountryStatus(row.status).label, width=24),
        Column("Why not ranked", lambda row: "" if row.rank else labels.why_not_ranked(row, ranking.table), width=50),
        Column("What is missing", lambda row: "; ".join(labels.gaps(row, ranking.table)), width=50),
        Column("Missing or old", lambda row: sentences_presenters.weak(row, ranking.table, None), width=50),
        Column("Former partner", lambda row: "; ".join(sentences_presenters.former(row)), width=16),
    )


def _points(ranking: Ranking, index: int) -> Column[RankingRow]:
    group = ranking.groups[index]
    return Column(f"Points: {group.label}", lambda row: row.points[index] if row.score is not None else None, width=14)


def _method_fields(ranking: Ranking) -> Fields:
    first, short = ranking.table.first, ranking.table.method.get("short", 10)
    together = ALL_IN if ranking.is_all_in else TOGETHER
    return (
        Column(f"Share of draws in the first {short}", lambda row: row.p10, width=12),
        Column(f"Share of draws in the first {first}", lambda row: row.p20, width=12),
        Column(f"Share of methods in the first {first}", lambda row: row.designs, width=12),
        Column("Best case, place", lambda row: row.best, width=10),
        Column("Worst case, place", lambda row: row.worst, width=10),
        *(_width(one.key, labels.raised(one.phrase.removeprefix("the "))) for one in BY_GROUP if one.phrase),
        *(_width(key, label) for key, label in together.items()),
    )


def _width(key: str, label: str) -> Column[RankingRow]:
    return Column(f"Width of the interval in places: {label}", lambda row: row.widths.get(key), width=14)


def _hurdle(row: RankingRow, key: str) -> str:
    return labels.chance(row.hurdles[key]) if key in row.hurdles else ""


def notes(run: ScoreRun, ranking: Ranking, shown: str, adopted: str) -> tuple[tuple[str, str], ...]:
    """Return what a list is, for the sheet "About"; `shown` is which rows, `adopted` whether the office adopted it."""
    overlap = "Widths by source overlap, so their sum is more than the total."
    return (
        ("What", f"Desk screen, run {run.pk}: public data only. {adopted}"),
        ("Shown", shown),
        ("Data as known", f"publication {run.as_of}, {formats.moment(run.as_of_at)}"),
        ("Ages counted to", formats.day(run.reference_date)),
        ("Model", f"{run.model_key} {run.model_version}, {run.model_hash}"),
        ("Snapshot", run.snapshot_hash),
        ("Engine", run.engine_version),
        ("Draws and seed", f"{run.draws:,} draws, seed {run.seed}"),
        (
            "Intervals",
            f"90% of the draws of {labels.varied(ranking.table)}. {overlap}",
        ),
        ("Tiers", "“unconfirmed” tiers are compiled from secondary sources; check them in the report."),
        ("Note on the model", ranking.table.note),
    )
