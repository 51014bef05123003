"""Models for scoring, rounds, consultation, and decisions."""

from selection.models.adjudications import Adjudication, Concurrence, MatrixUpload, Outcome
from selection.models.adoptions import Adoption
from selection.models.backtests import Backtest
from selection.models.consultation import (
    ConsultationRequest,
    DueChange,
    NotApplicable,
    RequestCandidate,
    RequestRole,
)
from selection.models.criteria_consultation import CriteriaAnswer, CriteriaRequest, CriteriaView
from selection.models.cut_short import CutShort, CutShortDecision, CutShortKind, CutShortLine, ProceedWithout
from selection.models.decisions import (
    WITH_TERMS,
    Acknowledgment,
    Action,
    Decision,
    DecisionVerdict,
    Discussion,
    Memo,
    MemoPurpose,
    MemoTemplate,
    Recommendation,
    RoundFreeze,
)
from selection.models.notes import (
    Note,
    NoteAnchor,
    NoteAttachment,
    NoteKind,
    NoteMention,
    NoteReply,
    NoteStatus,
    NoteVisibility,
)
from selection.models.pool import Admission, PoolDecision, PoolPolicy
from selection.models.positions import (
    NEEDS_TEXT,
    Disposition,
    EvidenceOpening,
    ExtensionAnswer,
    Position,
    PositionDraft,
    PositionValue,
)
from selection.models.proof_bundles import ProofBundle
from selection.models.ratings import STEPS, CandidateDocument, DocumentKind, Rating, RatingEvidence, RatingHandIn
from selection.models.responses import ResponseUpload
from selection.models.restrictions import RestrictionFinding, ReviewStatus
from selection.models.rounds import (
    ANSWERING,
    CLOSED,
    Candidate,
    CandidateMove,
    EvidenceVersion,
    PoolReason,
    RoundRun,
    RoundState,
    RoundStep,
    SelectionRound,
)
from selection.models.runs import CountryScore, CountryStatus, ScoreRun, StageChoice
from selection.models.scenarios import Scenario
from selection.models.scoring_models import ModelState, ScoringModel
from selection.models.update_effects import EffectState, UpdateEffect
from selection.models.weighting import (
    StatedWeights,
    WeightingDraft,
    WeightingExercise,
    WeightingParticipant,
)

__all__ = (
    "ANSWERING",
    "CLOSED",
    "NEEDS_TEXT",
    "STEPS",
    "WITH_TERMS",
    "Acknowledgment",
    "Action",
    "Adjudication",
    "Admission",
    "Adoption",
    "Backtest",
    "Candidate",
    "CandidateDocument",
    "CandidateMove",
    "Concurrence",
    "ConsultationRequest",
    "CountryScore",
    "CountryStatus",
    "CriteriaAnswer",
    "CriteriaRequest",
    "CriteriaView",
    "CutShort",
    "CutShortDecision",
    "CutShortKind",
    "CutShortLine",
    "Decision",
    "DecisionVerdict",
    "Discussion",
    "Disposition",
    "DocumentKind",
    "DueChange",
    "EffectState",
    "EvidenceOpening",
    "EvidenceVersion",
    "ExtensionAnswer",
    "MatrixUpload",
    "Memo",
    "MemoPurpose",
    "MemoTemplate",
    "ModelState",
    "NotApplicable",
    "Note",
    "NoteAnchor",
    "NoteAttachment",
    "NoteKind",
    "NoteMention",
    "NoteReply",
    "NoteStatus",
    "NoteVisibility",
    "Outcome",
    "PoolDecision",
    "PoolPolicy",
    "PoolReason",
    "Position",
    "PositionDraft",
    "PositionValue",
    "ProceedWithout",
    "ProofBundle",
    "Rating",
    "RatingEvidence",
    "RatingHandIn",
    "Recommendation",
    "RequestCandidate",
    "RequestRole",
    "ResponseUpload",
    "RestrictionFinding",
    "ReviewStatus",
    "RoundFreeze",
    "RoundRun",
    "RoundState",
    "RoundStep",
    "Scenario",
    "ScoreRun",
    "ScoringModel",
    "SelectionRound",
    "StageChoice",
    "StatedWeights",
    "UpdateEffect",
    "WeightingDraft",
    "WeightingExercise",
    "WeightingParticipant",
)
