"""How an amendment moves, as data, and which columns of which terms it may change. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Lifecycle, Transition

_EDIT, _APPROVE = Permission.EDIT_PARTNERSHIPS, Permission.APPROVE_PARTNERSHIPS

AMENDMENT: Lifecycle[None] = Lifecycle(
    states=("draft", "submitted", "approved", "applied", "rejected", "withdrawn"),
    transitions=(
        Transition("submit", "Submit for approval", frozenset({"draft"}), "submitted", _EDIT),
        Transition("return", "Return it", frozenset({"submitted"}), "draft", _APPROVE, needs_reason=True),
        Transition(
            "approve",
            "Approve it",
            frozenset({"submitted"}),
            "approved",
            _APPROVE,
            final_because="What is approved may still be withdrawn before it takes effect.",
        ),
        Transition(
            "reject",
            "Reject it",
            frozenset({"submitted"}),
            "rejected",
            _APPROVE,
            needs_reason=True,
            final_because="What is rejected stays on record; another amendment may follow.",
        ),
        Transition(
            "apply",
            "Put it into effect",
            frozenset({"approved"}),
            "applied",
            _EDIT,
            final_because="What is in effect is changed by another amendment.",
        ),
        Transition(
            "withdraw",
            "Withdraw it",
            frozenset({"draft", "submitted", "approved"}),
            "withdrawn",
            _EDIT,
            final_because="What is withdrawn stays on record; another amendment may follow.",
        ),
    ),
)

AMENDABLE: Mapping[str, tuple[str, ...]] = {
    "partnership": (
        "title",
        "starts_on",
        "ends_on",
        "focus_regions",
        "forms",
        "other_forms",
        "coordination_body",
        "overlap_reason",
    ),
    "participant": ("government", "name", "is_lead"),
    "objective": ("number", "title", "text", "paradigm", "system", "outcome", "withdrawn"),
    "responsibility": ("participant", "objective", "text", "due_on", "withdrawn"),
    "programme": ("title", "description", "withdrawn"),
    "activity": ("objective", "programme", "title", "planned_start", "planned_end", "withdrawn"),
    "milestone": ("title", "planned_on"),
    "mechanism": ("kind", "body", "procedure", "frequency", "withdrawn"),
    "dataplan": ("what", "institution", "system", "safeguards", "use", "withdrawn"),
    "sustainabilitystrategy": ("institution", "approach", "due_on", "withdrawn"),
}
"""The terms by the name of their model, and the columns that change from signature on only by amendment."""

ADDED_WITH: Mapping[str, tuple[str, ...]] = {
    "participant": ("government", "name", "is_lead", "contact_office"),
    "objective": ("number", "title", "text", "paradigm", "system", "outcome"),
    "responsibility": ("participant", "objective", "text", "due_on"),
    "programme": ("title", "description"),
    "activity": ("objective", "programme", "title", "place", "implementer", "planned_start", "planned_end"),
    "milestone": ("activity", "title", "planned_on"),
    "mechanism": ("kind", "body", "procedure", "frequency"),
    "dataplan": ("what", "institution", "system", "safeguards", "use"),
    "sustainabilitystrategy": ("institution", "approach", "due_on"),
}
"""What is said of terms that an amendment adds."""
