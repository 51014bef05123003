"""The table of the ranks that one value can reach alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.charts import reach_mark
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from selection.runs import labels
from selection.what_it_takes.case import OUT
from selection.what_it_takes.ends import End
from selection.what_it_takes.presenters.texts import Texts, beyond, rank_text
from selection.what_it_takes.results import Reach, WhatItTakes

SHOWN = 9
"""Figures in sight; the others, which reach least, are folded away."""


@dataclass(frozen=True)
class ReachRow:
    """One figure of the table, with the texts of the page."""

    texts: Texts
    reach: Reach

    @property
    def label(self) -> str:
        return labels.raised(self.texts.name(self.reach.value.key))

    @property
    def now(self) -> str:
        value = self.reach.value
        text = self.texts.text(value.key, value.now)
        if value.now is None:
            return "filled from similar countries" if value.is_filled else "does not apply now"
        return f"counts as {text}, filled from similar countries" if value.is_filled else f"now {text}"

    @property
    def picture(self) -> SafeString:
        answer, reach = self.texts.answer, self.reach
        assert answer.rank is not None  # it has a table
        last = answer.ranked
        ends = [None if rank is None else min(rank, last) for rank in (reach.in_range, reach.on_scale)]
        mark = reach_mark(answer.rank, ends[0], ends[1], last, first=answer.first, leaves=reach.on_scale == OUT)
        return SafeString(mark)

    def end(self, end: End | None, rank: int | None) -> SafeString:
        """Return the rank at an end of a value as a link that sets it in What if."""
        value = self.reach.value
        if end is None or rank is None:
            return format_html('<span class="u-muted">{}</span>', "as now")
        at = f"at {self.texts.text(value.key, end.value)}{beyond(value, end.value) if end is value.on_scale else ''}"
        url = self.texts.with_values({value.key: end.value})
        mark = format_html("<b>{}</b>", rank_text(rank)) if self.texts.answer.is_reached(rank) else rank_text(rank)
        return format_html("{}<small>{}</small>", link(url, mark, f": set {self.label} {at} in What if"), at)


def rows_of(texts: Texts) -> tuple[list[ReachRow], list[ReachRow]]:
    """Return the figures in sight and the folded ones, those that reach farthest first."""
    answer = texts.answer
    ordered = sorted(answer.reaches, key=lambda reach: farthest(answer, reach))
    rows = [ReachRow(texts, reach) for reach in ordered]
    return rows[:SHOWN], rows[SHOWN:]


def farthest(answer: WhatItTakes, reach: Reach) -> int:
    """Return a number that is lower the farther a figure reaches at any value."""
    rank = reach.on_scale if reach.on_scale is not None else reach.in_range
    rank = answer.rank or OUT if rank is None else rank
    return rank if answer.wants_in else -rank


def reach_table(texts: Texts, *, more: bool = False) -> Table[ReachRow]:
    best = "Best" if texts.answer.wants_in else "Lowest"
    name, ranked = texts.country.name, texts.answer.ranked
    return Table(
        f"Rank of {name} with one {'more ' if more else ''}value changed",
        [
            Column("Figure", lambda row: row.label, detail=lambda row: row.now),
            Column(
                f"Ranks it can reach alone, 1 to {ranked}",
                lambda row: row.picture,
                css="c-reach__mark",
                phone="Ranks",
            ),
            Column(f"{best} in its range", lambda row: row.end(row.reach.value.in_range, row.reach.in_range), "number"),
            Column(f"{best} at any value", lambda row: row.end(row.reach.value.on_scale, row.reach.on_scale), "number"),
        ],
        css="c-reach",
    )


def rest_text(texts: Texts, rows: Sequence[ReachRow]) -> tuple[str, str]:
    """Return the summary of the folded figures: how many, and how far they reach."""
    answer = texts.answer
    ranks = [row.reach.on_scale or row.reach.in_range or answer.rank or OUT for row in rows]
    far = min(ranks) if answer.wants_in else max(ranks)
    verb = formats.agree(len(rows), "reaches", "reach")
    count = formats.spell_out(len(rows), "more figure", "more figures")
    return count, f"{verb} {rank_text(far)} at {'best' if answer.wants_in else 'the lowest'}"
