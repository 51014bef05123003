"""Scheduled work: what it stores, announces, and records in the audit trail."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from partnerships.deadlines.services import DueSummary, run_due
from partnerships.limit_exceptions import services as limits
from partnerships.models import Notice, Partnership
from tests.support.outcomes import trail
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import END, START, Active, Stage

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "keys"),
    [
        (END - 181 * DAY, []),
        (END - 180 * DAY, ["180"]),
        (END - 90 * DAY, ["180", "90"]),
        (END, ["180", "90", "30"]),
    ],
)
def test_each_warning_of_an_end_has_a_key_of_its_own(active: Active, today: date, keys: list[str]) -> None:
    assert run_due(today=today) == DueSummary(started=0, renewed=0, notices=len(keys))
    rows = Notice.objects.filter(kind="expiry").order_by("pk")
    assert [row.key for row in rows] == [f"expiry:{active.partnership.pk}:2026-01-01:{days}" for days in keys]
    assert {(row.partnership_id, row.due_on, row.raised_on) for row in rows} <= {(active.partnership.pk, END, today)}
    assert run_due(today=today).notices == 0


def test_an_announcement_is_in_the_trail_of_its_partnership(active: Active) -> None:
    run_due(today=END + DAY)
    expired = Notice.objects.get(kind="expired")
    assert (expired.key, expired.due_on) == (f"expired:{active.partnership.pk}:2026-01-01", END)
    announced = [entry for entry in trail(active.partnership) if entry[1] == "announced"]
    assert ("System", "announced", None, {"notice": expired.text}) in announced
    assert len(announced) == Notice.objects.count()


@pytest.mark.parametrize(("today", "started"), [(START - DAY, 0), (START, 1), (START + DAY, 1)])
def test_a_signed_partnership_starts_on_its_first_day_by_itself(stage: Stage, today: date, started: int) -> None:
    partnership = stage.draft("TGO")
    stage.sign(partnership)
    assert run_due(today=today).started == started
    partnership.refresh_from_db()
    assert partnership.status == ("active" if started else "signed")
    changes = partnership.status_changes.filter(transition="start")
    assert [(change.actor, change.effective_on) for change in changes] == [(None, START)] * started


def test_limits_are_renewed_once_an_exception_expires(active: Active) -> None:
    today = timezone.now().date()
    exception = limits.request_exception(
        partnership=active.partnership,
        funding=Decimal(6_000_000),
        reason="Delay",
        expires_on=today + DAY,
        actor=active.stage.analyst,
    )
    document = active.stage.document(active.partnership)
    limits.grant_exception(exception=exception, authority="D", document=document, actor=active.stage.approver)
    assert run_due(today=today).renewed == 0
    with unguarded():
        type(exception).objects.filter(pk=exception.pk).update(expires_on=today - DAY)
    assert run_due(today=today).renewed == 1
    before = {"term_limit_months": 60, "funding_limit": "6000000.00"}
    after = {"term_limit_months": 60, "funding_limit": "5000000.00"}
    assert ("System", "renewed the limits", before, after) in trail(active.partnership)
    assert Partnership.objects.get(pk=active.partnership.pk).funding_limit == Decimal(5_000_000)
    assert run_due(today=today).renewed == 0
