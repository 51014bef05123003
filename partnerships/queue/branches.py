"""Parts that the branches of the queue share: partnerships that people run here, their columns, and their days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Case, Model, OuterRef, QuerySet, Subquery, Value, When
from django.urls import reverse

from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Row, Shown
from partnerships.lookups.duties import UNSETTLED as UNSETTLED
from partnerships.lookups.duties import run_here as run_here
from partnerships.lookups.late import label_of as label_of
from partnerships.models import RecordKind

WEEK = 7
"""Dated work enters the queue these days before its own."""
MONTH = 30
"""Dialogues and what expires enter these days before."""
QUARTER = 90
"""The end of a term enters these days before."""


def of_partnership(
    key: str,
    category: Category,
    rows: QuerySet[Any],
    show: Callable[[Row], Shown],
    *,
    prefix: str = "partnership",
    **columns: Any,
) -> Branch:
    """Return a branch whose titles name the country; `prefix` leads from its rows to the partnership."""
    before = f"{prefix}__" if prefix else ""
    columns["facts"] = {"is_sample": is_sample(before)} | (columns.get("facts") or {})
    key_of = f"{prefix}_id" if prefix and "__" not in prefix else f"{before}pk"
    return Branch(key, category, rows, show, subject=f"{before}country__name", partnership=key_of, **columns)


def is_sample(before: str) -> Case:
    """Return SQL for whether the partnership is the sample; `before` leads to its columns."""
    return Case(When(**{f"{before}kind": RecordKind.SAMPLE}, then=Value(True)), default=Value(False))


def newest(model: type[Model], key: str, column: str, **conditions: Any) -> Subquery:
    """Return a column of the newest of some rows that point to the record by `key`."""
    rows = model._default_manager.filter(**{key: OuterRef("pk")}, **conditions)
    return Subquery(rows.order_by("-pk").values(column)[:1])


def page(name: str, *parts: Any) -> str:
    return reverse(name, args=list(parts))
