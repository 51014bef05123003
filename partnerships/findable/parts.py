"""Declaration of a part of a partnership, for search.

Its text may name what is withheld outside (`partnerships.withheld`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.search.registry import Findable, FoundPassage
from partnerships.withheld import EDITORS

SEE = Permission.VIEW_PARTNERSHIPS


def of_parent(parent: str, key: str) -> str:
    """Return the SQL of the partnership of a record below another one."""
    return f"(SELECT parent.partnership_id FROM partnerships_{parent} parent WHERE parent.id = r.{key})"  # noqa: S608


def year_of(column: str) -> str:
    return f"extract(year FROM r.{column})::smallint"


def part(
    kind: str,
    model: type[Model],
    label: str,
    many: str,
    page: str,
    *,
    number: str = "",
    about: str = "r.partnership_id",
    keys: Callable[[FoundPassage], list[int]] = lambda row: [row.subject],
    **more: Any,
) -> Findable:
    """Return the declaration of a part of a partnership. Its partnership never changes, nor that one's country."""
    of_partnership = f"FROM partnerships_partnership p WHERE p.id = {about}"
    return Findable(
        kind,
        model,
        subject="partnership",
        about=about,
        label=f"'{label} ' || {number}" if number else f"'{label}'",
        many=many,
        permission=SEE,
        country=f"(SELECT p.country_id {of_partnership})",
        is_sample=f"(SELECT p.kind = 'sample' {of_partnership})",
        url=lambda row: reverse(page, args=keys(row)),
        rest_needs=EDITORS,
        **more,
    )


def not_replaced(model: type[Model]) -> Callable[[User], QuerySet[Any]]:
    """Return the condition that a record is the newest of its corrections."""
    return lambda _user: model._default_manager.filter(replaced_by__isnull=True)


def record_keys(row: FoundPassage) -> list[int]:
    return [row.subject, row.record]


def source_keys(row: FoundPassage) -> list[int]:
    return [row.subject, row.source]
