"""Own work of the last days, as home lists it: the same actions of one day are one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Count, Window
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.authors import STEP
from cpc.audit.disclosures import READING
from cpc.audit.models import AuditEntry
from cpc.grouping import grouped

LATELY = dt.timedelta(days=7)
READ = 100
"""The most entries that are joined to lines; the count is of all of them."""
NAMED = 2
"""The most labels of a line whose entries share nothing."""
PART = ", "
"""Separates the parts of a label, the last of which names the round or the country."""


@dataclass(frozen=True, slots=True)
class DoneLine:
    """One action, or the same ones of one day: the newest entry first."""

    entries: Sequence[AuditEntry]

    @property
    def newest(self) -> AuditEntry:
        return self.entries[0]

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def action(self) -> str:
        """Return what was done; the label of a step names its result already."""
        return "" if self.newest.action.startswith(STEP) else self.newest.action

    @property
    def kinds(self) -> str:
        try:
            return str(apps.get_model(self.newest.object_type)._meta.verbose_name_plural)
        except (LookupError, ValueError):
            return "records"

    @property
    def shared(self) -> str:
        """Return the last parts that the labels of all entries share, such as the name of the round."""
        labels = [entry.object_label.split(PART)[::-1] for entry in self.entries]
        parts = []
        for same in zip(*labels, strict=False):
            if len(set(same)) > 1:
                break
            parts.append(same[0])
        return PART.join(reversed(parts))

    @property
    def first(self) -> Sequence[str]:
        """Return the labels of the first entries."""
        return [entry.object_label for entry in self.entries[:NAMED]]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


@dataclass(frozen=True, slots=True)
class Done:
    total: int = 0
    lines: Sequence[DoneLine] = ()


def done_lately(user: User, limit: int) -> Done:
    """Return what this account did in the last days, newest first, without sign-ins, reading, and messages."""
    rows = AuditEntry.objects.filter(actor_id=str(user.pk), at__gte=timezone.now() - LATELY)
    rows = rows.exclude(action__in=("notified", *READING)).exclude(object_type="accounts.user", object_id=str(user.pk))
    entries = list(rows.defer("before", "after").annotate(total=Window(Count("*")))[:READ])
    if not entries:
        return Done()
    groups = grouped(entries, lambda entry: (timezone.localdate(entry.at), entry.object_type, entry.action))
    lines = [DoneLine(group) for group in groups.values()]
    return Done(entries[0].total, lines[:limit])
