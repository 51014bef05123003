"""The tier of a country year by year."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, legend_of
from cpc.web.charts.series import (
    BOTTOM,
    HEIGHT,
    WIDTH,
    Series,
    draw_series,
    gap_legend,
    nothing,
    table_years,
    year_axis,
)
from cpc.web.charts.svg import Svg, line, rect, swatch, text

# Key of the tier in the data, and the label of its row, from the top.
TIERS: tuple[tuple[str, str], ...] = (("1", "Tier 1"), ("2", "Tier 2"), ("2WL", "Watch List"), ("3", "Tier 3"))
SPECIAL = "special_case"


def tier_strip(
    key: str,
    finding: str,
    context: str,
    tiers: Mapping[int, str | None],
    *,
    years: tuple[int, int] | None = None,
    inferred: Collection[int] = (),
    reasons: Mapping[int, str] | None = None,
) -> Chart:
    """Draw the tier of each year in four rows; inferred years outlined, Special Case dashed, missing years hatched.

    `tiers` has a key of `TIERS`, `SPECIAL`, or None by year. Raises `ValueError` for any other tier.
    """
    names = dict(TIERS) | {SPECIAL: "Special Case"}
    unknown = {tier for tier in tiers.values() if tier is not None and tier not in names}
    if unknown:
        raise ValueError(f"{sorted(unknown)} are no tiers; use one of {', '.join(names)}.")
    series = Series(
        key=key,
        name="TIP Report tier",
        finding=finding,
        context=context,
        values={year: None if tier is None else 1.0 for year, tier in tiers.items()},
        years=years,
        reasons=reasons or {},
    )
    rows = []
    for year in table_years(series):
        tier = tiers.get(year)
        label = series.cell(year) if tier is None else names[tier]
        rows.append((str(year), f"{label}, inferred" if year in inferred and tier is not None else label))
    legend = legend_of(
        [
            ("2WL" in tiers.values(), swatch("k-cell k-cell--wl"), "Watch List"),
            (inferred, swatch("k-cell--inferred"), "Inferred"),
            (SPECIAL in tiers.values(), swatch("k-cell--none"), "Special Case"),
        ]
    )
    body = _tier_body(series, tiers, inferred)
    table = ChartTable(series.name, (ChartColumn("Year"), ChartColumn("Tier")), tuple(rows))
    return Chart(
        finding,
        context,
        draw_series(series, body, f"Years {rows[0][0]} to {rows[-1][0]}." if rows else ""),
        table,
        legend=(*legend, *gap_legend(series)),
    )


def _tier_body(series: Series, tiers: Mapping[int, str | None], inferred: Collection[int]) -> list[Svg]:
    left, top, right = 62.0, 6.0, 4.0
    if series.span is None:
        return nothing(left)
    first, last = series.span
    step, high = (WIDTH - left - right) / (last - first + 1), (HEIGHT - BOTTOM - top) / len(TIERS)
    body = []
    for index, (_, label) in enumerate(TIERS):
        body.append(text(left - 7, top + high * index + high / 2 + 4, label, "k-ax", "end"))
        body.append(line(left, top + high * (index + 1), WIDTH - right, top + high * (index + 1), "k-grid"))
    rows = [tier for tier, _ in TIERS]
    for year in range(first, last + 1):
        x, tier = left + (year - first) * step, tiers.get(year)
        if tier is None:
            body.append(rect(x + 0.3, top, step - 0.6, HEIGHT - BOTTOM - top, "k-gap"))
        elif tier == SPECIAL:
            body.append(rect(x + 1, top + 1, step - 2, HEIGHT - BOTTOM - top - 2, "k-cell--none"))
        else:
            style = "k-cell k-cell--wl" if tier == "2WL" else "k-cell"
            style = "k-cell--inferred" if year in inferred else style
            body.append(rect(x + 0.8, top + high * rows.index(tier) + 3, step - 1.6, high - 6, style, rx=1))
    return body + year_axis(series, left, WIDTH - right)
