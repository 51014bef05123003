"""Queries that other apps may use. Each is imported from the package that defines it."""

from selection.backtest import Signature
from selection.decisions.handover import Sequel
from selection.dossier_sections import Section
from selection.lookups.model_versions import why_no_candidate
from selection.pool_rules.policy import PartnershipTerm
from selection.restrictions.queries import Scope, restriction_findings
from selection.runs.rows import plain

__all__ = (
    "PartnershipTerm",
    "Scope",
    "Section",
    "Sequel",
    "Signature",
    "plain",
    "restriction_findings",
    "why_no_candidate",
)
