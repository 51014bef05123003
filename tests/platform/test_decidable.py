"""Declared parts of the records that people decide on: their SQL runs, and no table of terms is left out."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from cpc.audit.decidable import RecordPart, parts_in
from partnerships.decidable import TERMS

MODELS = {model._meta.db_table: model for model in apps.get_models()}
PARTS = [part for table in MODELS for part in parts_in(table)]
BY_AMENDMENT = "b_by_amendment"

WITH_THE_PARTNERSHIP = {"partnerships_programamount"}
"""Tables of terms whose audited writes name the partnership itself."""


def triggers_of(model: type[models.Model]) -> set[str]:
    return {trigger.name for trigger in getattr(model._meta, "triggers", ())}


@pytest.mark.django_db
@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.table} of {part.of.kind}")
def test_the_sql_of_each_part_runs_and_its_author_is_recorded(part: RecordPart) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {part.key} FROM "{part.table}" r WHERE {part.only_if} LIMIT 1')
        if part.of.since:
            cursor.execute(part.of.since.format(key="1"))
    model = MODELS[part.table]
    if part.author:
        assert part.author in {field.column for field in model._meta.concrete_fields}
        assert "z_records_authors" in triggers_of(model)


def test_every_term_that_an_amendment_changes_is_part_of_the_signature() -> None:
    terms = {table for table, model in MODELS.items() if BY_AMENDMENT in triggers_of(model)}
    signed = {part.table for part in PARTS if part.of == TERMS}
    assert terms - signed == WITH_THE_PARTNERSHIP
