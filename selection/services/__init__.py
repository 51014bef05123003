"""What may be done in the selection of countries: the writes that pages, commands, tasks and the REST interface call.

Every service takes keyword arguments, asks for the permission, runs in one transaction and leaves an audit entry.
It raises `PermissionDenied` where the account may not, and `ValidationError` where a rule refuses; the code is the
same whether the rule spoke in Python or in the database.
"""

from selection.services.evidence import fresh_evidence, fresh_evidence_of_open_rounds, refresh_evidence
from selection.services.ratings import rate, withdraw_rating
from selection.services.rounds import (
    draw_pool,
    edit_round,
    move_as_of,
    move_candidate,
    open_round,
    score_round,
    take_round_step,
)
from selection.services.runs import compute_screen, replay

__all__ = (
    "compute_screen",
    "draw_pool",
    "edit_round",
    "fresh_evidence",
    "fresh_evidence_of_open_rounds",
    "move_as_of",
    "move_candidate",
    "open_round",
    "rate",
    "refresh_evidence",
    "replay",
    "score_round",
    "take_round_step",
    "withdraw_rating",
)
