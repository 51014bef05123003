"""Which country, and why."""

from selection.models.ratings import STEPS, Rating, RatingEvidence
from selection.models.rounds import (
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
from selection.models.scoring_models import MODEL_MOVES, ModelState, ScoringModel

__all__ = (
    "MODEL_MOVES",
    "STEPS",
    "Candidate",
    "CandidateMove",
    "CountryScore",
    "CountryStatus",
    "EvidenceVersion",
    "ModelState",
    "PoolReason",
    "Rating",
    "RatingEvidence",
    "RoundRun",
    "RoundState",
    "RoundStep",
    "ScoreRun",
    "ScoringModel",
    "SelectionRound",
    "StageChoice",
)
