"""Days ahead on home: due days of consultations, for those who may see them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cpc.accounts.models import User
from cpc.site.queue import Coming, Desk, coming_up, queue_of
from tests.support.rounds import DUE, POOL, Office


def days(user: User, today: date) -> list[Coming]:
    return coming_up(Desk(user, today, 50))


@pytest.mark.world("consultation")
def test_positions_that_are_owed_are_ahead_until_their_day_comes(office: Office) -> None:
    labor = office.agency()
    found = office.consulting()
    asked = office.ask(found, labor, *POOL)
    before = DUE - timedelta(days=1)
    for left in (3, 2, 1):
        for user in (office.analyst, office.contact(labor)):
            of = "your agency" if user == office.contact(labor) else "1 agency"
            (row,) = [row for row in days(user, before) if "position" in row.text]
            verb = "position" if left == 1 else "positions"
            expected = f"{found}: {left} {verb} of {of} {'is' if left == 1 else 'are'} due"
            assert (row.day, row.text) == (DUE, expected)
            assert not any("position" in row.text for row in days(user, DUE))
        own = queue_of(Desk(office.contact(labor), before, 50))
        assert sum(item.key.startswith("position-answer:") for lane in own.lanes for item in lane.items) == left
        office.answer(asked, POOL[left - 1])
    assert not any("position" in row.text for row in days(office.contact(labor), before))
    other = office.contact(office.agency("doj", "Department of Justice"))
    assert not any("position" in row.text for row in days(other, before))


@pytest.mark.world("consultation")
def test_the_office_counts_agencies(office: Office) -> None:
    found = office.consulting()
    for code in ("dol", "doj"):
        office.ask(found, office.agency(code, f"Agency {code}"), *POOL[:2])
    office.ask(found, office.agency("ed", "Education"), role="info")
    (row,) = [row for row in days(office.analyst, DUE - timedelta(days=1)) if "position" in row.text]
    assert row.text == f"{found}: 4 positions of 2 agencies are due"
