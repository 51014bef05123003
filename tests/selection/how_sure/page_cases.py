"""Page cases for the how sure room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.support.page_cases import ALL_ERRORS, BOTH, VIEWER, Look, PageCase, unfold

FOLDS = (
    "Country by country",
    "Weights and their effect",
    "If no one agrees on weights",
    "Other ways to make the list",
    "One weight at a time",
    "Who enters and leaves at each end",
    "Data, weights, and method",
    "Was this tested?",
)

CASES = (
    PageCase(
        "how-sure",
        Look("how-sure", roles=(Role.ANALYST, Role.APPROVER, Role.VIEWER), states=BOTH),
        Look("how-sure-all", roles=VIEWER, query="?show=all"),
        Look("how-sure-open", roles=VIEWER, actions=tuple(unfold(name) for name in FOLDS)),
        Look("how-sure-earlier-run", roles=VIEWER, query="?run=1"),
        Look("how-sure-refused", roles=VIEWER, states=ALL_ERRORS, query="?show=some", status=400),
    ),
)
