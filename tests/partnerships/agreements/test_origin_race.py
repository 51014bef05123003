"""Concurrent changes by two people of a decision and of the partnership that follows from it."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from partnerships.models import Partnership
from tests.partnerships.agreements.test_origin import opened
from tests.partnerships.error_codes import error_codes
from tests.selection.decisions.deliberating import Decided, changed


@pytest.mark.django_db(transaction=True)
def test_opening_that_waits_for_a_superseding_decision_is_rejected(decided: Decided) -> None:
    office, made = decided.office, decided.decision
    outcomes: list[list[str]] = []

    def open_one() -> None:
        outcomes.append(error_codes(lambda: opened(office, made)))
        connections.close_all()

    with transaction.atomic():
        changed(office, made)
        waiting = threading.Thread(target=open_one)
        waiting.start()
        waiting.join(timeout=2)
        assert waiting.is_alive()  # it waits for the decision that is being superseded
    waiting.join(timeout=60)
    assert outcomes == [["decision_superseded"]]
    assert not Partnership.objects.exists()
