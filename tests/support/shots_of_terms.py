"""The pages of a partnership's terms, money, awards and papers, in every state that looks different."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpc.accounts.permissions import Role
from tests.support.listed import (
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    RANKING,
    VIEWER,
    Arguments,
    Listed,
    Roles,
    fill,
    press,
    select,
    wait_for,
)
from tests.worlds.demonstration import Scene

MONEY: Roles = (Role.ANALYST, Role.APPROVER, Role.VIEWER)  # records money, exempts from notification, or reads


def _own(key: str, **more: Any) -> Arguments:
    """A partnership of the scene, and further arguments; those that are functions take it."""

    def arguments(scene: Scene) -> dict[str, Any]:
        own = scene.partnerships[key]
        return {"pk": own.pk, **{name: take(own) if callable(take) else take for name, take in more.items()}}

    return arguments


def _award(number: int, **more: Any) -> Arguments:
    """An award of the running partnership, in the order in which they were opened, and rows of it."""

    def arguments(scene: Scene) -> dict[str, Any]:
        own = scene.partnerships["running"]
        award = own.awards.order_by("pk")[number]
        return {"pk": own.pk, "award": award.pk, **{name: take(award) for name, take in more.items()}}

    return arguments


def _first(name: str) -> Any:
    return lambda owner: getattr(owner, name).order_by("pk")[0].pk


RUNNING, DRAFT, BARE = _own("running"), _own("draft"), _own("bare")
OBJECTIVE = _own("draft", kind="objective", row=_first("objectives"))
DONE = _own("running", kind="responsibility", row=_first("responsibilities"))

TERMS: Sequence[Listed] = (
    Listed("terms", "partnership-terms", RANKING, arguments=DRAFT),
    Listed("terms-signed", "partnership-terms", RANKING, arguments=RUNNING),
    Listed("terms-nothing", "partnership-terms", RANKING, arguments=BARE),
    Listed("term-new", "partnership-term-new", ANALYST, arguments=_own("draft", kind="activity")),
    Listed(
        "term-new-refused",
        "partnership-term-new",
        ANALYST,
        ALL_ERRORS,
        _own("draft", kind="activity"),
        acts=(press("Add the activity"), wait_for("Nothing was saved.")),
    ),
    Listed("term", "partnership-term", ANALYST, arguments=OBJECTIVE),
    Listed("term-recorded", "partnership-term", ANALYST, arguments=DONE),
    Listed("term-remove", "partnership-term-remove", ANALYST, arguments=OBJECTIVE),
    Listed("amounts", "partnership-amounts", ANALYST, arguments=DRAFT),
    Listed("amounts-nothing", "partnership-amounts", ANALYST, arguments=BARE),
    Listed(
        "amounts-refused",
        "partnership-amounts",
        ANALYST,
        ALL_ERRORS,
        DRAFT,
        acts=(
            fill("Special courts, United States (optional)", "5000000.01"),
            press("Save the amounts"),
            wait_for("USD 0.01 too much"),
        ),
    ),
    Listed("plan-take-into-account", "partnership-plan-take", ANALYST, arguments=DRAFT),
    Listed("plan-of-a-partnership-new", "partnership-plan-new", ANALYST, arguments=DRAFT),
    Listed(
        "plan-leave-out", "partnership-plan-leave", ANALYST, arguments=_own("running", row=_first("national_plans"))
    ),
    Listed("money", "partnership-money", MONEY, arguments=RUNNING),
    Listed("money-nothing", "partnership-money", MONEY, arguments=BARE),
    Listed("money-refused", "partnership-money", VIEWER, ALL_ERRORS, RUNNING, query="?format=pdf", status=400),
    Listed("contribution-new", "partnership-contribution-new", ANALYST, arguments=RUNNING),
    Listed(
        "contribution-refused",
        "partnership-contribution-new",
        ANALYST,
        ALL_ERRORS,
        RUNNING,
        acts=(press("Record the contribution"), wait_for("Nothing was saved.")),
    ),
    Listed(
        "contribution-replace",
        "partnership-contribution-replace",
        ANALYST,
        arguments=_own("running", row=_first("contributions")),
    ),
    Listed("notification-new", "partnership-notification-new", ANALYST, arguments=RUNNING),
    Listed(
        "notification-replace",
        "partnership-notification-replace",
        ANALYST,
        arguments=_own("running", row=_first("notifications")),
    ),
    Listed("exemption-new", "partnership-exemption-new", APPROVER, arguments=RUNNING),
    Listed("award-new", "award-new", ANALYST, arguments=RUNNING),
    Listed(
        "award-refused",
        "award-new",
        ANALYST,
        ALL_ERRORS,
        RUNNING,
        acts=(press("Open the award"), wait_for("Nothing was saved.")),
    ),
    Listed("award", "award", RANKING, arguments=_award(0)),
    Listed("award-stopped", "award", RANKING, arguments=_award(1)),
    Listed("award-edit", "award-edit", ANALYST, arguments=_award(0)),
    Listed("award-state", "award-state", ANALYST, arguments=_award(0)),
    Listed("award-movement", "award-ledger-new", ANALYST, arguments=_award(0)),
    Listed(
        "award-movement-refused",
        "award-ledger-new",
        ANALYST,
        ALL_ERRORS,
        _award(0),
        acts=(
            select("What moves", "disbursement"),
            fill("Amount in U.S. dollars", "9000000"),
            press("Record in the ledger"),
            wait_for("too much"),
        ),
    ),
    Listed("award-sub-award", "award-subaward-new", ANALYST, arguments=_award(0)),
    Listed("award-sub-award-replace", "award-subaward-replace", ANALYST, arguments=_award(0, row=_first("subawards"))),
    Listed("award-reports", "award-reports", ANALYST, arguments=_award(0)),
    Listed("award-report", "award-report", ANALYST, arguments=_award(0, row=_first("reports_due"))),
    Listed("award-closeout", "award-closeout", ANALYST, arguments=_award(1)),
    Listed("award-closeout-step", "award-closeout-step", ANALYST, arguments=_award(0, row=_first("closeout_steps"))),
    Listed("papers", "partnership-documents", RANKING, arguments=RUNNING),
    Listed("papers-nothing", "partnership-documents", RANKING, arguments=BARE),
    Listed("paper-new", "partnership-document-new", ANALYST, arguments=RUNNING),
    Listed(
        "paper-refused",
        "partnership-document-new",
        ANALYST,
        ALL_ERRORS,
        RUNNING,
        acts=(press("Add the paper"), wait_for("Nothing was saved.")),
    ),
    Listed(
        "paper-version", "partnership-document-version", ANALYST, arguments=_own("running", paper=_first("documents"))
    ),
    Listed("statement-new", "partnership-statement-new", ANALYST, arguments=RUNNING),
)
