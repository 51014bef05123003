"""Pages of limits and exceptions: requested by one person, decided by another, and then shown with every figure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.web import formats
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.limits import BEYOND_POLICY
from partnerships.models import LimitException, LimitPolicy, Partnership
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, START, Stage

TODAY = timezone.now().date()
LATER = (TODAY + timedelta(days=60)).isoformat()
ASKED = {"limit": "term", "new_limit": "84", "reason": "Courts open later", "expires_on": LATER}


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return client_of(stage.approver)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return stage.active("KEN")


def test_one_asks_another_grants_and_the_new_limit_shows(
    stage: Stage, analyst: Client, approver: Client, running: Partnership
) -> None:
    base = f"/partnerships/{running.pk}/exceptions/"
    assert "No exceptions requested" in analyst.get(base).content.decode()
    assert send(analyst, f"{base}new/", **ASKED).status_code == 302
    asked = LimitException.objects.get()
    running.refresh_from_db()
    assert running.term_limit_months == 60, "nothing changes before it is granted"
    assert "so an approver other than you must decide." in analyst.get(base).content.decode()
    assert analyst.get(f"{base}{asked.pk}/").status_code == 403
    document = stage.document(running)
    granted = send(approver, f"{base}{asked.pk}/", decision="grant", authority="The Director", document=document.pk)
    assert granted.status_code == 302
    running.refresh_from_db()
    assert running.term_limit_months == 84
    html = analyst.get(base).content.decode()
    assert "Term up to 84 months instead of 60." in html
    assert "The Director" in html


def test_who_asked_learns_that_another_decides_and_cannot(approver: Client, running: Partnership) -> None:
    base = f"/partnerships/{running.pk}/exceptions/"
    send(approver, f"{base}new/", **ASKED)
    url = f"{base}{LimitException.objects.get().pk}/"
    page = approver.get(url)
    assert "an approver other than you must decide" in page.content.decode()
    assert ">Record the decision<" not in page.content.decode()
    html = rejected_page(send(approver, url, decision="refuse", reason="No"))
    assert "so an approver other than you must decide." in html
    assert not hasattr(LimitException.objects.get(), "refusal")


def test_grant_is_complete_and_rejection_gives_its_reason_once(
    analyst: Client, approver: Client, running: Partnership
) -> None:
    base = f"/partnerships/{running.pk}/exceptions/"
    send(analyst, f"{base}new/", **ASKED)
    url = f"{base}{LimitException.objects.get().pk}/"
    assert "Choose the document." in rejected_page(send(approver, url, decision="grant", authority="The Director"))
    assert "Enter a reason." in rejected_page(send(approver, url, decision="refuse"))
    data = filled_fields(approver, url, decision="refuse", reason="The work can be done in time")
    assert approver.post(url, data).status_code == 302
    assert "recorded already" in approver.post(url, data, follow=True).content.decode()
    assert "The work can be done in time" in analyst.get(base).content.decode()
    running.refresh_from_db()
    assert running.term_limit_months == 60


def test_a_request_is_refused_at_its_fields(analyst: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/exceptions/new/"
    html = rejected_page(send(analyst, url, **ASKED | {"new_limit": "84.50", "reason": ""}))
    assert "Enter whole months." in html
    assert 'aria-describedby="id_new_limit-error' in html
    data = filled_fields(analyst, url, **ASKED)
    analyst.post(url, data)
    analyst.post(url, data)
    assert LimitException.objects.count() == 1, "a double click asks once"


def test_limits_are_proposed_by_one_and_approved_by_another(analyst: Client, approver: Client, stage: Stage) -> None:
    day = TODAY + timedelta(days=30)
    proposal = {
        "effective_from": day.isoformat(),
        "term_months": "72",
        "funding": "6000000",
        "citation": "A fact sheet",
    }
    assert send(approver, "/partnerships/limits/new/", **proposal).status_code == 302
    policy = LimitPolicy.objects.get(term_months=72)
    url = f"/partnerships/limits/{policy.pk}/approve/"
    assert "an approver other than you must decide" in approver.get(url).content.decode()
    assert "so an approver other than you must decide." in rejected_page(send(approver, url))
    second = client_of(make_account(Role.APPROVER, username="second"))
    assert send(second, url).status_code == 302
    html = analyst.get("/partnerships/limits/").content.decode()
    assert "A partnership can last up to 60 months" in html
    assert "Takes effect" in html
    assert second.get(url).status_code == 404


def test_documented_practice_is_shown_without_requests(documented: None, analyst: Client) -> None:
    past = Partnership.objects.get(country__code="PER")
    html = analyst.get(f"/partnerships/{past.pk}/exceptions/").content.decode()
    assert "who granted it, and the authority" in html
    assert "Public statements show more than the policy allows; who allowed it was not found." in html
    assert "current limits" not in html
    assert "Request an exception" not in html
    assert analyst.get(f"/partnerships/{past.pk}/exceptions/new/").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR, Role.REVIEWER, Role.API_CLIENT])
def test_no_other_role_moves_a_limit(stage: Stage, running: Partnership, role: Role) -> None:
    asked = limit_exceptions_services.request_exception(
        partnership=running, term_months=84, reason="X", expires_on=TODAY, actor=stage.analyst
    )
    client = client_of(make_account(role))
    for url in ("limits/new/", f"{running.pk}/exceptions/new/", f"{running.pk}/exceptions/{asked.pk}/"):
        assert client.post(f"/partnerships/{url}", ASKED).status_code in (403, 404)
    running.refresh_from_db()
    assert (running.term_limit_months, running.starts_on, running.ends_on) == (60, START, END)


@pytest.mark.parametrize(
    ("months", "funding", "field"),
    [
        (119, "99,999,999.99", ""),
        (120, "100,000,000", ""),
        (121, "100,000,000", "term_months"),
        (120, "100,000,000.01", "funding"),
        (600, "5,000,000", "term_months"),
        (60, "9,000,000,000", "funding"),
    ],
)
def test_a_policy_is_proposed_within_what_is_plausible(
    stage: Stage, analyst: Client, months: int, funding: str, field: str
) -> None:
    before = LimitPolicy.objects.count()
    values: dict[str, Any] = {"effective_from": TODAY, "term_months": months, "citation": "A memo"}
    in_dollars = Decimal(funding.replace(",", ""))
    page = send(analyst, "/partnerships/limits/new/", **values | {"funding": funding, "award_months": 12})
    if field:
        assert page.context["form"].errors == {field: [formats.as_shown(BEYOND_POLICY)]}
        propose = partial(limit_exceptions_services.propose_policy, actor=stage.analyst, funding=in_dollars, **values)
        assert error_codes(propose) == ["limit_policy"]
    else:
        assert page.status_code == 302
        found = LimitPolicy.objects.get(effective_from=TODAY)
        assert (found.term_months, found.funding) == (months, in_dollars)
    assert LimitPolicy.objects.count() == before + (not field)


@pytest.mark.parametrize(
    ("limit", "new", "is_plausible"),
    [
        ("term", "84", True),
        ("term", "119", True),
        ("term", "120", True),
        ("term", "121", False),
        ("term", "600", False),
        ("funding", "13,000,000", True),
        ("funding", "100,000,000", True),
        ("funding", "100,000,000.01", False),
    ],
)
def test_an_exception_is_requested_within_what_is_plausible(
    stage: Stage, analyst: Client, running: Partnership, limit: str, new: str, *, is_plausible: bool
) -> None:
    amount = Decimal(new.replace(",", ""))
    values: dict[str, Any] = {"term_months": int(amount)} if limit == "term" else {"funding": amount}
    values |= {"reason": "Courts open later", "expires_on": TODAY + timedelta(days=60)}
    page = send(analyst, f"/partnerships/{running.pk}/exceptions/new/", **ASKED | {"limit": limit, "new_limit": new})
    ask = partial(limit_exceptions_services.request_exception, partnership=running, actor=stage.analyst, **values)
    row = LimitException(partnership=running, requested_by=stage.analyst, **values)
    if is_plausible:
        assert page.status_code == 302
        found = LimitException.objects.get()
        assert (found.term_months, found.funding) == (values.get("term_months"), values.get("funding"))
    else:
        assert page.context["form"].errors == {
            "new_limit": [
                "An exception can't go beyond 120 months or $100,000,000, as no policy does. Request a smaller "
                "limit; for work beyond it, open another partnership."
            ]
        }
        assert error_codes(ask) == ["exception_beyond"]
        assert db_error_code(row.save) == "exception_beyond"
        assert not LimitException.objects.exists()
