"""HTML cells of a method's ranking, column by column.

A run never changes, so its cells are rendered once and cached in this process. A page then only selects and orders
rows and columns, and joins their text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cpc.web import charts, formats
from cpc.web.badges import status
from cpc.web.charts import Branch
from selection.models import ScoreRun
from selection.pool_rules.policy import Reason
from selection.ranking.presenters import sentences as sentences_presenters
from selection.ranking.presenters.ranked_cells import (
    NOTHING,
    RANKED_COLUMNS,
    Draw,
    RankingColumn,
    former_marks,
    short_meta,
)
from selection.ranking.presenters.shared import Heading, country_head, tier
from selection.ranking.queries.listing import (
    NOT_RANKABLE,
    OUTSIDE,
    PROVISIONAL,
    RANKED,
    ListTab,
)
from selection.runs import labels
from selection.runs.all_in_figures import AllInFigures
from selection.runs.rows import Ranking, RankingRow, ranking_of

# ---- cells ---------------------------------------------------------------------------------------------------------


def _cell(kind: str, label: str, content: str | SafeString, *, none: bool = False, rest: str = "") -> SafeString:
    """Return one cell; on a card it has `label` before it, and is omitted if `none` is true."""
    return format_html(
        '<td role="cell" class="{}{}{}"{}>{}</td>',
        f"c-rank2__{kind}",
        f" {rest}" if rest else "",
        " is-none" if none else "",
        format_html(' data-label="{}"', label) if label else "",
        content,
    )


def _meta(row: RankingRow, regions: Mapping[str, int]) -> SafeString:
    """Return region with the rank in it, income, the tier if it is not Tier 2, and past partnerships."""
    region_text = f"{row.region}, {row.region_rank} of {regions[row.region]}" if row.region_rank else row.region
    tier_text = "" if row.tier in ("", "Tier 2") else row.tier.replace("Tier 2 ", "")
    parts = " · ".join(part for part in (region_text, labels.INCOME.get(row.income, ""), tier_text) if part)
    until = ""
    if row.admitted_until:
        until = status("info", f"Admitted until {formats.day(row.admitted_until)}", icon_name="add_circle")
    return format_html("{}{}{}", parts, former_marks(row), until)


def _axis(branch: Branch, label: str) -> Draw:
    def draw(row: RankingRow, _ranking: Ranking) -> SafeString:
        value = row.need if branch == "need" else row.feasibility
        bar = charts.axis_bar(value, branch)
        nb = format_html('<div class="c-nb"><span>{}</span>{}</div>', formats.number(value, 1), bar)
        return _cell("ax", label, nb, rest=f"c-rank2__ax--{branch}")

    return draw


def _bounds(row: RankingRow, ranking: Ranking) -> SafeString:
    """Draw the middle 90% and the median of the places that a country would take, on the whole scale."""
    total = len(ranking.ranked) + 1
    drawn = charts.bounds(row.best, row.worst, row.low, row.high, total, first=ranking.table.first, width=240)
    if row.low is None or row.high is None:
        shown: str | SafeString = formats.DASH
    else:
        span = formats.span(str(row.low), str(row.high))
        shown = format_html("{} <small>median {}</small>", span, row.median)
    return _cell("int", "", format_html('<div class="c-int"><span>{}</span>{}</div>', shown, drawn))


def _first(row: RankingRow, ranking: Ranking) -> SafeString:
    bar, shown = charts.chance_bar(row.p20), sentences_presenters.share_in_first(row, ranking.table)
    label = f"In first {ranking.table.first}"
    return _cell("ch", label, format_html('<div class="c-nb c-nb--wide"><span>{}</span>{}</div>', shown, bar))


def _weak(row: RankingRow, ranking: Ranking) -> SafeString:
    found = sentences_presenters.weak(row, ranking.table)
    return _cell("ms", "Missing or old:", found or NOTHING, rest="u-small", none=not found)


def _why(row: RankingRow, ranking: Ranking) -> SafeString:
    return _cell("ms", "Why:", sentences_presenters.why(row, ranking.table), rest="u-small")


def _full_why(row: RankingRow, ranking: Ranking) -> SafeString:
    return _cell("wh", "", labels.why_not_ranked(row, ranking.table), rest="u-small")


def _place(row: RankingRow, _ranking: Ranking) -> SafeString:
    """Return the place it would take; a country without the evidence for a rank would be provisional."""
    if row.place is None or row.reason_code == Reason.UNITED_STATES:
        return _cell("pl", "", formats.DASH, rest="num", none=True)
    provisional = SafeString("<small>if it had a rank</small>") if row.fails else ""
    return _cell("pl", "Would rank", format_html("{}{}", row.place, provisional), rest="num")


def _hurdle(row: RankingRow, _ranking: Ranking) -> SafeString:
    found = row.hurdles.get("corruption")
    mark = status(labels.CHANCE_MARKS[found.kind], labels.chance(found)) if found else NOTHING
    return _cell("cc", "Corruption:", mark, none=found is None)


def _tier(row: RankingRow, _ranking: Ranking) -> SafeString:
    return _cell("more", "Tier", tier(row.tier, row.tier_quality))


def _all_in(figure: Callable[[AllInFigures], str | None], label: str = "") -> Draw:
    def draw(row: RankingRow, _ranking: Ranking) -> SafeString:
        return _cell("more", label, (figure(row.all_in) if row.all_in else None) or formats.DASH, rest="num")

    return draw


# ---- columns -------------------------------------------------------------------------------------------------------

_NEED = RankingColumn("need", Heading("Need", "need", falling=True), _axis("need", "Need"))
_FEASIBILITY = RankingColumn(
    "feasibility", Heading("Feasibility", "feasibility", falling=True), _axis("feas", "Feasibility")
)
_FIRST = RankingColumn("p20", Heading("In first {first}, of draws", "p20", falling=True), _first)
_WEAK = RankingColumn("weak", Heading("Missing or old"), _weak)
_HURDLE = RankingColumn("hurdle", Heading("Corruption hurdle", "hurdle", falling=True), _hurdle)
_TIER = RankingColumn("tier", Heading("Tier", "tier"), _tier, extra=True)
_RELIABILITY = RankingColumn(
    "reliability",
    Heading("Reliability", "reliability", falling=True, numeric=True),
    _all_in(lambda found: formats.number(found.reliability, 1), "Reliability"),
    extra=True,
    all_in=True,
)

COLUMNS: Mapping[str, tuple[RankingColumn, ...]] = {
    RANKED.key: RANKED_COLUMNS,
    PROVISIONAL.key: (
        RankingColumn("reason", Heading("Why no rank", "reason"), _why, optional=False),
        _NEED,
        _FEASIBILITY,
        RankingColumn("bounds", Heading("Would rank", "middle", scale="places"), _bounds, optional=False),
        _FIRST,
        _RELIABILITY,
        replace(_WEAK, extra=True),
        _HURDLE,
        _TIER,
    ),
    OUTSIDE.key: (
        RankingColumn("reason", Heading("Why outside", "reason"), _full_why, optional=False),
        _NEED,
        _FEASIBILITY,
        RankingColumn("place", Heading("Would rank", "place", numeric=True), _place, optional=False),
        RankingColumn(
            "range",
            Heading("Would rank, in 90% of draws", "range", numeric=True),
            _all_in(
                lambda found: formats.span(str(found.outside.low), str(found.outside.high)) if found.outside else None
            ),
            extra=True,
            all_in=True,
        ),
        RankingColumn(
            "chance",
            Heading("In first {first}, of draws", "chance", falling=True, numeric=True),
            _all_in(lambda found: formats.chance(found.outside.p20) if found.outside else None),
            extra=True,
            all_in=True,
        ),
        _RELIABILITY,
        _WEAK,
        _TIER,
    ),
    NOT_RANKABLE.key: (
        RankingColumn("reason", Heading("Why no rank"), _full_why, optional=False),
        _FEASIBILITY,
        _WEAK,
        _TIER,
    ),
}
"""Columns of each group of countries, in addition to the country's name."""
COUNTRY = Heading("Country", "country")


