"""Queries that other apps may use. Each is imported from the package that defines it."""

from selection.backtest import Signature
from selection.decisions.handover import Sequel
from selection.dossier_sections import Section
from selection.lookups.earlier_compacts import EarlierCompact, PolicyLimits, StatedAmount
from selection.lookups.model_versions import why_no_candidate
from selection.pool_rules.policy import PartnershipTerm
from selection.restrictions.queries import Scope, restriction_findings
from selection.runs.rows import plain

__all__ = (
    "EarlierCompact",
    "PartnershipTerm",
    "PolicyLimits",
    "Scope",
    "Section",
    "Sequel",
    "Signature",
    "StatedAmount",
    "plain",
    "restriction_findings",
    "why_no_candidate",
)
