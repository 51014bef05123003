"""The page of search without results: what it was asked, and why it has none."""

from __future__ import annotations

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "status", "shown"),
    [
        ("", 200, "Enter what you look for"),
        ("?q=zzyzx", 200, "Nothing has it"),
        ("?q=zzyzx&kind=country", 200, "Nothing that you may see meets all conditions."),
        ("?q=zzyzx&since=1", 400, "One of the conditions is not valid."),
    ],
)
def test_a_page_without_results_gives_its_reason(query: str, status: int, shown: str) -> None:
    client = Client()
    client.force_login(make_account(Role.ANALYST))
    answer = client.get(f"/find/{query}")
    assert answer.status_code == status
    assert shown in answer.content.decode()
    assert ("Nothing was searched" in answer.content.decode()) == (status == 400)
