"""The ranking as a sheet: every column of the list, the points behind a score, every doubt and every reason."""

from __future__ import annotations

from cpc.web import formats
from cpc.web.exports import Field
from selection.models import CountryStatus, ScoreRun
from selection.ranking.presenters import sentences as sentences_presenters
from selection.ranking.presenters import verdict as verdict_presenters
from selection.runs import labels
from selection.runs.rows import Ranking, RankingRow

Fields = tuple[Field[RankingRow], ...]


def fields(ranking: Ranking) -> Fields:
    """Return the columns of an export; what only a model with a method has is left out of other runs."""
    return (
        Field("Rank", lambda row: row.rank, 6),
        Field("Country", lambda row: row.name, 28),
        Field("Code", lambda row: row.code, 8),
        Field("Region", lambda row: row.region, 24),
        *(_place_fields(ranking) if ranking.by_method else ()),
        Field("Income class", lambda row: labels.INCOME.get(row.income, ""), 14),
        Field("Tier", lambda row: row.tier, 18),
        Field("Tier stated or not", lambda row: row.tier_quality, 14),
        Field("Score", lambda row: row.score, 10),
        Field("Need", lambda row: row.need, 10),
        Field("Feasibility", lambda row: row.feasibility, 10),
        *(_points(ranking, place) for place in range(len(ranking.groups))),
        Field("Rank in 5% of draws or better", lambda row: row.low, 12),
        Field("Median rank of the draws", lambda row: row.median, 12),
        Field("Rank in 95% of draws or better", lambda row: row.high, 12),
        *(_method_fields(ranking) if ranking.by_method else ()),
        Field("Weight known, 0 to 1", lambda row: row.coverage, 12),
        Field("Score if all missing were 0", lambda row: row.lower, 12),
        Field("Score if all missing were 100", lambda row: row.upper, 12),
        Field("Corruption hurdle", lambda row: _hurdle(row, "corruption"), 16),
        Field("Probability to pass it", _probability, 12),
        Field("Not on Tier 3", lambda row: _hurdle(row, "tier3"), 12),
        Field("Low or middle income", lambda row: _hurdle(row, "income_focus"), 12),
        Field("Standing", lambda row: CountryStatus(row.status).label, 24),
        Field("Why not ranked", lambda row: "" if row.rank else labels.why_not_ranked(row, ranking.table), 50),
        Field("What is missing", lambda row: "; ".join(labels.gaps(row, ranking.table)), 50),
        *(_weak_fields(ranking) if ranking.by_method else ()),
    )


def _place_fields(ranking: Ranking) -> Fields:
    first = ranking.table.first
    return (
        Field("Rank in the region", lambda row: row.region_rank, 10),
        Field("Place it would take", lambda row: row.place if row.rank is None else None, 10),
        Field(f"First {first}: in, open or out", lambda row: row.group, 12),
        Field("Evidence rules not met", lambda row: ", ".join(row.fails), 12),
    )


def _points(ranking: Ranking, place: int) -> Field[RankingRow]:
    group = ranking.groups[place]
    return Field(f"Points: {group.label}", lambda row: row.points[place] if row.score is not None else None, 14)


def _method_fields(ranking: Ranking) -> Fields:
    first, short = ranking.table.first, (ranking.table.method or {}).get("short", 10)
    return (
        Field(f"Share of draws in the first {short}", lambda row: row.p10, 12),
        Field(f"Share of draws in the first {first}", lambda row: row.p20, 12),
        Field(f"Share of methods in the first {first}", lambda row: row.designs, 12),
        Field("Best case, place", lambda row: row.best, 10),
        Field("Worst case, place", lambda row: row.worst, 10),
        *(_width(key, label) for key, (label, _) in verdict_presenters.DOUBTS.items()),
        *(_width(key, label) for key, label in verdict_presenters.TOGETHER.items()),
    )


def _width(key: str, label: str) -> Field[RankingRow]:
    return Field(f"Width of the interval in places: {label}", lambda row: row.widths.get(key), 14)


def _weak_fields(ranking: Ranking) -> Fields:
    return (
        Field("Missing or old", lambda row: sentences_presenters.weak(row, ranking.table, None), 50),
        Field("Partner before", lambda row: "; ".join(sentences_presenters.former(row)), 16),
    )


def _probability(row: RankingRow) -> float | None:
    return row.hurdles["corruption"].probability if "corruption" in row.hurdles else None


def _hurdle(row: RankingRow, key: str) -> str:
    return labels.chance(row.hurdles[key]) if key in row.hurdles else ""


def notes(run: ScoreRun, ranking: Ranking, shown: str, adopted: str) -> tuple[tuple[str, str], ...]:
    """Return what a list is, for the sheet "About"; `shown` is which rows, `adopted` whether the office adopted it."""
    drawn = "data and weights" if ranking.by_method else "weights and measurement errors"
    return (
        ("What", f"Desk screen, run {run.pk}: public data only. {adopted}"),
        ("Shown", shown),
        ("Data as known", f"publication {run.as_of}, {formats.moment(run.as_of_at)}"),
        ("Ages counted to", formats.day(run.reference_date)),
        ("Model", f"{run.model_key} {run.model_version}, {run.model_hash}"),
        ("Snapshot", run.snapshot_hash),
        ("Engine", run.engine_version),
        ("Draws and seed", f"{run.draws:,} draws, seed {run.seed}"),
        ("Intervals", f"90% of the draws of {drawn}. Widths by source overlap, so their sum is more than the total."),
        ("Tiers", "“unconfirmed” tiers are compiled from secondary sources; check them in the report."),
        ("Note on the model", ranking.table.note),
    )
