"""Parts shared by all pages with a ranking: the head of a row, a tier, the points of a score, a scatter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import charts, formats
from cpc.web.charts import SHADES, Branch, Chart, LabelPosition, Part
from selection.runs.rows import Ranking, RankingRow


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading of a list: its label, its sort key, and the scale of its column.

    `falling` sorts the greatest first. `scale` is the end of a scale that begins with 1, or `points`, whose scale
    begins with 0.
    """

    label: str
    sort: str = ""
    falling: bool = False
    numeric: bool = False
    scale: str = ""


UNCONFIRMED = SafeString('<span aria-hidden="true">*</span><span class="u-sr">, not confirmed</span>')


def country_head(row: RankingRow, suffix: str, meta: str | SafeString) -> SafeString:
    """Return the head of a row: the country as a link, and a line of meta."""
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


def bar_parts(ranking: Ranking, points: Sequence[float]) -> list[Part]:
    """Return the parts of a bar. Of a branch with more groups than shades the heaviest are parts, the rest is one."""
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
            found.append(Part(formats.listing([group.label for group, _ in rest]), sum(made for _, made in rest), side))
        else:
            found += [Part(group.label, made, side) for group, made in own]
    return found


# ---- scatter -------------------------------------------------------------------------------------------------------


def scatter(ranking: Ranking) -> Chart:
    """Draw need against feasibility of the ranked countries; the first have the first choice of a label."""
    first = {row.code for row in ranking.first}
    points = []
    for row in ranking.ranked:
        kind = "against" if row.against else "first" if row.code in first else "other"
        named = row.code in first
        points.append(LabelPosition(row.name, row.feasibility, row.need, kind, named=named))  # type: ignore[arg-type]  # one of three kinds
    return charts.scatter(
        "need-feasibility",
        *scatter_sentences(ranking, points),
        points,
        first_label=f"First {ranking.table.first}, no known obstacle",
        with_table=False,
    )


def scatter_sentences(ranking: Ranking, points: list[LabelPosition]) -> tuple[str, str]:
    """Return whether high need and high feasibility come together, and the countries that none beats on both."""
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
            "High need and high feasibility often come together."
            if share > 0.3
            else "High need and high feasibility come together about as often as by chance."
        )
    )
    names = [point.name for point in charts.front(points)]
    beaten = f"No country is ahead of {formats.listing(names, 'or')} on both." if len(names) <= 9 else ""
    are = "is" if above == 1 else "are"
    return finding, f"{above} of {len(both)} countries {are} above the median on both. {beaten}".strip()


def _pairs(ranking: Ranking) -> list[tuple[float | None, float | None]]:
    return [(row.need, row.feasibility) for row in ranking.ranked]


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
