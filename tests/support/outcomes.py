"""Outcomes of a service as values to compare: the errors that it raises, and the entries of the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from cpc.accounts.models import User
from cpc.audit.models import AuditEntry


def refusals(attempt: Callable[[], object]) -> dict[str, str]:
    """Return the code of the error at each field, and at "" for the whole, of the service's validation error."""
    with pytest.raises(ValidationError) as caught:
        attempt()
    errors = getattr(caught.value, "error_dict", None) or {"": caught.value.error_list}
    assert all(error.message for found in errors.values() for error in found), "An error says what is wrong."
    return {field: " ".join(str(error.code) for error in found) for field, found in errors.items()}


def trail(target: models.Model) -> list[tuple[str, str, Any, Any]]:
    """Return who did what to a record, with the values before and after, oldest first.

    The record's own key, the times that the database sets, and messages about it are left out.
    """
    entries = AuditEntry.objects.filter(object_type=target._meta.label_lower, object_id=str(target.pk))
    entries = entries.exclude(action="notified").order_by("pk")
    names = {str(user.pk): user.username for user in User.objects.all()}
    return [
        (names.get(entry.actor_id, "System"), entry.action, _lasting(entry.before), _lasting(entry.after))
        for entry in entries
    ]


def _lasting(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: value for name, value in values.items() if name not in ("id", "at") and not name.endswith("_at")}


def values(*items: object) -> tuple[object, ...]:
    """Return values of any types as a tuple, to compare amounts with whole numbers."""
    return items
