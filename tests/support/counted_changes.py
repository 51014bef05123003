"""Count of requests that change the record, taken at the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.core.handlers.base import BaseHandler
from django.db import connection

SAFE = ("GET", "HEAD", "OPTIONS")
_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
BESIDE_THE_RECORD = ("api_idempotentanswer", "cpc_api_idempotentanswer")
"""Tables that every request may write."""


@dataclass
class Changes:
    """Requests that changed the record, as method and path, in their order."""

    made: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.made)


def writes_of(sql: Any) -> str:
    """Return the table to which a statement writes, or "" for one that doesn't write to the record."""
    match = _WRITES.match(str(sql))
    table = match[2] if match else ""
    beside = table in BESIDE_THE_RECORD or table.endswith(("idempotentanswer", "sheetdraft", "session"))
    return "" if beside else table


@contextmanager
def counted_changes() -> Iterator[Changes]:
    """Count every request that isn't safe, is answered with success, and wrote to the record.

    Keeping a draft of a sheet writes none.
    """
    changes, original = Changes(), BaseHandler.get_response

    def get_response(self: BaseHandler, request: Any) -> Any:
        if request.method in SAFE:
            return original(self, request)
        tables: set[str] = set()

        def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            if table := writes_of(sql):
                tables.add(table)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            response = original(self, request)
        if tables and response.status_code < 400:
            changes.made.append(f"{request.method} {request.path}")
        return response

    with patch.object(BaseHandler, "get_response", get_response):
        yield changes
