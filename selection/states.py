"""The lifecycle of a selection round as data. The database holds the same table, see `selection.models.rounds`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Lifecycle, Transition
from selection.rounds import preconditions as rounds_preconditions

if TYPE_CHECKING:
    from selection.models import SelectionRound

LIFECYCLE: Lifecycle[SelectionRound] = Lifecycle(
    states=("draft", "screening", "scoring", "consultation", "deliberation", "decided", "archived"),
    transitions=(
        Transition(
            "screen",
            "Draw the pool",
            frozenset({"draft"}),
            "screening",
            Permission.RUN_ROUNDS,
            checks=rounds_preconditions.SCREENING,
        ),
        Transition(
            "return_to_draft",
            "Return to draft",
            frozenset({"screening"}),
            "draft",
            Permission.RUN_ROUNDS,
            needs_reason=True,
        ),
        Transition(
            "start_scoring",
            "Start scoring",
            frozenset({"screening"}),
            "scoring",
            Permission.RUN_ROUNDS,
            checks=rounds_preconditions.SCORING,
        ),
        Transition(
            "return_to_screening",
            "Return to screening",
            frozenset({"scoring"}),
            "screening",
            Permission.RUN_ROUNDS,
            needs_reason=True,
        ),
        Transition(
            "open_consultation",
            "Open consultation",
            frozenset({"scoring"}),
            "consultation",
            Permission.RUN_ROUNDS,
            checks=rounds_preconditions.CONSULTATION,
        ),
        Transition(
            "return_to_scoring",
            "Return to scoring",
            frozenset({"consultation"}),
            "scoring",
            Permission.RUN_ROUNDS,
            needs_reason=True,
        ),
        Transition(
            "deliberate",
            "Start deliberation",
            frozenset({"consultation"}),
            "deliberation",
            Permission.RUN_ROUNDS,
            checks=rounds_preconditions.DELIBERATION,
        ),
        Transition(
            "reopen_consultation",
            "Reopen consultation",
            frozenset({"deliberation"}),
            "consultation",
            Permission.RUN_ROUNDS,
            needs_reason=True,
        ),
        Transition(
            "decide",
            "Close the round as decided",
            frozenset({"deliberation"}),
            "decided",
            Permission.APPROVE_SELECTION,
            checks=rounds_preconditions.DECISION,
            final_because="What was decided stays; a change is a new decision that supersedes the old one.",
        ),
        Transition(
            "archive",
            "Archive",
            frozenset({"decided"}),
            "archived",
            Permission.RUN_ROUNDS,
        ),
        Transition(
            "restore",
            "Take out of the archive",
            frozenset({"archived"}),
            "decided",
            Permission.RUN_ROUNDS,
            needs_reason=True,
        ),
    ),
)
