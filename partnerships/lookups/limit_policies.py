"""The limit policy of a day."""

from __future__ import annotations

from datetime import date

from partnerships.models import LimitPolicy


def policy_in_force(today: date) -> LimitPolicy | None:
    return LimitPolicy.objects.filter(approval__isnull=False, effective_from__lte=today).first()
