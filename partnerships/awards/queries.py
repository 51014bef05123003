"""Reads of awards."""

from __future__ import annotations

from django.db.models import QuerySet

from partnerships.models import (
    CloseoutStep,
)


def closeout_open() -> QuerySet[CloseoutStep]:
    """Steps of the close-out of awards that are neither done nor without object."""
    return CloseoutStep.objects.filter(done_on__isnull=True, not_applicable_because="")
