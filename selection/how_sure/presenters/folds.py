"""Folds of the page: each has a finding as its summary, and a table below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from selection.how_sure.presenters.all_in import ShareRow, single_label
from selection.how_sure.presenters.page import width_text
from selection.how_sure.presenters.weights import HEADS, SHORT
from selection.how_sure.queries.findings import HowSure
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.method_tests import COVERAGE_BOUNDS, MeasuredCoverage
from selection.ranking.presenters.sentences import chance, names, whole_percent
from selection.runs import labels
from selection.runs.all_in_figures import DrawnRanks
from selection.runs.queries.all_in import AllInFindings
from selection.runs.rows import RankingRow

NAMED = 3
"""The most countries that a summary names."""

HALF = 0.5
"""Share of weightings from which the summary counts countries a second time."""

LEAST_FREE = 0.1
"""Least share of weightings of a country that is named for what those weightings have in common."""


# ---- country by country --------------------------------------------------------------------------------------------


def countries_facts(rows: Sequence[RankingRow]) -> dict[str, Any]:
    """Return the narrowest and the widest range of the first N, with their countries; empty without draws."""
    widths = {row.code: row.high - row.low for row in rows if row.low is not None and row.high is not None}
    if not widths:
        return {}
    least, most = min(widths.values()), max(widths.values())
    narrow, wide = ([row for row in rows if widths.get(row.code) == end] for end in (least, most))
    return {
        "count": len(rows),
        "least": width_text(least),
        "most": most,
        "are_equal": least == most,
        "narrow": _named(narrow),
        "wide": _named(wide),
    }


def _named(rows: Sequence[RankingRow]) -> str:
    return names(rows) if len(rows) <= NAMED else labels.countries(len(rows))


def _link(suffix: str) -> Callable[[RankingRow], SafeString]:
    return lambda row: link(reverse("country", args=(row.code,)) + suffix, row.name)


def countries_table(findings: HowSure, all_in: AllInFindings, suffix: str) -> Table[RankingRow]:
    """Return the ranges and shares of each country: all together, without the method, and with overdue editions."""
    first, table = findings.table.first, findings.table
    columns: list[Column[RankingRow]] = [
        Column("Rank", lambda row: row.rank, "number"),
        Column("Country", lambda row: row.name, html=_link(suffix), row_header=True),
        Column("Range, all together", lambda row: _span(row.low, row.high), "number", css="u-nowrap", phone="Range"),
        Column("Data and weights alone", lambda row: _range(_inner(row)), "number", css="u-nowrap"),
        Column(f"Draws in the first {first}", lambda row: chance(row.p20, table), "number", phone="Draws in the first"),
        Column("Data and weights alone", lambda row: _drawn_share(_inner(row), table), "number"),
    ]
    if all_in.settled is not None:
        still = f"no {single_label(all_in.overdue, table)} changes"
        columns += [
            Column(f"Range if {still}", lambda row: _range(_settled(row)), "number", css="u-nowrap"),
            Column(f"In the first {first} if {still}", lambda row: _drawn_share(_settled(row), table), "number"),
        ]
    return Table("Range of ranks, country by country", columns, css="c-figures")


def _inner(row: RankingRow) -> DrawnRanks | None:
    return row.all_in.data_weights if row.all_in else None


def _settled(row: RankingRow) -> DrawnRanks | None:
    return row.all_in.settled if row.all_in else None


def _range(drawn: DrawnRanks | None) -> str:
    return _span(drawn.low, drawn.high) if drawn else formats.DASH


def _span(low: int | None, high: int | None) -> str:
    return formats.DASH if low is None or high is None else formats.span(str(low), str(high))


def _drawn_share(drawn: DrawnRanks | None, table: ModelTable) -> str:
    return chance(drawn.p20 if drawn else None, table)


# ---- data, weights, and method together ----------------------------------------------------------------------------


def shares_table(first: int) -> Table[ShareRow]:
    return Table(
        "Shares of the differences between draws",
        [
            Column("What varies", lambda row: row.label),
            Column("Alone", lambda row: row.alone, "number"),
            Column("With the others", lambda row: row.together, "number"),
            Column(f"Alone, first {first}", lambda row: row.first_alone, "number"),
            Column(f"With the others, first {first}", lambda row: row.first_together, "number"),
        ],
        css="c-figures",
    )


# ---- free weights --------------------------------------------------------------------------------------------------


def free_rows(findings: HowSure) -> list[RankingRow]:
    """Return the ranked countries by their share of weightings among the first N."""
    rows = [row for row in findings.ranking.ranked if row.all_in and row.all_in.free]
    return sorted(rows, key=lambda row: (-_free_share(row), row.rank or 0))


def _free_share(row: RankingRow) -> float:
    return row.all_in.free.share if row.all_in and row.all_in.free else 0.0


def free_facts(findings: HowSure) -> dict[str, Any]:
    """Return how many countries are among the first N in most weightings and in half, with an example.

    The example is the country whose typical weights differ most from the model's; None if no country has any.
    """
    node, rows = findings.table.nodes[0], free_rows(findings)
    sure = float(findings.table.method.get("groups", {}).get("in_draws", 0.8))
    # As printed, so that a share of 49.96% counts like the 50% beside it.
    shares = [round(_free_share(row), 2) for row in rows]
    now = findings.table.shares().get(node.key, 0.0)
    stated = [row for row in rows if _free_share(row) >= LEAST_FREE and _weight(row, node.key) is not None]
    example = max(stated, key=lambda row: abs((_weight(row, node.key) or 0.0) - now), default=None)
    return {
        "sure": whole_percent(sure),
        "most": sum(share >= sure for share in shares),
        "half": sum(share >= HALF for share in shares),
        "example": example,
        "axis": labels.lowered(node.label),
        "share": whole_percent(_free_share(example)) if example else "",
        "weight": whole_percent(_weight(example, node.key)) if example else "",
    }


def _weight(row: RankingRow, key: str) -> float | None:
    return row.all_in.free.weights.get(key) if row.all_in and row.all_in.free else None


def free_table(findings: HowSure, suffix: str) -> Table[RankingRow]:
    """Return the countries under free weights: the share of weightings, what is typical of them, and what they give."""
    node, first, table = findings.table.nodes[0], findings.table.first, findings.table

    def confidence(row: RankingRow) -> str:
        return chance(row.all_in.free.confidence if row.all_in and row.all_in.free else None, table)

    return Table(
        "Countries under free weights",
        [
            Column("Country", lambda row: row.name, html=_link(suffix)),
            Column("Rank", lambda row: row.rank, "number"),
            Column(f"Weightings in the first {first}", lambda row: chance(_free_share(row), table), "number"),
            Column(
                f"Typical weight of {labels.lowered(node.label)} in those",
                lambda row: whole_percent(_weight(row, node.key)),
                "number",
            ),
            Column(f"Draws in the first {first} with typical weights", confidence, "number"),
        ],
        css="c-figures",
    )


# ---- choices of method ---------------------------------------------------------------------------------------------


def choices_finding(findings: HowSure) -> str:
    """Return which choice of method moves ranks most between lists, or that none does."""
    moving = [(label, share) for label, share in findings.choices if share > 0]
    if not moving:
        return "no choice of method moves a rank."
    label, share = moving[0]
    name, part = labels.lowered(HEADS.get(label, label)), whole_percent(share)
    lists = formats.count_of(findings.ranking.designs, "list")
    return f"“{name}” explains the largest part of the differences between the {lists} ({part})."


def choice_rows(findings: HowSure) -> list[tuple[str, str, str]]:
    """Return the choices of method with their options and their share of the differences, the largest first."""
    options = {
        choice["label"]: [SHORT.get(one["label"], one["label"]) for one in choice["options"]]
        for choice in findings.table.method.get("choices", ())
    }
    return [
        (HEADS.get(label, label), "; ".join(options.get(label, ())), whole_percent(share))
        for label, share in findings.choices
    ]


def choices_table(findings: HowSure) -> Table[tuple[str, str, str]]:
    return Table(
        "Choices of method by how much they move ranks",
        [
            Column("Choice", lambda row: row[0], detail=lambda row: row[1]),
            Column(
                f"Share of the differences between {findings.ranking.designs:,} lists", lambda row: row[2], "number"
            ),
        ],
    )


# ---- tests ---------------------------------------------------------------------------------------------------------


def tested_facts(measured: MeasuredCoverage | None) -> dict[str, Any] | None:
    """Return the shares of true ranks inside their range in simulated lists; None for a version without a test.

    `drawn` is the share if tiers are drawn as well, "" if they are not; outside the `bounds` the test fails.
    """
    if measured is None:
        return None
    held, drawn = (f"{formats.number(100 * (share or 0.0), 1)}%" for share in measured[1:])
    return {
        "worlds": measured.worlds,
        "held": held,
        "drawn": drawn if measured.tiers_drawn is not None else "",
        "bounds": [whole_percent(end) for end in COVERAGE_BOUNDS],
    }
