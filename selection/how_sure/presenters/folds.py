"""Folds of the page: each has a finding as its summary, and a table below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from selection.ranking.presenters import sentences as sentences_presenters
from selection.ranking.presenters.verdict import names
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


def countries_finding(rows: Sequence[RankingRow], first: int) -> str:
    """Return how the ranges of the first N differ: "the ranges run from 45 (Zambia) to 61"."""
    widths = {row.code: row.high - row.low for row in rows if row.low is not None and row.high is not None}
    if not widths:
        return "no draws were made."
    least, most = min(widths.values()), max(widths.values())
    if len(rows) == 1:
        return f"the range of {rows[0].name} covers {width_text(least)}."
    if least == most:
        return f"in the first {first}, every range covers {width_text(least)}."
    narrow, wide = ([row for row in rows if widths.get(row.code) == end] for end in (least, most))
    ends = f"{width_text(least)} ({_named(narrow)}) to {most} ({_named(wide)})"
    return f"in the first {first}, the ranges run from {ends}."


def _named(rows: Sequence[RankingRow]) -> str:
    return names(rows) if len(rows) <= NAMED else labels.countries(len(rows))


def _link(suffix: str) -> Callable[[RankingRow], SafeString]:
    return lambda row: link(reverse("country", args=(row.code,)) + suffix, row.name)


def countries_table(findings: HowSure, facts: AllInFindings, suffix: str) -> Table[RankingRow]:
    """Return the ranges and shares of each country: all together, without the method, and with overdue editions."""
    first, table = findings.table.first, findings.table
    columns: list[Column[RankingRow]] = [
        Column("Rank", lambda row: row.rank, "number"),
        Column("Country", lambda row: row.name, html=_link(suffix), row_header=True),
        Column("Range, all together", lambda row: _span(row.low, row.high), "number", css="u-nowrap", phone="Range"),
        Column("Data and weights alone", lambda row: _range(_inner(row)), "number", css="u-nowrap"),
        Column(
            f"Draws in the first {first}", lambda row: share_text(row.p20, table), "number", phone="Draws in the first"
        ),
        Column("Data and weights alone", lambda row: _drawn_share(_inner(row), table), "number"),
    ]
    if facts.settled is not None:
        still = f"no {single_label(facts.overdue, table)} changes"
        columns += [
            Column(f"Range if {still}", lambda row: _range(_settled(row)), "number", css="u-nowrap"),
            Column(f"In the first {first} if {still}", lambda row: _drawn_share(_settled(row), table), "number"),
        ]
    return Table("Range of ranks, country by country", columns, css="c-figures")


def share_text(share: float | None, table: ModelTable) -> str:
    """Write a share of draws, with a decimal where rounding would move it across a limit of a group."""
    return sentences_presenters.chance(share, table)


def _inner(row: RankingRow) -> DrawnRanks | None:
    return row.all_in.data_weights if row.all_in else None


def _settled(row: RankingRow) -> DrawnRanks | None:
    return row.all_in.settled if row.all_in else None


def _range(drawn: DrawnRanks | None) -> str:
    return _span(drawn.low, drawn.high) if drawn else formats.DASH


def _span(low: int | None, high: int | None) -> str:
    return formats.DASH if low is None or high is None else formats.span(str(low), str(high))


def _drawn_share(drawn: DrawnRanks | None, table: ModelTable) -> str:
    return share_text(drawn.p20 if drawn else None, table)


# ---- data, weights, and method together ----------------------------------------------------------------------------


def shares_finding(rows: Sequence[ShareRow], first: int) -> str:
    parts = [f"{labels.lowered(row.label)} {row.first_alone}" for row in rows]
    return f"alone, of the differences among the first {first}: {formats.listing(parts)}."


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


def free_finding(findings: HowSure) -> str:
    """Return how many countries are among the first N in most weightings, and in half of them."""
    first = findings.table.first
    sure = float(findings.table.method.get("groups", {}).get("in_draws", 0.8))
    # As printed, so that a share of 49.96% counts like the 50% beside it.
    shares = [round(_free_share(row), 2) for row in free_rows(findings)]
    most, half = (sum(share >= least for share in shares) for least in (sure, HALF))
    if not half:
        return f"no country is in the first {first} in half of all possible weightings."
    many = formats.spell_out(most).lower()
    # "No country is" is singular, too.
    noun = formats.agree(max(most, 1), "country is", "countries are")
    finding = f"{many} {noun} in the first {first} in"
    finding += f" {sentences_presenters.whole_percent(sure)} of all possible weightings"
    if half == most:
        return f"{finding}, and no other in half of them."
    return f"{finding}; {formats.spell_out(half).lower()} {formats.agree(half, 'is', 'are')} in half of them or more."


def free_example(findings: HowSure) -> str:
    """Return the country whose typical weights differ most from the model's, as a sentence; "" if there is none."""
    key, now = findings.table.nodes[0].key, findings.table.shares().get(findings.table.nodes[0].key)
    stated = [row for row in free_rows(findings) if _free_share(row) >= LEAST_FREE and _weight(row, key) is not None]
    if not stated or now is None:
        return ""
    row = max(stated, key=lambda row: abs((_weight(row, key) or 0.0) - now))
    share, weight = (sentences_presenters.whole_percent(one) for one in (_free_share(row), _weight(row, key)))
    axis = labels.lowered(findings.table.nodes[0].label)
    often = f"{row.name} is in the first {findings.table.first} in {share} of weightings"
    return f"{often}, typically those that give {axis} {weight}."


