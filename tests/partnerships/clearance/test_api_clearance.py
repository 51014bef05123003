"""REST read of clearance: texts, versions, requests, answers, stops, and signing days."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cpc.accounts.permissions import Role
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.clearing import in_clearance

pytestmark = pytest.mark.django_db


def test_the_clearance_of_the_instrument() -> None:
    stage = Stage()
    partnership = in_clearance(stage, "GHA", timezone.now().date())
    url = f"/api/v1/partnerships/{partnership.pk}/clearance/"
    response = client_of(make_account(Role.VIEWER)).get(url)
    [text] = response.json()["texts"]
    assert (text["amendment"], text["signings"]) == (None, [])
    assert [(row["number"], row["material"], row["languages"]) for row in text["versions"]] == [
        (1, True, ["English", "French"]), (2, False, ["English"]), (3, True, ["English"])
    ]  # fmt: skip
    codes = {row["code"] for row in text["stops"] if row["severity"] == "error"}
    assert codes == {"clearance_language", "legal_review", "does_not_clear", "clearance_silence"}
    refused = [row for row in text["answers"] if row["answer"] == "does_not_clear"]
    assert [(row["version"], row["agency"]) for row in refused] == [(3, "inl")]
    assert [(row["agency"], row["decision"], row["missing"]) for row in text["going_on"]] == [
        ("state-f", "", {"decided_at": "not_yet"})
    ]
    assert {row["role"] for row in text["requests"]} == {"clear", "info"}
    assert client_of(make_account(Role.REVIEWER)).get(url).status_code == 404


def test_a_signed_text_has_no_stops() -> None:
    stage = Stage()
    running = stage.active("KEN")
    [text] = client_of(stage.analyst).get(f"/api/v1/partnerships/{running.pk}/clearance/").json()["texts"]
    assert text["stops"] == []
    assert len(text["signings"]) == running.signings.count()
