"""Rows of the queue on the pages of one partnership."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cpc.site.queue import Category, Item
from cpc.web import formats
from cpc.web.badges import Badge
from partnerships.models import Partnership


@dataclass(frozen=True, slots=True)
class DueRow:
    """One task that is late or due; without `url`, it is not the reader's."""

    title: str
    why: str
    mark: Badge
    url: str = ""
    verb: str = ""


def due_row(item: Item, partnership: Partnership, today: date) -> DueRow:
    """Return a row of the queue without the country's name: the page is the partnership's own."""
    title = item.title.removesuffix(f", {partnership.country.name}")
    return DueRow(title, item.why, _mark(item, today), item.url, item.verb)


def _mark(item: Item, today: date) -> Badge:
    if item.category is Category.RETURNED:
        return Badge("warn", "Returned", "undo")
    if item.due is not None:
        return day_mark(item.due, today)
    if item.since is not None:
        return Badge("info", f"Since {formats.day(item.since)}")
    return Badge("info", "No date")


def day_mark(day: date, today: date) -> Badge:
    """Return how late a day is, or when it comes: a day is late from the next one on."""
    if day < today:
        return Badge("warn", f"{formats.count_of((today - day).days, 'day')} late", "alarm")
    if day == today:
        return Badge("warn", "Due today", "event")
    return Badge("info", f"{formats.day(day)}, {formats.relative_day(day, today)}", "event")
