"""The account behind each write, known to the database in the transaction of the write.

Before each statement that writes, the application sets `cpc.context` for the transaction: account, address, session,
request, and channel, in one round trip with the statement. Triggers read it: an audit entry gets its address and
session from there, and a write without it was made outside the application. Whoever has the password of the
application's role can set it as well, so it proves nothing about who wrote (docs/operations/audit.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db.backends.signals import connection_created

from cpc import request_context

SETTING = "cpc.context"
"""Setting of a transaction: JSON with `actor` (a key or ""), `address`, `session`, `request`, and `channel`."""

CONTEXT = f"nullif(current_setting('{SETTING}', true), '')::jsonb"
"""SQL for that context; NULL for a write outside the application."""

_WRITES = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|MERGE|WITH\b.*?\b(?:INSERT|UPDATE|DELETE))\b", re.IGNORECASE | re.DOTALL
)


def connect() -> None:
    connection_created.connect(_wrap, dispatch_uid="cpc_actors")


def _wrap(connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql" and with_context not in connection.execute_wrappers:
        connection.execute_wrappers.append(with_context)


def with_context(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
    """Set the context in the same string as a statement that writes.

    Every statement carries it, not only the first one of a transaction: a rollback to a savepoint takes it back.
    """
    if isinstance(sql, str) and _WRITES.match(sql):
        acting = json.dumps(request_context.acting_now())
        setting = context["cursor"].mogrify(f"SELECT set_config('{SETTING}', %s, true); ", [acting]).decode()
        # Without parameters, psycopg2 takes a percent sign as it is.
        sql = (setting if params is None else setting.replace("%", "%%")) + sql
    return execute(sql, params, many, context)
