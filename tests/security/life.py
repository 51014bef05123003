"""The things in addresses of a partnership's amendments, exceptions, determinations, results and dialogues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from partnerships.limit_exceptions.services import propose_policy
from partnerships.models import (
    ActionItem,
    AgendaItem,
    AmendmentChange,
    Correction,
    Determination,
    LimitPolicy,
    Partnership,
    Risk,
)
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.life import live
from tests.worlds.small_world import World


def _people() -> Stage:
    found = [
        User.objects.filter(username=name).first() or make_account(role, username=name)
        for name, role in (("drafts", Role.ANALYST), ("decides", Role.APPROVER))
    ]
    return Stage(analyst=found[0], approver=found[1])


def _life() -> Partnership:
    return Partnership.objects.filter(country__code="KEN").first() or live(_people(), "KEN")


def _policy() -> LimitPolicy:
    found = LimitPolicy.objects.filter(approval__isnull=True).first()
    return found or propose_policy(
        effective_from=date(2090, 1, 1),
        term_months=60,
        funding=Decimal("6000000.00"),
        citation="A later fact sheet",
        actor=_people().analyst,
    )


def _own(**more: Callable[[Partnership], Any]) -> Callable[[World], Mapping[str, Any]]:
    """The partnership, and further arguments taken from it."""

    def arguments(_world: World) -> Mapping[str, Any]:
        partnership = _life()
        return {"pk": partnership.pk, **{name: take(partnership) for name, take in more.items()}}

    return arguments


def _change(partnership: Partnership) -> int:
    return AmendmentChange.objects.get(amendment__partnership=partnership, amendment__number=2).pk


def _suspension(partnership: Partnership) -> int:
    return Determination.objects.get(partnership=partnership).pk


def _correction(partnership: Partnership) -> int:
    return Correction.objects.get(determination__partnership=partnership).pk


def _indicator(partnership: Partnership) -> int:
    return partnership.outcome_indicators.order_by("code")[0].pk


def _open_period(partnership: Partnership) -> int:
    return partnership.reporting_periods.get(state="in_progress").pk


def _agenda(partnership: Partnership) -> int:
    return AgendaItem.objects.filter(dialogue__partnership=partnership, dialogue__number=2)[0].pk


def _key(partnership: Partnership) -> int:
    return partnership.dialogues.get(number=2).key_indicators.get().pk


def _action(partnership: Partnership) -> int:
    return ActionItem.objects.get(dialogue__partnership=partnership).pk


SECOND: Mapping[str, Callable[[Partnership], Any]] = {"number": lambda partnership: 2}

LIFE: Mapping[str, Callable[[World], Mapping[str, Any]]] = {
    "limit-policy-approve": lambda world: {"policy": _policy().pk},
    **{
        name: _own()
        for name in (
            "partnership-exceptions",
            "partnership-exception-new",
            "partnership-amendments",
            "partnership-amendment-new",
            "partnership-as-of",
            "partnership-determinations",
            "partnership-monitoring",
            "partnership-indicator-new",
            "partnership-periods",
            "partnership-periods-schedule",
            "partnership-results",
            "partnership-outlook",
            "partnership-dialogues",
            "partnership-dialogue-new",
        )
    },
    "partnership-exception": _own(exception=lambda partnership: partnership.limit_exceptions.get().pk),
    "partnership-amendment": _own(**SECOND),
    "partnership-amendment-change": _own(**SECOND, kind=lambda p: "partnership", row=lambda p: p.pk),
    "partnership-amendment-add": _own(**SECOND, kind=lambda p: "objective"),
    "partnership-amendment-amounts": _own(**SECOND),
    "partnership-amendment-drop": _own(**SECOND, change=_change),
    "partnership-amendment-step": _own(**SECOND, name=lambda p: "submit"),
    "partnership-determination-new": _own(kind=lambda p: "reinstatement"),
    "partnership-correction-new": _own(determination=_suspension),
    "partnership-correction-close": _own(correction=_correction),
    "partnership-monitoring-step": _own(name=lambda p: "revise"),
    "partnership-indicator-edit": _own(indicator=_indicator),
    "partnership-indicator-targets": _own(indicator=_indicator),
    "partnership-indicator-baseline": _own(indicator=_indicator),
    "partnership-period": _own(period=_open_period),
    "partnership-period-step": _own(period=_open_period, name=lambda p: "submit"),
    "partnership-result": _own(period=_open_period, indicator=_indicator),
    "partnership-outlook-new": _own(kind=lambda p: "risk"),
    "partnership-outlook-edit": _own(
        kind=lambda p: "risk", entry=lambda partnership: Risk.objects.get(partnership=partnership).pk
    ),
    "partnership-dialogue": _own(**SECOND),
    "partnership-dialogue-edit": _own(**SECOND),
    "partnership-dialogue-step": _own(**SECOND, name=lambda p: "cancel"),
    "partnership-dialogue-pack": _own(**SECOND),
    "partnership-dialogue-minutes": _own(**SECOND),
    "partnership-agenda-new": _own(**SECOND),
    "partnership-agenda-remove": _own(**SECOND, item=_agenda),
    "partnership-key-new": _own(**SECOND),
    "partnership-key-drop": _own(**SECOND, key=_key),
    "partnership-action-new": _own(**SECOND),
    "partnership-action-close": _own(action=_action),
}
"""By the name of the address."""
