"""Texts and figures of a backtest: its finding, each case, and all partners together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.template.loader import render_to_string

from cpc.web import formats
from cpc.web.charts import Chart, LegendItem, Placing, placed, placed_legend
from cpc.web.tables import Column, Table
from selection.backtest import FEASIBILITY, NEED, AreaUnderCurve, Case, Findings, Known, Spot, lacking, percentile
from selection.ranking.presenters.sentences import whole_percent
from selection.runs import labels

COMPLETE = 0.9
"""The share of an axis that must have been published for a filled mark."""

QUARTER = 0.25

NARROW = 0.03
"""Distance to the range of chance below which a finding is reported as narrow."""

Names = Mapping[str, str]
"""Names of countries by code."""

HIGH, LEVEL, LOW = "high", "level", "low"

FINDINGS: Mapping[tuple[str, str], str] = {
    (HIGH, HIGH): "The partners stand out both for the level of need and for what they could do.",
    (HIGH, LEVEL): "The partners stand out for the level of need, not for what they could do.",
    (HIGH, LOW): "The partners stand out for the level of need, but could do less than other countries.",
    (LEVEL, HIGH): "The partners stand out for what they could do, not for the level of need.",
    (LEVEL, LEVEL): "The partners do not stand out, either for the level of need or for what they could do.",
    (LEVEL, LOW): "The partners could do less than other countries and do not stand out for the level of need.",
    (LOW, HIGH): "The partners stand out for what they could do, but their need was lower than elsewhere.",
    (
        LOW,
        LEVEL,
    ): "The partners' need was lower than elsewhere, and they do not stand out for what they could do.",
    (LOW, LOW): "The partners ranked lower than other countries, both in need and in what they could do.",
}
"""Finding by the partners' ranks among other countries on need and on feasibility."""

SIGHTS: Sequence[tuple[str, str]] = (
    ("", "Need and feasibility together"),
    (NEED, "Need"),
    (FEASIBILITY, "Feasibility"),
)
"""The whole and its two axes, in the order of the tables."""


def is_below_middle(rank: int, of: int) -> bool:
    """Return whether a place is in the lower half of a list: 54 of 107 is the middle, so 55 is the first below it."""
    return 2 * rank > of + 1


def against_chance(area: AreaUnderCurve | None) -> str:
    """Return whether partners are higher or lower than chance explains, or level with the others."""
    if area is None:
        return LEVEL
    return HIGH if area.is_high else LOW if area.is_low else LEVEL


def partners(count: int) -> str:
    """Return a number of partners in a title: "the eight partners", "the 12 partners", "the partner"."""
    return "the partner" if count == 1 else f"the {formats.spell_out(count).lower()} partners"


# ---- the finding ---------------------------------------------------------------------------------------------------


def verdict(findings: Findings, names: Names) -> list[tuple[str, str]]:
    """Return a sentence that could be false with its basis, then its limits, each as bold text and the rest."""
    need, feasibility = findings.area(NEED), findings.area(FEASIBILITY)
    facts = {} if need is None or feasibility is None else _verdict_facts(findings, names, need, feasibility)
    return paragraphs("selection/backtest/verdict.txt", facts)


