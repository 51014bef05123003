"""Cells of the ranked countries: one line each, with the figures that a person reads first, and columns to add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpc.web import charts, formats
from cpc.web.badges import status
from selection.ranking.presenters import sentences as sentences_presenters
from selection.ranking.presenters.shared import Heading, tier
from selection.ranking.queries.listing import SORTS, all_in
from selection.runs import labels
from selection.runs.all_in_figures import AllInFigures, DrawnRanks
from selection.runs.rows import Ranking, RankingRow

NOTHING = format_html('<span class="u-muted">{}<span class="u-sr"> none</span></span>', formats.DASH)
WIDE = 310
"""Width of the picture of an interval."""

Draw = Callable[[RankingRow, Ranking], SafeString]


@dataclass(frozen=True, slots=True)
class RankingColumn:
    """Column of the list: its key in the URL, its heading, and the function that fills it from a row.

    An optional column can be hidden; one that is `extra` is hidden until it is requested. Only a run whose draws are
    `all_in` can fill a column that requires it, and only one with an overdue edition a column that is `overdue`.
    """

    key: str
    heading: Heading
    draw: Draw
    optional: bool = True
    extra: bool = False
    all_in: bool = False
    overdue: bool = False


def former_marks(row: RankingRow) -> SafeString:
    return format_html_join(
        "",
        "{}",
        ((status("none", f"Partner {years}", icon_name="history"),) for years in sentences_presenters.former(row)),
    )


def short_meta(row: RankingRow) -> SafeString:
    """Return the region and income of a ranked country, and the decision that admitted it."""
    income = labels.income(row.income) if row.income else ""
    parts = " · ".join(part for part in (row.region, income) if part)
    until = row.admitted_until
    marks = [status("info", f"Admitted until {formats.day(until)}", icon_name="add_circle")] if until else []
    return format_html("{}{}", parts, format_html_join("", "{}", ((mark,) for mark in marks)))


# ---- cells ---------------------------------------------------------------------------------------------------------


def _own(label: str, content: str | SafeString | None, *, rest: str = "") -> SafeString:
    """Return a cell that a person added; on a phone it has `label` before it, and is omitted if it is empty."""
    return format_html(
        '<td role="cell" class="c-ranks__own{}{}" data-label="{}">{}</td>',
        f" {rest}" if rest else "",
        "" if content else " is-none",
        label,
        content or NOTHING,
    )


def _rank(row: RankingRow, _ranking: Ranking) -> SafeString:
    return format_html('<td role="cell" class="num c-ranks__no">{}</td>', row.rank)


def _interval(row: RankingRow, ranking: Ranking) -> SafeString:
    shown = formats.DASH if row.low is None else formats.span(str(row.low), str(row.high))
    first, total = ranking.table.first, len(ranking.ranked)
    drawn = charts.whisk(row.rank, row.low, row.high, total, first=first, width=WIDE)
    cell = '<td role="cell" class="c-ranks__int"><div class="c-int"><span>{}</span>{}</div></td>'
    return format_html(cell, shown, drawn)


def _first(row: RankingRow, ranking: Ranking) -> SafeString:
    shown = sentences_presenters.share_in_first(row, ranking.table)
    return format_html(
        '<td role="cell" class="c-ranks__p"><div class="c-nb c-nb--wide">'
        '<span>{}<span class="u-sr"> of draws in the first {}</span></span>{}</div></td>',
        shown,
        ranking.table.first,
        charts.chance_bar(row.p20, width=84),
    )


def _more(label: str, figure: Callable[[RankingRow], float | None]) -> Draw:
    """Return the drawer of a figure that the country's page has too, so that phones leave it out."""

    def draw(row: RankingRow, _ranking: Ranking) -> SafeString:
        shown = formats.number(figure(row), 1)
        return format_html('<td role="cell" class="num c-ranks__more" data-label="{}">{}</td>', label, shown)

    return draw


def _score(row: RankingRow, _ranking: Ranking) -> SafeString:
    return _own("Score", formats.number(row.score, 1), rest="num")


def _group(row: RankingRow, _ranking: Ranking) -> SafeString:
    rest = "u-nowrap u-strong" if row.group == "in" else "u-nowrap"
    return _own("Group", labels.SCREEN_GROUPS.get(row.group), rest=rest)


def _chance(label: str, share: Callable[[RankingRow], float | None]) -> Draw:
    def draw(row: RankingRow, ranking: Ranking) -> SafeString:
        found, where = (
            share(row),
            label.format(first=ranking.table.first, short=int(ranking.table.method.get("short", 10))),
        )
        return _own(where, None if found is None else formats.chance(found), rest="num")

    return draw


def _designs(row: RankingRow, ranking: Ranking) -> SafeString:
    limits = () if ranking.is_all_in else sentences_presenters.limits_of(ranking.table, "in_designs")
    shown = None if row.designs is None else sentences_presenters.counted_share(row.designs, limits)
    return _own("Methods", shown, rest="num")


