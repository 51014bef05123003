"""CSV of lists: every row that the filters leave, streamed, with the fields of the schema as columns.

    curl -H "Accept: text/csv" .../api/v1/observations/?country=GHA

A nested field has a column per field inside it, with a dotted name: `country.code`. A list, or a dictionary of any
keys, is JSON in its cell. Values are written as in JSON; a null is empty. A text that a spreadsheet program would run
as a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.text import slugify
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.utils import encoders, json

from cpc.api.keyset import chunks
from cpc.formulas import harmless

FORMAT = "format"
CHUNK = 1000
"""Rows that a file holds in memory at a time."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
"""Amounts are texts in JSON; a negative one is no formula."""


class CsvRenderer(JSONRenderer):
    """The format `csv` of a list. `csv_response` writes the file; this writes errors, which are JSON in any format."""

    media_type = "text/csv"
    format = "csv"


class Negotiation(DefaultContentNegotiation):
    """Choice of the format by `?format=` or the Accept header.

    An unknown `format` chooses none here: `refuse_unknown_format` rejects it once the account is authorized.
    """

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        every = list(renderers)
        return [renderer for renderer in every if renderer.format == format] or every


def refuse_unknown_format(request: Request, formats: Sequence[str]) -> None:
    """Raise `ValidationError` (400) for a `format` that the URL does not have."""
    text = request.query_params.get(FORMAT)
    if text is not None and text not in formats:
        raise ValidationError({FORMAT: [f"“{text}” is not a format. Use {' or '.join(formats)}."]})


def refuse_pages(request: Request, parameters: Iterable[str]) -> None:
    """Raise `ValidationError` (400) for a parameter that chooses a page: a file has all rows."""
    sent = sorted(set(parameters) & set(request.query_params))
    if sent:
        message = "A CSV file has all rows, not a page of them. Omit this parameter."
        raise ValidationError({name: [message] for name in sent}, code="does_not_exist")


def is_csv(request: Request) -> bool:
    return isinstance(request.accepted_renderer, CsvRenderer)


def csv_response(
    rows: QuerySet[Any, Any] | Sequence[Any],
    columns: Sequence[tuple[str, ...]],
    records: Callable[[Any], list[dict[str, Any]]],
    name: str,
) -> StreamingHttpResponse:
    """Return rows as a file with some of `columns_of` their serializer.

    `records` gives the records of a list of rows, and `name` becomes the name of the file.
    """
    response = StreamingHttpResponse(
        _lines(rows, columns, records), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="{slugify(name) or "list"}.csv"'
    return response


def _lines(
    rows: QuerySet[Any, Any] | Sequence[Any],
    columns: Sequence[tuple[str, ...]],
    records: Callable[[Any], list[dict[str, Any]]],
) -> Iterator[str]:
    yield _written([[".".join(path) for path in columns]])
    pieces = chunks(rows, CHUNK) if isinstance(rows, QuerySet) else [list(rows)]
    for piece in pieces:
        yield _written([cell(_at(row, path)) for path in columns] for row in records(piece))


def _written(rows: Iterable[list[str]]) -> str:
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def columns_of(serializer: serializers.Serializer[Any], prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of each field that is not an object itself."""
    columns: list[tuple[str, ...]] = []
    for name, field in serializer.fields.items():
        path = (*prefix, str(name))
        columns += columns_of(field, path) if isinstance(field, serializers.Serializer) else [path]
    return columns


def cell(value: Any) -> str:
    """Return a value of a row as text that a spreadsheet program does not run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if _NUMBER.fullmatch(value) else harmless(value)
    if isinstance(value, int | float | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else repr(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return harmless(_as_json(value if isinstance(value, Mapping) else list(value)))
    return str(_ENCODER.default(value)) if isinstance(value, dt.datetime | dt.date) else harmless(str(value))


_ENCODER = encoders.JSONEncoder()
_as_json = partial(json.dumps, cls=encoders.JSONEncoder, ensure_ascii=False, separators=(",", ":"))


def _at(row: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = row
    for name in path:
        if value is None:
            return None
        value = value[name]
    return value
