"""The page about how sure an order is, as text and marks: the verdict, bands of ranks, and which doubt moves them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from cpc.web import charts, formats
from selection.how_sure.queries.findings import HowSure
from selection.ranking.presenters import sentences as sentences_presenters
from selection.ranking.presenters.sentences import group_limits
from selection.ranking.queries.findings import groups_of, median_widths
from selection.ranking.queries.listing import PROVISIONAL
from selection.runs.doubts import BY_GROUP, DOUBTS
from selection.runs.rows import Ranking, RankingRow

SHADES = (0.05, 0.25, 0.50, 0.75)
"""Lower bounds of the shades of a share, the lightest first."""


# ---- finding -------------------------------------------------------------------------------------------------------


def finding(findings: HowSure) -> dict[str, Any]:
    """Return the facts of the finding: whether the first are known, and typical widths of ranges; `_finding.html`.

    `total` is "" without draws, and `designs` for a run that has none apart from the draws.
    """
    ranking, rows = findings.ranking, PROVISIONAL.of(findings.ranking)
    widths = median_widths(ranking)
    single = sorted((one for one in DOUBTS if one.listed and widths.get(one.key)), key=lambda one: -widths[one.key])
    provisional = [row.high - row.low for row in rows if row.low is not None and row.high is not None]
    return {
        "ranked": len(ranking.ranked),
        "first": ranking.table.first,
        "groups": groups_of(ranking),
        "limits": group_limits(ranking.table),
        "total": width_text(widths["total"]) if "total" in widths else "",
        "parts": [f"{widths[one.key]} for {one.listed}" for one in single],
        "designs": width_text(widths["designs"]) if "designs" in widths else "",
        "provisional": len(rows),
        "provisional_width": width_text(round(statistics.median(provisional))) if provisional else "",
    }


def width_text(count: int) -> str:
    return formats.count_of(count, "place")


# ---- bands ---------------------------------------------------------------------------------------------------------


def bands(ranking: Ranking) -> tuple[str, ...]:
    """Return the bands of ranks that hold a country: 1 to 5, 6 to 10, ..., 41 and more."""
    ranked = len(ranking.ranked)
    first, short = ranking.table.first, int(ranking.table.method.get("short", 10))
    ends = sorted({max(1, short // 2), short, first, 2 * first})
    starts = [1, *(end + 1 for end in ends)]
    names = [formats.span(str(low), str(high)) for low, high in zip(starts, ends, strict=False)]
    names.append(f"{starts[-1]}+")
    return tuple(names[: sum(start <= max(ranked, 1) for start in starts)])


def band_rows(ranking: Ranking, rows: Sequence[RankingRow]) -> list[dict[str, Any]]:
    """Return the rows of the table of bands, a country's shares with their shades of 0 to 4; none without draws."""
    shown = len(bands(ranking))
    return [
        {
            "row": row,
            "shares": [(_share_text(share), _shade(share)) for share in row.bins[:shown]],
            "chance": sentences_presenters.chance(row.p20, ranking.table),
            "bar": charts.chance_bar(row.p20),
        }
        for row in rows
        if row.bins
    ]


def _share_text(share: float) -> str:
    return "" if share < 0.005 else str(round(100 * share))


def _shade(share: float) -> int:
    return sum(share >= bound for bound in SHADES)


def shade_key() -> list[tuple[int, str]]:
    ends = [f"{round(100 * bound)}" for bound in SHADES]
    shades = [(len(SHADES), f"{ends[-1]}% or more")]
    for step in range(len(SHADES) - 1, 0, -1):
        shades.append((step, f"{ends[step - 1]} to {ends[step]}%"))
    return shades


# ---- which doubt moves the rank ------------------------------------------------------------------------------------


def doubt_columns(findings: HowSure) -> dict[str, str]:
    """Return the headings of the table by the doubts that the run knows: single ones, all, and the method apart."""
    known = {name for row in findings.ranking.ranked for name in row.widths}
    *drawn, method = [(one.key, one.column) for one in BY_GROUP]
    return {key: label for key, label in (*drawn, ("total", "All together"), method) if key in known}


def doubt_rows(findings: HowSure, rows: Sequence[RankingRow]) -> list[dict[str, Any]]:
    """Return the rows of the table of doubts, each range as text and mark; none for a run without draws."""
    columns, total, first = doubt_columns(findings), len(findings.ranking.ranked), findings.table.first
    return [{"row": row, "spans": [_span(row, key, total, first) for key in columns]} for row in rows if row.widths]


def ends_of(row: RankingRow, key: str) -> tuple[int, int] | None:
    """Return the range of ranks that a doubt leaves open; None without draws."""
    if key == "total":
        return (row.low, row.high) if row.low is not None and row.high is not None else None
    ends = row.designs_range if key == "designs" else row.ranges.get(key, ())
    return (ends[0], ends[1]) if len(ends) == 2 else None


def _span(row: RankingRow, key: str, total: int, first: int) -> tuple[str, charts.Svg]:
    ends = ends_of(row, key)
    assert ends is not None  # a doubt with a width has both ends
    mark = charts.whisk(row.rank, *ends, total, first=first, width=72)
    return formats.span(str(ends[0]), str(ends[1])), mark
