"""Charts of one country's series, each with a sentence that could be false and its numbers as a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from cpc.web import charts, formats
from cpc.web.charts import Chart, ChartColumn, ChartTable, Series
from indicators.models import Observation
from selection.runs import labels

CODES = (
    "cpi.score",
    "fh.total",
    "fh.political_rights",
    "fh.civil_liberties",
    "tip.tier",
    "wb.gni_per_capita",
    "wb.income_class",
)
TIER_KEYS = {
    "Tier 1": "1",
    "Tier 2": "2",
    "Tier 2 Watch List": "2WL",
    "Tier 3": "3",
    "Special Case": charts.SPECIAL,
}
CLASSES = ("L", "LM", "UM", "H")
Found = Mapping[str, Sequence[Observation]]


def trends(found: Found, peers: Mapping[str, tuple[str, float]]) -> list[Chart]:
    """Return a chart of each available series.

    `peers` gives the name and value of a dashed reference line by indicator.
    """
    drawn = [
        _corruption(found.get("cpi.score", ()), peers.get("cpi.score")),
        _freedom(found),
        _tiers(found.get("tip.tier", ())),
        _income(found.get("wb.gni_per_capita", ()), peers.get("wb.gni_per_capita")),
        _classes(found.get("wb.income_class", ())),
    ]
    return [chart for chart in drawn if chart is not None]


def child_labour(
    own: tuple[str, float | None], period: str, reason: str, peers: Sequence[tuple[str, float]]
) -> Chart | None:
    """Draw a country's child labor among `peers`, all other states with a survey; None if none has one."""
    if not peers:
        return None
    value = own[1]
    ordered = sorted(share for _, share in peers)
    median = ordered[len(ordered) // 2]
    if value is None:
        finding = f"Child labor: {reason[:1].lower()}{reason[1:]}"
        context = f"{len(peers)} countries have a survey; each tick is one."
    else:
        above = sum(share > value for share in ordered)
        finding = f"Child labor: {formats.number(value, 1)}%, {_half(above, len(ordered))}"
        context = f"Survey of {period}. Each tick is one of {len(peers)} countries surveyed."
    return charts.pool_strip(
        "child-labor",
        "Child labor, activity or chores, percent of children",
        finding,
        context,
        own=own,
        peers=peers,
        post=("Median", median),
        written=lambda v: f"{formats.number(v, 1)}%",
        reason=reason,
    )


def _half(above: int, count: int) -> str:
    if above < 0.1 * count:
        return "among the highest tenth"
    return "in the higher half of those surveyed" if above < count / 2 else "in the lower half of those surveyed"


# ---- one picture each ----------------------------------------------------------------------------------------------


def _values(rows: Sequence[Observation]) -> dict[int, float | None]:
    return {row.year: row.value for row in rows}


def _reasons(rows: Sequence[Observation]) -> dict[int, str]:
    return {row.year: formats.missing(row.missing) for row in rows if row.missing}


def _known(rows: Sequence[Observation]) -> list[tuple[int, float]]:
    return [(row.year, row.value) for row in rows if row.value is not None]


def _course(known: Sequence[tuple[int, float]], written: Callable[[float], str]) -> str:
    (first, start), (last, end) = known[0], known[-1]
    change = end - start
    if first == last:
        return f"{written(end)} in {last}"
    if written(start) == written(end):
        return f"{written(end)}, as in {first}"
    return f"{written(end)}, {'up' if change > 0 else 'down'} {written(abs(change))} since {first}"


def _extremes(known: Sequence[tuple[int, float]], written: Callable[[float], str]) -> str:
    if len(known) == 1:
        return "No other year is known."
    high, low = max(known, key=lambda item: item[1]), min(known, key=lambda item: item[1])
    if high[1] == low[1]:
        return f"The same in all {len(known)} years."
    return f"Highest {written(high[1])} in {high[0]}, lowest {written(low[1])} in {low[0]}."


def _corruption(rows: Sequence[Observation], peer: tuple[str, float] | None) -> Chart | None:
    known = _known(rows)
    if not known:
        return None
    intervals = {row.year: (row.low, row.high) for row in rows if row.low is not None and row.high is not None}
    series = Series(
        "cpi",
        "Corruption Perceptions Index",
        f"Corruption perceptions: {_course(known, formats.number)}",
        f"{_extremes(known, formats.number)} Higher is better.",
        _values(rows),
        reasons=_reasons(rows),
    )
    return charts.line_chart(series, intervals=intervals, reference=peer)


def _freedom(found: Found) -> Chart | None:
    rows = found.get("fh.total", ())
    known = _known(rows)
    if not known:
        return None
    series = Series(
        "freedom",
        "Freedom in the World, total",
        f"Freedom in the World: {_course(known, formats.number)}",
        f"{_parts_moved(found, known)} Year covered; the edition is a year later.",
        _values(rows),
        reasons=_reasons(rows),
    )
    chart = charts.line_chart(series)
    parts = [dict(_known(found.get(code, ()))) for code in ("fh.political_rights", "fh.civil_liberties")]
    columns = (
        ChartColumn("Year"),
        ChartColumn("Total", True),
        ChartColumn("Political rights, of 40", True),
        ChartColumn("Civil liberties, of 60", True),
    )
    cells = tuple(
        (str(row.year), series.cell(row.year), *(formats.number(part.get(row.year)) for part in parts)) for row in rows
    )
    return dataclasses.replace(chart, table=ChartTable(series.name, columns, cells))


def _parts_moved(found: Found, known: Sequence[tuple[int, float]]) -> str:
    first, last = known[0][0], known[-1][0]
    parts = []
    for name, code in (("political rights", "fh.political_rights"), ("civil liberties", "fh.civil_liberties")):
        values = dict(_known(found.get(code, ())))
        if first in values and last in values:
            change = values[last] - values[first]
            parts.append(f"{name} {formats.signed(change) if change else 'unchanged'}")
    text = " and ".join(parts)
    return f"{text[:1].upper()}{text[1:]} since {first}." if parts else ""


def _tiers(rows: Sequence[Observation]) -> Chart | None:
    if not rows:
        return None
    tiers: dict[int, str | None] = {row.year: TIER_KEYS.get(row.label) for row in rows}
    inferred = {row.year for row in rows if row.quality == "inferred"}
    weak = sorted({row.year for row in rows if row.quality == "unconfirmed"})
    stated = [row for row in rows if row.label and row.quality != "inferred"]
    if not stated:
        return None
    last = stated[-1]
    same = 0
    for row in reversed(stated):
        if row.label != last.label:
            break
        same += 1
    run = f"{last.label} in the last {same} known years" if same > 1 else f"{last.label} in {last.year}"
    finding = f"TIP tier: {run}"
    others = sorted(
        {row.label for row in stated if row.label != last.label}, key=lambda label: list(TIER_KEYS).index(label)
    )
    context = (
        f"Also {formats.listing(others)} since {stated[0].year}." if others else f"The same since {stated[0].year}."
    )
    if inferred:
        context += " Outlined years are inferred and do not score."
    if weak:
        context += f" Not confirmed: {formats.listing([str(year) for year in weak[-3:]])}."
    return charts.tier_strip("tip-tier", finding, context, tiers, inferred=inferred)


def dollars(value: float) -> str:
    return f"${formats.number(value)}"


def _income(rows: Sequence[Observation], peer: tuple[str, float] | None) -> Chart | None:
    recent = [row for row in rows if row.year >= 1990]
    known = _known(recent)
    if not known:
        return None
    series = Series(
        "gni",
        "GNI per capita, Atlas method",
        f"Income per person: {dollars(known[-1][1])}, from {dollars(known[0][1])} in {known[0][0]}"
        if len(known) > 1
        else f"Income per person: {dollars(known[-1][1])} in {known[-1][0]}",
        f"{_extremes(known, dollars)} Current dollars.",
        _values(recent),
        reasons=_reasons(recent),
        written=dollars,
    )
    return charts.line_chart(series, reference=peer)


def _classes(rows: Sequence[Observation]) -> Chart | None:
    known = [row for row in rows if row.label in CLASSES]
    if not known:
        return None
    last, first = known[-1], known[0]
    since = last.year
    for row in reversed(known):
        if row.label != last.label:
            break
        since = row.year
    finding = f"Income class: {labels.INCOME[last.label].lower()} since FY {since}"
    if since == first.year:
        context = f"The same in every year from FY {first.year}."
    else:
        seen = [label for label in CLASSES if any(row.label == label for row in known)]
        context = f"Between {formats.listing([labels.INCOME[label].lower() for label in seen])} from FY {first.year}."
    values: dict[int, float | None] = {row.year: float(CLASSES.index(row.label)) for row in known}
    series = Series(
        "income-class",
        "World Bank income class",
        finding,
        context,
        values,
        written=lambda value: labels.INCOME[CLASSES[min(max(round(value), 0), 3)]],
        year_written=lambda year: f"FY {year}",
    )
    return charts.line_chart(series, ends=(0, 3))
