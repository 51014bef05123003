"""What was agreed, and what became of it."""

from partnerships.models.choices import (
    DocumentKind,
    FigureKind,
    Frequency,
    FundAccount,
    Government,
    LegalReview,
    MechanismKind,
    RecordKind,
    Status,
    TraffickingFormCode,
)
from partnerships.models.limits import LimitPolicy, LimitPolicyApproval
from partnerships.models.partnership import Participant, Partnership

__all__ = (
    "DocumentKind",
    "FigureKind",
    "Frequency",
    "FundAccount",
    "Government",
    "LegalReview",
    "LimitPolicy",
    "LimitPolicyApproval",
    "MechanismKind",
    "Participant",
    "Partnership",
    "RecordKind",
    "Status",
    "TraffickingFormCode",
)
