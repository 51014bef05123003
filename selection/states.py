"""State machines of selection, as plain data that models, triggers, services, and pages read.

The preconditions of the steps of a round are in `selection.rounds.preconditions`, by their names. The services of
scoring models and of notes check their own, and the service of a note only widens its visibility.
"""

from cpc.accounts.permissions import Permission
from cpc.lifecycle import StateMachine, Transition

_RUN = Permission.RUN_ROUNDS
_APPROVE = Permission.APPROVE_SELECTION

# --- Round --------------------------------------------------------------------------------------------------------

ROUND = StateMachine(
    states=("draft", "screening", "scoring", "consultation", "deliberation", "decided", "archived"),
    transitions=(
        Transition("screen", "Draw the pool", {"draft"}, "screening", _RUN),
        Transition("return_to_draft", "Return to draft", {"screening"}, "draft", _RUN, needs_reason=True),
        Transition("start_scoring", "Start scoring", {"screening"}, "scoring", _RUN),
        Transition("return_to_screening", "Return to screening", {"scoring"}, "screening", _RUN, needs_reason=True),
        Transition("open_consultation", "Open consultation", {"scoring"}, "consultation", _RUN),
        Transition("return_to_scoring", "Return to scoring", {"consultation"}, "scoring", _RUN, needs_reason=True),
        Transition("deliberate", "Start deliberation", {"consultation"}, "deliberation", _RUN),
        Transition(
            "reopen_consultation", "Reopen consultation", {"deliberation"}, "consultation", _RUN, needs_reason=True
        ),
        Transition(
            "decide",
            "Close the round as decided",
            {"deliberation"},
            "decided",
            _APPROVE,
            irreversible_because="Decisions are final. To change one, record a new decision that supersedes it.",
        ),
        Transition("archive", "Archive", {"decided"}, "archived", _RUN),
        Transition("restore", "Restore from the archive", {"archived"}, "decided", _RUN, needs_reason=True),
    ),
)

# --- Scoring model ------------------------------------------------------------------------------------------------

SCORING_MODEL = StateMachine(
    states=("draft", "published", "superseded", "withdrawn"),
    transitions=(
        Transition(
            "publish",
            "Publish",
            {"draft"},
            "published",
            _APPROVE,
            irreversible_because="Runs depend on published versions. To change the model, draft another version.",
        ),
        Transition(
            "withdraw",
            "Withdraw",
            {"draft"},
            "withdrawn",
            Permission.EDIT_MODELS,
            needs_reason=True,
            irreversible_because="You can't reopen a withdrawn draft, but you can clone it into a new one.",
        ),
        Transition(
            "supersede",
            "Supersede",
            {"published"},
            "superseded",
            _APPROVE,
            irreversible_because="Another version was published.",
        ),
    ),
)

# --- Note ---------------------------------------------------------------------------------------------------------

NOTE = StateMachine(
    states=("open", "adjudicated", "escalated", "closed"),
    transitions=(
        Transition("adjudicate", "Adjudicate", {"open", "escalated", "closed"}, "adjudicated", _RUN),
        Transition("defer", "Defer", {"adjudicated", "escalated", "closed"}, "open", _RUN),
        Transition("concur", "Agree", {"adjudicated", "escalated"}, "closed", Permission.CONSULT),
        Transition("disagree", "Do not agree", {"adjudicated", "closed"}, "escalated", Permission.CONSULT),
        Transition("take_back", "Withdraw or supersede", {"open", "adjudicated", "escalated"}, "closed", _RUN),
    ),
)
"""Status that `selection.note_status.status_of` derives from the adjudication and the agency's response.

An adjudication of the office's own note closes it at once.
"""

NOTE_VISIBILITY = StateMachine(
    states=("agency", "office", "all"),
    transitions=(
        Transition(
            "show_office",
            "Show to the office",
            {"agency"},
            "office",
            Permission.CONSULT,
            irreversible_because="You can't hide a note again after others have read it.",
        ),
        Transition(
            "show_all",
            "Show to all consultees",
            {"agency", "office"},
            "all",
            Permission.CONSULT,
            irreversible_because="You can't hide a note again after others have read it.",
        ),
    ),
)
