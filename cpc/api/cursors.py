"""Opaque cursors of lists: a position that only this server can write, bound to the list that it belongs to."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.core.signing import BadSignature, Signer
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cpc.api.keyset import OrderColumn

FREE = frozenset({"cursor", "page_size", "count", "format"})
"""Parameters that a client may change from page to page: they select no rows and no order."""
SIGNER = Signer(salt="cpc.api.cursors")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A point in a list: the position of the row beside it, and what the first page counted.

    `backward` is the page that ends before the position. `count` is None if the rows were not counted.
    """

    position: Sequence[Any]
    backward: bool
    count: int | None


def list_of(request: Request, pinned: Mapping[str, str]) -> str:
    """Return a digest of the URL and the parameters that select and order the rows.

    `pinned` are parameters that the links of the list set, whatever the client sent: the data that it is as of.
    """
    asked = {name: values for name, values in request.query_params.lists() if name not in FREE}
    asked |= {name: [value] for name, value in pinned.items()}
    text = json.dumps([request.path, sorted((name, sorted(values)) for name, values in asked.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def written(cursor: Cursor, list_digest: str) -> str:
    position = [_plain(value) for value in cursor.position]
    return SIGNER.sign_object([list_digest, position, int(cursor.backward), cursor.count])


def read(text: str, order: Sequence[OrderColumn], list_digest: str) -> Cursor:
    """Return the cursor of a request. Raise `ValidationError` (400) for one that this list did not give."""
    try:
        belongs_to, position, backward, count = SIGNER.unsign_object(text)
    except (BadSignature, ValueError, TypeError) as error:
        message = "This is no cursor of this server. Use the address in `next` or `previous` as it is."
        raise ValidationError({"cursor": [message]}, code="does_not_exist") from error
    if belongs_to != list_digest or len(position) != len(order):
        message = (
            "This cursor belongs to other filters, another order, or other data. Use the address in `next` or "
            "`previous` as it is, or start without a cursor."
        )
        raise ValidationError({"cursor": [message]}, code="does_not_exist")
    try:
        values = [part.field.to_python(value) for part, value in zip(order, position, strict=True)]
    except InvalidValue as error:
        raise ValidationError({"cursor": ["The list has changed. Start without a cursor."]}) from error
    return Cursor(values, bool(backward), count)


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it; `to_python` of its field reads it back without loss."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        return repr(value) if isinstance(value, float) else str(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)