def known_columns(tab: ListTab, ranking: Ranking) -> tuple[RankingColumn, ...]:
    overdue = any(row.all_in and row.all_in.settled for row in ranking.ranked)
    return tuple(
        column
        for column in COLUMNS[tab.key]
        if (ranking.is_all_in or not column.all_in) and (overdue or not column.overdue)
    )


def columns_of(tab: ListTab, ranking: Ranking, asked: Collection[str]) -> tuple[RankingColumn, ...]:
    """Return the visible columns: the requested ones, or all but the extra ones, with those that are always visible."""
    return tuple(
        column
        for column in known_columns(tab, ranking)
        if not column.optional or (column.key in asked if asked else not column.extra)
    )


def heading_of(column: RankingColumn, ranking: Ranking) -> Heading:
    short = ranking.table.method.get("short", 10)
    label = column.heading.label.format(first=ranking.table.first, short=short)
    return replace(column.heading, label=label)


# ---- cached cells --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RankingCells:
    """Cells of a run, rendered once: for each country the head of its row, and its cells by column."""

    heads: Mapping[str, SafeString]
    cells: Mapping[str, Mapping[str, SafeString]]

    def rows(
        self,
        rows: Sequence[RankingRow],
        columns: Sequence[RankingColumn],
        cut: int | None = None,
        titles: Mapping[str, SafeString] | None = None,
    ) -> SafeString:
        """Return the rows of a list.

        `cut` draws a line under the last row with this rank or a better one. `titles` are the headings by code; one is
        printed above a row if the previous row has another.
        """
        last = max((i for i, row in enumerate(rows) if cut and row.rank and row.rank <= cut), default=None)
        keys = [column.key for column in columns]
        column_index = 1 if keys[:1] == ["rank"] else 0
        found: list[str] = []
        before: str | None = None
        for i, row in enumerate(rows):
            title = (titles or {}).get(row.code)
            if title and title != before:
                found.append(format_html(_TITLE, len(columns) + 1, title))
            before = title
            drawn: list[str] = [self.cells[row.code][key] for key in keys]
            drawn.insert(column_index, self.heads[row.code])
            opening = '<tr role="row" class="is-cut">' if i == last else '<tr role="row">'
            found.append(f"{opening}{''.join(drawn)}</tr>")
        return mark_safe("".join(found))  # noqa: S308  # every cell was escaped when it was drawn


