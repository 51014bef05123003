"""Export of the How sure page as two sheets: every ranked country with its doubts, and the work list."""

from __future__ import annotations

from collections.abc import Callable

from cpc.web import formats
from cpc.web.tables import Column
from selection.how_sure.presenters import page as page_presenters
from selection.how_sure.presenters.work_list import Lead, Task
from selection.how_sure.queries import Figure, HowSure
from selection.model_definition.criteria_table import CriterionRow
from selection.ranking.presenters.sentences import whole_percent
from selection.runs.rows import RankingRow


def rank_fields(found: HowSure) -> tuple[Column[RankingRow], ...]:
    """Return the columns of the ranked countries."""
    first = found.table.first
    return (
        Column("Rank", lambda row: row.rank, width=6),
        Column("Country", lambda row: row.name, width=28),
        Column("Code", lambda row: row.code, width=8),
        Column(f"First {first}: in, open or out", lambda row: row.group, width=12),
        *(_band(index, name) for index, name in enumerate(page_presenters.bands(found.ranking))),
        Column(f"Share of draws in the first {first}", lambda row: row.p20, width=12),
        *(_end(key, label, end) for key, label in _doubts(found) for end in (0, 1)),
        *(_width(key, label) for key, label in _doubts(found)),
        *(_way(index, found) for index in range(len(found.ways))),
        Column(f"Share of all {found.ranking.designs} methods in the first {first}", lambda row: row.designs, width=12),
    )


def _doubts(found: HowSure) -> list[tuple[str, str]]:
    return [(key, page_presenters.SOURCES[key]) for key in page_presenters.doubt_columns(found)]


def _band(index: int, name: str) -> Column[RankingRow]:
    title = f"Share of draws at ranks {name.replace(formats.DASH, ' to ')}"
    return Column(title, lambda row: row.bins[index] if index < len(row.bins) else None, width=12)


def _end(key: str, label: str, end: int) -> Column[RankingRow]:
    def value(row: RankingRow) -> int | None:
        ends = page_presenters.ends_of(row, key)
        return None if ends is None else ends[end]

    return Column(f"{label}: {'lowest' if end else 'highest'} rank", value, width=12)


def _width(key: str, label: str) -> Column[RankingRow]:
    return Column(f"{label}: places between", lambda row: row.widths.get(key), width=12)


def _way(index: int, found: HowSure) -> Column[RankingRow]:
    way = found.ways[index]
    title = f"Rank with {way.choice.lower()}: {way.option}" if way.choice else "Rank by the model's own method"
    return Column(title, lambda row: row.singles[index] if index < len(row.singles) else None, width=12)


TaskRow = Task | RankingRow
"""A figure to get, or a country whose tier is to be checked."""


def task_fields(
    found: HowSure, tier: CriterionRow | None, ask: str, lead: Lead | None, absolute: Callable[[str], str]
) -> tuple[Column[TaskRow], ...]:
    """Return the columns of the work list, given the tier's label, whom to ask, and where to enter the figure.

    `absolute` turns a path into an absolute URL, on the host of the request.
    """

    def address(lead: Lead | None) -> str:
        return absolute(lead.url) if lead else ""

    def both(of_task: Callable[[Task], str], of_tier: str) -> Callable[[TaskRow], str]:
        return lambda row: of_task(row) if isinstance(row, Task) else of_tier

    def number(of_figure: Callable[[Figure], float | int | None]) -> Callable[[TaskRow], float | int | None]:
        return lambda row: of_figure(row.figure) if isinstance(row, Task) else None

    def country(row: TaskRow) -> RankingRow:
        return row.figure.row if isinstance(row, Task) else row

    first = found.table.first
    unchecked = "Counts as exact, but has not been checked against the report"
    return (
        Column("To do", both(lambda _: "Get", "Check"), width=8),
        Column("Country", lambda row: country(row).name, width=28),
        Column("Code", lambda row: country(row).code, width=8),
        Column("Rank", lambda row: country(row).rank, width=6),
        Column("Figure", both(lambda row: row.label, tier.label if tier else ""), width=30),
        Column(f"Average change in the chance of the first {first}", number(lambda one: one.value), width=14),
        Column(f"Share of draws in the first {first}", lambda row: country(row).p20, width=12),
        Column("The same share if the figure is low", number(lambda one: one.low), width=12),
        Column("The same share if it is high", number(lambda one: one.high), width=12),
        Column("Year of the value", number(lambda one: one.year), width=8),
        Column("Why it is uncertain", both(lambda row: row.why, unchecked), width=50),
        Column("Whom to ask", both(lambda row: row.ask, ask), width=36),
        Column("Where to load it", both(lambda row: address(row.lead), address(lead)), width=50),
    )


def about(found: HowSure) -> tuple[tuple[str, str], ...]:
    """Return the notes that explain the columns of both sheets."""
    limits = (found.table.method or {}).get("groups", {})
    shares = " and ".join(whole_percent(limits.get(key)) for key in ("in_draws", "in_designs"))
    return (
        ("Intervals", "Ranks of 90% of the draws. Widths by source overlap, so they add up to more than the total."),
        ("In", f"Among the first in at least {shares} of draws and of methods."),
        ("Low and high", "The lowest and the highest fifth of the figure's draws."),
    )
