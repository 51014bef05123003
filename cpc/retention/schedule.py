"""The schedule: classes of records, the authority for each, and for how long they are stored.

Each app registers the classes of its tables:

    CLASSES.add(
        RetentionClass(
            "changes",
            "Outbox of changes for programs",
            "GRS 5.2, item 020: intermediary records",
            models=("changes.Change",),
            days=lambda: settings.CHANGES_RETAINED_DAYS,
            dispose=prune,
        )
    )

A class without `dispose` is never removed by the product: its record is transferred or removed under the Department's
own schedule, by an export and by people. tests/cpc/retention compares the classes with all tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cpc.registry import Registry
from cpc.retention.models import Disposal
from cpc.web import formats


@dataclass(frozen=True)
class RetentionClass:
    """A class of records: its tables, as `app.Model` or a whole `app`, the authority, and what removes what is over.

    `days` is after how many days rows may be removed; 0 is never. `dispose` removes the rows from before a time, and
    returns how many. `instead` tells about a class that is stored for good, or removed by a person.
    """

    key: str
    title: str
    authority: str
    models: Collection[str]
    instead: str = ""
    days: Callable[[], int] = lambda: 0
    dispose: Callable[[dt.datetime], int] | None = None
    is_held: bool = False
    """True if a legal hold stops its removal."""

    @property
    def stored_for(self) -> str:
        days = self.days()
        return f"{formats.count_of(days, 'day')}" if days else self.instead or "As long as the product"


CLASSES: Registry[RetentionClass] = Registry(key=lambda one: one.key)


def add_all(classes: Iterable[RetentionClass]) -> None:
    for one in classes:
        CLASSES.add(one)


def class_of(label: str) -> RetentionClass | None:
    """Return the class of a table by its label, such as `audit.AuditEntry`; that of its app if it has none itself."""
    by_name = {name.lower(): one for one in CLASSES for name in one.models}
    return by_name.get(label.lower()) or by_name.get(label.partition(".")[0].lower())


def dispose_of_what_is_over(now: dt.datetime | None = None) -> dict[str, int]:
    """Remove what is over, class by class, each in a transaction of its own; return how many rows of each.

    Rows that a legal hold covers stay. A second run removes what is over since.
    """
    now, removed = now or timezone.now(), {}
    for one in CLASSES:
        days = one.days()
        if one.dispose is None or not days:
            continue
        before = now - dt.timedelta(days=days)
        with transaction.atomic():
            rows = one.dispose(before)
            if rows:
                Disposal.objects.create(name=one.key, before=before, rows=rows)
                removed[one.key] = rows
    return removed
