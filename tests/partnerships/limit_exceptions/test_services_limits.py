"""Services for limit policies and exceptions: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cpc.accounts.permissions import Role
from partnerships.limit_exceptions import services
from partnerships.models import LimitException
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import Active

LAST = dt.date(2099, 1, 2)


def request(active: Active, **values: Any) -> LimitException:
    asked: dict[str, Any] = {"reason": "Delay", "expires_on": LAST, "actor": active.stage.analyst}
    return services.request_exception(partnership=active.partnership, **asked | values)


def test_a_policy_is_proposed_and_approved_by_two_people(active: Active) -> None:
    day = timezone.now().date() + dt.timedelta(days=30)
    policy = services.propose_policy(
        effective_from=day,
        term_months=72,
        funding=Decimal("6000000.00"),
        award_months=50,
        citation="Memo",
        actor=active.stage.analyst,
    )
    values = {
        "effective_from": day.isoformat(),
        "term_months": 72,
        "funding": "6000000.00",
        "award_months": 50,
        "citation": "Memo",
        "proposed_by": active.stage.analyst.pk,
    }
    who, action, before, after = trail(policy)[0]
    assert (who, action, before) == ("analyst", "proposed", None)
    assert {name: after[name] for name in values} == values
    approval = services.approve_policy(policy=policy, actor=active.stage.approver)
    approved = {"policy": policy.pk, "approved_by": active.stage.approver.pk}
    assert trail(approval) == [("approver", "approved", None, approved)]


def test_nobody_approves_limits_of_their_own(active: Active) -> None:
    policy = services.propose_policy(
        effective_from=timezone.now().date(),
        term_months=72,
        funding=Decimal(1),
        citation="Memo",
        actor=active.stage.approver,
    )
    assert policy.award_months == 12
    codes = refusals(lambda: services.approve_policy(policy=policy, actor=active.stage.approver))
    assert list(codes.values()) == ["two_people"]


def test_an_exception_is_requested_and_granted_with_its_authority(active: Active) -> None:
    exception = request(active, term_months=72)
    who, action, before, after = trail(exception)[0]
    assert (who, action, before) == ("analyst", "requested", None)
    expected = {
        "partnership": active.partnership.pk,
        "term_months": 72,
        "reason": "Delay",
        "expires_on": "2099-01-02",
        "requested_by": active.stage.analyst.pk,
    }
    assert {name: after.get(name) for name in expected} == expected
    assert "funding" not in after
    document = active.stage.document(active.partnership)
    grant = services.grant_exception(
        exception=exception, authority="Director", document=document, actor=active.stage.approver
    )
    granted = {
        "exception": exception.pk,
        "granted_by": active.stage.approver.pk,
        "authority": "Director",
        "document": document.pk,
    }
    assert trail(grant) == [("approver", "granted", None, granted)]
    active.partnership.refresh_from_db()
    assert (active.partnership.term_limit_months, active.partnership.funding_limit) == (72, Decimal(5_000_000))


def test_an_exception_raises_the_limit_of_funding(active: Active) -> None:
    exception = request(active, funding=Decimal("6000000.00"))
    assert (exception.funding, exception.term_months) == (Decimal(6_000_000), None)


def test_a_refused_exception_keeps_the_reason(active: Active) -> None:
    exception = request(active, term_months=72)
    refusal = services.refuse_exception(exception=exception, reason=" Too long ", actor=active.stage.approver)
    refused = {"exception": exception.pk, "refused_by": active.stage.approver.pk, "reason": "Too long"}
    assert trail(refusal) == [("approver", "refused", None, refused)]
    document = active.stage.document(active.partnership)
    grant = {"exception": exception, "authority": "Director", "document": document, "actor": active.stage.approver}
    assert list(refusals(lambda: services.grant_exception(**grant)).values()) == ["exception_refused"]  # type: ignore[arg-type]


def test_a_grant_names_a_document_of_the_same_partnership(active: Active) -> None:
    exception = request(active, term_months=72)
    other = active.stage.document(active.stage.draft("TGO"))
    grant = {"exception": exception, "authority": "Director", "document": other, "actor": active.stage.approver}
    assert refusals(lambda: services.grant_exception(**grant)) == {"": "exception_authority"}  # type: ignore[arg-type]


def test_who_requested_an_exception_does_not_decide_on_it(active: Active) -> None:
    exception = request(active, term_months=72, actor=active.stage.approver)
    document = active.stage.document(active.partnership)
    grant = {"exception": exception, "authority": "Director", "document": document, "actor": active.stage.approver}
    refuse = {"exception": exception, "reason": "No", "actor": active.stage.approver}
    assert list(refusals(lambda: services.grant_exception(**grant)).values()) == ["two_people"]  # type: ignore[arg-type]
    assert list(refusals(lambda: services.refuse_exception(**refuse)).values()) == ["two_people"]  # type: ignore[arg-type]


def test_only_approvers_decide_on_limits(active: Active) -> None:
    exception, viewer = request(active, term_months=72), make_account(Role.VIEWER)
    document = active.stage.document(active.partnership)
    policy = services.propose_policy(
        effective_from=LAST, term_months=72, funding=Decimal(1), citation="Memo", actor=active.stage.analyst
    )
    second = make_account(Role.ANALYST, username="second")
    for attempt in (
        lambda: services.approve_policy(policy=policy, actor=second),
        lambda: services.grant_exception(exception=exception, authority="D", document=document, actor=second),
        lambda: services.refuse_exception(exception=exception, reason="No", actor=second),
        lambda: request(active, term_months=80, actor=viewer),
        lambda: services.propose_policy(
            effective_from=LAST, term_months=72, funding=Decimal(1), citation="Memo", actor=viewer
        ),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
