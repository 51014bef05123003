"""The lifecycle of a partnership as data. The database holds the same table, see `partnerships.sql`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Lifecycle, Transition
from partnerships import gates

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
            checks=gates.TOWARD_SIGNATURE,
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
            checks=gates.TOWARD_SIGNATURE,
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
            checks=gates.TOWARD_SIGNATURE,
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
            checks=gates.SIGNATURE,
            final_because="A signature is not taken back; a signed partnership is amended or terminated.",
        ),
        Transition(
            "start",
            "Start",
            frozenset({"signed"}),
            "active",
            Permission.EDIT_PARTNERSHIPS,
            checks=gates.START,
            final_because="The term runs from its first day.",
        ),
        Transition(
            "suspend",
            "Suspend",
            frozenset({"active"}),
            "suspended",
            Permission.APPROVE_PARTNERSHIPS,
            checks=gates.STOP,
            needs_reason=True,
        ),
        Transition(
            "reinstate",
            "Reinstate",
            frozenset({"suspended"}),
            "active",
            Permission.APPROVE_PARTNERSHIPS,
            checks=gates.REINSTATEMENT,
            needs_reason=True,
        ),
        Transition(
            "complete",
            "Complete",
            frozenset({"active", "suspended"}),
            "completed",
            Permission.EDIT_PARTNERSHIPS,
            checks=gates.COMPLETION,
            final_because="The term is over.",
        ),
        Transition(
            "terminate",
            "Terminate",
            IN_FORCE,
            "terminated",
            Permission.APPROVE_PARTNERSHIPS,
            checks=gates.STOP,
            needs_reason=True,
            final_because="A termination is not taken back; another partnership may follow.",
        ),
        Transition(
            "close",
            "Close",
            frozenset({"completed", "terminated"}),
            "closed",
            Permission.APPROVE_PARTNERSHIPS,
            checks=gates.CLOSURE,
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
