"""The pool over REST, and the adoption of its model as shown by a run."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from indicators.models import Country
from selection.model_versions.services import adoptions as adoptions_services
from tests.support import pool
from tests.support.accounts import make_account
from tests.support.criteria import unanswered
from tests.support.models import shipped
from tests.worlds.small_world import World


@pytest.mark.world("ranking")
def test_pool_lists_members_and_the_rule_that_excludes_each_other_country(db: None, api: Client) -> None:
    analyst, approver = make_account(Role.ANALYST), make_account(Role.APPROVER)
    pool.admitted(analyst, approver, "ROU")
    found = api.get("/api/v1/pool/").json()
    assert (found["on"], found["tip_edition"]) == (timezone.now().date().isoformat(), "2025")
    rows = {row["country"]["code"]: row for row in found["countries"]}
    assert found["in_pool"] == sum(row["in_pool"] for row in rows.values()) == len(rows) - 2
    assert (rows["GHA"]["in_pool"], rows["GHA"]["reason_code"], rows["GHA"]["reason"]) == (True, None, None)
    assert (rows["ROU"]["in_pool"], rows["ROU"]["admitted"], rows["ROU"]["reason_code"]) == (True, True, None)
    assert rows["TCD"]["reason_code"] == "tier3"
    assert rows["TCD"]["reason"] == "Tier 3 in the TIP Report of 2025."
    rules = {row["reason"]: row for row in found["rules"]}
    assert next(iter(rules)) == "united_states"
    assert (rules["tier3"]["countries"], rules["high_income"]["countries"]) == (1, 0)
    names = [row["country"]["name"] for row in found["countries"]]
    assert names == sorted(names)
    assert {row.name for row in Country.objects.filter(code__in=rows)} == set(names)


@pytest.mark.world("empty")
def test_the_pool_before_any_edition_has_rules_and_no_country(db: None, api: Client) -> None:
    found = api.get("/api/v1/pool/").json()
    assert (found["tip_edition"], found["in_pool"], found["countries"], len(found["rules"])) == (None, 0, [], 6)


def test_adoption_of_the_model_changes_the_etag_of_its_runs(world: World, api: Client) -> None:
    urls = ("/api/v1/rankings/", f"/api/v1/rankings/{world.run.pk}/countries/GHA/")
    before = [api.get(url) for url in urls]
    assert before[0].json()["run"]["adopted_on"] is None
    assert api.get("/api/v1/runs/").json()["results"][0]["adopted_on"] is None
    approver = make_account(Role.APPROVER, username="office")
    adoption = adoptions_services.adopt_model(
        model=shipped(), reason="A sample.", adopted_on=timezone.now().date(), actor=approver, unanswered=unanswered()
    )
    for url, former in zip(urls, before, strict=True):
        fresh = api.get(url, headers={"If-None-Match": former["ETag"]})
        assert fresh.status_code == 200
        assert fresh.json()["run"]["adopted_on"] == adoption.adopted_on.isoformat()
        assert fresh["Last-Modified"] >= former["Last-Modified"]
    assert api.get(urls[0]).json()["illustrative"] is False
    assert api.get("/api/v1/runs/").json()["results"][0]["adopted_on"] == adoption.adopted_on.isoformat()
    adoptions_services.withdraw_adoption(adoption=adoption, reason="A mistake.", actor=approver)
    assert api.get(urls[0]).json()["illustrative"] is True
