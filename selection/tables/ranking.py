"""The ranking as rows of HTML, as a scatter, and as an export.

A run never changes, so the HTML of its rows is drawn once and kept in this process: a page then only chooses rows,
orders them and puts their text together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cpc.web import charts, formats
from cpc.web.charts import SHADES, Branch, Chart, LegendItem, Part, Place
from cpc.web.exports import Field
from cpc.web.templatetags.web import status_tag
from selection import words
from selection.model_table import ModelTable
from selection.models import CountryStatus, ScoreRun
from selection.queries.adoption import adopted_words, adoption_of
from selection.queries.ranking import Ranking, RankingRow, ranking_of

BAR_WIDTH = 280
UNCONFIRMED = SafeString('<span aria-hidden="true">*</span><span class="u-sr">, not confirmed</span>')


@dataclass(frozen=True)
class Drawn:
    """What is drawn once a run: the HTML of each row by country, the scatter, and the legend of the bars."""

    rows: Mapping[str, str]
    scatter: Chart
    legend: tuple[LegendItem, ...]
    top: int


def drawn(run: ScoreRun, *, newest: bool) -> Drawn:
    """The drawings of a run. Rows of an older run lead to the country as it stood in that run."""
    return _drawn(run.pk, newest)


@lru_cache(maxsize=8)
def _drawn(run_id: int, newest: bool) -> Drawn:
    ranking = ranking_of(ScoreRun(pk=run_id))
    suffix = "" if newest else f"?run={run_id}"
    rows = {row.code: _ranked(row, ranking, suffix) for row in ranking.ranked}
    rows |= {row.code: _unranked(row, ranking.table, suffix) for row in ranking.others}
    parts = bar_parts(ranking, [0.0] * len(ranking.groups))
    return Drawn(rows, scatter(ranking), charts.rank_bar_legend(parts), ranking.top)


def bar_parts(ranking: Ranking, points: Sequence[float]) -> list[Part]:
    """The parts of a bar. A branch with more groups than a bar has shades shows the heaviest, and the rest as one."""
    weights = ranking.table.weights()
    found: list[Part] = []
    for branch in dict.fromkeys(group.branch for group in ranking.groups):
        own = [(group, made) for group, made in zip(ranking.groups, points, strict=True) if group.branch == branch]
        side: Branch = "need" if branch == "need" else "feas"
        if len(own) > SHADES:
            own.sort(key=lambda item: -sum(weights[key] for key in item[0].criteria))
            rest = own[SHADES - 1 :]
            own = own[: SHADES - 1]
            found += [Part(group.label, made, side) for group, made in own]
            found.append(Part(words.joined([group.label for group, _ in rest]), sum(made for _, made in rest), side))
        else:
            found += [Part(group.label, made, side) for group, made in own]
    return found


def _country(row: RankingRow, suffix: str, meta: str) -> SafeString:
    return format_html(
        '<th scope="row" role="rowheader"><a href="{}{}">{}</a><small>{}</small></th>',
        reverse("country", args=(row.code,)),
        suffix,
        row.name,
        meta,
    )


def _where(row: RankingRow) -> str:
    """Region and class of income; a country that is not scored has no class in the run."""
    return " · ".join(part for part in (row.region, words.INCOME.get(row.income, "")) if part)


def tier(label: str, quality: str) -> SafeString:
    """A tier, with a mark where it is not confirmed."""
    if not label:
        return SafeString(formats.DASH)
    shown = label.replace("Tier 2 Watch List", "Watch List")
    return format_html("{}{}", shown, UNCONFIRMED if quality == "unconfirmed" else "")


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
        _country(row, suffix, format_html('{}<span class="c-rank__tier2"> · {}</span>', where, tier_shown)),
        tier_shown,
        formats.number(row.score, 1),
        formats.number(row.need, 1),
        charts.rank_bar(parts, top=ranking.top, width=BAR_WIDTH),
        formats.number(row.feasibility, 1),
        interval,
        charts.rank_interval(row.rank, row.low, row.high, len(ranking.ranked)),
        status_tag(words.CHANCE_MARKS[corruption.kind], words.chance(corruption)) if corruption else formats.DASH,
        "" if notes else " is-none",
        notes,
    )


def _notes(row: RankingRow, table: ModelTable) -> SafeString:
    """What a reader must know beside the numbers: law, focus, and how much is known where that is not all."""
    said = []
    if row.hurdles.get("tier3") and row.hurdles["tier3"].verdict == "fail":
        said.append(status_tag("warn", "Tier 3 limits", icon_name="lock"))
    if row.income == "H":
        said.append(status_tag("none", "High income", icon_name="info_outline"))
    if row.gaps:
        need = words.unknown([table.row(key) for key, _ in row.gaps if table.row(key).node == "need"])
        lacks = f", {need}" if need else ""
        said.append(format_html("<small>{} known{}</small>", formats.share(row.coverage), lacks))
    return mark_safe("".join(said))  # noqa: S308  # parts escaped above


def _unranked(row: RankingRow, table: ModelTable, suffix: str) -> str:
    heading, _ = words.GROUPS[CountryStatus(row.status)]
    return format_html(
        '<tr role="row">{}<td role="cell" data-label="Tier">{}</td><td role="cell" data-label="Why">{}</td>'
        '<td role="cell" class="is-wide" data-label="What is missing">{}</td>'
        '<td role="cell" class="num" data-label="Need">{}</td>'
        '<td role="cell" class="num" data-label="Feasibility">{}</td>'
        '<td role="cell" class="num" data-label="Known">{}</td></tr>',
        _country(row, suffix, _where(row)),
        tier(row.tier, row.tier_quality),
        heading,
        words.why_not_ranked(row, table),
        formats.number(row.need, 1),
        formats.number(row.feasibility, 1),
        formats.share(row.coverage),
    )


# ---- scatter -------------------------------------------------------------------------------------------------------


def scatter(ranking: Ranking) -> Chart:
    """Need against feasibility of the ranked countries; the first ten have the first choice of a label."""
    first = {row.code for row in ranking.first}
    places = []
    for row in ranking.ranked:
        kind = "against" if row.against else "first" if row.code in first else "other"
        places.append(Place(row.name, row.feasibility, row.need, kind, named=row.code in first))  # type: ignore[arg-type]
    return charts.scatter(
        "need-feasibility",
        *_scatter_words(ranking, places),
        places,
        first_words="First ten, nothing against it so far",
        with_table=False,
    )


def _scatter_words(ranking: Ranking, places: list[Place]) -> tuple[str, str]:
    both = [row for row in ranking.ranked if row.need is not None and row.feasibility is not None]
    if not both:
        return "No country is ranked", "Need and feasibility must both be known."
    need, feasibility = (_median([v for v in column if v is not None]) for column in zip(*_pairs(ranking), strict=True))
    above = sum((row.need or 0) > need and (row.feasibility or 0) > feasibility for row in both)
    share = above / len(both)
    finding = (
        "High need and high feasibility seldom come together."
        if share < 0.2
        else (
            "High need and high feasibility do come together."
            if share > 0.3
            else "High need and high feasibility come together no more often than by chance."
        )
    )
    names = [place.name for place in charts.front(places)]
    beaten = f"None beats {words.joined(names, 'or')} on both." if len(names) <= 9 else ""
    return finding, f"{above} of {len(both)} countries are above the median on both. {beaten}".strip()


def _pairs(ranking: Ranking) -> list[tuple[float | None, float | None]]:
    return [(row.need, row.feasibility) for row in ranking.ranked]


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


# ---- export --------------------------------------------------------------------------------------------------------


def fields(ranking: Ranking) -> tuple[Field[RankingRow], ...]:
    """The columns of an export: what the page shows, the points of each group apart, and every reason."""

    def points(place: int) -> Field[RankingRow]:
        group = ranking.groups[place]
        return Field(f"Points: {group.label}", lambda row: row.points[place] if row.score is not None else None, 14)

    def probability(row: RankingRow) -> float | None:
        return row.hurdles["corruption"].probability if "corruption" in row.hurdles else None

    return (
        Field("Rank", lambda row: row.rank, 6),
        Field("Country", lambda row: row.name, 28),
        Field("Code", lambda row: row.code, 8),
        Field("Region", lambda row: row.region, 24),
        Field("Income class", lambda row: words.INCOME.get(row.income, ""), 14),
        Field("Tier", lambda row: row.tier, 18),
        Field("Tier stated or not", lambda row: row.tier_quality, 14),
        Field("Score", lambda row: row.score, 10),
        Field("Need", lambda row: row.need, 10),
        Field("Feasibility", lambda row: row.feasibility, 10),
        *(points(place) for place in range(len(ranking.groups))),
        Field("Rank in 5% of draws or better", lambda row: row.low, 12),
        Field("Median rank of the draws", lambda row: row.median, 12),
        Field("Rank in 95% of draws or better", lambda row: row.high, 12),
        Field("Weight known, 0 to 1", lambda row: row.coverage, 12),
        Field("Score if all missing were 0", lambda row: row.lower, 12),
        Field("Score if all missing were 100", lambda row: row.upper, 12),
        Field("Corruption hurdle", lambda row: _chance_words(row, "corruption"), 16),
        Field("Probability to pass it", probability, 12),
        Field("Not on Tier 3", lambda row: _chance_words(row, "tier3"), 12),
        Field("Low or middle income", lambda row: _chance_words(row, "income_focus"), 12),
        Field("Standing", lambda row: CountryStatus(row.status).label, 24),
        Field("Why not ranked", lambda row: "" if row.rank else words.why_not_ranked(row, ranking.table), 50),
        Field("What is missing", lambda row: "; ".join(words.gaps(row, ranking.table)), 50),
    )


def _chance_words(row: RankingRow, key: str) -> str:
    return words.chance(row.hurdles[key]) if key in row.hurdles else ""


def notes(run: ScoreRun, ranking: Ranking, shown: str) -> tuple[tuple[str, str], ...]:
    """What a list is, for the sheet "About"; `shown` says which rows and in which order."""
    return (
        ("What", f"Desk screen, run {run.pk}: public data only. {adopted_words(adoption_of(run.table_hash))}"),
        ("Shown", shown),
        ("Data as known", f"publication {run.as_of}, {formats.moment(run.as_of_at)}"),
        ("Ages counted to", formats.day(run.reference_date)),
        ("Model", f"{run.model_key} {run.model_version}, {run.model_hash}"),
        ("Snapshot", run.snapshot_hash),
        ("Engine", run.engine_version),
        ("Draws and seed", f"{run.draws:,} draws, seed {run.seed}"),
        ("Intervals", "90% of the draws of weights and measurement errors; not a confidence interval."),
        ("Tiers", "“unconfirmed” tiers are compiled from secondary sources; check them in the report."),
        ("Note on the model", ranking.table.note),
    )
