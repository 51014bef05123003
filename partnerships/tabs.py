"""The seven tabs of a partnership, and the pages below each.

    Page("<int:pk>/money/", views.money, "partnership-money", tab=TABS("Money")),
    Page("<int:pk>/exceptions/", views.exceptions, "partnership-exceptions", tab=TABS("Money", page="Exceptions")),

The page without a name of its own is the one that the tab leads to. It lists the others of its tab, each with the
number of what is open there (`partnerships.lookups.open_work`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from cpc.accounts.models import User
from cpc.web.pages import TabRow, all_pages, tab_of
from partnerships.lookups.open_work import open_work
from partnerships.models import Partnership

TABS = TabRow("partnership", ("Overview", "Terms", "Money", "Results", "Dialogues", "Documents", "History"))
OF_DOCUMENTED = frozenset({"partnership", "partnership-exceptions", "partnership-as-of", "partnership-publication"})
"""Pages that documented partnerships have, too."""


@dataclass(frozen=True, slots=True)
class Related:
    """A page of a tab that the tab does not lead to, with a label of its open work, "" without any."""

    label: str
    url: str
    open: str


def _pages(user: User, partnership: Partnership) -> dict[str, list[tuple[str, str]]]:
    """Return the label and the name of each page that the partnership has, by tab."""
    by_tab: dict[str, list[tuple[str, str]]] = {}
    for tab, name in TABS.pages(user):
        if partnership.is_run_here or name in OF_DOCUMENTED:
            by_tab.setdefault(tab.label, []).append((tab.page, name))
    return by_tab


def partnership_tabs(user: User, partnership: Partnership, page: str = "partnership") -> list[tuple[str, str, bool]]:
    """Return label and URL of each tab that the partnership has, and whether it is that of a page."""
    current = tab_of(page)
    return [
        (label, reverse(pages[0][1], args=[partnership.pk]), current is not None and label == current.label)
        for label, pages in _pages(user, partnership).items()
    ]


def page_of_tab(page: str) -> str:
    """Return the name of the page that the tab of another one leads to; "" if the page itself is the one."""
    tab = tab_of(page)
    return (
        next(
            row.name
            for row in all_pages()
            if row.tab is not None and (row.tab.row, row.tab.label, row.tab.page) == (tab.row, tab.label, "")
        )
        if tab is not None and tab.page
        else ""
    )


def related_pages(user: User, partnership: Partnership, page: str, today: date) -> list[Related]:
    """Return the other pages of a tab, if `page` is the one that the tab leads to."""
    tab = tab_of(page)
    pages = _pages(user, partnership).get(tab.label, []) if tab else []
    if len(pages) < 2 or pages[0][1] != page:
        return []
    names = [name for _, name in pages[1:]]
    counts = open_work(partnership, today, names)
    return [Related(label, reverse(name, args=[partnership.pk]), counts.get(name, "")) for label, name in pages[1:]]
