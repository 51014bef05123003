"""What may be done in the selection of countries: the writes that pages, commands, tasks and the REST interface call.

Every service takes keyword arguments, asks for the permission, runs in one transaction and leaves an audit entry.
It raises `PermissionDenied` where the account may not, and `ValidationError` where a rule refuses; the code is the
same whether the rule spoke in Python or in the database.
"""

from selection.services.adjudications import adjudicate, concur
from selection.services.adoptions import adopt_model, withdraw_adoption
from selection.services.backtests import compute_backtest
from selection.services.decisions import decide, freeze_round, recommend, verify_freeze, verify_freezes
from selection.services.evidence import fresh_evidence, fresh_evidence_of_open_rounds, refresh_evidence
from selection.services.matrices import judge, receive_matrix, take_in_matrix
from selection.services.memos import issue_memo, open_memo, take_template
from selection.services.models import (
    clone_model,
    edit_model,
    import_model,
    publication_findings,
    publish_model,
    withdraw_model,
)
from selection.services.notes import (
    Anchor,
    Words,
    open_attachment,
    reply_to_note,
    share_note,
    supersede_note,
    withdraw_note,
    write_note,
)
from selection.services.papers import add_paper, open_paper
from selection.services.pool import (
    decide_admission,
    decide_policy,
    end_admission,
    propose_admission,
    propose_policy,
)
from selection.services.positions import confirm_position, save_draft, submit_position, submits
from selection.services.ratings import rate, withdraw_rating
from selection.services.reminders import remind
from selection.services.requests import (
    add_candidates,
    draft_request,
    drop_request,
    edit_request,
    move_due,
    record_not_applicable,
    send_request,
)
from selection.services.resolving import answer_extension, dispose, proceed_without
from selection.services.restrictions import record_restriction, review_restrictions
from selection.services.rounds import (
    draw_pool,
    edit_round,
    move_as_of,
    move_candidate,
    open_round,
    score_round,
    take_round_step,
)
from selection.services.runs import compute_screen, follow_the_day, look_back, replay
from selection.services.scenarios import draft_of_question, keep_scenario, share_scenario, withdraw_scenario

__all__ = (
    "Anchor",
    "Words",
    "add_candidates",
    "add_paper",
    "adjudicate",
    "adopt_model",
    "answer_extension",
    "clone_model",
    "compute_backtest",
    "compute_screen",
    "concur",
    "confirm_position",
    "decide",
    "decide_admission",
    "decide_policy",
    "dispose",
    "draft_of_question",
    "draft_request",
    "draw_pool",
    "drop_request",
    "edit_model",
    "edit_request",
    "edit_round",
    "end_admission",
    "follow_the_day",
    "freeze_round",
    "fresh_evidence",
    "fresh_evidence_of_open_rounds",
    "import_model",
    "issue_memo",
    "judge",
    "keep_scenario",
    "look_back",
    "move_as_of",
    "move_candidate",
    "move_due",
    "open_attachment",
    "open_memo",
    "open_paper",
    "open_round",
    "proceed_without",
    "propose_admission",
    "propose_policy",
    "publication_findings",
    "publish_model",
    "rate",
    "receive_matrix",
    "recommend",
    "record_not_applicable",
    "record_restriction",
    "refresh_evidence",
    "remind",
    "replay",
    "reply_to_note",
    "review_restrictions",
    "save_draft",
    "score_round",
    "send_request",
    "share_note",
    "share_scenario",
    "submit_position",
    "submits",
    "supersede_note",
    "take_in_matrix",
    "take_round_step",
    "take_template",
    "verify_freeze",
    "verify_freezes",
    "withdraw_adoption",
    "withdraw_model",
    "withdraw_note",
    "withdraw_rating",
    "withdraw_scenario",
    "write_note",
)
