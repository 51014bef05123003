"""Definitions of indicators, forged by SQL as the application's role: kept once there is a value."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from indicators.imports.publishing import retract
from indicators.models import Indicator, Observation
from indicators.reference_data import sync_reference
from tests.support.error_codes import constraint_code
from tests.support.unguarded import owner_rights
from tests.worlds.small_world import World as SmallWorld

FORGERIES = {
    "direction": "direction = CASE direction WHEN 1 THEN -1 ELSE 1 END",
    "unit": "unit = 'forged'",
    "no minimum": "minimum = CASE WHEN minimum IS NULL THEN 0 END",
    "maximum": "maximum = coalesce(maximum, 0) + 1",
    "labels": """labels = '["Tier 1"]'""",
    "code": "code = 'forged.code'",
    "source": "source_id = (SELECT min(s.id) FROM indicators_source s WHERE s.id <> source_id)",
    "two columns": "name = 'Forged', unit = 'forged'",
}


def _indicators(*, observed: bool) -> QuerySet[Indicator]:
    rows = Exists(Observation.objects.filter(indicator=OuterRef("pk")))
    return Indicator.objects.filter(rows if observed else ~rows).order_by("pk")


def _forge(row: Indicator, change: str) -> int:
    """Return how many rows the statement changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE indicators_indicator SET {change} WHERE id = %s", [row.pk])
        return int(cursor.rowcount)


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_definition_of_an_observed_indicator_cannot_change(small: SmallWorld, change: str) -> None:
    observed, unused = (_indicators(observed=value).first() for value in (True, False))
    assert observed is not None
    assert unused is not None
    before = Indicator.objects.filter(pk=observed.pk).values().get()
    with pytest.raises(IntegrityError) as refused:
        _forge(observed, change)
    assert constraint_code(refused.value) == "indicator_observed"
    assert "Use a different key for a different indicator." in str(refused.value)
    assert Indicator.objects.filter(pk=observed.pk).values().get() == before
    assert _forge(unused, change) == 1, "nothing is observed of it yet"
    with owner_rights():
        assert _forge(observed, "unit = 'corrected'") == 1


def test_a_definition_cannot_be_replaced_by_an_upsert(small: SmallWorld) -> None:
    row = _indicators(observed=True)[0]
    columns = "code, source_id, name, publisher, unit, wording, direction, minimum, maximum, labels, decimals"
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO indicators_indicator ({columns}) SELECT {columns} FROM indicators_indicator WHERE id = %s "
            "ON CONFLICT (code) DO UPDATE SET unit = 'forged'",
            [row.pk],
        )
    assert constraint_code(refused.value) == "indicator_observed"


def test_what_only_describes_an_observed_indicator_may_change(small: SmallWorld) -> None:
    row = _indicators(observed=True)[0]
    assert _forge(row, "name = 'Other', wording = 'Other', decimals = 3, publisher = 'Other', unit = unit") == 1


def test_values_that_were_retracted_still_have_their_unit(small: SmallWorld) -> None:
    row = _indicators(observed=True)[0]
    for batch in {value.batch for value in Observation.objects.filter(indicator=row).select_related("batch")}:
        retract(batch_id=batch.pk, actor=None, reason="A wrong file")
    assert not Observation.objects.live().filter(indicator=row).exists()
    with pytest.raises(IntegrityError):
        _forge(row, FORGERIES["unit"])


def test_the_reference_data_may_correct_an_observed_indicator(small: SmallWorld) -> None:
    row = _indicators(observed=True).get(code="cpi.score")
    with owner_rights():
        _forge(row, "unit = 'before the correction'")
        sync_reference()
    assert Indicator.objects.get(pk=row.pk).unit == row.unit
