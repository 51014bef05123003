"""State machines of partnerships, as plain data for models, triggers, services, and pages.

The modules of preconditions hold the checks that a step must pass, by name of the transition.
"""

from cpc.accounts.permissions import Permission
from cpc.lifecycle import StateMachine, Transition
from partnerships.monitoring_states import ASSESSMENT as ASSESSMENT
from partnerships.monitoring_states import FINDING as FINDING
from partnerships.monitoring_states import PERIOD as PERIOD
from partnerships.monitoring_states import PLAN as PLAN

_EDIT = Permission.EDIT_PARTNERSHIPS
_APPROVE = Permission.APPROVE_PARTNERSHIPS
_MONEY = Permission.RECORD_MONEY

# --- Partnership --------------------------------------------------------------------------------------------------

BEFORE_SIGNATURE = frozenset({"selected", "invited", "negotiating", "in_clearance"})
IN_FORCE = frozenset({"signed", "active", "suspended"})
ENDED = frozenset({"completed", "terminated", "closed"})
"""Statuses of a partnership that was in force and is over."""
ONCE_IN_FORCE = IN_FORCE | ENDED
"""Statuses of a partnership that is or was in force."""

PARTNERSHIP = StateMachine(
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
        "canceled",
    ),
    transitions=(
        Transition("invite", "Invite", {"selected"}, "invited", _EDIT, past="Invited"),
        Transition(
            "withdraw_invitation",
            "Withdraw the invitation",
            {"invited"},
            "selected",
            _EDIT,
            past="Invitation withdrawn",
            needs_reason=True,
        ),
        Transition(
            "open_negotiations", "Open negotiations", {"invited"}, "negotiating", _EDIT, past="Negotiations opened"
        ),
        Transition(
            "pause_negotiations",
            "Pause negotiations",
            {"negotiating"},
            "invited",
            _EDIT,
            past="Negotiations paused",
            needs_reason=True,
        ),
        Transition(
            "submit_for_clearance",
            "Submit for clearance",
            {"negotiating"},
            "in_clearance",
            _EDIT,
            past="Submitted for clearance",
        ),
        Transition(
            "return_to_negotiation",
            "Return to negotiation",
            {"in_clearance"},
            "negotiating",
            _EDIT,
            past="Returned to negotiation",
            needs_reason=True,
        ),
        Transition(
            "sign",
            "Record the signature",
            {"in_clearance"},
            "signed",
            _APPROVE,
            past="Signed",
            by_another=True,
            irreversible_because="You can amend or terminate a signed partnership.",
        ),
        Transition(
            "start",
            "Start",
            {"signed"},
            "active",
            _EDIT,
            past="Started",
            irreversible_because="The term runs from its first day.",
        ),
        Transition("suspend", "Suspend", {"active"}, "suspended", _APPROVE, past="Suspended", needs_reason=True),
        Transition("reinstate", "Reinstate", {"suspended"}, "active", _APPROVE, past="Reinstated", needs_reason=True),
        Transition(
            "complete",
            "Complete",
            {"active", "suspended"},
            "completed",
            _EDIT,
            past="Completed",
            irreversible_because="Once completed, it does not run again.",
        ),
        Transition(
            "terminate",
            "Terminate",
            IN_FORCE,
            "terminated",
            _APPROVE,
            past="Terminated",
            needs_reason=True,
            irreversible_because="You can open another partnership.",
        ),
        Transition(
            "close",
            "Close",
            {"completed", "terminated"},
            "closed",
            _APPROVE,
            past="Closed",
        ),
        Transition(
            "reopen",
            "Reopen",
            {"closed"},
            "completed",
            _APPROVE,
            past="Reopened",
            needs_reason=True,
            back_to=frozenset({"terminated"}),
        ),
        Transition(
            "cancel",
            "Cancel",
            BEFORE_SIGNATURE,
            "canceled",
            _APPROVE,
            past="Canceled",
            needs_reason=True,
            irreversible_because="To try again, open another partnership.",
        ),
    ),
)