def _weight(row: RankingRow, key: str) -> float | None:
    return row.all_in.free.weights.get(key) if row.all_in and row.all_in.free else None


def free_table(findings: HowSure, suffix: str) -> Table[RankingRow]:
    """Return the countries under free weights: the share of weightings, what is typical of them, and what they give."""
    node, first, table = findings.table.nodes[0], findings.table.first, findings.table

    def confidence(row: RankingRow) -> str:
        return share_text(row.all_in.free.confidence if row.all_in and row.all_in.free else None, table)

    return Table(
        "Countries under free weights",
        [
            Column("Country", lambda row: row.name, html=_link(suffix)),
            Column("Rank", lambda row: row.rank, "number"),
            Column(f"Weightings in the first {first}", lambda row: share_text(_free_share(row), table), "number"),
            Column(
                f"Typical weight of {labels.lowered(node.label)} in those",
                lambda row: sentences_presenters.whole_percent(_weight(row, node.key)),
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
    name, part = labels.lowered(HEADS.get(label, label)), sentences_presenters.whole_percent(share)
    lists = formats.count_of(findings.ranking.designs, "list")
    return f"“{name}” explains the largest part of the differences between the {lists} ({part})."


def choice_rows(findings: HowSure) -> list[tuple[str, str, str]]:
    """Return the choices of method with their options and their share of the differences between lists."""
    options = {
        choice["label"]: [SHORT.get(one["label"], one["label"]) for one in choice["options"]]
        for choice in findings.table.method.get("choices", ())
    }
    return [
        (HEADS.get(label, label), "; ".join(options.get(label, ())), sentences_presenters.whole_percent(share))
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


def tested_finding(measured: MeasuredCoverage | None) -> str:
    """Return how many true ranks fall inside their range in simulated lists; that no one knows, if not measured."""
    if measured is None:
        return "not for this version of the model."
    share = f"in simulated lists, {_tenths(measured.as_stated)} of true ranks are inside their 90% range"
    if measured.tiers_drawn is None:
        return f"{share}."
    return f"{share} if tiers are fixed, {_tenths(measured.tiers_drawn)} if they are drawn."


def tested_how(measured: MeasuredCoverage | None) -> str:
    """Return how the test is done and when it fails; "" if it was not done for this version."""
    if measured is None:
        return ""
    low, high = (sentences_presenters.whole_percent(end) for end in COVERAGE_BOUNDS)
    return (
        f"A test simulates {measured.worlds} lists whose true values are known, draws what is published within the "
        f"declared errors, and counts the true ranks inside their ranges. It fails if fewer than {low} or more than "
        f"{high} are inside. It confirms the arithmetic, not the declared errors."
    )


def _tenths(share: float) -> str:
    return f"{formats.number(100 * share, 1)}%"
