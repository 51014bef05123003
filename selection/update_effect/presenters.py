"""Effect of an update on the ranking, in sentences and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import icon
from cpc.web.lists import ListPage, declare
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from selection.runs.movements import FAR, NAMED
from selection.update_effect.found import CONSTANT, OTHERS, POOL, SEVERAL, VALUE, Alone, Found, Mover, Row

SHOWN = 12
"""Rows of the table on the page of an update: those that enter or leave the first N, then the largest movements."""

EFFECT_LIST = declare(
    ListPage("update-ranks", "Ranks before and after an update", "country", "countries", "update-ranks")
)


@dataclass(frozen=True)
class EffectText:
    """Texts about an effect; `titles` are those of the imports."""

    found: Found
    titles: Mapping[int, str]

    @property
    def enters(self) -> list[Row]:
        return [row for row in self.found.rows if row.move.enters(self.found.first)]

    @property
    def leaves(self) -> list[Row]:
        return sorted(
            (row for row in self.found.rows if row.move.leaves(self.found.first)), key=lambda row: row.before or 0
        )

    @property
    def moved(self) -> list[Row]:
        return [row for row in self.found.rows if row.before != row.after]

    @property
    def far(self) -> int:
        return sum(row.move.distance >= FAR for row in self.found.rows)

    @property
    def shown(self) -> list[Row]:
        """Return the rows of the short table: those that cross the line of the first N, then the largest movements."""
        crossing = [*self.enters, *self.leaves]
        codes = {row.code for row in crossing}
        others = sorted(
            (row for row in self.moved if row.code not in codes),
            key=lambda row: (row.move.rise is not None, -row.move.distance, row.after or 1000),
        )
        return [*crossing, *others][: max(SHOWN, len(crossing))]

    @property
    def named(self) -> str:
        """Return who enters and who leaves: "Mauritania and Suriname enter; Pakistan leaves."."""
        parts = [
            f"{formats.listing([row.name for row in rows], most=NAMED)} {formats.agree(len(rows), one, many)}"
            for rows, one, many in ((self.enters, "enters", "enter"), (self.leaves, "leaves", "leave"))
            if rows
        ]
        return f"{'; '.join(parts)}." if parts else ""

    def alone(self, names: Mapping[str, str]) -> dict[int, str]:
        return {pk: alone_text(one, names) for pk, one in self.found.alone.items()}

    @property
    def deciding(self) -> int | None:
        """Return the import without which no one enters or leaves: the only one that moves anyone alone."""
        moving = [pk for pk, one in self.found.alone.items() if one.enters or one.leaves]
        if len(moving) != 1 or len(self.found.alone) < 2:
            return None
        one = self.found.alone[moving[0]]
        same = set(one.enters) == {row.code for row in self.enters} and set(one.leaves) == {
            row.code for row in self.leaves
        }
        return moving[0] if same and (self.enters or self.leaves) else None


def alone_text(one: Alone, names: Mapping[str, str]) -> str:
    named = [
        ([names.get(code, code) for code in codes], single, many)
        for codes, single, many in ((one.leaves, "leaves", "leave"), (one.enters, "enters", "enter"))
        if codes
    ]
    parts = [f"{formats.listing(who, most=2)} {formats.agree(len(who), single, many)}" for who, single, many in named]
    return ", ".join(parts) or "No one moves in or out"


def change(row: Row, first: int) -> str:
    """Return how a country moves: "up 6, enters"; "gains a rank"; "" if it stays."""
    move = row.move
    crossing = "enters" if move.enters(first) else "leaves" if move.leaves(first) else ""
    how = {"up": "up", "down": "down"}.get(move.kind, "")
    how = {"gained": "gains a rank", "lost": "loses its rank"}.get(move.kind, f"{how} {move.distance}" if how else "")
    return ", ".join(filter(None, (how, crossing)))


_ICONS = {"up": "arrow_upward", "gained": "arrow_upward", "down": "arrow_downward", "lost": "arrow_downward"}


def _change(first: int) -> Column[Row]:
    def html(row: Row) -> SafeString:
        text = change(row, first)
        if not text:
            return SafeString("")
        return format_html('<span class="u-nowrap">{}{}</span>', icon(_ICONS[row.move.kind]), text)

    return Column("Change", lambda row: change(row, first), html=html)


def mover_text(mover: Mover | None) -> str:
    """Return what moves a country most: "Child labor", "Several values", "Others moved"."""
    if mover is None:
        return ""
    fixed = {SEVERAL: "Several values", OTHERS: "Others moved", POOL: "Rules of the pool"}
    if mover.kind == CONSTANT:
        return f"{mover.label}: fitted again on all countries"
    return fixed.get(mover.kind, mover.label)


def values_text(mover: Mover | None) -> str:
    if mover is None:
        return ""
    return f"{mover.before} \N{RIGHTWARDS ARROW} {mover.after}" if mover.kind == VALUE else mover.after


def effect_table(text: EffectText, *, of_all: bool = False) -> Table[Row]:
    """Return the table of ranks before and after; of every country if `of_all`."""
    found, waiting = text.found, "…"

    def sources(row: Row) -> str:
        return formats.listing(
            [text.titles[pk] for pk in (row.mover.imports if row.mover else ()) if pk in text.titles]
        )

    def mover(row: Row) -> str:
        return mover_text(row.mover) if row.mover is not None or row.before == row.after else waiting

    columns: Sequence[Column[Row]] = (
        Column("Country", lambda row: link(reverse("country", args=[row.code]), row.name)),
        Column("Rank now", lambda row: row.before, "number"),
        Column("Would be", lambda row: row.after, "number"),
        _change(found.first),
        Column("The value that moves it most", mover, detail=lambda row: values_text(row.mover)),
        Column("From this file", sources),
    )
    file = (
        Column[Row]("Country", lambda row: row.name, width=28),
        Column[Row]("Code", lambda row: row.code, width=8),
        Column[Row]("Rank now", lambda row: row.before, width=10),
        Column[Row]("Would be", lambda row: row.after, width=10),
        Column[Row]("Change", lambda row: change(row, found.first), width=18),
        Column[Row](f"Among the first {found.first} now, share of draws", lambda row: row.p20[0], width=12),
        Column[Row](f"Among the first {found.first} then, share of draws", lambda row: row.p20[1], width=12),
        Column[Row]("The value that moves it most", lambda row: mover_text(row.mover), width=32),
        Column[Row]("Value now", lambda row: row.mover.before if row.mover else "", width=18),
        Column[Row]("Value then", lambda row: row.mover.after if row.mover else "", width=18),
        Column[Row]("From this file", sources, width=40),
        Column[Row]("Why it has no rank", lambda row: row.why, width=60),
    )
    title = "All ranks, before and after" if of_all else "What publishing would do to the ranking"
    return Table(title, columns, file=file, css="usa-table--hover c-figures")
