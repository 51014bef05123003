from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from partnerships.models import History, Partnership


def as_of(partnership: Partnership, day: date) -> dict[str, list[dict[str, Any]]]:
    """Return every row of a partnership at the end of `day` (UTC), by table, in order of keys.

    Rows are dictionaries of columns as PostgreSQL writes them in JSON; rows deleted by then are left out. The result
    shows the record as it was then, without later backdated changes. It is empty before the record existed.
    """
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_table, row_state FROM (SELECT DISTINCT ON (row_table, row_id) row_table, row_id, operation, "
            "row_state FROM partnerships_history WHERE partnership_id = %s AND at < %s "
            "ORDER BY row_table, row_id, id DESC) t WHERE operation <> 'delete' ORDER BY row_table, row_id",
            [partnership.pk, end],
        )
        tables: dict[str, list[dict[str, Any]]] = {}
        for table, state in cursor.fetchall():
            # Django turns psycopg's decoding of jsonb off, so a plain cursor returns text.
            tables.setdefault(table, []).append(json.loads(state) if isinstance(state, str) else state)
    return tables


def first_day(partnership: Partnership) -> date | None:
    """Return the day (UTC) on which the record was opened, the first that can be shown."""
    first = History.objects.filter(partnership_id=partnership.pk).order_by("pk").values_list("at", flat=True).first()
    return first.astimezone(UTC).date() if first else None
