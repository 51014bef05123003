"""Queries on unknown names of an import, on mappings, and on imports published under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from cpc.grouping import grouped
from indicators.countries import normalize
from indicators.imports.matching import country_index
from indicators.imports.queries import _unknown
from indicators.models import Import, ImportIssue, ImportState, NameMapping
from indicators.name_mappings.suggestions import reads_like_a_group, suggestions


def unknown_names(batch: Import) -> list[list[ImportIssue]]:
    """Return the issues about names of an import that can be mapped, grouped by name."""
    by_name = grouped(_unknown(batch), lambda issue: normalize(issue.country_text))
    return [issues for name, issues in by_name.items() if name]


def with_suggestions(names: Iterable[Sequence[ImportIssue]]) -> list[dict[str, Any]]:
    """Return each unknown name with its first locator, the number of its rows, and the countries it may mean."""
    index = country_index()
    return [
        {
            "name": issues[0].country_text,
            "locator": issues[0].locator,
            "detail": issues[0].message,
            "rows": sum(issue.rows for issue in issues),
            "suggestions": suggestions(issues[0].country_text, index),
            "is_like_a_group": reads_like_a_group(issues[0].country_text),
        }
        for issues in names
    ]


def mapped_in(batch: Import) -> QuerySet[ImportIssue]:
    """Return the notes of an import on names that were read or set aside by a mapping."""
    rows = batch.issues.filter(mapping__isnull=False)
    return rows.select_related("mapping__country", "mapping__source", "mapping__recorded_by").order_by("country_text")


def mappings() -> QuerySet[NameMapping]:
    """Return every mapping, live ones first, with the number of published imports that used it."""
    return (
        NameMapping.objects.select_related("source", "country", "recorded_by", "superseded_by")
        .annotate(used=Count("issues__batch", distinct=True, filter=Q(issues__batch__state=ImportState.PUBLISHED)))
        .order_by(F("superseded_at").desc(nulls_first=True), "name", "-pk")
    )


def published_under(mapping: NameMapping) -> list[tuple[Import, int]]:
    """Return the published imports that used a mapping, newest first, with the number of rows in each file."""
    counted = dict(
        ImportIssue.objects.filter(mapping=mapping, batch__state=ImportState.PUBLISHED)
        .values_list("batch")
        .annotate(all=Sum("rows"))
    )
    imports = Import.objects.filter(pk__in=counted).select_related("source").order_by("-pk")
    return [(batch, counted[batch.pk]) for batch in imports]


def open_imports(mapping: NameMapping) -> list[Import]:
    """Return the imports of a mapping's source at their preview.

    They are matched again when the mapping is withdrawn.
    """
    rows = Import.objects.filter(source=mapping.source_id, state=ImportState.PREVIEW)
    return list(rows.select_related("source"))