BY_DETERMINATION = {"suspend": "suspension", "terminate": "termination", "reinstate": "reinstatement"}
"""Steps that need a determination under 22 U.S.C. 7103a(d)(6), and its kind."""

TOWARD_SIGNATURE = ("invite", "open_negotiations", "submit_for_clearance", "sign")
"""Steps that require a decision or a confirmed stated reason, in the database too."""

DECIDED_ROUND = ("decided", "archived")
"""States of a selection round whose decisions begin partnerships."""

# --- Award and its reports ----------------------------------------------------------------------------------------

AWARD = StateMachine(
    states=("planned", "active", "stop_work", "terminated", "ended", "closed"),
    transitions=(
        Transition(
            "activate",
            "Activate",
            {"planned"},
            "active",
            _MONEY,
            needs_reason=True,
            irreversible_because="Money can move under an active award, so end the award instead.",
        ),
        Transition("stop_work", "Order to stop work", {"active"}, "stop_work", _MONEY, needs_reason=True),
        Transition("resume", "Resume work", {"stop_work"}, "active", _MONEY, needs_reason=True),
        Transition(
            "terminate",
            "Terminate for convenience",
            {"active", "stop_work"},
            "terminated",
            _MONEY,
            needs_reason=True,
            irreversible_because="A terminated award doesn't run again. You can make another award.",
        ),
        Transition("end", "End", {"active", "stop_work"}, "ended", _MONEY, needs_reason=True),
        Transition("continue", "Continue after its end", {"ended"}, "active", _MONEY, needs_reason=True),
        Transition("close", "Close out", {"terminated", "ended"}, "closed", _MONEY, needs_reason=True),
        Transition(
            "reopen",
            "Reopen the close-out",
            {"closed"},
            "ended",
            _MONEY,
            needs_reason=True,
            back_to=frozenset({"terminated"}),
        ),
    ),
)
"""The first obligation takes the step `activate` automatically."""

_EVENT = "Report events stay on file. The newest event counts."

REPORT = StateMachine(
    states=("due", "received", "accepted", "returned", "waived"),
    transitions=(
        Transition(
            "receive", "Receive", {"due", "returned", "waived"}, "received", _MONEY, irreversible_because=_EVENT
        ),
        Transition("accept", "Accept", {"received"}, "accepted", _MONEY, irreversible_because=_EVENT),
        Transition(
            "return",
            "Return",
            {"received", "accepted"},
            "returned",
            _MONEY,
            needs_reason=True,
            irreversible_because=_EVENT,
        ),
        Transition(
            "waive", "Waive", {"due", "returned"}, "waived", _MONEY, needs_reason=True, irreversible_because=_EVENT
        ),
    ),
)
"""A recipient's report. Its state is the kind of its newest event."""

REPORTS_SETTLED = frozenset({"received", "accepted", "waived"})
"""States of a report that need no further work."""

# --- Amendment ----------------------------------------------------------------------------------------------------

AMENDMENT = StateMachine(
    states=("draft", "submitted", "approved", "applied", "rejected", "withdrawn"),
    transitions=(
        Transition("submit", "Submit for approval", {"draft"}, "submitted", _EDIT),
        Transition(
            "return", "Return for changes", {"submitted"}, "draft", _APPROVE, needs_reason=True, by_another=True
        ),
        Transition(
            "approve",
            "Approve",
            {"submitted"},
            "approved",
            _APPROVE,
            by_another=True,
            irreversible_because="You can still withdraw an approved amendment before it takes effect.",
        ),
        Transition(
            "reject",
            "Reject",
            {"submitted"},
            "rejected",
            _APPROVE,
            needs_reason=True,
            by_another=True,
            irreversible_because="A rejected amendment stays on file. You can draft another amendment.",
        ),
        Transition(
            "apply",
            "Put into effect",
            {"approved"},
            "applied",
            _EDIT,
            irreversible_because="To change an amendment in effect, draft another amendment.",
        ),
        Transition(
            "withdraw",
            "Withdraw",
            {"draft", "submitted", "approved"},
            "withdrawn",
            _EDIT,
            irreversible_because="A withdrawn amendment stays on file. You can draft another amendment.",
        ),
    ),
)

