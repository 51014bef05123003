"""Reviews of restrictions on their pages, and the three preconditions that require them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.fiscal_years import fiscal_year
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions import services as restrictions_services
from selection.restrictions.checklist import (
    Scope,
    by_code,
    checklist,
    last_day,
)
from selection.restrictions.queries import restriction_findings
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

GATING = [row for row in checklist() if row.is_required_for(Scope.COUNTRY)]


@pytest.fixture
def ghana(db: None) -> Country:
    return Country.objects.get(code="GHA")


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def filled(*codes: str, **more: Any) -> dict[str, Any]:
    return {
        "codes": list(codes),
        "status": "clear",
        "basis": "Memo of the office, as a sample",
        "reviewer": "L",
        "reviewed_on": timezone.now().date().isoformat(),
        "expires_on": "",
        "revision": "0",
        "idempotency_key": new_key(),
        **more,
    }


def test_review_of_several_restrictions_is_recorded_for_each_with_its_expiry(ghana: Country, analyst: User) -> None:
    client = signed_in(analyst)
    page = reverse("restrictions", args=["GHA"])
    assert "For now, this country cannot be selected" in client.get(page).text
    assert client.get(reverse("restriction-review", args=["GHA"]) + "?code=tier_3").status_code == 200
    sent = filled(*(row.code for row in GATING))
    first, second = (client.post(reverse("restriction-review", args=["GHA"]), sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] == f"{page}#tier_3"
    assert RestrictionFinding.objects.count() == len(GATING)
    today = timezone.now().date()
    ends = {row.code: row.expires_on for row in RestrictionFinding.objects.all()}
    assert ends["tier_3"] == today + dt.timedelta(days=364)
    assert ends["coup"] == last_day(fiscal_year(today))
    assert restriction_findings(ghana, today, Scope.COUNTRY) == []
    assert "For now, this country cannot be selected" not in client.get(page).text
    later = restriction_findings(ghana, ends["tier_3"] + dt.timedelta(days=1), Scope.COUNTRY)
    assert "restriction_expired" in {finding.code for finding in later}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"codes": []}, "Select at least one restriction."),
        ({"basis": ""}, "This field is required"),
        ({"reviewed_on": "2099-01-01"}, "This date is in the future."),
        ({"expires_on": "2020-01-01"}, "The expiration date must be after the review date."),
        ({"codes": ["coup"], "expires_on": "2099-01-01"}, "Military coup: the annual act changes with FY"),
        ({"codes": ["unknown"]}, "Select a valid choice"),
    ],
)
def test_a_rejected_review_gives_the_reason_and_is_not_saved(
    ghana: Country, analyst: User, change: dict[str, Any], message: str
) -> None:
    answer = signed_in(analyst).post(reverse("restriction-review", args=["GHA"]), filled("tier_3") | change)
    assert answer.status_code == 422
    assert message in answer.text
    assert "Memo of the office" in answer.text or not change.get("basis", True)
    assert not RestrictionFinding.objects.exists()


def test_the_second_of_two_reviewers_sees_the_first_review_and_their_draft(ghana: Country, analyst: User) -> None:
    one, two = signed_in(analyst), signed_in(make_account(Role.ANALYST, username="analyst-2"))
    address = reverse("restriction-review", args=["GHA"])
    one.post(address, filled("tier_3", status="triggered"))
    answer = two.post(address, filled("tier_3", basis="Written at the same time"))
    assert answer.status_code == 422
    assert "Reviewed since the page was opened: tier_3: triggered" in answer.text
    assert "Written at the same time" in answer.text
    newest = RestrictionFinding.objects.get()
    assert f'name="revision" value="{newest.pk}"' in answer.text
    assert two.post(address, filled("tier_3", revision=str(newest.pk))).status_code == 302
    page = one.get(reverse("restrictions", args=["GHA"])).text
    assert "Earlier reviews: 1" in page
    assert two.post(address, filled("coup")).status_code == 302, "a review of another restriction is no change"


@pytest.mark.parametrize(("role", "reads", "records"), [(Role.VIEWER, 200, 403), (Role.REVIEWER, 404, 404)])
def test_who_reads_restrictions_and_who_records(db: None, role: Role, reads: int, records: int) -> None:
    user = make_account(role, username="somebody")
    client = signed_in(user)
    assert client.get(reverse("restrictions", args=["GHA"])).status_code == reads
    assert client.post(reverse("restriction-review", args=["GHA"]), filled("tier_3")).status_code == records
    with pytest.raises(PermissionDenied):
        restrictions_services.review_restrictions(
            country=Country.objects.get(code="GHA"),
            codes=["tier_3"],
            status="clear",
            basis="Read",
            reviewer="L",
            reviewed_on=timezone.now().date(),
            actor=user,
        )
    assert not RestrictionFinding.objects.exists()


def test_a_list_of_restrictions_that_is_not_ours_is_refused(ghana: Country, analyst: User) -> None:
    client = signed_in(analyst)
    assert client.get(reverse("restriction-review", args=["GHA"]) + "?code=other").status_code == 400
    assert client.get(reverse("restrictions", args=["ZZZ"])).status_code == 404
    assert client.get(reverse("restrictions", args=["gha"])).status_code == 302
    with pytest.raises(ValidationError):
        restrictions_services.record_restriction(
            country=ghana,
            code="other",
            status="clear",
            basis="Read",
            reviewer="L",
            reviewed_on=timezone.now().date(),
            actor=analyst,
        )
    assert "other" not in by_code()
