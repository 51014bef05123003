"""Export of the How sure page as three sheets: every ranked country with its doubts, the work list, and the weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.tables import Column
from selection.how_sure.presenters import page as page_presenters
from selection.how_sure.presenters import weights as weights_presenters
from selection.how_sure.presenters.work_list import DataLink
from selection.how_sure.queries.findings import Figure, HowSure, WeightSlack
from selection.how_sure.queries.importance import EffectOfWeight
from selection.ranking.presenters.sentences import whole_percent
from selection.runs import labels
from selection.runs.all_in_figures import AllInFigures, DrawnRanks
from selection.runs.rows import RankingRow


def rank_fields(findings: HowSure) -> tuple[Column[RankingRow], ...]:
    first, doubts = findings.table.first, page_presenters.doubt_columns(findings).items()
    return (
        Column("Rank", lambda row: row.rank, width=6),
        Column("Country", lambda row: row.name, width=28),
        Column("Code", lambda row: row.code, width=8),
        Column(f"First {first}: in, open or out", lambda row: row.group, width=12),
        *(_band(index, name) for index, name in enumerate(page_presenters.bands(findings.ranking))),
        Column(f"Share of draws in the first {first}", lambda row: row.p20, width=12),
        *(_end(key, label, end) for key, label in doubts for end in (0, 1)),
        *(_width(key, label) for key, label in doubts),
        *(_all_in(findings) if findings.ranking.is_all_in else ()),
        *(_way(index, findings) for index in range(len(findings.ways))),
        Column(
            f"Share of all {findings.ranking.designs} methods in the first {first}", lambda row: row.designs, width=12
        ),
    )


def _all_in(findings: HowSure) -> list[Column[RankingRow]]:
    """Return what a run with all-in draws adds: other draws of the country, free weights, and its reliability."""
    first, node = findings.table.first, findings.table.nodes[0]
    sets: list[tuple[str, Callable[[AllInFigures], DrawnRanks | None]]] = [
        ("Data and weights", lambda one: one.data_weights)
    ]
    if any(row.all_in and row.all_in.settled for row in findings.ranking.ranked):
        sets.append(("If no tier changes", lambda one: one.settled))
    return [
        *(column for name, drawn in sets for column in _drawn(name, drawn, first)),
        _of("Group if no tier changes", lambda one: one.settled.group if one.settled else None),
        _of(f"Share in the first {first} if its tier holds", lambda one: one.holds),
        _of(f"Share of all weightings in the first {first}", lambda one: one.free.share if one.free else None),
        _of(
            f"Typical weight of {labels.lowered(node.label)} in those",
            lambda one: one.free.weights.get(node.key) if one.free else None,
        ),
        _of(f"Share in the first {first} with those weights", lambda one: one.free.confidence if one.free else None),
        _of("Reliability, 0 to 10", lambda one: one.reliability),
    ]


def _drawn(name: str, drawn: Callable[[AllInFigures], DrawnRanks | None], first: int) -> list[Column[RankingRow]]:
    return [
        _of(f"{name}: highest rank of the range", lambda one: ranks.low if (ranks := drawn(one)) else None),
        _of(f"{name}: lowest rank of the range", lambda one: ranks.high if (ranks := drawn(one)) else None),
        _of(f"{name}: share of draws in the first {first}", lambda one: ranks.p20 if (ranks := drawn(one)) else None),
    ]


def _of(title: str, value: Callable[[AllInFigures], float | str | None]) -> Column[RankingRow]:
    return Column(title, lambda row: value(row.all_in) if row.all_in else None, width=12)


def _band(index: int, name: str) -> Column[RankingRow]:
    title = f"Share of draws at ranks {name.replace(formats.DASH, ' to ')}"
    return Column(title, lambda row: row.bins[index] if index < len(row.bins) else None, width=12)


def _end(key: str, label: str, end: int) -> Column[RankingRow]:
    title = f"{label}: {'lowest' if end else 'highest'} rank"
    return Column(title, lambda row: ends[end] if (ends := page_presenters.ends_of(row, key)) else None, width=12)


def _width(key: str, label: str) -> Column[RankingRow]:
    return Column(f"{label}: places between", lambda row: row.widths.get(key), width=12)


def _way(index: int, findings: HowSure) -> Column[RankingRow]:
    way = findings.ways[index]
    title = f"Rank with {way.choice.lower()}: {way.option}" if way.choice else "Rank by the model's own method"
    return Column(title, lambda row: row.singles[index] if index < len(row.singles) else None, width=12)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Row of the work list: a figure to get, a tier to check, which has no figure, or an edition to load for all."""

    verb: str
    name: str
    why: str
    ask: str
    link: DataLink | None
    country: RankingRow | None = None
    figure: Figure | None = None


