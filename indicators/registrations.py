"""Panels of the home page and sources of the queue, that this app registers with the foundation."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.http import HttpRequest
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.retention.schedule import RetentionClass, add_all
from cpc.site import dashboard, queue
from cpc.site.failed_tasks import CAUSES, Cause
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource
from cpc.web import formats
from indicators.bulk.services import queue_build
from indicators.imports.queries import waiting_imports
from indicators.models import Import, ImportState, Publication, Source, UnpublishedEdition
from indicators.narratives import queries as narratives_queries
from indicators.observations import catalog
from indicators.publications import signals
from indicators.publications.queries import visible_imports
from indicators.tier_confirmations import spot_checks

LOOKED_WITHIN = dt.timedelta(days=90)
"""Time for which a statement that an edition is not published keeps its source out of the queue."""
WAITING_STATES = (ImportState.PREVIEW, ImportState.FAILED)


def register() -> None:
    """Register everything once, from `AppConfig.ready`."""
    see, bring, confirm = Permission.VIEW_OBSERVATIONS, Permission.IMPORT_DATA, Permission.CONFIRM_NARRATIVES
    dashboard.register(dashboard.Panel("data", "indicators/home/_home_data.html", _newest_import, see, order=50))
    queue.register(QueueSource("imports", bring, waiting_files, order=20))
    queue.register(QueueSource("narratives", confirm, unread_narratives, order=40))
    queue.register(QueueSource("spot-checks", confirm, second_readings, order=42))
    queue.register(QueueSource("editions", bring, newer_editions, order=45))
    signals.after_publication(queue_build)
    CAUSES.add(Cause("indicators.read_import", "Open the import", _import_of))
    add_all(retention_classes())


def retention_classes() -> list[RetentionClass]:
    return [
        RetentionClass(
            "observations",
            "Observations, publications, narratives, programs, and publishers' files",
            "Department of State schedule: evidence of policy decisions, likely permanent",
            ("indicators",),
            "Permanent",
            is_held=True,
        ),
        RetentionClass(
            "previews",
            "Rows of an import that is not published yet",
            "GRS 5.2, item 020: intermediary records",
            ("indicators.StagedObservation", "indicators.StagedNarrative", "indicators.StagedProgram"),
            "Until the import is published or discarded; the file itself stays",
        ),
        RetentionClass(
            "packages",
            "Packages of all observations to download",
            "GRS 5.2, item 020: intermediary records",
            ("indicators.BulkPackage",),
            "Until newer ones replace them; made again from the observations",
        ),
    ]


def _import_of(arguments: dict[str, Any]) -> str:
    key = arguments["kwargs"].get("batch_id")
    return reverse("import", args=[key]) if isinstance(key, int) else reverse("imports")


def _newest_import(request: HttpRequest) -> dict[str, Any]:
    return {"newest": visible_imports(user_of(request)).first()}


def waiting_files(desk: Desk) -> list[Lane]:
    """Return one item per import at its preview, and one per file that could not be read."""
    rows = list(Import.objects.filter(state__in=WAITING_STATES).select_related("source").order_by("pk"))
    waiting = [batch for batch in rows if batch.state == ImportState.PREVIEW]
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
    unread = [
        Item(
            f"import:{batch.pk}",
            f"Read {batch.title} again, or discard it",
            reverse("import", args=[batch.pk]),
            "The file could not be read.",
            "Open",
            "upload_file",
            Category.DATA,
            since=batch.created_at.date(),
        )
        for batch in rows
        if batch.state == ImportState.FAILED
    ]
    return [queue.lane_of_items(desk, Category.DATA, [*items, *unread])]


def newer_editions(desk: Desk) -> list[Lane]:
    """Return an item for each source of which a newer edition is due, unless somebody looked for it lately.

    Before the first publication, it is an item to import a file, unless one is at its preview.
    """
    looked = UnpublishedEdition.objects.live().filter(as_of__gte=desk.today - LOOKED_WITHIN)
    publications = Publication.objects.order_by("-seq").annotate(looked=ArraySubquery(looked.values("source__key")))
    found = publications.values_list("seq", "at", "looked").first()
    if found is None:
        return _first_import(desk)
    *newest, settled = found
    items = (
        Item(
            f"edition:{key}",
            f"Look for a newer edition of {title}",
            reverse("source", args=[key]),
            f"The newest one loaded is {edition}. A newer one is expected. {since}.",
            "Look",
            "file_download",
            Category.DATA,
        )
        for key, title, edition, since in _editions_due(tuple(newest), desk.today)
        if key not in settled
    )
    return [queue.lane_of_items(desk, Category.DATA, items)]


def _first_import(desk: Desk) -> list[Lane]:
    if waiting_imports():
        return []
    why = "Nothing is published yet. Values, rankings, and narratives come from publishers' files."
    url = f"{reverse('imports')}#upload"
    item = Item("first-import", "Import the first file", url, why, "Import", "upload_file", Category.DATA)
    return [queue.lane_of_items(desk, Category.DATA, [item])]


@lru_cache(maxsize=8)
def _editions_due(_newest: tuple[Any, ...], today: dt.date) -> tuple[tuple[str, str, str, str], ...]:
    """Return key, title, newest edition, and since when another is due; they change with a publication or the day."""
    titles = dict(Source.objects.values_list("key", "title"))
    return tuple(
        (key, titles[key], edition.label, age.detail)
        for key, (edition, age) in sorted(catalog.newest_editions(today).items(), key=lambda entry: titles[entry[0]])
        if age.kind == "warn"
    )


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
    waiting = narratives_queries.to_confirm().count()
    if not waiting:
        return []
    title = f"Confirm what was read in {formats.count_of(waiting, 'narrative')}"
    why = "The reader suggests forms of child trafficking and figures; they count only after an analyst confirms them."
    url = reverse("narratives")
    item = Item("narratives", title, url, why, "Confirm", "visibility", Category.DATA)
    return [queue.lane_of_items(desk, Category.DATA, [item])]


def second_readings(desk: Desk) -> list[Lane]:
    """Return an item per open spot check of tiers that the person reads, and one per difference that waits for them."""
    items = []
    for check in spot_checks.open_checks():
        year, waiting = check.sitting.report_year, check.to_read_by(desk.user)
        if waiting:
            url = reverse("tier-spot-check", args=[check.sitting.pk])
            title = f"Read {formats.count_of(len(waiting), 'tier')} of {year} as the second person"
            why = "Drawn for the spot check. The tiers are published once each of them is read again."
            key = f"tier-read:{check.sitting.pk}"
            items.append(Item(key, title, url, why, "Read", "verified", Category.DATA, count=len(waiting)))
        for case in check.to_settle_by(desk.user):
            url = reverse("tier-settle", args=[check.sitting.pk, case.draw.pk])
            title = f"Settle the tier of {case.confirmation.country.name} in {year}"
            why = "Two people read different tiers. Nothing is published before both name the same."
            items.append(Item(f"tier-settle:{case.draw.pk}", title, url, why, "Settle", "forum", Category.DATA))
    return [queue.lane_of_items(desk, Category.DATA, items)] if items else []
