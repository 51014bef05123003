"""Groups of URLs that share a template: axe checks one of each every time, and all of them in `make test-full`.

A URL that is missing here is always checked. A test verifies that no template is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.support.page_cases import Shot, State

SHARED: Mapping[str, tuple[str, ...]] = {
    "components/action.html": (
        "agency-new",
        "agency-reopen",
        "award-closeout",
        "award-closeout-step",
        "award-edit",
        "award-ledger-new",
        "award-new",
        "award-report",
        "award-reports",
        "award-state",
        "award-subaward-new",
        "award-subaward-replace",
        "limit-policy-approve",
        "limit-policy-new",
        "model-adopt",
        "model-adoption-withdraw",
        "model-clone",
        "model-withdraw",
        "paper-new",
        "paper-version",
        "partnership-action-close",
        "partnership-action-new",
        "partnership-agenda-new",
        "partnership-agenda-remove",
        "partnership-amendment-add",
        "partnership-amendment-amounts",
        "partnership-amendment-change",
        "partnership-amendment-drop",
        "partnership-amendment-new",
        "partnership-amendment-step",
        "partnership-contribution-new",
        "partnership-contribution-replace",
        "partnership-correction-close",
        "partnership-correction-new",
        "partnership-determination-new",
        "partnership-dialogue-edit",
        "partnership-dialogue-minutes",
        "partnership-dialogue-new",
        "partnership-dialogue-step",
        "partnership-document-new",
        "partnership-document-version",
        "partnership-edit",
        "partnership-exception",
        "partnership-exception-new",
        "partnership-exemption-new",
        "partnership-indicator-baseline",
        "partnership-indicator-edit",
        "partnership-indicator-new",
        "partnership-indicator-targets",
        "partnership-key-drop",
        "partnership-key-new",
        "partnership-monitoring-step",
        "partnership-notification-new",
        "partnership-notification-replace",
        "partnership-outlook-edit",
        "partnership-outlook-new",
        "partnership-period-step",
        "partnership-periods-schedule",
        "partnership-plan-leave",
        "partnership-plan-new",
        "partnership-plan-take",
        "partnership-statement-new",
        "partnership-step",
        "partnership-term",
        "partnership-term-new",
        "partnership-term-remove",
        "person-step",
        "plan-withdraw",
        "program-withdraw",
        "pool-admission-decide",
        "pool-admission-end",
        "pool-admit",
        "pool-policy-decide",
        "pool-policy-new",
        "position-disposition",
        "position-extension",
        "rating-withdraw",
        "round-edit",
        "round-move",
        "round-new",
        "round-not-applicable",
        "round-request-candidates",
        "round-request-drop",
        "round-request-due",
        "round-request-edit",
        "round-request-new",
        "round-request-proceed",
        "round-request-send",
        "round-step",
    ),
    "indicators/curated/record_form.html": (
        "plan-new",
        "plan-replace",
        "program-new",
        "program-replace",
    ),
    "selection/decisions/action.html": (
        "decide",
        "recommend",
    ),
    "selection/model_versions/edit.html": (
        "model-method",
        "model-row-remove",
        "model-settings",
    ),
}
"""URL names by the template that they share."""

OTHERS = (
    "400",
    "import-received",
    "import-preview-hopeless",
    "import-failed",
    "import-published-analyst",
    "invitation-void",
    "partnership-from-decision",
    "403-expired-form-visitor",
    "model-criterion",
    "model-criterion-refused",
    "model-gate",
    "compare-one",
    "backtest-not-computed-analyst",
)
"""Pages whose template does not follow from their URL or status."""

ERRORS = (400, 403, 404)
"""Statuses with the same page at every URL."""


def representatives(shots: Sequence[Shot]) -> list[Shot]:
    """Return the first shot of each template, and the first in each other state of each shared template.

    The template parts for "no data" and for errors are the same on all pages.
    """
    templates = {address: template for template, addresses in SHARED.items() for address in addresses}
    first: dict[tuple[str, State | None], Shot] = {}
    for shot in shots:
        if shot.name in OTHERS:
            template = shot.name
        elif shot.status in ERRORS:
            template = f"errors/{shot.status}.html"
        else:
            template = templates.get(shot.address, shot.address)
        first.setdefault((template, shot.state if template in SHARED else None), shot)
    return list(first.values())
