"""Tests of `cpc.database.triggers`: the database rejects what foreign keys would reject."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from indicators.models import Confirmation, Import, Observation, StagedObservation
from tests.support.facts import publish_facts
from tests.support.unguarded import owner_rights

NOWHERE = 987_654_321


@pytest.fixture
def row(db: None, tmp_path: Path) -> Observation:
    publish_facts(tmp_path, name="a", edition="2024", facts=[("cpi.score", "GHA", "2024", "42")])
    publish_facts(tmp_path, name="b", edition="2025", facts=[("cpi.score", "GHA", "2024", "42")])
    return Observation.objects.get()


def like(row: Any, **changed: Any) -> Any:
    """Return an unsaved copy of `row` with the changed fields."""
    fields = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(**fields | changed)


def staged(row: Observation) -> StagedObservation:
    return StagedObservation(**_values(row, StagedObservation))


def _values(row: Any, model: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}


@pytest.mark.parametrize("column", ["indicator_id", "country_id", "file_id", "batch_id", "reasserts_id"])
def test_an_observation_refers_only_to_what_is_there(row: Observation, column: str) -> None:
    other = like(row, period="2023", **{column: NOWHERE})
    with pytest.raises(IntegrityError, match=column), transaction.atomic():
        Observation.objects.bulk_create([like(row, period="2022"), other])
    assert Observation.objects.get() == row


@pytest.mark.parametrize("column", ["observation_id", "file_id", "batch_id"])
def test_a_confirmation_refers_only_to_what_is_there(row: Observation, column: str) -> None:
    with pytest.raises(IntegrityError, match=column), transaction.atomic():
        like(Confirmation.objects.get(), **{column: NOWHERE}).save()


def test_a_staged_row_refers_only_to_an_import_that_is_there(row: Observation) -> None:
    waiting = staged(row)
    waiting.batch_id = NOWHERE
    with pytest.raises(IntegrityError, match="batch_id"), transaction.atomic():
        waiting.save()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("indicators_country", "country_id"),
        ("indicators_indicator", "indicator_id"),
        ("indicators_sourcefile", "file_id"),
        ("indicators_import", "batch_id"),
    ],
)
@pytest.mark.parametrize("statement", ["DELETE FROM {} WHERE id = %s", "UPDATE {} SET id = id + 1000000 WHERE id = %s"])
def test_what_an_observation_refers_to_stays(row: Observation, table: str, column: str, statement: str) -> None:
    refused = pytest.raises(IntegrityError, match="still referred to")
    with owner_rights(), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table), [getattr(row, column)])


def test_what_nothing_refers_to_may_go(row: Observation) -> None:
    alone = Import.objects.create(file=row.file, file_name="x", via="upload")
    staged(row).save()
    with owner_rights():
        alone.delete()
    assert not Import.objects.filter(pk=alone.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_who_refers_to_a_row_keeps_others_from_deleting_it(tmp_path: Path) -> None:
    """Two connections at once: the deletion waits for the publish that refers to the row."""
    publish_facts(tmp_path, name="a", edition="2024", facts=[("cpi.score", "GHA", "2024", "42")])
    row = Observation.objects.get()
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO indicators_country (code, iso2, iso3, "numeric", gec, name, short_name, region, kind, '
            "successor_code) VALUES ('X-NEW', '', '', '', '', 'New', 'New', '', 'state', '') RETURNING id"
        )
        new = cursor.fetchone()[0]
    other = connection.copy()
    try:
        with transaction.atomic():
            like(row, country_id=new).save()
            with other.cursor() as cursor:
                cursor.execute("SET ROLE NONE; SET lock_timeout = '200ms'")
            with other.cursor() as cursor, pytest.raises(OperationalError, match="lock timeout"):
                cursor.execute("DELETE FROM indicators_country WHERE id = %s", [new])
    finally:
        other.close()
    assert Observation.objects.filter(country_id=new).exists()
