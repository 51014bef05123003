"""The home page of each role."""

from __future__ import annotations

import pytest

from cpc.accounts.permissions import Role
from tests.partnerships.sending import client_of, page_text
from tests.support.accounts import make_account


@pytest.mark.parametrize(("role", "sees"), [(Role.ANALYST, True), (Role.VIEWER, True), (Role.REVIEWER, False)])
def test_home_promises_rankings_only_to_those_who_see_them(db: None, role: Role, sees: bool) -> None:
    text = page_text(client_of(make_account(role)).get("/"))
    assert ("the data and the rankings stand." in text) is sees
    assert ("the data stand." in text) is not sees
