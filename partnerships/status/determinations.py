from __future__ import annotations

from django.db.models import QuerySet

from partnerships.models import Correction, Determination, DeterminationKind, Partnership


def determinations_of(partnership: Partnership) -> QuerySet[Determination]:
    rows = partnership.determinations.select_related(
        "award", "document__document", "recorded_by", "suspension", "reinstatement"
    )
    return rows.prefetch_related("corrections__closed_by").order_by("-determined_on", "-pk")


def suspensions_open(partnership: Partnership) -> QuerySet[Determination]:
    """Return suspensions that no reinstatement has ended."""
    return partnership.determinations.filter(kind=DeterminationKind.SUSPENSION, reinstatement__isnull=True)


def corrections_of(partnership: Partnership) -> QuerySet[Correction]:
    rows = Correction.objects.filter(determination__partnership=partnership)
    return rows.select_related("determination", "closed_by")