def _among(label: str, rank_in: Callable[[RankingRow], int | None], group: Callable[[RankingRow], str]) -> Draw:
    """Return the drawer of the rank among the ranked countries of the same region or income: "6 of 36"."""

    def draw(row: RankingRow, ranking: Ranking) -> SafeString:
        rank, size = rank_in(row), sum(group(one) == group(row) for one in ranking.ranked)
        return _own(label, None if rank is None else f"{rank} of {size}", rest="num")

    return draw


def _ranks(label: str, ranks: Callable[[AllInFigures], DrawnRanks | None]) -> Draw:
    def draw(row: RankingRow, _ranking: Ranking) -> SafeString:
        found = ranks(row.all_in) if row.all_in else None
        return _own(label, formats.span(str(found.low), str(found.high)) if found else None, rest="num")

    return draw


def _weak(row: RankingRow, ranking: Ranking) -> SafeString:
    return _own("Missing or old:", sentences_presenters.weak(row, ranking.table), rest="u-small c-ranks__text")


def _hurdle(row: RankingRow, _ranking: Ranking) -> SafeString:
    found = row.hurdles.get("corruption")
    mark = status(labels.CHANCE_MARKS[found.kind], labels.chance(found)) if found else None
    return _own("Corruption:", mark)


def _tier(row: RankingRow, _ranking: Ranking) -> SafeString:
    return _own("", tier(row.tier, row.tier_quality))


def _former(row: RankingRow, _ranking: Ranking) -> SafeString:
    return _own("Partnership:", former_marks(row) or None)


# ---- columns -------------------------------------------------------------------------------------------------------


def _column(
    key: str, label: str, draw: Draw, *, sort: bool = True, numeric: bool = True, **more: bool
) -> RankingColumn:
    """Return a column that is hidden until it is requested; its figures sort the greatest first."""
    heading = Heading(label, key if sort else "", falling=numeric, numeric=numeric)
    return RankingColumn(key, heading, draw, extra=True, **more)


def _ranked_within(key: str, label: str, draw: Draw, **more: bool) -> RankingColumn:
    return RankingColumn(key, Heading(label, key, numeric=True), draw, extra=True, **more)


RANKED_COLUMNS: tuple[RankingColumn, ...] = (
    RankingColumn("rank", Heading("Rank", "rank", numeric=True), _rank, optional=False),
    RankingColumn("interval", Heading("Range of ranks in 90% of draws", "interval", scale="ranked"), _interval),
    RankingColumn("p20", Heading("In the first {first}, of draws", "p20", falling=True), _first),
    RankingColumn("need", Heading("Need", "need", falling=True, numeric=True), _more("Need", lambda row: row.need)),
    RankingColumn(
        "feasibility",
        Heading("Feasibility", "feasibility", falling=True, numeric=True),
        _more("Feasibility", lambda row: row.feasibility),
    ),
    RankingColumn(
        "reliability",
        Heading("Reliability", "reliability", falling=True, numeric=True),
        _more("Reliability", all_in(lambda found: found.reliability)),
        all_in=True,
    ),
    _column("group", "Group", _group, numeric=False),
    _column("score", "Score", _score),
    _column("p10", "In the first {short}", _chance("In the first {short}", lambda row: row.p10)),
    _ranked_within(
        "region", "Rank in the region", _among("In the region", lambda row: row.region_rank, lambda row: row.region)
    ),
    _ranked_within(
        "income",
        "Rank in the income group",
        _among(
            "In the income group",
            all_in(lambda found: found.income_rank),
            lambda row: row.income,
        ),
        all_in=True,
    ),
    _ranked_within(
        "data_weights",
        "Range from data and weights alone",
        _ranks("Data and weights", lambda found: found.data_weights),
        all_in=True,
    ),
    _column(
        "inner",
        "First {first}, data and weights alone",
        _chance("Data and weights", all_in(lambda found: found.data_weights.p20)),
        all_in=True,
    ),
    _column(
        "holds",
        "First {first}, if its tier holds",
        _chance("If its tier holds", all_in(lambda found: found.holds)),
        overdue=True,
    ),
    _column(
        "settled", "First {first}, if no tier changes", _chance("If no tier changes", SORTS["settled"]), overdue=True
    ),
    _column("designs", "First {first}, of methods", _designs),
    _column("free", "First {first}, of free weightings", _chance("Of free weightings", SORTS["free"]), all_in=True),
    _column("weak", "Missing or old", _weak, sort=False, numeric=False),
    RankingColumn("hurdle", Heading("Corruption hurdle", "hurdle", falling=True), _hurdle, extra=True),
    _column("tier", "Tier", _tier, numeric=False),
    _column("former", "Former partner", _former, sort=False, numeric=False),
)