def paragraphs(template: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the paragraphs of a text: the first line of each, which pages print in bold, and the rest."""
    text = render_to_string(template, dict(facts))
    lines = [paragraph.strip().splitlines() for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
    return [(bold, " ".join(" ".join(rest).split())) for bold, *rest in lines]


def _verdict_facts(
    findings: Findings, names: Names, need: AreaUnderCurve, feasibility: AreaUnderCurve
) -> dict[str, Any]:
    inside = [case for case, _ in findings.placed if not case.outside]
    within = [names[case.country] for case, spot in findings.placed if spot.rank <= findings.first]
    whole, count = findings.area(), len(findings.placed)
    return {
        "finding": FINDINGS[against_chance(need), against_chance(feasibility)],
        "is_narrow": _is_narrow(need) or _is_narrow(feasibility),
        "need": whole_percent(need.value),
        "feasibility": whole_percent(feasibility.value),
        "partners": f"{_few(count)} {formats.agree(count, 'partner', 'partners')}",
        "chance": [whole_percent(end) for end in need.chance_range],
        "inside": _few(len(inside)),
        "quarters": [_quarters(inside, axis, names) for axis in (FEASIBILITY, NEED)] if inside else [],
        "earlier": _earlier(findings, names),
        "first": findings.first,
        "within": findings.within,
        "count": count,
        "names": within if len(within) <= 4 else [],
        "by_chance": formats.number(findings.chance_within, 1),
        "by_draws": formats.number(findings.expected_within, 1),
        "whole": whole_percent(whole.value if whole else None),
        "side": against_chance(whole),
    }


def _is_narrow(area: AreaUnderCurve) -> bool:
    """Return whether partners differ from the others on an axis, but hardly beyond the range of chance."""
    return against_chance(area) != LEVEL and min(abs(area.value - end) for end in area.chance_range) < NARROW


def _quarters(inside: Sequence[Case], axis: str, names: Names) -> dict[str, str]:
    """Return how many partners were in the top quarter, with the name of a single one, and in the lower half."""
    top = [case for case in inside if case.axes[axis].percentile <= QUARTER]
    low = [case for case in inside if is_below_middle(case.axes[axis].rank, case.axes[axis].of)]
    name = names[top[0].country] if len(top) == 1 else ""
    return {"axis": axis, "top": _few(len(top)), "name": name, "low": _few(len(low))}


def _few(count: int) -> str:
    return "none" if count == 0 else formats.spell_out(count).lower()


def _earlier(findings: Findings, names: Names) -> dict[str, Any] | None:
    """Return what is different with data from one year earlier: `changes` by axis, and who ranked much lower or higher.

    None if not every axis has a place then.
    """
    then = {axis: area for axis in (FEASIBILITY, NEED) if (area := findings.earlier_area(axis)) is not None}
    if len(then) < 2:
        return None
    sides = {axis: (against_chance(findings.area(axis)), against_chance(then[axis])) for axis in (NEED, FEASIBILITY)}
    changed = [axis for axis, (now, before) in sides.items() if now != before]
    return {
        "areas": {axis: whole_percent(area.value) for axis, area in then.items()},
        "changes": [(axis, whole_percent(then[axis].value), sides[axis][1] == LEVEL) for axis in changed],
        "lower": _moved(findings, changed, names, 1),
        "higher": _moved(findings, changed, names, -1),
    }


def _moved(findings: Findings, axes: Sequence[str], names: Names, sign: int) -> list[str]:
    """Return the partners that were lower (1) or higher (-1) on an axis by more than a quarter of the list."""
    return [
        names[case.country]
        for case, _ in findings.placed
        if any(
            sign * (percentile(*case.earlier[axis]) - case.axes[axis].percentile) > QUARTER
            for axis in axes
            if axis in case.earlier
        )
    ]


# ---- charts --------------------------------------------------------------------------------------------------------


def chart(findings: Findings, axis: str, names: Names) -> Chart:
    cases = [
        Placing(
            names[case.country],
            f"signed {case.signed.year}",
            spot.rank if (spot := case.axes.get(axis)) else None,
            spot.of if spot else 0,
            spot.low if spot else None,
            spot.high if spot else None,
            complete=published_share(case, axis) >= COMPLETE,
            outside=bool(case.outside),
        )
        for case in findings.cases
    ]
    best = "Farther left is higher need." if axis == NEED else "Farther left is better."
    context = f"Based on what was published by the end of the year before the signature. {best} Line: 90% of draws."
    return placed(f"bt-{axis}", axis.capitalize(), _caption(findings, axis, names), context, cases)


def _caption(findings: Findings, axis: str, names: Names) -> str:
    inside = [(case, spot) for case, spot in findings.spots(axis) if not case.outside]
    spots = [(case, spot.percentile) for case, spot in inside]
    if not spots:
        return "No partner was in its year's pool."
    top = sum(share <= QUARTER for _, share in spots)
    last, share = max(spots, key=lambda item: item[1])
    below = any(is_below_middle(spot.rank, spot.of) for _, spot in inside)
    end = f"; {names[last.country]} in the last quarter" if share > 1 - QUARTER else ""
    end = end or (f"; {names[last.country]} lowest, in the lower half" if below else "; none in the lower half")
    of = _few(len(spots))
    return f"{formats.spell_out(top) if top else 'None'} of {of} in the top quarter of the pool{end}."


def legend(findings: Findings, names: Names) -> tuple[LegendItem, ...]:
    """Return the key of both charts, with who was outside the pool and why."""
    shares = [published_share(case, axis) for case, _ in findings.placed for axis in (NEED, FEASIBILITY)]
    outside = [f"{names[case.country]}: {case.outside.rstrip('.')}" for case, _ in findings.placed if case.outside]
    percent = whole_percent(COMPLETE)
    return placed_legend(
        f"At least {percent} of the weight had been published by then" if any(s >= COMPLETE for s in shares) else "",
        "Less had been published by then" if any(s < COMPLETE for s in shares) else "",
        f"Outside that year's pool, placed as if in it ({'; '.join(outside)})" if outside else "",
    )


def published_share(case: Case, axis: str) -> float:
    """Return the share of an axis that was published of a country then, a sister series included."""
    return 1.0 - sum(known.share for known in lacking(case.known, axis))


# ---- cases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseRow:
    """Case as text: places as "27 of 107", each with its interval and its share of the list."""

    code: str
    name: str
    signed: str
    cutoff: int
    tier: str
    outside: str
    cells: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    within: str = formats.DASH
    by_chance: str = ""
    lacking: tuple[str, ...] = ()
    earlier: str = formats.DASH

    @property
    def total(self) -> tuple[str, str, str]:
        return self.cells.get("", ("No place", "", ""))

    @property
    def columns(self) -> list[tuple[str, tuple[str, str, str]]]:
        """Return place, interval, and share in the whole, on need, and on feasibility, each with its heading."""
        return [("Place", self.total), *((label, self.axis(key)) for key, label in SIGHTS if key)]

    def axis(self, key: str) -> tuple[str, str, str]:
        return self.cells.get(key, (formats.DASH, "", ""))


def case_rows(findings: Findings, names: Names) -> list[CaseRow]:
    return [_case_row(case, findings.first, names) for case in findings.cases]


def _case_row(case: Case, first: int, names: Names) -> CaseRow:
    tier = f"{case.tier} ({case.edition})" if case.tier else ""
    row = CaseRow(case.country, names[case.country], formats.day(case.signed), case.cutoff.year, tier, case.outside)
    if case.total is None:
        return row
    rank, of = case.earlier.get("", (0, 0))
    return replace(
        row,
        cells={key: _spot_cells(spot) for key, spot in {"": case.total, **case.axes}.items()},
        within=formats.chance(case.total.within),
        by_chance=whole_percent(min(first / case.total.of, 1.0)),
        lacking=tuple(_lacking(case.known)),
        earlier=f"{rank} of {of}" if of else formats.DASH,
    )


def _spot_cells(spot: Spot) -> tuple[str, str, str]:
    interval = formats.span(str(spot.low), str(spot.high), prose=True)
    return f"{spot.rank} of {spot.of}", interval, _share_of_list(spot)


def _share_of_list(spot: Spot) -> str:
    """Return the part of the list that contains a rank, from the nearer end: "top 4%", "bottom 6%"."""
    if is_below_middle(spot.rank, spot.of):
        return f"bottom {whole_percent((spot.of - spot.rank + 1) / spot.of)}"
    return f"top {whole_percent(spot.percentile)}"


def _lacking(known: Sequence[Known]) -> list[str]:
    """Return the criteria not published then, by the value used instead."""
    ways = (
        ("dropped", "For any country"),
        ("filled", "For this country"),
        ("bridged", "Estimated from a related series"),
    )
    by_way = [(label, [labels.short(one.label) for one in known if one.how == how]) for how, label in ways]
    return [f"{label}: {', '.join(own)}" for label, own in by_way if own]


# ---- all together --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BacktestSumRow:
    label: str
    mean: str
    above: str
    finding: str
    earlier: str


def sums(findings: Findings) -> list[BacktestSumRow]:
    sides = {HIGH: "More than chance", LOW: "Less than chance", LEVEL: "Could be chance"}
    return [
        BacktestSumRow(
            label,
            whole_percent(findings.mean_percentile(axis)),
            whole_percent(area.value if area else None),
            sides[against_chance(area)] if area else formats.DASH,
            whole_percent(before.value if before else None),
        )
        for axis, label in SIGHTS
        for area, before in ((findings.area(axis), findings.earlier_area(axis)),)
    ]


def shares(findings: Findings) -> list[tuple[str, str]]:
    """Return, for possible weights of need, the share of other countries below the partners."""
    rows = findings.today.by_share if findings.today else ()
    ends = {0.0: "0%: feasibility alone", 1.0: "100%: need alone"}
    return [(ends.get(share, whole_percent(share)), whole_percent(area)) for share, area in rows]


def today_text(findings: Findings) -> str:
    """Return what is compared on the data of the run; "" if nothing is."""
    now = findings.today
    if now is None:
        return ""
    return (
        f"{formats.spell_out(now.partners)} of the partners against the other {now.of - now.partners} countries in "
        f"the run's pool, plus those with a partnership in force. These values came after the choices, and some "
        f"could result from a partnership."
    )


SUMS: Table[BacktestSumRow] = Table(
    "All partners together",
    [
        Column("By", lambda row: row.label),
        Column("Average place", lambda row: row.mean, "number"),
        Column("Ranked above", lambda row: row.above, "number", detail=lambda row: row.finding),
        Column("A year earlier", lambda row: row.earlier, "number"),
    ],
    css="c-bt",
    stacked=False,
)
SHARES: Table[tuple[str, str]] = Table(
    "With the values of the run",
    [Column("Weight of need", lambda row: row[0]), Column("Ranked above", lambda row: row[1], "number")],
    caption="Share of other countries that partners ranked above, with the values of the run, by the weight of need",
    css="c-bt",
    stacked=False,
)
