"""List of a ranking with its charts: the headings, rows, and views that a URL requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cpc.web import formats
from cpc.web.parts import GroupTab as Link
from cpc.web.tables import FORMATS, SortLink, paginate, query, sort_link
from cpc.web.templatetags.tables import header_cell
from selection.ranking.presenters import cells as cells_presenters
from selection.ranking.presenters import charts as charts_presenters
from selection.ranking.presenters import folds as folds_presenters
from selection.ranking.presenters.shared import Heading
from selection.ranking.queries.listing import (
    NOT_RANKABLE,
    OUTSIDE,
    PROVISIONAL,
    RANKED,
    TABS,
    in_the_way,
    narrowed,
)
from selection.ranking.views.listing import FILTERS, Listing
from selection.runs import labels
from selection.runs.rows import RankingRow

BESIDE = 10
"""Number of countries that are named next to the map."""

LIST = "#list"
VIEWS = (("", "List", "list"), ("chart", "Chart", "grid_view"), ("map", "Map", "map"))


# ---- the list ------------------------------------------------------------------------------------------------------


def list_context(listing: Listing) -> dict[str, Any]:
    request, rows, ranking = listing.request, listing.rows, listing.ranking
    # A page has the first N, with all that share the last of these ranks.
    size = max(len(ranking.first) if listing.tab is RANKED else 0, ranking.table.first)
    everything = request.GET.get("show") == "all"
    page = paginate(request, rows, max(len(rows), 1) if everything else size)
    # Below exactly the first N, the likeliest of the others may follow.
    ends_at_the_line = listing.is_plain and page.number == 1 and page.end_index() == len(ranking.first)
    below = folds_presenters.likeliest(ranking) if ends_at_the_line else None
    added = [row for row in listing.rows if below and row.code == below.row.code]
    only = rows[0] if len(rows) == 1 else None
    shown: dict[str, Any] = {
        "run": listing.run,
        "ranking": ranking,
        "tab": listing.tab,
        "sort": listing.sort,
        "page": page,
        "count": len(rows),
        "total": len(listing.whole),
        "everything": everything,
        "added": added,
        "steps": _steps(listing, page, size),
        "has_note": listing.tab is RANKED and bool(rows),
        "likeliest": below,
        "filtered": bool(listing.wanted.names),
        "clear_url": query(request, **dict.fromkeys((*FILTERS, "page"))) + LIST,
        "exports": [(kind.upper(), query(request, format=kind, page=None, show=None)) for kind in FORMATS],
        "link_url": query(request, run=str(listing.run.pk)) + LIST,
        "groups": _tabs(listing),
        "views": _views(listing),
        "lacking": None if rows else _lacking(listing),
        "only": only,
        "why_not_ranked": labels.why_not_ranked(only, ranking.table).rstrip(".") if only else "",
        "first": ranking.table.first,
    }
    return shown | _table(listing, [*page, *added])


def _steps(listing: Listing, page: Page[RankingRow], size: int) -> list[tuple[str, str]]:
    """Return the links to the pages before and after this one, and to the whole list: labels and URLs."""
    request, count = listing.request, len(listing.rows)
    found = []
    if page.has_previous():
        found.append((f"Previous {size}", query(request, page=str(page.previous_page_number()))))
    if page.has_next():
        left = min(size, count - page.end_index())
        found.append((f"Next {left}", query(request, page=str(page.next_page_number()))))
    if page.has_other_pages():
        found.append((f"All {count}", query(request, show="all", page=None)))
    elif count > size:
        found.append((f"{size} at a time", query(request, show=None, page=None)))
    return [(label, url + LIST) for label, url in found]


def _table(listing: Listing, page: Sequence[RankingRow]) -> dict[str, Any]:
    cells = cells_presenters.ranking_cells(listing.run, newest=listing.is_newest)
    titles = cells_presenters.titles_of(listing.whole) if listing.tab is OUTSIDE and listing.sort == "reason" else None
    return {
        "heads": _heads(listing, _headings(listing)),
        "rows_html": cells.rows(page, listing.columns, _cut(listing), titles),
        "table_class": f"c-rank2 c-rank2--prov c-rank2--{listing.tab.key}" if listing.tab.key else "c-ranks",
        "scatter": _scatter(listing),
        "map": _map(listing),
    }


def _cut(listing: Listing) -> int | None:
    """Return the rank below which a line is drawn; None if the list is in another order or ends above it."""
    first = listing.ranking.table.first
    ordered = listing.tab is RANKED and listing.sort == "rank"
    return first if ordered and any((row.rank or 0) > first for row in listing.rows) else None


def _scatter(listing: Listing) -> Any:
    if listing.tab is not RANKED or listing.view != "chart" or len(listing.rows) < charts_presenters.LEAST:
        return None
    codes = tuple(sorted(row.code for row in listing.rows))
    return charts_presenters.scatter(listing.run, codes, newest=listing.is_newest)


def _map(listing: Listing) -> Any:
    """Return the map with the lists of its countries; unranked ones are included if the filters permit it."""
    if listing.tab is not RANKED or listing.view != "map":
        return None
    unranked = narrowed([*PROVISIONAL.of(listing.ranking), *NOT_RANKABLE.of(listing.ranking)], listing.wanted)
    rows = [*listing.rows, *unranked]
    codes = tuple(sorted(row.code for row in rows))
    view = charts_presenters.world(listing.run, codes, newest=listing.is_newest)
    best = sorted(listing.rows, key=lambda row: row.rank or 0)[:BESIDE]
    return {"view": view, "best": best, "unranked": unranked, "suffix": listing.suffix} if rows else None


def _tabs(listing: Listing) -> list[Link]:
    """Return the groups of countries with their counts. A link drops order, columns, page, and the `group` filter."""
    params = dict.fromkeys(("page", "sort", "columns", "show", "group", "tab"))
    found = []
    for tab in TABS:
        url = query(listing.request, **{**params, "tab": tab.key or None}) + LIST
        more = "(bounds only)" if tab is PROVISIONAL else ""
        found.append(Link(tab.label, url, tab is listing.tab, len(tab.of(listing.ranking)), more))
    return found


def _views(listing: Listing) -> list[Link]:
    """Return the pictures that the list has; none where it has no rank to draw."""
    if listing.tab is not RANKED or not listing.whole:
        return []
    return [
        Link(label, query(listing.request, view=key or None) + LIST, current=key == listing.view, icon=name)
        for key, label, name in VIEWS
    ]


def _lacking(listing: Listing) -> dict[str, Any] | None:
    """Return which filters leave no country, and the result without the most restrictive one."""
    names = listing.wanted.names
    if not names:
        return None
    found = in_the_way(listing.whole, listing.wanted)
    facts: dict[str, Any] = {
        "filters": formats.listing([f"“{listing.form.value_of(name)}”" for name in names]),
        "both": {1: "this filter", 2: "both filters"}.get(len(names), f"all {len(names)} filters"),
    }
    if found is not None:
        name, count = found
        url = query(listing.request, **{name: None, "page": None}) + LIST
        facts |= {"dropped": f"“{listing.form.value_of(name)}”", "left": count, "url": url}
    return facts


def _headings(listing: Listing) -> list[Heading]:
    found = [cells_presenters.heading_of(column, listing.ranking) for column in listing.columns]
    found.insert(1 if listing.tab is RANKED else 0, cells_presenters.COUNTRY)
    return found


def _heads(listing: Listing, headings: Sequence[Heading]) -> SafeString:
    """Return the headings of the table: each that sorts is a link back to the list."""
    ranked = len(listing.ranking.ranked)
    ends = {"ranked": (1, ranked), "places": (1, ranked + 1)}
    found = []
    for heading in headings:
        if heading.sort:
            link = sort_link(
                listing.request, heading.sort, default=listing.tab.sorts[0], descending_first=heading.falling
            )
            address = SortLink(link.url + LIST, link.state)
            made = header_cell(heading.label, address, numeric=heading.numeric)
        else:
            made = format_html('<th scope="col" role="columnheader">{}</th>', heading.label)
        found.append(_with_scale(made, *ends[heading.scale]) if heading.scale else made)
    return mark_safe("".join(found))  # noqa: S308  # every heading was escaped when it was made


def _with_scale(heading: SafeString, low: int, high: int) -> SafeString:
    """Return a heading with the ends of the scale that its column is drawn on."""
    ends = (
        f'<span class="c-scale c-scale--int" aria-hidden="true"><span>{low:d}</span><span>{high:d}</span></span></th>'
    )
    return mark_safe(heading.removesuffix("</th>") + ends)  # noqa: S308  # both parts are markup made here
