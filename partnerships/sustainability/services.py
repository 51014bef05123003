"""Sustainability, risks and evaluations: rows of their own that people add and keep current."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from partnerships.lookups.locking import change, create, require
from partnerships.models import Evaluation, Risk, SustainabilityMeasure, SustainabilityStrategy
from partnerships.seen import unchanged

Entry = TypeVar("Entry", SustainabilityStrategy, SustainabilityMeasure, Risk, Evaluation)


@transaction.atomic
def add_entry(*, entry: Entry, actor: User) -> Entry:
    """Add an unsaved strategy, measure, risk or evaluation; from signature on a strategy comes by amendment."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    _of_partnership(entry)
    return create(entry, actor=actor)


@transaction.atomic
def edit_entry(*, entry: Entry, values: Mapping[str, Any], actor: User, seen: str | None = None) -> Entry:
    """Change fields of an entry; what it was stays in the history.

    `seen` is `services.seen.digest_of` what these fields held when they were shown; where they hold something else
    by now, it raises `ValidationError` of code `changed`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = type(entry)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    unchanged(current, seen, values)
    changed = change(current, values, actor=actor)
    _of_partnership(changed)
    return changed


def _of_partnership(entry: Entry) -> None:
    """The owner and the objective are of the entry's own partnership."""
    for field in ("owner", "objective"):
        row = getattr(entry, field, None)
        if row is not None and row.partnership_id != entry.partnership_id:
            raise ValidationError({field: ValidationError("Choose one of this partnership.", code=field)})
