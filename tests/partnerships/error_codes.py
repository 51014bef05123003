"""Error codes of rejected changes, from the database or from a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from tests.support.error_codes import constraint_code
from tests.support.unguarded import lacks_right, owner_rights


def raw(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def db_error_code(attempt: Callable[[], object]) -> str:
    """Return the code of the database error that the attempt raises; fail if it succeeds.

    Where the application's role has no right to the statement, the owner tries it, too: a rule holds for both.
    """

    def whole() -> None:
        with transaction.atomic():
            attempt()
            raw("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError) as caught:
        whole()
    if lacks_right(caught.value):
        with owner_rights(), pytest.raises(DatabaseError) as caught:
            whole()
    return constraint_code(caught.value)


def error_codes(attempt: Callable[[], object]) -> list[str]:
    """Return the codes of the validation error that a service raises."""
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        attempt()
    error = caught.value
    lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    return [str(one.code) for errors in lists for one in errors]
