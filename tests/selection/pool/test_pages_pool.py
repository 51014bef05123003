"""Page of the pool and its actions, and the adoption of a model on the page of its version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.models import Country
from selection.models import Admission, Adoption, PoolPolicy
from selection.pool import services as pool_services
from tests.support.accounts import make_account, set_by_owner
from tests.support.criteria import unanswered
from tests.support.models import lighter, shipped

pytestmark = [pytest.mark.django_db, pytest.mark.world("ranking")]

People = Callable[[Role], Client]


def today() -> dt.date:
    return timezone.now().date()


@pytest.fixture
def analyst(as_role: People) -> Client:
    return as_role(Role.ANALYST)


@pytest.fixture
def approver(as_role: People) -> Client:
    return as_role(Role.APPROVER)


def read(client: Client, name: str, *args: Any, query: str = "") -> str:
    """Return the text of an existing page, in one line."""
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return " ".join(unescape(answer.text).split())


def send(client: Client, name: str, *args: Any, status: int = 302, **values: Any) -> str:
    answer = client.post(reverse(name, args=args), {"idempotency_key": new_key(), **values})
    assert answer.status_code == status, unescape(answer.text)
    return " ".join(unescape(answer.text).split())


def rule(**more: Any) -> dict[str, Any]:
    return {
        "puts_outside": [],
        "in_force_from": today().isoformat(),
        "why": "The office looks at every income class.",
        "citation": "Sample memo 7",
        **more,
    }


def wanted(**more: Any) -> dict[str, Any]:
    until = (today() + dt.timedelta(days=90)).isoformat()
    return {"country": "ROU", "why": "It asked for a partnership.", "until": until, **more}


# ---- the page ------------------------------------------------------------------------------------------------------


def test_page_lists_who_is_in_or_out_by_rule_and_decider(as_role: People) -> None:
    text = read(as_role(Role.VIEWER), "pool")
    assert "of 35 countries in the TIP Report of 2025" in text
    assert "A country is outside if the World Bank classes it as high income." in text
    assert "Romania</a>: High income by the World Bank's classes." in text
    assert "Chad</a>: Tier 3 in the TIP Report of 2025." in text
    assert "Haiti</a>: Special Case in the TIP Report of 2025." in text
    assert "Malta</a>" in text.partition('id="members"')[2]
    assert text.count("Project default; illustrative until the office decides.") == 6
    assert "No country has been admitted by decision." in text
    assert reverse("pool-admit") not in text
    assert "change/" not in text


@pytest.mark.world("empty")
def test_the_page_without_a_published_edition_shows_the_rules(as_role: People) -> None:
    text = read(as_role(Role.ANALYST), "pool")
    assert "No TIP Report is published here" in text
    assert "A country is outside while a partnership with it is in force." in text


def test_reviewer_cannot_see_the_pool_and_readers_cannot_change_it(as_role: People, analyst: Client) -> None:
    assert as_role(Role.REVIEWER).get(reverse("pool")).status_code == 404
    viewer = as_role(Role.VIEWER)
    send(analyst, "pool-policy-new", "high_income", **rule())
    row = PoolPolicy.objects.get(proposed_by__isnull=False)
    for name, args in (
        ("pool-policy-new", ("high_income",)),
        ("pool-policy-decide", (row.pk,)),
        ("pool-admit", ()),
    ):
        assert viewer.get(reverse(name, args=args)).status_code == 403
        assert viewer.post(reverse(name, args=args)).status_code == 403
    assert analyst.post(reverse("pool-policy-decide", args=[row.pk]), {"decision": "approve"}).status_code == 403


# ---- rules ---------------------------------------------------------------------------------------------------------


def test_a_rule_is_proposed_and_approved_on_the_pages(analyst: Client, approver: Client) -> None:
    assert "Rule now" in read(analyst, "pool-policy-new", "high_income")
    send(analyst, "pool-policy-new", "high_income", **rule())
    row = PoolPolicy.objects.get(proposed_by__isnull=False)
    text = read(approver, "pool")
    assert "Waiting for a decision" in text
    assert reverse("pool-policy-decide", args=[row.pk]) in text
    assert "Decide on a rule of the pool: High income" in read(approver, "home")
    assert "Decide on a rule of the pool" not in read(analyst, "home")
    assert "The office looks at every income class." in read(approver, "pool-policy-decide", row.pk)
    send(approver, "pool-policy-decide", row.pk, decision="approve", note="")
    text = read(analyst, "pool")
    assert "High income: no country is outside for this reason." in text
    assert "Romania</a>" in text.partition('id="members"')[2]
    assert "In force until" in text.partition('id="history"')[2]
    assert approver.get(reverse("pool-policy-decide", args=[row.pk])).status_code == 302


def test_a_rule_is_refused_on_the_page_with_a_reason(analyst: Client, approver: Client) -> None:
    send(analyst, "pool-policy-new", "high_income", **rule())
    row = PoolPolicy.objects.get(proposed_by__isnull=False)
    refused = send(approver, "pool-policy-decide", row.pk, status=422, decision="refuse")
    assert "Enter the reason for the rejection." in refused
    send(approver, "pool-policy-decide", row.pk, decision="refuse", note="Not this year.")
    text = read(analyst, "pool").partition('id="history"')[2]
    assert "Rejected" in text
    assert "Not this year." in text


@pytest.mark.parametrize(
    ("reason", "more", "message"),
    [
        ("high_income", {"why": " "}, "This field is required."),
        ("high_income", {"in_force_from": "2020-01-01"}, "A rule can take effect today or later, not earlier."),
        ("high_income", {"in_force_from": "1066-01-01"}, "1990"),
        ("high_income", {"puts_outside": ["L"]}, "Select a valid choice."),
        ("tier3", {}, "To let in Tier 3 countries, enter a legal note"),
        ("tier3", {"puts_outside": ["Tier 2 Watch List"]}, "To let in Tier 3 countries, enter a legal note"),
    ],
)
def test_what_the_page_refuses_of_a_rule(analyst: Client, reason: str, more: dict[str, Any], message: str) -> None:
    assert message in send(analyst, "pool-policy-new", reason, status=422, **rule(**more))
    assert not PoolPolicy.objects.filter(proposed_by__isnull=False).exists()


def test_the_united_states_and_unknown_reasons_have_no_rule_to_change(analyst: Client) -> None:
    for reason in ("united_states", "another"):
        assert analyst.get(reverse("pool-policy-new", args=[reason])).status_code == 404


def test_proposer_cannot_decide_on_the_page(analyst: Client) -> None:
    send(analyst, "pool-policy-new", "high_income", **rule())
    send(analyst, "pool-admit", **wanted())
    set_by_owner(User.objects.filter(role=Role.ANALYST), role=Role.APPROVER)
    row, admission = PoolPolicy.objects.get(proposed_by__isnull=False), Admission.objects.get()
    assert "Another person must decide on it." in read(analyst, "pool")
    assert "Decide on" not in read(analyst, "home")
    for name, pk in (("pool-policy-decide", row.pk), ("pool-admission-decide", admission.pk)):
        assert "so an approver other than you must decide." in send(analyst, name, pk, status=422, decision="approve")


# ---- admissions ----------------------------------------------------------------------------------------------------


def test_a_country_is_admitted_and_the_admission_ended_on_the_pages(analyst: Client, approver: Client) -> None:
    assert "High income by the World Bank's classes." in read(analyst, "pool-admit", query="?country=ROU")
    send(analyst, "pool-admit", **wanted())
    row = Admission.objects.get()
    assert "Decide on admitting Romania to the pool" in read(approver, "home")
    assert "It asked for a partnership." in read(approver, "pool-admission-decide", row.pk)
    send(approver, "pool-admission-decide", row.pk, decision="approve", note="")
    text = read(analyst, "pool")
    assert "Admitted until" in text.partition('id="members"')[2]
    assert reverse("pool-admission-end", args=[row.pk]) not in text
    assert reverse("pool-admission-end", args=[row.pk]) in read(approver, "pool")
    assert "This field is required." in send(approver, "pool-admission-end", row.pk, status=422, reason=" ")
    send(approver, "pool-admission-end", row.pk, reason="The country withdrew.")
    text = read(analyst, "pool").partition('id="admissions"')[2]
    assert "The country withdrew." in text
    assert approver.get(reverse("pool-admission-end", args=[row.pk])).status_code == 302


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"country": "USA"}, "Select a valid choice."),
        ({"country": "GHA"}, "Select a valid choice."),
        ({"why": ""}, "This field is required."),
        ({"until": "2020-01-01"}, "The last day has passed."),
        ({"country": "TCD"}, "To admit a Tier 3 country, enter a legal note"),
    ],
)
def test_what_the_page_refuses_of_an_admission(analyst: Client, more: dict[str, Any], message: str) -> None:
    assert message in send(analyst, "pool-admit", status=422, **wanted(**more))
    assert not Admission.objects.exists()


def test_country_in_the_pool_cannot_be_requested(analyst: Client) -> None:
    for code in ("GHA", "USA", "ZZZ"):
        assert analyst.get(reverse("pool-admit") + f"?country={code}").status_code == 400


def test_actions_on_missing_rows_give_404(approver: Client) -> None:
    shipped_rule = PoolPolicy.objects.get(reason="tier3")
    for name, pk in (
        ("pool-policy-decide", shipped_rule.pk),
        ("pool-policy-decide", 987654),
        ("pool-admission-decide", 987654),
        ("pool-admission-end", 987654),
        ("model-adoption-withdraw", shipped().pk),
    ):
        assert approver.get(reverse(name, args=[pk])).status_code == 404


# ---- adoption of a model -------------------------------------------------------------------------------------------


def test_a_version_is_adopted_and_the_adoption_withdrawn_on_the_pages(as_role: People, approver: Client) -> None:
    model, viewer = shipped(), as_role(Role.VIEWER)
    assert "illustrative until the office adopts it" in read(viewer, "model", model.pk)
    assert reverse("model-adopt", args=[model.pk]) not in read(viewer, "model", model.pk)
    assert viewer.get(reverse("model-adopt", args=[model.pk])).status_code == 403
    values: dict[str, Any] = {
        "adopted_on": today().isoformat(),
        "reason": "It was argued through.",
        "document": "Sample memo 12",
        **{f"without_{code}": why for code, why in unanswered().items()},
    }
    late = {**values, "adopted_on": "2098-01-01"}
    assert "The date is in the future." in send(approver, "model-adopt", model.pk, status=422, **late)
    send(approver, "model-adopt", model.pk, **values)
    text = read(viewer, "model", model.pk)
    assert "It was argued through. Document: Sample memo 12." in text
    assert "illustrative" not in text.partition("Key facts")[2].partition("c-jump")[0].replace(model.note, "")
    assert approver.get(reverse("model-adopt", args=[model.pk])).status_code == 302
    assert "This version has already been adopted." in send(approver, "model-adopt", model.pk, status=422, **values)
    send(approver, "model-adoption-withdraw", model.pk, reason="A mistake.")
    assert "A mistake." in read(viewer, "model", model.pk)
    assert approver.get(reverse("model-adoption-withdraw", args=[model.pk])).status_code == 302


def test_a_draft_is_not_adopted_on_the_page(approver: Client) -> None:
    made = lighter(make_account(Role.ANALYST))
    assert approver.get(reverse("model-adopt", args=[made.pk])).status_code == 302
    values: dict[str, Any] = {"adopted_on": today().isoformat(), "reason": "It was argued through."}
    text = send(approver, "model-adopt", made.pk, status=422, **values)
    assert "Only the published version of a model can be adopted." in text
    assert not Adoption.objects.exists()


def test_the_page_takes_a_fixed_number_of_queries(
    as_role: People, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    analyst, approver = make_account(Role.ANALYST, username="a"), make_account(Role.APPROVER, username="b")
    for code in ("ROU", "HTI"):
        row = pool_services.propose_admission(
            country=Country.objects.get(code=code), why="A sample.", until=today(), actor=analyst
        )
        pool_services.decide_admission(admission=row, approve=True, actor=approver)
    viewer = as_role(Role.VIEWER)
    with django_assert_max_num_queries(16):
        viewer.get(reverse("pool"))
