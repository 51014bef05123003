"""SQL expressions that the code writes whole, for what the ORM can't express or compiles to a slow query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Field
from django.db.models.expressions import RawSQL


def own_sql(sql: str, output_field: Field[Any, Any] | None = None, *, values: Sequence[Any] = ()) -> RawSQL:
    """Return an expression of constant SQL of our own. What a person entered comes in `values`, never in `sql`."""
    return RawSQL(sql, values, output_field)  # noqa: S611  # see above
