"""The pages of a partnership's life: amendments, exceptions, determinations, results, dialogues, in every state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpc.accounts.permissions import Role
from partnerships.models import ActionItem, AgendaItem, AmendmentChange, Correction, LimitPolicy, Partnership
from tests.support.listed import (
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    VIEWER,
    Arguments,
    Listed,
    Roles,
    press,
)
from tests.worlds.demonstration import Scene

WORK: Roles = (Role.ANALYST, Role.APPROVER, Role.VIEWER)  # drafts, decides, or reads
DESK: Roles = (Role.ANALYST, Role.VIEWER)  # drafts, or reads


def _own(which: str = "life", /, **more: Any) -> Arguments:
    """A partnership of the scene, and further arguments; those that are functions take it."""

    def arguments(scene: Scene) -> dict[str, Any]:
        own = scene.partnerships[which]
        return {"pk": own.pk, **{name: take(own) if callable(take) else take for name, take in more.items()}}

    return arguments


def _change(own: Partnership) -> int:
    return AmendmentChange.objects.get(amendment__partnership=own, amendment__number=2).pk


def _suspension(own: Partnership) -> int:
    return own.determinations.get().pk


def _correction(own: Partnership) -> int:
    return Correction.objects.get(determination__partnership=own).pk


def _indicator(own: Partnership) -> int:
    return own.outcome_indicators.order_by("code")[0].pk


def _exception(own: Partnership) -> int:
    return own.limit_exceptions.get().pk


def _period(number: int) -> Any:
    return lambda own: own.reporting_periods.order_by("ends_on")[number].pk


def _agenda(own: Partnership) -> int:
    return AgendaItem.objects.filter(dialogue__partnership=own, dialogue__number=2)[0].pk


def _key(own: Partnership) -> int:
    return own.dialogues.get(number=2).key_indicators.get().pk


def _action(own: Partnership) -> int:
    return ActionItem.objects.get(dialogue__partnership=own).pk


def _refused(name: str, address: str, roles: Roles, button: str, arguments: Arguments) -> Listed:
    return Listed(f"{name}-refused", address, roles, ALL_ERRORS, arguments, acts=(press(button),))


LIMITS: Sequence[Listed] = (
    Listed("limits", "limit-policies", WORK),
    Listed("limits-propose", "limit-policy-new", ANALYST),
    Listed("limits-propose-refused", "limit-policy-new", ANALYST, ALL_ERRORS, acts=(press("Propose the limits"),)),
    Listed(
        "limits-approve",
        "limit-policy-approve",
        APPROVER,
        arguments=lambda scene: {"policy": LimitPolicy.objects.get(approval=None).pk},
    ),
    Listed("exceptions", "partnership-exceptions", WORK, arguments=_own()),
    Listed("exceptions-none", "partnership-exceptions", ANALYST, arguments=_own("bare")),
    Listed("exceptions-documented", "partnership-exceptions", VIEWER, arguments=_own("documented")),
    Listed("exception-ask", "partnership-exception-new", ANALYST, arguments=_own()),
    _refused("exception-ask", "partnership-exception-new", ANALYST, "Ask for the exception", _own()),
    Listed("exception-decide", "partnership-exception", APPROVER, arguments=_own(exception=_exception)),
    _refused("exception-decide", "partnership-exception", APPROVER, "Record the decision", _own(exception=_exception)),
)

AMENDMENTS: Sequence[Listed] = (
    Listed("amendments", "partnership-amendments", DESK, arguments=_own()),
    Listed("amendments-before-signature", "partnership-amendments", ANALYST, arguments=_own("bare")),
    Listed("amendment-new", "partnership-amendment-new", ANALYST, arguments=_own()),
    _refused("amendment-new", "partnership-amendment-new", ANALYST, "Open the draft", _own()),
    Listed("amendment-in-effect", "partnership-amendment", VIEWER, arguments=_own(number=1)),
    Listed("amendment-past-the-limit", "partnership-amendment", DESK, arguments=_own(number=2)),
    Listed(
        "amendment-change",
        "partnership-amendment-change",
        ANALYST,
        arguments=_own(number=2, kind="partnership", row=lambda own: own.pk),
    ),
    Listed("amendment-add", "partnership-amendment-add", ANALYST, arguments=_own(number=2, kind="activity")),
    Listed("amendment-amounts", "partnership-amendment-amounts", ANALYST, arguments=_own(number=2)),
    Listed("amendment-drop", "partnership-amendment-drop", ANALYST, arguments=_own(number=2, change=_change)),
    Listed("amendment-submit", "partnership-amendment-step", ANALYST, arguments=_own(number=2, name="submit")),
    _refused(
        "amendment-submit",
        "partnership-amendment-step",
        ANALYST,
        "Submit for approval",
        _own(number=2, name="submit"),
    ),
    Listed("as-of", "partnership-as-of", VIEWER, arguments=_own()),
    Listed("as-of-too-early", "partnership-as-of", VIEWER, arguments=_own(), query="?date=2013-03-07"),
    Listed("as-of-refused", "partnership-as-of", VIEWER, ALL_ERRORS, _own(), query="?date=yesterday", status=400),
)

DETERMINATIONS: Sequence[Listed] = (
    Listed("determinations", "partnership-determinations", WORK, arguments=_own()),
    Listed("determinations-none", "partnership-determinations", APPROVER, arguments=_own("running")),
    Listed("suspend", "partnership-determination-new", APPROVER, arguments=_own("running", kind="suspension")),
    _refused(
        "suspend",
        "partnership-determination-new",
        APPROVER,
        "Record a suspension",
        _own("running", kind="suspension"),
    ),
    Listed("reinstate", "partnership-determination-new", APPROVER, arguments=_own(kind="reinstatement")),
    Listed("correction-new", "partnership-correction-new", ANALYST, arguments=_own(determination=_suspension)),
    Listed("correction-close", "partnership-correction-close", APPROVER, arguments=_own(correction=_correction)),
)

RESULTS: Sequence[Listed] = (
    Listed("monitoring-approved", "partnership-monitoring", DESK, arguments=_own()),
    Listed("monitoring-draft", "partnership-monitoring", DESK, arguments=_own("running")),
    Listed("monitoring-empty", "partnership-monitoring", ANALYST, arguments=_own("bare")),
    Listed("monitoring-step", "partnership-monitoring-step", ANALYST, arguments=_own(name="revise")),
    Listed("indicator-add", "partnership-indicator-new", ANALYST, arguments=_own("running")),
    Listed(
        "indicator-adopt", "partnership-indicator-new", ANALYST, arguments=_own("running"), query="?adopt=PS.5.1-28"
    ),
    _refused("indicator-add", "partnership-indicator-new", ANALYST, "Add the indicator", _own("running")),
    Listed("indicator-edit", "partnership-indicator-edit", ANALYST, arguments=_own("running", indicator=_indicator)),
    Listed(
        "indicator-targets", "partnership-indicator-targets", ANALYST, arguments=_own("running", indicator=_indicator)
    ),
    Listed("indicator-baseline", "partnership-indicator-baseline", ANALYST, arguments=_own(indicator=_indicator)),
    Listed("periods", "partnership-periods", DESK, arguments=_own()),
    Listed("periods-empty", "partnership-periods", ANALYST, arguments=_own("bare")),
    Listed("periods-schedule", "partnership-periods-schedule", ANALYST, arguments=_own()),
    Listed("period-open", "partnership-period", WORK, arguments=_own(period=_period(2))),
    Listed("period-locked", "partnership-period", APPROVER, arguments=_own(period=_period(0))),
    Listed("period-reopen", "partnership-period-step", APPROVER, arguments=_own(period=_period(0), name="reopen")),
    Listed("result", "partnership-result", ANALYST, arguments=_own(period=_period(2), indicator=_indicator)),
    _refused(
        "result", "partnership-result", ANALYST, "Record the result", _own(period=_period(3), indicator=_indicator)
    ),
    Listed("results", "partnership-results", DESK, arguments=_own()),
    Listed("results-empty", "partnership-results", ANALYST, arguments=_own("bare")),
)

DIALOGUES: Sequence[Listed] = (
    Listed("dialogues", "partnership-dialogues", DESK, arguments=_own()),
    Listed("dialogues-empty", "partnership-dialogues", ANALYST, arguments=_own("bare")),
    Listed("dialogue-new", "partnership-dialogue-new", ANALYST, arguments=_own()),
    Listed("dialogue-planned", "partnership-dialogue", DESK, arguments=_own(number=2)),
    Listed("dialogue-concluded", "partnership-dialogue", APPROVER, arguments=_own(number=1)),
    Listed("dialogue-pack", "partnership-dialogue-pack", VIEWER, arguments=_own(number=2)),
    Listed("dialogue-edit", "partnership-dialogue-edit", ANALYST, arguments=_own(number=2)),
    Listed("dialogue-step", "partnership-dialogue-step", ANALYST, arguments=_own(number=2, name="set_ready")),
    Listed("dialogue-minutes", "partnership-dialogue-minutes", ANALYST, arguments=_own(number=2)),
    Listed("agenda-new", "partnership-agenda-new", ANALYST, arguments=_own(number=2)),
    Listed("agenda-remove", "partnership-agenda-remove", ANALYST, arguments=_own(number=2, item=_agenda)),
    Listed("key-new", "partnership-key-new", ANALYST, arguments=_own(number=2)),
    Listed("key-drop", "partnership-key-drop", ANALYST, arguments=_own(number=2, key=_key)),
    Listed("action-new", "partnership-action-new", ANALYST, arguments=_own(number=2)),
    _refused("action-new", "partnership-action-new", ANALYST, "Add the action", _own(number=2)),
    Listed("action-close", "partnership-action-close", ANALYST, arguments=_own(action=_action)),
    Listed("outlook", "partnership-outlook", DESK, arguments=_own()),
    Listed("outlook-empty", "partnership-outlook", ANALYST, arguments=_own("bare")),
    Listed("risk-new", "partnership-outlook-new", ANALYST, arguments=_own(kind="risk")),
    _refused("risk-new", "partnership-outlook-new", ANALYST, "Add the risk", _own(kind="risk")),
    Listed("evaluation-new", "partnership-outlook-new", ANALYST, arguments=_own(kind="evaluation")),
    Listed(
        "measure-edit",
        "partnership-outlook-edit",
        ANALYST,
        arguments=_own(kind="measure", entry=lambda own: own.sustainability_measures.get().pk),
    ),
)

LIFE: Sequence[Listed] = (*LIMITS, *AMENDMENTS, *DETERMINATIONS, *RESULTS, *DIALOGUES)
