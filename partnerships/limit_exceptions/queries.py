from __future__ import annotations

from django.db.models import QuerySet

from partnerships.models import LimitException, LimitPolicy, Partnership


def policies() -> QuerySet[LimitPolicy]:
    return LimitPolicy.objects.select_related("proposed_by", "approval__approved_by").order_by("-effective_from")


def exceptions_of(partnership: Partnership) -> QuerySet[LimitException]:
    return partnership.limit_exceptions.select_related(
        "grant__granted_by", "grant__document__document", "refusal__refused_by", "requested_by", "statement"
    ).order_by("-pk")
