"""Days ahead on home: ends of terms, for those who may see them."""

from __future__ import annotations

from datetime import date, timedelta

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.site.queue import Coming, Desk, coming_up
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage


def days(user: User, today: date) -> list[Coming]:
    return coming_up(Desk(user, today, 50))


def test_the_end_of_a_term_is_ahead_for_those_who_see_partnerships(stage: Stage) -> None:
    running = stage.active("KEN")
    assert running.ends_on is not None
    today = running.ends_on - timedelta(days=30)
    (found,) = [row for row in days(stage.analyst, today) if "term ends" in row.text]
    assert (found.day, found.url) == (running.ends_on, f"/partnerships/{running.pk}/")
    assert not any("term ends" in row.text for row in days(stage.analyst, running.ends_on))
    assert not any("term ends" in row.text for row in days(make_account(Role.REVIEWER), today))