def task_fields(first: int, absolute: Callable[[str], str]) -> tuple[Column[TaskRow], ...]:
    """Return the columns of the work list; `absolute` turns a path into a URL on the host of the request."""

    def number(label: str, value: Callable[[Figure], float | int | None], width: int = 12) -> Column[TaskRow]:
        return Column(label, lambda row: value(row.figure) if row.figure else None, width=width)

    def country(label: str, value: Callable[[RankingRow], float | str | None], width: int) -> Column[TaskRow]:
        return Column(label, lambda row: value(row.country) if row.country else None, width=width)

    return (
        Column("To do", lambda row: row.verb, width=8),
        country("Country", lambda row: row.name, 28),
        country("Code", lambda row: row.code, 8),
        country("Rank", lambda row: row.rank, 6),
        Column("Figure", lambda row: row.name, width=30),
        number(f"Average change in the chance of the first {first}", lambda one: one.value, 14),
        country(f"Share of draws in the first {first}", lambda row: row.p20, 12),
        number("The same share if the figure is low", lambda one: one.low),
        number("The same share if it is high", lambda one: one.high),
        number("Year of the value", lambda one: one.year, 8),
        Column("Why it is uncertain", lambda row: row.why, width=50),
        Column("Whom to ask", lambda row: row.ask, width=36),
        Column("Where to load it", lambda row: absolute(row.link.url) if row.link else "", width=50),
    )


# ---- weights -------------------------------------------------------------------------------------------------------

WeightItem = tuple[WeightSlack | None, EffectOfWeight | None]
"""The slack of a weight and its importance; either is None if the run does not have it."""


def weight_items(findings: HowSure, importance: Sequence[EffectOfWeight]) -> list[WeightItem]:
    """Return every weight, the most effective first, then those without an effect of their own."""
    slacks, known = {one.key: one for one in findings.weights}, {one.key for one in importance}
    by_effect = sorted(importance, key=lambda one: -(one.effective or 0.0))
    items: list[WeightItem] = [(slacks.get(one.key), one) for one in by_effect]
    return [*items, *((slack, None) for slack in findings.weights if slack.key not in known)]


def weight_fields(findings: HowSure) -> tuple[Column[WeightItem], ...]:
    """Return the columns of the weights: nominal, in effect, and how far each can move."""
    every, most, few = weights_presenters.stay_counts(findings)

    def end(percent: int, index: int) -> Callable[[WeightItem], float | None]:
        return lambda item: item[0].ranges[percent][index] if item[0] else None

    return (
        Column("Weight", lambda item: item[1].label if item[1] else item[0].label if item[0] else "", width=30),
        Column("Group", lambda item: item[0].group if item[0] else "", width=20),
        Column("Share of its group", lambda item: item[0].now if item[0] else None, width=12),
        Column("Weight in the total", lambda item: item[1].nominal if item[1] else None, width=12),
        Column("Effective importance", lambda item: item[1].effective if item[1] else None, width=12),
        Column("Correlation with the total", lambda item: item[1].r if item[1] else None, width=12),
        *(
            Column(f"{'Highest' if index else 'Lowest'} share at which {stay} of the first stay", end(percent, index))
            for percent, stay in ((100, every), (90, most), (75, few))
            for index in (0, 1)
        ),
    )


def about(findings: HowSure) -> tuple[tuple[str, str], ...]:
    limits = findings.table.method.get("groups", {})
    drawn, designed = (whole_percent(limits.get(key)) for key in ("in_draws", "in_designs"))
    sure = f"{drawn} of draws, which vary data, weights, and method."
    if not findings.ranking.is_all_in:
        sure = f"{drawn} and {designed} of draws and of methods."
    return (
        ("Intervals", "Ranks of 90% of the draws. Widths by source overlap, so they add up to more than the total."),
        ("In", f"Among the first in at least {sure}"),
        ("Low and high", "The lowest and the highest fifth of the figure's draws."),
    )
