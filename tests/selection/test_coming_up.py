"""Days ahead on home: due days of consultations, for those who may see them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cpc.accounts.models import User
from cpc.site.queue import Coming, Desk, coming_up
from tests.support.rounds import DUE, Office


def days(user: User, today: date) -> list[Coming]:
    return coming_up(Desk(user, today, 50))


@pytest.mark.world("consultation")
def test_the_due_day_of_a_consultation_is_ahead_until_it_comes(office: Office) -> None:
    labor = office.agency()
    office.ask(office.consulting(), labor)
    for user in (office.analyst, office.contact(labor)):
        (found,) = [row for row in days(user, DUE - timedelta(days=1)) if "position request" in row.text]
        assert (found.day, "1 position request is due" in found.text) == (DUE, True)
        assert not any("position request" in row.text for row in days(user, DUE))
    other = office.contact(office.agency("doj", "Department of Justice"))
    assert not any("position request" in row.text for row in days(other, DUE - timedelta(days=1)))
