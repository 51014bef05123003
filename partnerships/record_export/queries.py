"""Contents of an export: the parts of the record as REST has them, its audit entries, its history, and its files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from rest_framework.utils.encoders import JSONEncoder

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from cpc.audit.queries import entries_for
from cpc.formulas import harmless
from partnerships.api_base.endpoints import partnership_in_full
from partnerships.api_base.outside import masked
from partnerships.api_base.parts import PARTS, path_to_partnership
from partnerships.api_base.serializers import PartnershipSerializer
from partnerships.models import History, Partnership
from partnerships.models.sealing import models_below
from partnerships.withheld import seen_by, sees_withheld

RECORD = "partnership"
AUDITED = ("id", "at", "actor_name", "action", "object_type", "object_id", "object_label", "before", "after", "channel")
VERSIONED = ("id", "at", "row_table", "row_id", "operation", "row_state")


@dataclass
class ExportTable:
    """One table of the export: its columns in the order in which they came, and its rows."""

    name: str
    title: str
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, row: Mapping[str, str]) -> None:
        self.columns += [name for name in row if name not in self.columns]
        self.rows.append(dict(row))

    @property
    def has_values(self) -> bool:
        return any(any(row.values()) for row in self.rows)

    @property
    def lines(self) -> list[list[str]]:
        return [[row.get(name, "") for name in self.columns] for row in self.rows]

    def as_csv(self) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([harmless(name) for name in self.columns])
        writer.writerows([harmless(cell) for cell in line] for line in self.lines)
        return out.getvalue().encode("utf-8-sig")


@dataclass(frozen=True)
class RecordExport:
    """Everything that an account may see of a partnership. `left_out` has a sentence for each part that it may not."""

    partnership: Partnership
    data: Mapping[str, Any]
    tables: Sequence[ExportTable]
    files: Sequence[tuple[str, Any]]
    left_out: Sequence[str]


def record_export(partnership: Partnership, user: User) -> RecordExport:
    """Return the export of a partnership as an account sees it, by the same resources as REST."""
    data: dict[str, Any] = {RECORD: PartnershipSerializer(partnership_in_full(partnership.pk)).data}
    titles = {RECORD: "Partnership"}
    left_out = []
    for name, part in PARTS.items():
        permission = part.permission if isinstance(part, Resource) else Permission.VIEW_PARTNERSHIPS
        titles[name] = part.title if isinstance(part, Resource) else name.replace("_", " ").capitalize()
        if not user.allows(permission):
            left_out.append(f"{titles[name]}: this account may not {permission}.")
            continue
        empty: Any = [] if isinstance(part, Resource) else None
        data[name] = part.below([partnership.pk], user).get(partnership.pk, empty)
    outside = seen_by(user, [partnership.pk])
    plain = json.loads(json.dumps(masked(data, outside, partnership.pk), cls=JSONEncoder))
    tables = [table for name, value in plain.items() for table in tables_of(name, titles[name], value)]
    tables += _audit_tables(partnership, user, left_out)
    files: list[tuple[str, Any]] = []
    if sees_withheld(user):
        tables.append(_history_table(partnership))
        files = list(_files(partnership))
    else:
        left_out.append(
            "Files and earlier versions of each row: they may have names and locations that are withheld from this "
            "account."
        )
    return RecordExport(partnership, plain, [table for table in tables if table.has_values], files, left_out)


def tables_of(name: str, title: str, value: Any) -> Iterator[ExportTable]:
    """Yield a table for a list of rows or one row, and one for each list of rows within them, at any depth."""
    made: dict[str, ExportTable] = {name: ExportTable(name, title)}
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, Mapping):
            _add(made, name, row, {})
    yield from made.values()


def _add(made: dict[str, ExportTable], name: str, row: Mapping[str, Any], above: Mapping[str, str]) -> None:
    flat, below = dict(above), []
    for key, value in _flat(row):
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            below.append((key, value))
        else:
            flat[key] = text_of(value)
    table = made.setdefault(name, ExportTable(name, f"{next(iter(made.values())).title}: {name.partition('.')[2]}"))
    table.add(flat)
    number = flat.get("id") or flat.get("code") or flat.get("fiscal_year") or str(len(table.rows))
    inside = {**above, f"{name.rpartition('.')[2]}": number}
    for key, rows in below:
        for one in rows:
            _add(made, f"{name}.{key}", one if isinstance(one, Mapping) else {"value": one}, inside)


def _flat(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def text_of(value: Any) -> str:
    """Return a value as a cell: yes or no, a list with semicolons, anything nested as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(text_of(one) for one in value)
    return json.dumps(value, cls=JSONEncoder, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _rows(name: str, title: str, columns: Iterable[str], rows: Iterable[Any]) -> ExportTable:
    table = ExportTable(name, title)
    for row in rows:
        values = (getattr(row, column) for column in columns)
        table.add({column: text_of(value) for column, value in zip(columns, values, strict=True)})
    return table


def _keys(partnership: Partnership) -> Iterator[tuple[type[models.Model], list[int]]]:
    """Yield each table below a partnership with the keys of its rows."""
    yield Partnership, [partnership.pk]
    for model in models_below():
        rows = model._default_manager.filter(**{path_to_partnership(model): partnership})
        keys = list(rows.values_list("pk", flat=True))
        if keys:
            yield model, keys


def _audit_tables(partnership: Partnership, user: User, left_out: list[str]) -> list[ExportTable]:
    if not user.allows(Permission.VIEW_AUDIT) or not sees_withheld(user):
        left_out.append("The audit trail of the record: this account does not see all of it.")
        return []
    about = (
        Q(object_type=model._meta.label_lower, object_id__in=[str(key) for key in keys])
        for model, keys in _keys(partnership)
    )
    entries = entries_for(user).filter(reduce(or_, about)).order_by("id")
    return [_rows("audit_trail", "Audit trail", AUDITED, entries.iterator(2000))]


def _history_table(partnership: Partnership) -> ExportTable:
    rows = History.objects.filter(partnership_id=partnership.pk).order_by("id")
    return _rows("history", "Every version of each row", VERSIONED, rows.iterator(2000))


def _files(partnership: Partnership) -> Iterator[tuple[str, Any]]:
    """Yield the name in the archive and the stored file of each file below a partnership."""
    for model in models_below():
        for column in model._meta.concrete_fields:
            if isinstance(column, models.FileField):
                rows = model._default_manager.filter(**{path_to_partnership(model): partnership})
                for row in rows.exclude(**{column.name: ""}).order_by("pk"):
                    stored = getattr(row, column.name)
                    name = stored.name.rpartition("/")[2]
                    yield f"files/{model._meta.model_name}-{row.pk}-{name}", stored
