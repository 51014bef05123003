"""Services for money: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.permissions import Role
from partnerships.models import CongressionalNotification, Contribution, LedgerKind
from partnerships.money import services
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import START, Active


def test_a_contribution_is_recorded_with_who_recorded_it(active: Active) -> None:
    contribution = services.record_contribution(
        contribution=Contribution(
            partnership=active.partnership,
            government="partner",
            kind="in_kind",
            stage="reported",
            fiscal_year=2022,
            description="A building",
            amount_usd=Decimal("10.50"),
            valuation_method="Rent",
            source="Letter",
        ),
        actor=active.stage.analyst,
    )
    assert trail(contribution) == [
        (
            "analyst",
            "recorded",
            None,
            {
                "partnership": active.partnership.pk,
                "government": "partner",
                "kind": "in_kind",
                "stage": "reported",
                "fiscal_year": 2022,
                "description": "A building",
                "amount_usd": "10.50",
                "valuation_method": "Rent",
                "source": "Letter",
                "recorded_by": active.stage.analyst.pk,
            },
        )
    ]


def notify(active: Active, amount: str, **more: Any) -> CongressionalNotification:
    values: dict[str, Any] = {"sent_on": dt.date(2021, 2, 3), "reference": "CN 2", "actor": active.stage.analyst}
    return services.record_notification(partnership=active.partnership, amount=Decimal(amount), **values | more)


def test_a_notification_keeps_its_document_and_what_it_replaces(active: Active) -> None:
    document = active.stage.document(active.partnership)
    first = active.partnership.notifications.get()
    notification = notify(active, "3000000.00", document=document, replaces=first)
    assert trail(notification) == [
        (
            "analyst",
            "recorded",
            None,
            {
                "partnership": active.partnership.pk,
                "sent_on": "2021-02-03",
                "amount": "3000000.00",
                "reference": "CN 2",
                "document": document.pk,
                "replaces": first.pk,
                "recorded_by": active.stage.analyst.pk,
            },
        )
    ]
    active.partnership.refresh_from_db()
    assert active.partnership.notified_total == Decimal("3000000.00")


@pytest.mark.parametrize(("amount", "is_refused"), [("1000000.00", False), ("1000000.01", True)])
def test_notifications_add_up_to_the_limit_at_most(active: Active, amount: str, is_refused: bool) -> None:
    if is_refused:
        assert list(refusals(lambda: notify(active, amount)).values()) == ["notified_limit"]
    else:
        assert notify(active, amount).amount == Decimal(amount)


@pytest.mark.parametrize(("amount", "is_refused"), [("5000000.00", False), ("5000000.01", True)])
def test_a_replacement_counts_instead_of_what_it_replaces(active: Active, amount: str, is_refused: bool) -> None:
    first = active.partnership.notifications.get()
    if is_refused:
        assert list(refusals(lambda: notify(active, amount, replaces=first)).values()) == ["notified_limit"]
    else:
        assert notify(active, amount, replaces=first).replaces == first


@pytest.mark.parametrize(("amount", "is_refused"), [("700000.00", False), ("699999.99", True)])
def test_a_replacement_covers_what_is_obligated(active: Active, amount: str, is_refused: bool) -> None:
    award = active.stage.award(active.partnership, "900000.00")
    active.stage.move(award, LedgerKind.OBLIGATION, "700000.00")
    first = active.partnership.notifications.get()
    on = START - dt.timedelta(days=15)
    if is_refused:
        codes = refusals(lambda: notify(active, amount, replaces=first, sent_on=on))
        assert list(codes.values()) == ["not_notified"]
    else:
        assert notify(active, amount, replaces=first, sent_on=on).replaces == first


def test_an_exemption_is_recorded_by_an_approver(active: Active) -> None:
    asked: dict[str, Any] = {
        "partnership": active.partnership,
        "kind": "within_tenth",
        "amount": Decimal("5.00"),
        "from_on": dt.date(2022, 3, 4),
        "authority": "Sec. 634A",
        "reason": "Small",
    }
    with pytest.raises(PermissionDenied):
        services.exempt_from_notification(**asked, actor=active.stage.analyst)
    exemption = services.exempt_from_notification(**asked, actor=active.stage.approver)
    assert trail(exemption) == [
        (
            "approver",
            "exempted",
            None,
            {
                "partnership": active.partnership.pk,
                "kind": "within_tenth",
                "amount": "5.00",
                "from_on": "2022-03-04",
                "authority": "Sec. 634A",
                "reason": "Small",
                "recorded_by": active.stage.approver.pk,
            },
        )
    ]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_other_roles_record_no_money(active: Active, role: Role) -> None:
    actor = make_account(role)
    with pytest.raises(PermissionDenied):
        notify(active, "1.00", actor=actor)
    with pytest.raises(PermissionDenied):
        services.record_contribution(contribution=Contribution(partnership=active.partnership), actor=actor)