# --- Dialogue -----------------------------------------------------------------------------------------------------

DIALOGUE = StateMachine(
    states=("planned", "ready", "held", "concluded", "canceled"),
    transitions=(
        Transition("set_ready", "Mark ready", {"planned"}, "ready", _EDIT, past="Marked ready"),
        Transition(
            "set_back",
            "Prepare further",
            {"ready"},
            "planned",
            _EDIT,
            past="Set back to preparation",
            needs_reason=True,
        ),
        Transition(
            "hold",
            "Record that it was held",
            {"ready"},
            "held",
            _EDIT,
            past="Recorded as held",
            irreversible_because="The dialogue took place.",
        ),
        Transition("conclude", "Conclude the minutes", {"held"}, "concluded", _EDIT, past="Minutes concluded"),
        Transition("reopen", "Reopen the minutes", {"concluded"}, "held", _APPROVE, past="Reopened", needs_reason=True),
        Transition(
            "cancel",
            "Cancel",
            {"planned", "ready"},
            "canceled",
            _EDIT,
            past="Canceled",
            needs_reason=True,
            irreversible_because="The dialogue is planned again, and its preparation starts over.",
        ),
        Transition("plan_again", "Plan again", {"canceled"}, "planned", _EDIT, past="Planned again", needs_reason=True),
    ),
)

ACTION_ITEM = StateMachine(
    states=("open", "done", "dropped"),
    transitions=(
        Transition(
            "finish",
            "Done",
            {"open", "dropped"},
            "done",
            _EDIT,
            irreversible_because="You can't reopen a closed item. If work is left to do, add another item.",
        ),
        Transition(
            "drop",
            "Dropped",
            {"open", "done"},
            "dropped",
            _EDIT,
            irreversible_because="You can't reopen a closed item. If work is left to do, add another item.",
        ),
    ),
)
"""A closed item can be corrected from done to dropped and back, but never reopened."""

# --- Templates of Word documents ----------------------------------------------------------------------------------

_TEMPLATE = "Every version stays on file. Upload another one."

DOCUMENT_TEMPLATE = StateMachine(
    states=("draft", "released", "rejected", "withdrawn"),
    transitions=(
        Transition("release", "Release", {"draft"}, "released", _APPROVE, past="Released", by_another=True,
                   irreversible_because="A released template stays on file. A newer one replaces it."),
        Transition("reject", "Reject", {"draft"}, "rejected", _APPROVE, past="Rejected", needs_reason=True,
                   by_another=True, irreversible_because=_TEMPLATE),
        Transition("withdraw", "Withdraw", {"draft"}, "withdrawn", _EDIT, past="Withdrawn",
                   irreversible_because=_TEMPLATE),
    ),
)  # fmt: skip
"""A template is used from its release until a newer one is released."""

# --- Withheld items -----------------------------------------------------------------------------------------------

_DETERMINATION = "Every determination stays on file. Another one replaces it."

WITHHOLDING = StateMachine(
    states=("proposed", "determined", "rejected", "retracted"),
    transitions=(
        Transition("determine", "Determine", {"proposed"}, "determined", _APPROVE, past="Determined", by_another=True,
                   irreversible_because=_DETERMINATION),
        Transition("reject", "Reject", {"proposed"}, "rejected", _APPROVE, past="Rejected", needs_reason=True,
                   by_another=True, irreversible_because=_DETERMINATION),
        Transition("retract", "Retract", {"proposed"}, "retracted", _EDIT, past="Retracted",
                   irreversible_because=_DETERMINATION),
    ),
)  # fmt: skip
"""A determination on a withheld item holds until a newer one on the same item."""
