from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from partnerships.models import LimitException, LimitPolicy, Partnership


def policies() -> QuerySet[LimitPolicy]:
    return LimitPolicy.objects.select_related("proposed_by", "approval__approved_by").order_by("-effective_from")


def policy_in_force(today: date) -> LimitPolicy | None:
    return LimitPolicy.objects.filter(approval__isnull=False, effective_from__lte=today).first()


def exceptions_of(partnership: Partnership) -> QuerySet[LimitException]:
    return partnership.limit_exceptions.select_related(
        "grant__granted_by", "grant__document__document", "refusal__refused_by", "requested_by", "statement"
    ).order_by("-pk")
