"""State machines of an import and of an update, as plain data that models, triggers, and services read."""

from cpc.accounts.permissions import Permission
from cpc.lifecycle import StateMachine, Transition

_IMPORT = Permission.IMPORT_DATA

IMPORT = StateMachine(
    states=("received", "reading", "preview", "published", "retracted", "discarded", "failed"),
    transitions=(
        Transition(
            "read",
            "Read",
            {"received", "preview", "failed"},
            "reading",
            _IMPORT,
            irreversible_because="A file that is being read is not received again.",
        ),
        # Two workers may read one file; the outcome of the last to finish counts.
        Transition("show", "Show the preview", {"reading", "failed"}, "preview", _IMPORT),
        Transition("fail", "Report as not readable", {"reading", "preview"}, "failed", _IMPORT),
        Transition(
            "publish",
            "Publish",
            {"preview"},
            "published",
            _IMPORT,
            irreversible_because="What was known stays known; an import that was wrong is retracted.",
        ),
        Transition(
            "retract",
            "Retract",
            {"published"},
            "retracted",
            _IMPORT,
            needs_reason=True,
            irreversible_because="The file is received and published again.",
        ),
        Transition(
            "discard",
            "Discard",
            {"received", "reading", "preview", "failed"},
            "discarded",
            _IMPORT,
            irreversible_because="The file is received again.",
        ),
    ),
)

UPDATE = StateMachine(
    states=("open", "published", "discarded"),
    transitions=(
        Transition(
            "publish",
            "Publish together",
            {"open"},
            "published",
            _IMPORT,
            irreversible_because="What was known stays known; imports that were wrong are retracted.",
        ),
        Transition(
            "discard",
            "Discard all",
            {"open"},
            "discarded",
            _IMPORT,
            irreversible_because="The files are received again.",
        ),
    ),
)
