"""Column types of PostgreSQL that Django has no field for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Number = models.Field[int, int]
else:
    _Number = models.Field


class TransactionId(_Number):
    """A PostgreSQL transaction id of 64 bits, which never repeats (`xid8`)."""

    def db_type(self, connection: Any) -> str:  # Django passes it
        return "xid8"

    def from_db_value(self, value: str | None, *_: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Return the number as text, which PostgreSQL reads as an id; it compares no id with an integer."""
        return None if value is None else str(int(value))
