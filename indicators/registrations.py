"""Panels of the home page, sources of the queue, and the search, that this app registers with the foundation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.site import dashboard, queue, search
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource
from cpc.web import formats
from indicators.countries import normalize
from indicators.cross_app_links import country_url
from indicators.imports.queries import waiting_imports
from indicators.models import Country, Import, Indicator, Source
from indicators.narratives import queries as narratives_queries
from indicators.observations.as_of import current
from indicators.publications.queries import visible_imports

FOUND = 20


def register() -> None:
    """Register everything once, from `AppConfig.ready`."""
    see, bring, confirm = Permission.VIEW_OBSERVATIONS, Permission.IMPORT_DATA, Permission.CONFIRM_NARRATIVES
    dashboard.register(dashboard.Panel("data", "indicators/home/_home_data.html", _newest_import, see, order=50))
    queue.register(QueueSource("imports", bring, waiting_files, order=20))
    queue.register(QueueSource("narratives", confirm, unread_narratives, order=40))
    search.register(search.Provider("Countries", find_countries, see, order=10))
    search.register(search.Provider("Sources", find_sources, see, order=20))
    search.register(search.Provider("Indicators", find_indicators, see, order=30))


def _newest_import(request: HttpRequest) -> dict[str, Any]:
    return {"newest": visible_imports(user_of(request)).first()}


def waiting_files(desk: Desk) -> list[Lane]:
    """Return one item per import at its preview.

    Before the first publication, it is an item to import a file.
    """
    waiting = waiting_imports()
    if not waiting and not current():
        why = "Nothing is published yet. Values, rankings, and narratives come from publishers' files."
        url = f"{reverse('imports')}#upload"
        first = Item("first-import", "Import the first file", url, why, "Import", "upload_file", Category.DATA)
        return [queue.lane_of_items(desk, Category.DATA, [first])]
    items = (
        Item(
            f"import:{batch.pk}",
            f"Publish or discard {batch.title}",
            reverse("import", args=[batch.pk]),
            _why(batch),
            "Review",
            "upload_file",
            Category.DATA,
            since=batch.created_at.date(),
        )
        for batch in waiting
    )
    return [queue.lane_of_items(desk, Category.DATA, items)]


def _why(batch: Import) -> str:
    labels = (
        ("new", "new"),
        ("changed", "changed"),
        ("older", "from an older edition"),
        ("narratives", "to confirm afterwards"),
        ("rejected", "rejected"),
    )
    parts = [f"{formats.number(batch.counts[key])} {word}" for key, word in labels if batch.counts.get(key)]
    return f"{', '.join(parts) or 'No change'}. Received {formats.day(batch.created_at)}."


def unread_narratives(desk: Desk) -> list[Lane]:
    waiting = narratives_queries.unreviewed().count()
    if not waiting:
        return []
    title = f"Confirm {formats.count_of(waiting, 'form')} of child trafficking"
    why = "The reader suggests forms from the narratives; a form counts only after an analyst confirms it."
    url = reverse("narratives")
    item = Item("narratives", title, url, why, "Confirm", "visibility", Category.DATA)
    return [queue.lane_of_items(desk, Category.DATA, [item])]


def find_countries(query: str, user: User) -> list[search.Hit]:
    """Find countries and territories by a part of their name, an alias, or a code, if they have a page."""
    wanted, code = normalize(query), query.strip().upper()
    matches = []
    for country in Country.objects.prefetch_related("aliases"):
        names = (country.name, *(alias.text for alias in country.aliases.all()))
        if code not in (country.code, country.iso2) and not (wanted and any(wanted in normalize(n) for n in names)):
            continue
        if url := country_url(country.code, user):
            meta = ", ".join(part for part in (country.region, country.code) if part)
            matches.append(
                (code != country.code, wanted not in normalize(country.name), search.Hit(country.name, url, meta))
            )
    return [hit for *_, hit in sorted(matches, key=lambda entry: (*entry[:2], entry[2].title))[:FOUND]]


def find_sources(query: str, _user: User) -> list[search.Hit]:
    wanted = normalize(query)
    return [
        search.Hit(source.title, reverse("source", args=[source.key]), source.publisher)
        for source in Source.objects.all()
        if wanted and wanted in normalize(f"{source.title} {source.publisher}")
    ]


def find_indicators(query: str, _user: User) -> list[search.Hit]:
    wanted = normalize(query)
    return [
        search.Hit(item.name, reverse("indicator", args=[item.code]), f"{item.source.title}, {item.unit}".rstrip(", "))
        for item in Indicator.objects.select_related("source")
        if wanted and wanted in normalize(f"{item.name} {item.code} {item.source.title}")
    ][:FOUND]
