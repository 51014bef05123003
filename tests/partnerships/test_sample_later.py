"""The sample partnership made on a later day than the one it was written on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone

from cpc.people.demo import load_accounts
from partnerships.deadlines.services import run_due
from partnerships.models import Partnership, RecordKind, Status
from partnerships.sample.load import load_sample
from tests.partnerships.error_codes import raw
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db


def quiet(_done: int, _total: int) -> None:
    """Take no notice of progress."""


@pytest.mark.parametrize("today", [date(2027, 6, 15), date(2028, 2, 14), date(2028, 2, 15), date(2028, 3, 1)])
def test_it_loads_on_a_later_day(today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load on a day in the term, on its last day, on the day after, and later; the daily job then takes its steps."""
    with owner_rights():
        raw(f"CREATE OR REPLACE FUNCTION cpc_today() RETURNS date LANGUAGE sql STABLE AS $$ SELECT DATE '{today}' $$")
    monkeypatch.setattr(timezone, "now", lambda: datetime.combine(today, time(12), UTC))
    load_accounts(quiet)
    assert "Sample Country" in load_sample(quiet)
    sample = Partnership.objects.get(kind=RecordKind.SAMPLE)
    assert sample.status == Status.ACTIVE
    assert [row.state for row in sample.amendments.order_by("number")] == ["applied", "submitted"]
    run_due(today=today)
    assert load_sample(quiet) == ""