_TITLE = '<tr role="row" class="c-group"><th scope="rowgroup" role="rowheader" colspan="{}">{}</th></tr>'


def titles_of(rows: Sequence[RankingRow]) -> dict[str, SafeString]:
    """Return for each country outside the pool the reason, with how many share it, as the title of its rows."""
    by_code = {row.code: sentences_presenters.reason_title(row) for row in rows}
    counts = Counter(by_code.values())
    return {
        code: format_html('{} <span class="u-muted">{}</span>', title, counts[title]) for code, title in by_code.items()
    }


def ranking_cells(run: ScoreRun, *, newest: bool) -> RankingCells:
    """Return the cells of a run. Rows of an older run link to the country as it was in that run."""
    return _cells(run.pk, newest)


@lru_cache(maxsize=8)
def _cells(run_id: int, newest: bool) -> RankingCells:
    ranking = ranking_of(ScoreRun(pk=run_id))
    suffix = "" if newest else f"?run={run_id}"
    regions = Counter(row.region for row in ranking.ranked)
    heads, cells = {}, {}
    for tab in (RANKED, PROVISIONAL, OUTSIDE, NOT_RANKABLE):
        for row in tab.of(ranking):
            meta = short_meta(row) if tab is RANKED else _meta(row, regions)
            heads[row.code] = country_head(row, suffix, meta)
            cells[row.code] = {column.key: column.draw(row, ranking) for column in known_columns(tab, ranking)}
    return RankingCells(heads, cells)
