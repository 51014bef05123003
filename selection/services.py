"""Services and registration functions that other apps may use. Each is imported from the package that defines it."""

from selection.backtest import register_signatures
from selection.decisions.handover import register_sequels
from selection.dossier_sections import register as register_dossier_section
from selection.lookups.earlier_compacts import register_earlier_compacts
from selection.pool_rules.policy import register_terms
from selection.pool_rules.pools import register_partners

__all__ = (
    "register_dossier_section",
    "register_earlier_compacts",
    "register_partners",
    "register_sequels",
    "register_signatures",
    "register_terms",
)
