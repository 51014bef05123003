"""The lifecycles of a partnership, its awards and their reports as data. The database holds the same tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Lifecycle, Transition
from partnerships.status import preconditions as status_preconditions

if TYPE_CHECKING:
    from partnerships.models import Partnership

BEFORE_SIGNATURE = frozenset({"selected", "invited", "negotiating", "in_clearance"})
IN_FORCE = frozenset({"signed", "active", "suspended"})
BY_DETERMINATION = {"suspend": "suspension", "terminate": "termination", "reinstate": "reinstatement"}
"""Steps that a determination under 22 U.S.C. 7103a(d)(6) takes, and its kind."""

LIFECYCLE: Lifecycle[Partnership] = Lifecycle(
    states=(
        "selected",
        "invited",
        "negotiating",
        "in_clearance",
        "signed",
        "active",
        "suspended",
        "completed",
        "closed",
        "terminated",
        "cancelled",
    ),
    transitions=(
        Transition(
            "invite",
            "Invite",
            frozenset({"selected"}),
            "invited",
            Permission.EDIT_PARTNERSHIPS,
            checks=status_preconditions.TOWARD_SIGNATURE,
        ),
        Transition(
            "withdraw_invitation",
            "Withdraw the invitation",
            frozenset({"invited"}),
            "selected",
            Permission.EDIT_PARTNERSHIPS,
            needs_reason=True,
        ),
        Transition(
            "open_negotiations",
            "Open negotiations",
            frozenset({"invited"}),
            "negotiating",
            Permission.EDIT_PARTNERSHIPS,
            checks=status_preconditions.TOWARD_SIGNATURE,
        ),
        Transition(
            "pause_negotiations",
            "Pause negotiations",
            frozenset({"negotiating"}),
            "invited",
            Permission.EDIT_PARTNERSHIPS,
            needs_reason=True,
        ),
        Transition(
            "submit_for_clearance",
            "Submit for clearance",
            frozenset({"negotiating"}),
            "in_clearance",
            Permission.EDIT_PARTNERSHIPS,
            checks=status_preconditions.TOWARD_SIGNATURE,
        ),
        Transition(
            "return_to_negotiation",
            "Return to negotiation",
            frozenset({"in_clearance"}),
            "negotiating",
            Permission.EDIT_PARTNERSHIPS,
            needs_reason=True,
        ),
        Transition(
            "sign",
            "Record the signature",
            frozenset({"in_clearance"}),
            "signed",
            Permission.APPROVE_PARTNERSHIPS,
            checks=status_preconditions.SIGNATURE,
            final_because="A signature is not taken back; a signed partnership is amended or terminated.",
        ),
        Transition(
            "start",
            "Start",
            frozenset({"signed"}),
            "active",
            Permission.EDIT_PARTNERSHIPS,
            checks=status_preconditions.START,
            final_because="The term runs from its first day.",
        ),
        Transition(
            "suspend",
            "Suspend",
            frozenset({"active"}),
            "suspended",
            Permission.APPROVE_PARTNERSHIPS,
            checks=status_preconditions.STOP,
            needs_reason=True,
        ),
        Transition(
            "reinstate",
            "Reinstate",
            frozenset({"suspended"}),
            "active",
            Permission.APPROVE_PARTNERSHIPS,
            checks=status_preconditions.REINSTATEMENT,
            needs_reason=True,
        ),
        Transition(
            "complete",
            "Complete",
            frozenset({"active", "suspended"}),
            "completed",
            Permission.EDIT_PARTNERSHIPS,
            checks=status_preconditions.COMPLETION,
            final_because="The term is over.",
        ),
        Transition(
            "terminate",
            "Terminate",
            IN_FORCE,
            "terminated",
            Permission.APPROVE_PARTNERSHIPS,
            checks=status_preconditions.STOP,
            needs_reason=True,
            final_because="A termination is not taken back; another partnership may follow.",
        ),
        Transition(
            "close",
            "Close",
            frozenset({"completed", "terminated"}),
            "closed",
            Permission.APPROVE_PARTNERSHIPS,
            checks=status_preconditions.CLOSURE,
            final_because="A closed record is reopened where something comes up; it does not become terminated again.",
        ),
        Transition(
            "reopen",
            "Reopen",
            frozenset({"closed"}),
            "completed",
            Permission.APPROVE_PARTNERSHIPS,
            needs_reason=True,
        ),
        Transition(
            "cancel",
            "Cancel",
            BEFORE_SIGNATURE,
            "cancelled",
            Permission.APPROVE_PARTNERSHIPS,
            needs_reason=True,
            final_because="Another attempt is another record.",
        ),
    ),
)


def _award_step(name: str, label: str, sources: set[str], target: str, final_because: str = "") -> Transition[Any]:
    return Transition(
        name,
        label,
        frozenset(sources),
        target,
        Permission.RECORD_MONEY,
        needs_reason=True,
        final_because=final_because,
    )


AWARD: Lifecycle[Any] = Lifecycle(
    states=("planned", "active", "stop_work", "terminated", "ended", "closed"),
    transitions=(
        _award_step("activate", "Activate", {"planned"}, "active", "Money is under way; the award ends another way."),
        _award_step("stop_work", "Order to stop work", {"active"}, "stop_work"),
        _award_step("resume", "Resume work", {"stop_work"}, "active"),
        _award_step("terminate", "Terminate for convenience", {"active", "stop_work"}, "terminated"),
        _award_step("end", "End", {"active", "stop_work"}, "ended"),
        _award_step("continue", "Continue after its end", {"ended"}, "active"),
        _award_step("close", "Close out", {"terminated", "ended"}, "closed"),
        _award_step("reopen", "Reopen the close-out", {"closed"}, "ended"),
    ),
)
"""The steps of an award. The first obligation takes the step `activate` by itself."""


def _report_step(
    name: str, label: str, sources: set[str], target: str, *, needs_reason: bool = False
) -> Transition[Any]:
    return Transition(
        name,
        label,
        frozenset(sources),
        target,
        Permission.RECORD_MONEY,
        needs_reason=needs_reason,
        final_because="What happened to a report stays on record; the newest event counts.",
    )


REPORT: Lifecycle[Any] = Lifecycle(
    states=("due", "received", "accepted", "returned", "waived"),
    transitions=(
        _report_step("receive", "Receive", {"due", "returned", "waived"}, "received"),
        _report_step("accept", "Accept", {"received"}, "accepted"),
        _report_step("return", "Return", {"received", "accepted"}, "returned", needs_reason=True),
        _report_step("waive", "Waive", {"due", "returned"}, "waived", needs_reason=True),
    ),
)
"""The events of a report of a recipient; the kind of an event is the state it leads to."""
