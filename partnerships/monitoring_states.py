"""State machines of monitoring; `partnerships.states` has all machines."""

from cpc.accounts.permissions import Permission
from cpc.lifecycle import StateMachine, Transition

_EDIT = Permission.EDIT_PARTNERSHIPS
_APPROVE = Permission.APPROVE_PARTNERSHIPS

PLAN = StateMachine(
    states=("draft", "submitted", "approved"),
    transitions=(
        Transition("submit", "Submit", {"draft"}, "submitted", _EDIT, past="Submitted"),
        Transition(
            "return", "Return", {"submitted"}, "draft", _APPROVE, past="Returned", needs_reason=True, by_another=True
        ),
        Transition("approve", "Approve", {"submitted"}, "approved", _APPROVE, past="Approved", by_another=True),
        Transition("revise", "Revise", {"approved"}, "draft", _EDIT, past="Opened for revision", needs_reason=True),
    ),
)

PERIOD = StateMachine(
    states=("no_data", "in_progress", "submitted", "returned", "approved"),
    transitions=(
        Transition(
            "begin",
            "Begin",
            {"no_data"},
            "in_progress",
            _EDIT,
            past="Begun",
            irreversible_because="You can replace results, but not remove them.",
        ),
        Transition(
            "submit",
            "Submit",
            {"in_progress", "returned"},
            "submitted",
            _EDIT,
            past="Submitted",
            irreversible_because="An approver approves the report or returns it with a reason.",
        ),
        Transition(
            "return", "Return", {"submitted"}, "returned", _APPROVE, past="Returned", needs_reason=True, by_another=True
        ),
        Transition("approve", "Approve", {"submitted"}, "approved", _APPROVE, past="Approved", by_another=True),
        Transition("reopen", "Reopen", {"approved"}, "returned", _APPROVE, past="Reopened", needs_reason=True),
    ),
)

ASSESSMENT = StateMachine(states=PLAN.states, transitions=PLAN.transitions)
"""The office's assessment of a fiscal year takes the steps of a plan."""

FINDING = StateMachine(
    states=("open", "evidence", "reopened", "closed"),
    transitions=(
        Transition(
            "give_evidence",
            "Record the evidence",
            {"open", "reopened"},
            "evidence",
            _EDIT,
            past="Evidence recorded",
            needs_reason=True,
            irreversible_because="Evidence stays on file. Somebody else checks it.",
        ),
        Transition("send_back", "Ask for better evidence", {"evidence"}, "reopened", _EDIT, past="Sent back",
                   needs_reason=True),
        Transition("close", "Close", {"evidence"}, "closed", _EDIT, past="Closed", by_another=True),
        Transition("reopen", "Reopen", {"closed"}, "reopened", _EDIT, past="Reopened", needs_reason=True),
    ),
)  # fmt: skip
"""A finding of a site visit or assessment. Whoever is responsible or records the evidence cannot close it."""
