"""Rights of the application's role to the tables of this app; `cpc.database.rights` explains them."""

from cpc.database.rights import ADD, EVERY, Rights

SUPERSEDED = Rights(add=True, change=("superseded_at",))
DECIDED = ("decision", "decided_by", "decided_at", "decision_note")
DECIDED_NOTE = ("decision", "decided_by", "decided_at", "note")

RIGHTS = {
    # Models, runs, and pool.
    "ScoringModel": Rights(add=True, change=EVERY),
    "Adoption": Rights(add=True, change=("withdrawn_on", "withdrawn_by", "withdrawn_because", "changed_at")),
    "CriteriaRequest": SUPERSEDED,
    "CriteriaAnswer": SUPERSEDED,
    "WeightingExercise": Rights(add=True, change=("due_on", "closed_at", "closed_by", "closed_because")),
    "WeightingParticipant": Rights(add=True, change=("agency", "dropped_at", "dropped_by", "drop_reason")),
    "StatedWeights": Rights(add=True, change=("superseded_at", "withdrawn_at", "withdrawn_by", "withdrawn_because")),
    "WeightingDraft": ADD,
    "ScoreRun": ADD,
    "ProofBundle": ADD,
    "CountryScore": ADD,
    "Backtest": ADD,
    "UpdateEffect": Rights(add=True, change=("state", "found", "error")),
    "Scenario": Rights(add=True, change=("name", "shared_at", "withdrawn_at")),
    # Only the approval of the next rule, by a trigger, fills `replaced_on`.
    "PoolPolicy": Rights(add=True, change=DECIDED),
    "Admission": Rights(add=True, change=(*DECIDED, "in_force_from", "ended_on", "ended_by", "ended_because")),
    # Rounds and candidates.
    "SelectionRound": Rights(add=True, change=EVERY),
    "RoundStep": ADD,
    "RoundRun": ADD,
    "RoundFreeze": ADD,
    "Candidate": Rights(add=True, change=("excluded_because", "reason", "by_hand")),
    "CandidateMove": ADD,
    "CandidateDocument": Rights(add=True, lock=True),
    "Rating": Rights(add=True, change=("superseded_at", "withdrawn_because")),
    "RatingEvidence": ADD,
    "RatingHandIn": ADD,
    "RestrictionFinding": ADD,
    "EvidenceVersion": ADD,
    # Consultation.
    "ConsultationRequest": Rights(add=True, change=EVERY),
    "RequestCandidate": Rights(add=True, remove=True),
    "DueChange": ADD,
    "EvidenceOpening": ADD,
    "Position": Rights(add=True, change=("superseded_at", "withdrawn_by", "withdrawn_because")),
    "PositionDraft": Rights(add=True, change=EVERY),
    "Disposition": ADD,
    "ExtensionAnswer": ADD,
    "CutShort": Rights(add=True, change=DECIDED_NOTE),
    "CutShortLine": Rights(add=True, change=("consented_by", "consented_at")),
    "ProceedWithout": ADD,
    "NotApplicable": SUPERSEDED,
    "Note": Rights(
        add=True,
        change=(
            "series",
            "number",
            "status",
            "visibility",
            "superseded_at",
            "withdrawn_at",
            "withdrawn_by",
            "withdrawn_because",
        ),
    ),
    "NoteReply": ADD,
    "NoteAttachment": ADD,
    "NoteMention": ADD,
    "Adjudication": SUPERSEDED,
    "Concurrence": ADD,
    "MatrixUpload": Rights(add=True, change=("applied_at", "applied_by", "added")),
    "ResponseUpload": Rights(add=True, change=("applied_at", "applied_by", "positions_saved", "notes_saved")),
    # Recommendation, decision, and memo.
    "Recommendation": SUPERSEDED,
    "Decision": SUPERSEDED,
    "Acknowledgment": ADD,
    "Discussion": Rights(add=True, change=("answer", "answered_by", "answered_at")),
    "Memo": ADD,
    "MemoTemplate": Rights(add=True, change=DECIDED),
}
