"""Pages of rankings and models without any computed run."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from tests.support.accounts import make_account
from tests.support.models import draft, shipped
from tests.support.rankings import publish_values, value

pytestmark = pytest.mark.django_db


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_ranking_names_the_first_step(analyst: Client, tmp_path: Path) -> None:
    assert "None are published yet" in read(analyst, "/ranking/")
    publish_values(tmp_path, [value("cpi.score", "GHA", "2025", "40")])
    assert "Compute the first ranking" in read(analyst, "/ranking/")


def test_what_if_explains_that_there_is_no_ranking(analyst: Client) -> None:
    for name in ("what-if", "what-if-draft", "scenario-new"):
        assert "What if needs a ranking, and none has been computed yet." in read(analyst, reverse(name))


def test_versions_cannot_be_compared_without_a_ranking(analyst: Client) -> None:
    assert "No ranking yet" in read(analyst, reverse("model-compare", args=[shipped().pk]))
    made = draft(make_account(Role.ANALYST, username="author"))
    assert "No ranking yet" in read(analyst, reverse("model-compare", args=[made.pk]))
