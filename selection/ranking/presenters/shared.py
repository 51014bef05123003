"""Parts shared by all pages with a ranking: the head of a row, a tier, a scatter."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import charts, formats
from cpc.web.charts import Chart, Dot
from selection.runs.rows import Ranking, RankingRow


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading of a list: its label, its sort key, and the scale of its column.

    `falling` sorts the greatest first. `scale` is the end of a scale that begins with 1.
    """

    label: str
    sort: str = ""
    falling: bool = False
    numeric: bool = False
    scale: str = ""


UNCONFIRMED = SafeString('<span aria-hidden="true">*</span><span class="u-sr">, not confirmed</span>')


def country_head(row: RankingRow, suffix: str, meta: str | SafeString) -> SafeString:
    return format_html(
        '<th scope="row" role="rowheader"><a href="{}{}">{}</a><small>{}</small></th>',
        reverse("country", args=(row.code,)),
        suffix,
        row.name,
        meta,
    )


def tier(label: str, quality: str) -> SafeString:
    """Return a tier, with a mark if it is not confirmed."""
    if not label:
        return SafeString(formats.DASH)
    shown = label.replace("Tier 2 Watch List", "Watch List")
    return format_html("{}{}", shown, UNCONFIRMED if quality == "unconfirmed" else "")


# ---- scatter -------------------------------------------------------------------------------------------------------


def scatter(ranking: Ranking) -> Chart:
    """Draw need against feasibility of the ranked countries, the first of them dark."""
    return charts.scatter_of_first(
        "need-feasibility",
        *scatter_sentences(ranking),
        _dots(ranking),
        first=ranking.table.first,
        first_label=f"First {ranking.table.first}, no known obstacle",
    )


def _dots(ranking: Ranking) -> list[Dot]:
    return [
        Dot(row.name, "", row.need, row.feasibility, rank=row.rank, likely_fail=row.against)
        for row in ranking.ranked
        if row.need is not None and row.feasibility is not None
    ]


def scatter_sentences(ranking: Ranking) -> tuple[str, str]:
    """Return whether high need and high feasibility come together, and the countries that none beats on both."""
    dots = _dots(ranking)
    if not dots:
        return "No country is ranked", "Need and feasibility must both be known."
    need, feasibility = (median(scores) for scores in zip(*(dot.scores for dot in dots), strict=True))
    above = sum(dot.need > need and dot.feasibility > feasibility for dot in dots)
    share = above / len(dots)
    finding = (
        "High need and high feasibility seldom come together."
        if share < 0.2
        else (
            "High need and high feasibility often come together."
            if share > 0.3
            else "High need and high feasibility come together about as often as by chance."
        )
    )
    names = [dot.name for dot in charts.leading(dots)]
    beaten = f"No country is ahead of {formats.listing(names, 'or')} on both." if len(names) <= 9 else ""
    are = formats.agree(above, "is", "are")
    return finding, f"{above} of {len(dots)} countries {are} above the median on both. {beaten}".strip()
