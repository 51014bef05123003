from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.database.revisions import check_revision
from partnerships.lookups.locking import change, check_same_partnership, create, lock_row, service
from partnerships.models import Evaluation, Risk, SustainabilityMeasure, SustainabilityStrategy

Entry = TypeVar("Entry", SustainabilityStrategy, SustainabilityMeasure, Risk, Evaluation)
WITHIN = ("owner", "objective")
"""Columns that name a row of the same partnership."""


@service(Permission.EDIT_PARTNERSHIPS)
def add_entry(*, entry: Entry, actor: User) -> Entry:
    """Add an unsaved strategy, measure, risk, or evaluation.

    After signature a strategy can be added only by amendment.
    """
    check_same_partnership(entry.partnership_id, **{name: getattr(entry, name, None) for name in WITHIN})
    return create(entry, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def edit_entry(*, entry: Entry, values: Mapping[str, Any], actor: User, expected_revision: str | None = None) -> Entry:
    """Change fields of an entry. The history keeps its earlier values.

    Raises `EditConflict` if the row no longer has the `expected_revision`.
    """
    current = lock_row(entry)
    check_revision(current.current_revision(), expected_revision)
    check_same_partnership(current.partnership_id, **{name: values.get(name) for name in WITHIN})
    return change(current, values, actor=actor)
