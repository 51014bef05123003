"""Amendments, their changes, and the terms that they can change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Count, Max, QuerySet

from cpc.database.revisions import RevisionedModel
from partnerships.amendable import AMENDABLE
from partnerships.models import (
    Amendment,
    AmendmentChange,
    ChangeAction,
    Government,
    Milestone,
    Partnership,
    Program,
    ProgramAmount,
)


def model_named(name: str) -> type[models.Model]:
    return apps.get_model("partnerships", name)


def amendments_of(partnership: Partnership) -> QuerySet[Amendment]:
    people = ("requested_by", "decided_by", "applied_by", "document__document")
    return partnership.amendments.select_related(*people).prefetch_related("changes").order_by("-number")


def rows_of(partnership: Partnership, model: type[models.Model]) -> QuerySet[Any]:
    """Return the rows of a model of terms under a partnership, withdrawn ones included."""
    owner = "activity__partnership" if model is Milestone else "partnership"
    return model._default_manager.filter(**{owner: partnership})


def terms_of(partnership: Partnership, name: str) -> QuerySet[Any]:
    """Return the rows of one kind of terms, without withdrawn ones."""
    model = model_named(name)
    if model is Partnership:
        return Partnership.objects.filter(pk=partnership.pk)
    rows = rows_of(partnership, model)
    if model is Milestone:
        return rows.filter(activity__withdrawn=False)
    names = {field.name for field in model._meta.fields}
    return rows.filter(withdrawn=False) if "withdrawn" in names else rows


def model_of_table(row_table: str) -> type[models.Model]:
    """Return the model of a table.

    Raises `ValidationError` with code `amendment_table` for a table of another app.
    """
    for model in apps.get_app_config("partnerships").get_models():
        if model._meta.db_table == row_table:
            return model
    raise ValidationError(f"{row_table} has no terms.", code="amendment_table")


def stored_value(value: Any) -> Any:
    """Return a value as an amendment stores it.

    Days and amounts become text, so that PostgreSQL compares the same text.
    """
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


@dataclass(frozen=True, slots=True)
class AmountLine:
    program: Program
    government: Government
    now: Decimal | None
    then: Decimal | None

    @property
    def field_name(self) -> str:
        return f"amount_{self.program.pk}_{self.government}"


def current_amounts(partnership: int) -> dict[tuple[int, str], Decimal]:
    newest = ProgramAmount.objects.filter(program__partnership_id=partnership)
    newest = newest.order_by("program_id", "government", "-id").distinct("program_id", "government")
    return {(row.program_id, row.government): row.amount for row in newest}


def amounts_of(amendment: Amendment) -> list[AmountLine]:
    """Return a line for every program and government, including programs the draft adds."""
    partnership = amendment.partnership
    now = current_amounts(partnership.pk)
    added = amendment.changes.filter(action=ChangeAction.ADD)
    then = {
        (change.new["program_id"], change.new["government"]): Decimal(change.new["amount"])
        for change in added.filter(row_table=ProgramAmount._meta.db_table)
    }
    programs = list(partnership.programs.filter(withdrawn=False))
    for change in added.filter(row_table=Program._meta.db_table):
        programs.append(Program(pk=change.new["id"], partnership=partnership, title=change.new["title"]))
    return [
        AmountLine(program, side, now.get((program.pk, side)), then.get((program.pk, side)))
        for program in programs
        for side in Government
    ]


def first_amounts(partnership: Partnership) -> list[AmountLine]:
    """Return a line for every program and government, for an amendment that is not drafted yet."""
    now = current_amounts(partnership.pk)
    programs = partnership.programs.filter(withdrawn=False)
    return [AmountLine(program, side, now.get((program.pk, side)), None) for program in programs for side in Government]


def first_row_revision(row: RevisionedModel) -> str:
    """Return the `row_revision` of a draft without changes."""
    return f"{row.current_revision()}-{NO_CHANGES}"


def first_amounts_revision(partnership: Partnership) -> str:
    """Return the `amounts_revision` of a draft without changes."""
    newest = ProgramAmount.objects.filter(program__partnership=partnership).aggregate(Max("pk"))
    return f"{newest['pk__max'] or 0}-{NO_CHANGES}"


NO_CHANGES = "0.0"
"""Revision of an empty set of changes."""


def proposed_of(amendment: Amendment, row: models.Model) -> Mapping[str, Any]:
    changes: QuerySet[AmendmentChange] = amendment.changes.filter(row_table=row._meta.db_table, row_id=row.pk)
    return {change.column: change.new for change in changes}


def row_revision(amendment: Amendment, row: RevisionedModel) -> str:
    """Return the combined revision of a row and of the changes a draft makes to it."""
    changes = amendment.changes.filter(row_table=row._meta.db_table, row_id=row.pk)
    return f"{row.current_revision()}-{_revision_of(changes)}"


def amounts_revision(amendment: Amendment) -> str:
    """Return the combined revision of the amounts and of the changes a draft makes to them."""
    newest = ProgramAmount.objects.filter(program__partnership=amendment.partnership_id).aggregate(Max("pk"))
    changes = amendment.changes.filter(action=ChangeAction.ADD, row_table=ProgramAmount._meta.db_table)
    return f"{newest['pk__max'] or 0}-{_revision_of(changes)}"


def _revision_of(changes: QuerySet[AmendmentChange]) -> str:
    """Return a revision of a set of changes.

    Changes are added and removed but never edited, so the newest key and the count identify the set.
    """
    totals = changes.aggregate(newest=Max("pk"), count=Count("pk"))
    return f"{totals['newest'] or 0}.{totals['count']}"


def rows_named(changes: list[AmendmentChange]) -> dict[tuple[str, int], str]:
    """Return labels of the rows that changes mention, by table and key.

    These are the rows that are changed, referred to, or added by the same amendment.
    """
    tables = {model_named(name)._meta.db_table: model_named(name) for name in AMENDABLE}
    wanted: dict[str, set[int]] = {}
    named: dict[tuple[str, int], str] = {}
    for change in changes:
        model = tables.get(change.row_table, ProgramAmount)
        if change.row_id is not None:
            wanted.setdefault(change.row_table, set()).add(change.row_id)
        columns = change.new if change.action == ChangeAction.ADD else {change.column: change.new}
        was = {} if change.action == ChangeAction.ADD else {change.column: change.old}
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                table = field.related_model._meta.db_table
                keys_named = (values.get(field.attname) for values in (columns, was))
                wanted.setdefault(table, set()).update(key for key in keys_named if key is not None)
        if change.action == ChangeAction.ADD and change.row_table in tables:
            row = tables[change.row_table](**{k: v for k, v in change.new.items() if not k.endswith("_on")})
            named[change.row_table, change.new["id"]] = str(row)
    for table, keys in wanted.items():
        if table in tables:
            named |= {(table, row.pk): str(row) for row in tables[table]._default_manager.filter(pk__in=keys)}
    return named


def also_open(partnership: Partnership, besides: Amendment | None = None) -> list[Amendment]:
    """Return the amendments that are not in effect, rejected, or withdrawn, without one of them."""
    rows = partnership.amendments.filter(state__in=("draft", "submitted", "approved")).order_by("number")
    return [row for row in rows if row != besides]
