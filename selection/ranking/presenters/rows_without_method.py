"""Rows of a ranking by a model without a method: points as a bar, coverage, and why others have no rank.

Runs of such models are never recomputed, and are shown as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cpc.web import charts, formats
from cpc.web.badges import status
from cpc.web.charts import Chart, LegendItem
from selection.model_definition.criteria_table import ModelTable
from selection.models import CountryStatus, ScoreRun
from selection.ranking.presenters.shared import (
    Heading,
    bar_parts,
    country_head,
    scatter,
    tier,
)
from selection.runs import labels
from selection.runs.rows import Ranking, RankingRow, ranking_of

BAR_WIDTH = 280
RANKED_HEADS = (
    Heading("Rank", "rank", numeric=True),
    Heading("Country", "country"),
    Heading("Tier", "tier"),
    Heading("Score", "score", falling=True, numeric=True),
    Heading("Need", "need", falling=True, numeric=True),
    Heading("Points, need then feasibility", scale="points"),
    Heading("Feasib.", "feasibility", falling=True, numeric=True),
    Heading("Rank in 90% of draws", "interval", scale="ranked"),
    Heading("Corruption hurdle", "hurdle", falling=True),
    Heading("Known, to note", "known"),
)
UNRANKED_HEADS = (
    Heading("Country", "country"),
    Heading("Tier", "tier"),
    Heading("Why", "reason"),
    Heading("What is missing"),
    Heading("Need", "need", falling=True, numeric=True),
    Heading("Feasib.", "feasibility", falling=True, numeric=True),
    Heading("Known", "known", falling=True, numeric=True),
)


@dataclass(frozen=True)
class DrawnBefore:
    """The drawings of a run, made once: the HTML of each row by country, the scatter, and the legend of the bars."""

    html: Mapping[str, str]
    scatter: Chart
    legend: tuple[LegendItem, ...]
    top: int

    def rows(self, rows: Sequence[RankingRow]) -> SafeString:
        """Return the rows of a list."""
        return mark_safe("".join(self.html[row.code] for row in rows))  # noqa: S308  # drawn escaped


def drawn(run: ScoreRun, *, newest: bool) -> DrawnBefore:
    """Return the drawings of a run. Rows of an older run link to the country as it was in that run."""
    return _drawn(run.pk, newest)


@lru_cache(maxsize=8)
def _drawn(run_id: int, newest: bool) -> DrawnBefore:
    ranking = ranking_of(ScoreRun(pk=run_id))
    suffix = "" if newest else f"?run={run_id}"
    rows = {row.code: _ranked(row, ranking, suffix) for row in ranking.ranked}
    rows |= {row.code: _unranked(row, ranking.table, suffix) for row in ranking.others}
    parts = bar_parts(ranking, [0.0] * len(ranking.groups))
    return DrawnBefore(rows, scatter(ranking), charts.rank_bar_legend(parts), ranking.top)


def _where(row: RankingRow) -> str:
    """Return region and income class; a country that is not scored has no class in the run."""
    return " · ".join(part for part in (row.region, labels.INCOME.get(row.income, "")) if part)


def _ranked(row: RankingRow, ranking: Ranking, suffix: str) -> str:
    parts = bar_parts(ranking, row.points)
    interval = formats.DASH if row.low is None else formats.span(str(row.low), str(row.high))
    corruption = row.hurdles.get("corruption")
    notes, tier_shown = _notes(row, ranking.table), tier(row.tier, row.tier_quality)
    where = _where(row)
    return format_html(
        '<tr role="row"><td role="cell" class="num c-rank__no">{}</td>{}'
        '<td role="cell" class="c-rank__tier" data-label="Tier">{}</td>'
        '<td role="cell" class="num u-strong" data-label="Score">{}</td>'
        '<td role="cell" class="num" data-label="Need">{}</td>'
        '<td role="cell" class="c-rank__bar">{}</td>'
        '<td role="cell" class="num" data-label="Feasibility">{}</td>'
        '<td role="cell" class="c-rank__int"><div class="c-int"><span>{}</span>{}</div></td>'
        '<td role="cell" class="c-rank__hurdle" data-label="Corruption hurdle">{}</td>'
        '<td role="cell" class="c-rank__note{}" data-label="To note">{}</td></tr>',
        row.rank,
        country_head(row, suffix, format_html('{}<span class="c-rank__tier2"> · {}</span>', where, tier_shown)),
        tier_shown,
        formats.number(row.score, 1),
        formats.number(row.need, 1),
        charts.rank_bar(parts, top=ranking.top, width=BAR_WIDTH),
        formats.number(row.feasibility, 1),
        interval,
        charts.rank_interval(row.rank, row.low, row.high, len(ranking.ranked)),
        status(labels.CHANCE_MARKS[corruption.kind], labels.chance(corruption)) if corruption else formats.DASH,
        "" if notes else " is-none",
        notes,
    )


def _notes(row: RankingRow, table: ModelTable) -> SafeString:
    """Return notes on the row: law, focus, and coverage if it is not complete."""
    parts = []
    if row.hurdles.get("tier3") and row.hurdles["tier3"].verdict == "fail":
        parts.append(status("warn", "Tier 3 limits", icon_name="lock"))
    if row.income == "H":
        parts.append(status("none", "High income", icon_name="info_outline"))
    if row.gaps:
        need = labels.unknown([table.row(key) for key, _ in row.gaps if table.row(key).node == "need"])
        lacks = f", {need}" if need else ""
        parts.append(format_html("<small>{} known{}</small>", formats.share(row.coverage), lacks))
    return mark_safe("".join(parts))  # noqa: S308  # parts escaped above


def _unranked(row: RankingRow, table: ModelTable, suffix: str) -> str:
    heading, _ = labels.GROUPS[CountryStatus(row.status)]
    return format_html(
        '<tr role="row">{}<td role="cell" data-label="Tier">{}</td><td role="cell" data-label="Why">{}</td>'
        '<td role="cell" class="is-wide" data-label="What is missing">{}</td>'
        '<td role="cell" class="num" data-label="Need">{}</td>'
        '<td role="cell" class="num" data-label="Feasibility">{}</td>'
        '<td role="cell" class="num" data-label="Known">{}</td></tr>',
        country_head(row, suffix, _where(row)),
        tier(row.tier, row.tier_quality),
        heading,
        labels.why_not_ranked(row, table),
        formats.number(row.need, 1),
        formats.number(row.feasibility, 1),
        formats.share(row.coverage),
    )
