"""REST interface to backtests. Read-only."""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from selection.models import Backtest

BACKTESTS = Resource(
    name="backtests",
    noun="backtest",
    model=Backtest,
    title="Backtests",
    description="The ranks that partners had on what was published before each was signed, by run; newest first.",
    fields="id run shift inputs inputs_hash engine_version seed draws result computed_by=computed_by.name computed_at",
    notes={
        "run": "The number of the run.",
        "shift": "Years by which every cutoff is moved back.",
        "inputs": "The partnerships that it is about.",
        "inputs_hash": "SHA-256 of the inputs.",
        "engine_version": "The version of the engine.",
        "seed": "The seed of its draws.",
        "draws": "Number of draws.",
        "result": "The findings: a case for each partnership, and the totals.",
        "computed_by": "The person who computed it.",
        "computed_at": "When it was computed.",
    },
    reasons={"computed_by": "not_applicable"},
    order=("-pk",),
    filters="run",
    permission=Permission.VIEW_RANKINGS,
    tag="rankings",
    prefix="selection_",
    url_prefix="selection-",
)
RESOURCES = (BACKTESTS,)
