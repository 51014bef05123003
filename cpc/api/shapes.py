"""Shape of an answer: `fields` leaves only some fields of each record, and `expand` adds lists of its parts.

GET /api/v1/partnerships/?fields=id,title,status
GET /api/v1/partnerships/7/?expand=awards,risks
GET /api/v1/partnerships/?expand=all&page_size=50
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cpc.accounts.models import User

FIELDS, EXPAND = "fields", "expand"
PARTS = "parts"
"""The field with the expanded parts of a record."""
ALL = "all"


class Expandable(Protocol):
    """A list or one object below each record of another resource."""

    def below(self, keys: Sequence[int], user: User) -> Mapping[int, Any]:
        """Return what an account may see below each of some records, by the key; a list without rows is left out."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields that a request chooses, all of them if None, and the parts that it adds."""

    fields: frozenset[str] | None
    parts: Mapping[str, Expandable]

    @classmethod
    def of(cls, request: Request, names: Sequence[str], parts: Mapping[str, Expandable]) -> Shape:
        """Return the shape that a request asks for. Raises a 400 that names each unknown field or part."""
        fields = _chosen(request, FIELDS, names)
        expanded = _chosen(request, EXPAND, (*parts, ALL)) or frozenset()
        if ALL in expanded:
            expanded = frozenset(parts)
        return cls(fields, {name: part for name, part in parts.items() if name in expanded})

    def expand(self, data: Any, user: User) -> None:
        """Add the parts to each record of an answer, which is one record or a page of them."""
        if not self.parts:
            return
        records = _records(data)
        keys = [record["id"] for record in records]
        below = {name: part.below(keys, user) for name, part in self.parts.items()}
        for record in records:
            record[PARTS] = {name: rows.get(record["id"], []) for name, rows in below.items()}

    def reduce(self, data: Any) -> None:
        """Leave only the chosen fields of each record."""
        if self.fields is not None:
            for record in _records(data):
                self._reduce(record)

    def _reduce(self, record: dict[str, Any]) -> None:
        assert self.fields is not None
        for name in [name for name in record if name not in self.fields and name != PARTS]:
            del record[name]
        if "missing" in record:
            reasons = record["missing"]
            record["missing"] = {name: reason for name, reason in reasons.items() if name.split(".")[0] in self.fields}


def _records(data: Any) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = data.get("results", [data])
    return records


def _chosen(request: Request, parameter: str, known: Sequence[str]) -> frozenset[str] | None:
    text = request.query_params.get(parameter)
    if text is None:
        return None
    names = text.split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(known)
        raise ValidationError({parameter: [f"“{name}” is not valid. Valid values: {listed}." for name in unknown]})
    return frozenset(names)


def shape_parameters(names: Sequence[str], parts: Sequence[str]) -> list[OpenApiParameter]:
    """Return the descriptions of the two parameters; without parts, of `fields` alone."""
    made = [_listed(FIELDS, names, "The fields of each record, separated by commas. Without it, all.")]
    if parts:
        note = f"Lists below each record to add as `{PARTS}`, separated by commas, or `{ALL}`. Rows are in full."
        made.append(_listed(EXPAND, (*parts, ALL), note))
    return made


def _listed(name: str, values: Sequence[str], description: str) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string", "enum": [*values]}}
    return OpenApiParameter(name, schema, description=description, style="form", explode=False)
